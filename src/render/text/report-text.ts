import { healths, isUnable } from "../../core/base/health.ts";
import type { NotedAt } from "../../core/log-evidence.ts";
import { earlyUseDevice, type ReseedReason } from "../../core/kernel-message.ts";
import { isOpen, type Wait } from "../../core/wait.ts";
import type { BootRecord, Diagnosed, EarlyUse, Gap } from "../../core/boot-record.ts";
import type { Finding } from "../../core/finding.ts";
import type { Logged } from "../../core/observed.ts";
import type { Verdict } from "../../core/verdict.ts";
import { stackWords } from "../../core/caller-words.ts";
import { escapeText } from "../escape.ts";
import { pointerLines, reasonLines } from "./verdict-text.ts";
import { seconds, firstLines, wallSeconds } from "../verdict.ts";
import { severityWords } from "../severity-words.ts";
import { remediesOf, remedyCommand, remedyPriceText, remedyText } from "../remedy-words.ts";
import { correctedBootLines } from "./corrected-boot-text.ts";
import { openWaitText, waitText } from "../wait-text.ts";
import { type Detail, isQuiet } from "./detail.ts";
import { columnLines, indented, layOut, plain, textLine, type TextLine, type TextTone } from "./layout.ts";
import { readinessLines } from "./readiness-text.ts";
import { supplyLines } from "./supply-text.ts";
import { waitBarLines } from "./wait-bars.ts";

/** The whole report on one boot, for a file or a pipe. */
export function reportText(record: Diagnosed): string {
  return layOut(reportLines(record, "full"), plain);
}

/** The report on one boot, the answer first. `brief`: what a person needs, and no more than that where all is well. */
export function reportLines(record: Diagnosed, detail: Detail): readonly TextLine[] {
  // How the CRNG is fed matters where it came late or something is wrong.
  const background = detail === "full" || !isQuiet(record);
  const parts = [
    heading(record),
    section("Because", isProofShown(record, background) ? reasonLines(record).map(textLine) : []),
    section("Look at", pointerLines(record).map(textLine)),
    section("What to do", remedyLines(record)),
    section("Readiness", readinessLines(record, detail)),
    section("Waits", waitLines(record)),
    section(
      "What the waits delayed",
      record.correctedBoot === null ? [] : correctedBootLines(record.correctedBoot).map(textLine),
    ),
    section("Early uses", earlyUseLines(record, detail)),
    section(
      "Reseeds",
      firstOf(record.reseeds, detail, (reseed) => `${momentOf(reseed)}  ${reseedWords[reseed.reason]}`),
    ),
    section("Processes with a generator of their own", background ? generatorLines(record, detail) : []),
    section("Entropy supply", background ? supplyLines(record.supply, record, detail) : []),
    section("Would block if the CRNG were late", background ? suspectLines(record, detail) : []),
    section(
      "Contradictions",
      firstOf(record.anomalies, detail, ({ detail: words }) => escapeText(words)),
    ),
    section(
      "Gaps",
      firstOf(record.gaps, detail, (gap) => gapWords[gap.source](gap)),
    ),
    section(
      "Findings",
      record.findings.flatMap((finding) => findingLines(finding, detail)),
    ),
    detail === "full" ? section("Sources", sourceLines(record.sources)) : briefSourceLines(record),
  ];
  return parts
    .filter((lines) => lines.length > 0)
    .flatMap((lines, index) => (index === 0 ? lines : [textLine(""), ...lines]));
}

/** A CRNG that was ready in time, and not by a log, is all of the reason: the verdict says it. */
function isProofShown({ verdict }: Diagnosed, background: boolean): boolean {
  return background || verdict.crng !== "innocent" || verdict.because.some(({ line }) => line !== null);
}

const reseedWords: Readonly<Record<ReseedReason, string>> = {
  "vm-fork": "virtual machine cloned or restored",
  resume: "resume from suspend",
};

const gapWords: Readonly<Record<Gap["source"], (gap: Gap) => string>> = {
  trace: ({ lost }) => `${lost === null ? "events" : `${lost} events`} of the recorder's trace lost`,
  log: ({ from, to, lost }) =>
    `${lost === null ? "records" : `${lost} records`} of the kernel log lost${spanWords(from, to)}`,
};

