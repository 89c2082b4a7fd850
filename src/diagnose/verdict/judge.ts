import { durationWords } from "../../core/base/duration-words.ts";
import { capped } from "../../core/one-line.ts";
import type { BootRecord } from "../../core/boot-record.ts";
import type { Sign } from "../../core/sign.ts";
import { type Pointer, undecided, type Verdict } from "../../core/verdict.ts";
import { slowParts } from "../boot-time/slow-parts.ts";
import { supplyRemedies } from "../remedy/remedies.ts";
import { likelyCauses, shownCauses } from "./cause.ts";
import { readyInTime } from "./innocent.ts";
import { distinct, logEndPointer, pointersOf } from "./look-at.ts";
import {
  hangAfterReady,
  hoursLater,
  otherTrouble,
  otherWait,
  silentAfterReady,
  slept,
  warned,
} from "./other-trouble.ts";
import { entropyLeftOut } from "./signs-around.ts";
import { type Case, caseOf, type RuleName, type Ruling, type VerdictRule } from "./rule.ts";
import { unnamedTask } from "./waited.ts";
import { moment } from "./words.ts";
import { disputed as disputedName, interleaved as interleavedName, newestFirst, undecidedRules } from "./undecided.ts";

/** All rules, the most direct evidence first. Docs and tests are made from this list. */
const verdictRules: readonly VerdictRule[] = [
  ...shownCauses,
  ...readyInTime,
  ...likelyCauses,
  ...otherTrouble,
  otherWait,
  silentAfterReady,
  hoursLater,
  hangAfterReady,
  slept,
  warned,
  ...undecidedRules,
];

/** Every word that `Verdict.rule` may be, except for a record that has not been judged. */
export const ruleNames: readonly RuleName[] = [...verdictRules, disputedName, interleavedName, newestFirst];

interface Found {
  readonly rule: VerdictRule;
  readonly ruling: Ruling;
}

const mostPointers = 3;

/**
 * Was it the CRNG? Pure: the record decides. What is shown decides before what is likely; where likely evidence speaks
 * against other likely evidence, or against grave trouble, nothing is decided and both are reported.
 */
export function judge(record: BootRecord): Verdict {
  const of = caseOf(record);
  if (record.course?.interleaved === true) return mixed(of);
  if (record.course?.newestFirst === true) return upwards(of);
  const shown = first(shownCauses, of);
  if (shown !== null) return verdictOf(isNameless(shown) ? named(shown, of) : shown, of);
  const likely = first(likelyCauses, of);
  const open = likely === null && standsInWait(of) ? first(undecidedRules, of) : null;
  if (open !== null) return verdictOf(open, of);
  const ruledOut = first(readyInTime, of);
  const elsewhere = first(otherTrouble, of);
  if (likely === null && ruledOut?.rule.strength === "likely" && elsewhere?.rule.strength === "shown")
    return verdictOf(elsewhere, of);
  // A late silence does not rule the CRNG out by how soon it ended.
  if (ruledOut !== null && (likely === null || ruledOut.rule.strength === "shown")) return verdictOf(ruledOut, of);
  // A unit that failed may have failed by the wait; another fault is another matter.
  const disputes = elsewhere?.rule.id === "unit-failed" ? null : elsewhere;
  if (
    likely !== null &&
    disputes !== null &&
    isOnlyUnfinished(likely, of) &&
    (lacksFileSystem(of) || lacksSeedFile(of))
  )
    return verdictOf(disputes, of);
  if (likely !== null) return disputes === null ? verdictOf(named(likely, of), of) : disputed(likely, disputes, of);
  const other =
    elsewhere ??
    first([otherWait, silentAfterReady, hoursLater, hangAfterReady, slept, warned], of) ??
    first(undecidedRules, of);
  // The last rule holds for any record.
  return other === null ? undecided : verdictOf(other, of);
}

function first(rules: readonly VerdictRule[], of: Case): Found | null {
  for (const rule of rules) {
    const ruling = rule.find(of);
    if (ruling !== null) return { rule, ruling };
  }
  return null;
}

/**
 * A stack without its report's head goes through the generator's code, and no ready line stands before it: a task may
 * have waited there, whatever else the log shows.
 */
function standsInWait({ record: { signs, readiness } }: Case): boolean {
  return signs.some(
    ({ inRandomCode, gravity, line }) =>
      inRandomCode && gravity === "notes" && (readiness.line === null || line === null || line < readiness.line),
  );
}