/** Between which moments, as far as they are known. */
function spanWords(from: number | null, to: number | null): string {
  if (from !== null && to !== null) return ` between ${seconds(from)} and ${seconds(to)}`;
  if (from !== null) return ` after ${seconds(from)}`;
  return to === null ? ", at an unknown time" : ` before ${seconds(to)}`;
}

const verdictTones: Readonly<Record<Verdict["crng"], TextTone | null>> = {
  cause: "critical",
  innocent: "good",
  undecided: "warning",
};

function heading(record: BootRecord): readonly TextLine[] {
  const { kernel, bootId, host } = record;
  const names = [kernel.release === null ? null : `Linux ${kernel.release}`, bootId === null ? null : `boot ${bootId}`];
  const machine = [host?.distribution, host?.hardware, host?.processor].filter((part) => typeof part === "string");
  const named = [names.filter((part) => part !== null).join(", "), machine.join(", ")].filter((line) => line !== "");
  const first = firstLines(record).map((text, index) => ({
    text,
    tone: index === 0 ? verdictTones[record.verdict.crng] : null,
    hang: 0,
  }));
  return [...first, ...named.map((text) => ({ text: escapeText(text), hang: 0 }))];
}

function section(title: string, lines: readonly TextLine[]): readonly TextLine[] {
  return lines.length === 0 ? [] : [{ text: title, tone: "title" }, ...indented(lines, 2)];
}

const waitSeenBy: Readonly<Record<Wait["evidence"], string>> = {
  recorder: "recorded in the kernel",
  live: "by its stack, live",
  "hung-task": "in the report of a hung task",
  "task-state": "in a dump of all tasks",
  stack: "by its stack",
};

function waitLines({ waits, dropped, covers }: BootRecord): readonly TextLine[] {
  const shown = waits.slice(0, namesShown.full);
  const lines = shown.flatMap((wait): readonly TextLine[] => {
    // Where it is observed live; a log describes its own time.
    const goesOn = covers === null && isOpen(wait);
    const details = [
      goesOn ? openWaitText(wait, wait.seconds ?? 0) : waitText(wait),
      beganWords(wait),
      ...[wait.exe, wait.unit].map((name) => (name === null ? null : escapeText(name))),
    ];
    const line = `${details.filter((words) => words !== null).join(", ")} (${waitSeenBy[wait.evidence]})`;
    const stack = wait.caller === null || wait.caller.stack.length === 0 ? "" : stackWords(wait.caller.stack);
    return [textLine(line), ...(stack === "" ? [] : [textLine(`  ${escapeText(stack)}`)])];
  });
  return [...waitBarLines(waits), ...withMore(lines, waits.length - shown.length + dropped.waits)];
}

function beganWords({ from, to, errorSeconds }: Wait): string | null {
  if (from === null) return null;
  const isKnown = errorSeconds !== null || to !== null;
  return `began ${isKnown ? "at" : "no later than"} ${seconds(from)}${errorSeconds === null || errorSeconds === 0 ? "" : ` ± ${errorSeconds.toFixed(3)} s`}`;
}

/** Enough for a person; all of them are in the JSON. */
const namesShown: Readonly<Record<Detail, number>> = { brief: 5, full: 20 };

/** A line for each of the first, and how many more there are; `dropped`: those that the record itself has not kept. */
function firstOf<T>(all: readonly T[], detail: Detail, lineOf: (one: T) => string, dropped = 0): readonly TextLine[] {
  const shown = all.slice(0, namesShown[detail]);
  return withMore(
    shown.map((one) => textLine(lineOf(one))),
    all.length - shown.length + dropped,
  );
}

function withMore(lines: readonly TextLine[], more: number): readonly TextLine[] {
  return more > 0 ? [...lines, textLine(`and ${more} more`)] : lines;
}

/** Processes with a generator of their own, after a clone or restore; whether each is older is the finding's. */
function generatorLines({ generators, dropped }: BootRecord, detail: Detail): readonly TextLine[] {
  if (generators === null) return [];
  const lineOf = (one: (typeof generators.processes)[number]): string =>
    escapeText(
      `${one.comm}[${one.pid}]${one.unit === null ? "" : ` of ${one.unit}`}: ${one.generators.join(", ")}, started at ${one.startedAt.toFixed(2)} s`,
    );
  return firstOf(generators.processes, detail, lineOf, dropped.generators);
}

function earlyUseLines({ earlyUses, missedWarnings, dropped }: BootRecord, detail: Detail): readonly TextLine[] {
  const lines = firstOf(earlyUses, detail, earlyUseLine, dropped.earlyUses);
  return missedWarnings > 0 ? [...lines, textLine(`and ${missedWarnings} that the kernel did not print`)] : lines;
}

function suspectLines({ suspects, dropped }: BootRecord, detail: Detail): readonly TextLine[] {
  const lineOf = ({ unit, exe, why }: BootRecord["suspects"][number]): string =>
    escapeText(`${exe}${unit === null ? "" : ` of ${unit}`}: ${why}`);
  return firstOf(suspects, detail, lineOf, dropped.suspects);
}

const notedWords: Readonly<Record<NotedAt["clock"], (at: number) => string>> = {
  wall: (at) => `+${wallSeconds(at)}`,
  monotonic: (at) => `<${seconds(at)}`,
  typed: (at) => `~${wallSeconds(at)}`,
};

/** When the log says that it was: its own time, or how much later than the first line by the wall clock, marked "+". */
function momentOf({ at, noted }: Logged): string {
  if (at !== null) return seconds(at);
  if (noted === null) return "?";
  return notedWords[noted.clock](noted.seconds);
}

function earlyUseLine(use: EarlyUse): string {
  const { kind, name, bytes, bits } = use;
  const moment = momentOf(use).padStart(12);
  const device = earlyUseDevice[kind];
  if (device === null) return `${moment}  kernel: ${escapeText(name)}`;
  const details = [bytes === null ? null : `${bytes} bytes`, bits === null ? null : `${bits} bits of entropy`].filter(
    (part) => part !== null,
  );
  return `${moment}  ${escapeText(name)} read /dev/${device}${details.length === 0 ? "" : ` (${details.join(", ")})`}`;
}

const severityTones: Readonly<Record<Finding["severity"], TextTone | null>> = {
  info: null,
  warning: "warning",
  critical: "critical",
};

function remedyLines(record: BootRecord): readonly TextLine[] {
  return remediesOf(record).flatMap((remedy): readonly TextLine[] => {
    const [command, price] = [remedyCommand(remedy), remedyPriceText(remedy)];
    return [
      textLine(remedyText(remedy)),
      ...(command === null ? [] : [{ text: `    ${command}`, unbroken: true }]),
      ...(price === "" ? [] : [textLine(`    (${escapeText(price)})`)]),
    ];
  });
}

/** A brief note has no detail: it requires no action. */
function findingLines({ severity, summary, detail }: Finding, much: Detail): readonly TextLine[] {
  const word = severityWords[severity];
  return [
    {
      text: `${word}: ${escapeText(summary)}`,
      tone: severityTones[severity],
      toned: word.length + 1,
    },
    ...(much === "brief" && severity === "info" ? [] : [{ text: `    ${escapeText(detail)}`, hang: 4 }]),
  ];
}

function sourceLines(sources: BootRecord["sources"]): readonly TextLine[] {
  return columnLines(
    sources.map(({ name, health, detail }) => [
      escapeText(name),
      detail === null ? health : `${health}: ${escapeText(detail)}`,
    ]),
  );
}

/** Those that should have spoken and could not, and how many there are besides. */
function briefSourceLines({ sources }: BootRecord): readonly TextLine[] {
  const counts = healths.flatMap((health) => {
    const count = sources.filter((source) => source.health === health).length;
    return count === 0 || isUnable(health) ? [] : [`${count} ${health}`];
  });
  const unable = section("Sources", sourceLines(sources.filter(({ health }) => isUnable(health))));
  if (counts.length === 0) return unable;
  const others = `${counts.join(", ")} (--verbose lists them)`;
  return unable.length === 0
    ? [{ text: `Sources: ${others}`, tone: "title", toned: 8 }]
    : [...unable, textLine(`  ${others}`)];
}