/** All that suggests a wait is that a unit's end is not in the log, which shows no time for it. */
function isOnlyUnfinished({ rule }: Found, { record }: Case): boolean {
  return (
    rule.id === "unit-suggests" &&
    record.readiness.level !== "ready" &&
    record.reportedWaits.every(({ by, open, at, seconds }) => by === "unit" && open && at === null && seconds === null)
  );
}

/** The file systems that a boot needs failed for want of their devices: emergency mode follows from that. */
function lacksFileSystem({ record: { signs } }: Case): boolean {
  return (
    signs.some(
      ({ kind, name }) => kind === "unit-failed" && /^(?:local-fs\.target|Local File Systems)/.test(name ?? ""),
    ) && signs.some(({ kind, text }) => kind === "device" && text.startsWith("Timed out waiting for device"))
  );
}

/** The seed's unit failed, and a file system with it: without one it has no file to read and to write. */
function lacksSeedFile({ record: { signs } }: Case): boolean {
  return (
    signs.some(({ kind, name }) => kind === "unit-failed" && /random[ -]seed/i.test(name ?? "")) &&
    signs.some(({ kind, gravity }) => kind === "filesystem" && gravity !== "notes" && gravity !== "warns")
  );
}

/** A wait is shown, but not which task waited. */
function isNameless({ ruling: { waiters = [] } }: Found): boolean {
  return waiters.every(({ name }) => name === unnamedTask);
}

/** With the names of those that report a wait themselves, where the deciding rule names no task, or infers it. */
function named(found: Found, of: Case): Found {
  if (found.ruling.reported === true && !isNameless(found)) return found;
  for (const rule of likelyCauses) {
    const ruling = rule.find(of);
    if (ruling?.reported !== true || ruling.waiters === undefined || ruling.waiters.length === 0) continue;
    const because = [...found.ruling.because, ...ruling.because.slice(0, 2)];
    const who = `the log names ${ruling.waiters.map(({ name }) => name).join(", ")}`;
    return { ...found, ruling: { ...found.ruling, who: capped(who), because, waiters: ruling.waiters } };
  }
  return found;
}

type Opening = Readonly<Record<NonNullable<Verdict["strength"]>, string>>;
/** The answer in the sentence's first words. */
const blocked: Opening = { shown: "Blocked on the CRNG: ", likely: "Likely blocked on the CRNG: " };
const notTheCrng: Opening = { shown: "Not the CRNG: ", likely: "Likely not the CRNG: " };
/** There is no other trouble to point to. */
const delayedNothing: Opening = {
  shown: "The CRNG delayed nothing: ",
  likely: "The CRNG likely delayed nothing: ",
};
const undecidedWords = "Undecided whether the CRNG delayed this boot: ";

function verdictOf({ rule, ruling }: Found, of: Case): Verdict {
  const { crng, strength, id } = rule;
  const silence = silenceAfter(rule, of);
  return {
    crng,
    strength,
    rule: id,
    sentence: `${openingOf(rule, of)}${ruling.says}${ruling.who === undefined ? "" : `; ${ruling.who}`}${elsewhereOf(rule, ruling, of, silence)}`,
    because: crng === "innocent" ? ruling.because : [...ruling.because, ...entropyLeftOut(of.record.signs)],
    waiters: ruling.waiters ?? [],
    lookAt: whereToLook(rule, ruling, of, silence),
    remedies: crng === "cause" ? supplyRemedies(of.record, shownSeconds(rule, ruling)) : [],
  };
}

/** How long a task waited at the least, where that is shown. */
function shownSeconds({ strength }: RuleName, { waiters = [] }: Ruling): number | null {
  const longest = Math.max(0, ...waiters.map(({ seconds }) => seconds ?? 0));
  return strength === "shown" && longest > 0 ? longest : null;
}

function whereToLook(
  { crng }: RuleName,
  ruling: Ruling,
  { record }: Case,
  silence: Pointer | null,
): readonly Pointer[] {
  const own = [...(ruling.lookAt ?? []), ...(silence === null ? [] : [silence])];
  const pointers = distinct([...own, ...pointersOf(record)]).slice(0, mostPointers);
  // A boot that ran into user space and lost nothing by the CRNG needs no hint.
  const isFine = crng === "innocent" && (record.course?.userSpace ?? null) !== null;
  return pointers.length > 0 || isFine ? pointers : logEndPointer(record);
}

function openingOf({ crng, strength }: RuleName, { trouble }: Case): string {
  if (strength === null) return undecidedWords;
  switch (crng) {
    case "cause":
      return blocked[strength];
    case "innocent":
      return (trouble.length === 0 ? delayedNothing : notTheCrng)[strength];
    case "undecided":
      return undecidedWords;
  }
}

/** Of an innocent CRNG: what else the log shows. */
function elsewhereOf({ crng }: RuleName, { says }: Ruling, of: Case, silence: Pointer | null): string {
  const grave = gravest(of);
  const [slow] = slowParts(of.record);
  if (crng === "innocent" && grave === undefined && slow !== undefined) return `; the boot was slow: ${slow.words}`;
  if (silence !== null) return `; look at line ${silence.line}: ${silence.text}`;
  if (crng !== "innocent" || grave === undefined || says.includes(capped(grave.text))) return "";
  return `; look at ${grave.line === null ? "" : `line ${grave.line}: `}${capped(grave.text, 90)}`;
}

/** A silence this soon after readiness may be what the log is about. Machines that run for hours have others. */
const soonAfterSeconds = 10;

function gravest({ trouble }: Case): Sign | undefined {
  return trouble.find(({ gravity }) => gravity !== "warns");
}

/**
 * A long silence that begins right after readiness, of a log that shows nothing graver: it is not a wait for the CRNG,
 * and it is a pause.
 */
function silenceAfter({ crng, id }: RuleName, of: Case): Pointer | null {
  if (crng !== "innocent" || gravest(of) !== undefined || slowParts(of.record).length > 0) return null;
  // That rule points to it by itself.
  if (id === silentAfterReady.id) return null;
  const { course } = of.record;
  const [silence, ready] = [course?.longestSilence ?? null, course?.ready?.ready ?? null];
  if (ready?.at == null || silence?.from.at == null || silence.to.at === null || silence.from.line === null)
    return null;
  const isAfter = silence.from.line >= (ready.line ?? Infinity) && silence.from.at >= ready.at;
  if (!isAfter || silence.from.at > ready.at + soonAfterSeconds) return null;
  const text = `a silence of ${durationWords(silence.to.at - silence.from.at, 1)} begins here`;
  return { line: silence.from.line, kind: "silence", text };
}

/** Reports of several lines, whose stacks stand in front of them in such a log. */
const withStack = new Set<Sign["kind"]>(["hung-task", "soft-lockup", "rcu-stall", "oops"]);

/** By what one line shows, whichever order the lines are in. */
function upwards(of: Case): Verdict {
  const { record } = of;
  const fromOneLine = { ...of, trouble: of.trouble.filter(({ kind }) => !withStack.has(kind)) };
  const showsCrng = record.readiness.level !== "unknown" || record.earlyUses.length > 0 || standsInWait(of);
  const stops = fromOneLine.trouble.filter(({ gravity }) => gravity === "stops");
  const found =
    first(shownCauses, of) ??
    first(otherTrouble, showsCrng || record.reportedWaits.length > 0 ? { ...of, trouble: stops } : fromOneLine) ??
    first([slept], of);
  if (found !== null) return verdictOf(found, of);
  const says =
    "this log's newest line comes first; put its lines in the order of time (tac, or no --reverse), and analyse it again";
  return verdictOf({ rule: { ...newestFirst, find: () => null }, ruling: { says, because: [] } }, of);
}

/** What either machine reports, and nothing decides. */
function mixed({ record }: Case): Verdict {
  const because = record.observed.readyLines.map(({ at, line }) => ({
    text: `a CRNG became ready${at === null ? "" : ` at ${moment(at)}, by one of the clocks`}`,
    line,
  }));
  return {
    ...undecided,
    rule: interleavedName.id,
    sentence: `${undecidedWords}this log mixes lines of two machines or boots, with different clocks; separate them, and analyse each`,
    because,
    // By two clocks no silence is known.
    lookAt: pointersOf({ ...record, course: null }),
  };
}

function disputed(likely: Found, elsewhere: Found, of: Case): Verdict {
  return {
    ...verdictOf(elsewhere, of),
    crng: disputedName.crng,
    strength: disputedName.strength,
    rule: disputedName.id,
    sentence: `${undecidedWords}${likely.ruling.says}; but the log also shows ${elsewhere.ruling.says}`,
    because: [...likely.ruling.because, ...elsewhere.ruling.because],
    waiters: likely.ruling.waiters ?? [],
  };
}
