import type { Wait } from "../../core/wait.ts";
import { callerWords } from "../../core/caller-words.ts";
import { isOpen, longestOf } from "../../core/same-wait.ts";
import type { ReportedWait } from "../../core/sign.ts";
import type { Reason, VerdictWaiter } from "../../core/verdict.ts";
import type { Case, Ruling, VerdictRule } from "./rule.ts";
import { capped, inLine, lasted, moment, waiterOf, whenReady } from "./words.ts";

const proofWords: Readonly<Record<ReportedWait["proof"], string>> = { shown: "reports", likely: "suggests" };
/** Waits that sum up to less delay nothing that a person notices. */
export const briefSeconds = 0.1;
/** A wait that a program reports and that ended this soon is none that a person reports. */
const briefReportSeconds = 0.5;
/** A short wait and a grave fault later: the fault is what stopped the boot. */
const shortSeconds = 5;
/** Silence that is shorter says nothing. */
const silenceSeconds = 1.5;
/** What goes on with the CRNG goes on this soon behind it. */
const goesOnSeconds = 1;
/** Later than this, a boot is late for a person. */
export const lateSeconds = 10;

/** Waits that were observed and were for the CRNG: not polls, nor for the FIPS generator, and not begun when it was long ready. */
export function realWaits({ record, release }: Case): readonly Wait[] {
  const readyAt = release?.by === "ready" ? release.at : null;
  return record.waits.filter(
    ({ polls, generator, from }) =>
      generator === "crng" && !polls && (readyAt === null || from === null || from <= readyAt + 0.5),
  );
}

/** The rules that accuse on evidence with no other reading, the most direct first. */
export const shownCauses: readonly VerdictRule[] = [
  {
    id: "blocked-now",
    crng: "cause",
    strength: "shown",
    means: "a task is blocked on the CRNG right now",
    find(of) {
      const open =
        of.record.covers === null && of.record.readiness.level !== "ready" ? realWaits(of).filter(isOpen) : [];
      const longest = longestOf(open);
      if (longest === null) return null;
      const more = open.length === 1 ? "" : `, and ${open.length - 1} more`;
      const since = longest.from === null ? "" : ` since ${moment(longest.from)}`;
      return {
        says: `${waiterOf(longest)}${since}${byWhom(longest)}${more}`,
        because: open.slice(0, 4).map(waitReason),
        waiters: open.map(waiterOfWait),
      };
    },
  },
  {
    id: "waited",
    crng: "cause",
    strength: "shown",
    means: "waits of 0.1 s or more were recorded by the kernel's probe, or are shown by stacks",
    find(of) {
      const waits = realWaits(of);
      const longest = longestOf(waits);
      if (longest === null || isBrief(of)) return null;
      const more = waits.length === 1 ? "" : `; ${waits.length} tasks waited`;
      return {
        says: `${waiterOf(longest)}${lengthOf(longest)}${spanOf(longest)}${byWhom(longest)}${more}`,
        because: [...waits.slice(0, 4).map(waitReason), ...readyReason(of)],
        waiters: waits.map(waiterOfWait),
        lookAt: waits
          .slice(0, 2)
          .flatMap(({ line }, index) =>
            line === null ? [] : [{ line, kind: "other", text: capped(waiterOf(waits[index] as Wait)) } as const],
          ),
      };
    },
  },
  reported("own-words", "shown", "a program says in its own words that it waits for the kernel's randomness"),
  reported("unit", "shown", "the unit that waits until the CRNG is ready was started before and finished with it"),
  reported(
    "systemd-analyze",
    "shown",
    "systemd-analyze shows a long start of the unit that waits until the CRNG is ready",
  ),
  reported("strace", "shown", "strace shows a long or unfinished getrandom()"),
];

/** The rules that accuse where the evidence strongly suggests it. */
export const likelyCauses: readonly VerdictRule[] = [
  {
    id: "silence-ends-at-ready",
    crng: "cause",
    strength: "likely",
    means: "user space is silent, and goes on as the CRNG becomes ready",
    find(of) {
      const silence = silenceAtReady(of);
      if (silence === null) return null;
      const { seconds, from, to, goesOn } = silence;
      const behind = goesOn === "goes on" ? ", and the boot goes on right after it" : "";
      const because: Reason[] = [
        { text: `the last line before is "${capped(from.text, 80)}" at ${moment(from.at)}`, line: from.line },
        { text: `the CRNG became ready at ${moment(to.at)}`, line: to.line },
        ...(goesOn === "goes on" && silence.after !== null
          ? [{ text: `then "${capped(silence.after.text, 80)}"`, line: silence.after.line }]
          : []),
      ];
      return {
        says: `a silence of ${lasted(seconds)} ends as it becomes ready at ${moment(to.at)}${inLine(to.line)}${behind}; who waited is not recorded`,
        because,
        lookAt: [
          {
            line: to.line,
            kind: "silence",
            text: `${seconds.toFixed(1)} s without a line until the CRNG became ready`,
          },
        ],
      };
    },
  },
  {
    id: "step-ends-at-ready",
    crng: "cause",
    strength: "likely",
    means: 'a console\'s step ("starting …") lasts until the CRNG is ready, and the next follows at once',
    find({ record, release }) {
      const around = record.course?.ready ?? null;
      const [step, before, at] = [around?.stepBefore ?? null, around?.before?.at ?? null, around?.ready.at ?? null];
      if (around === null || step === null || before === null || at === null || release?.by === "fast-init")
        return null;
      const goesOn = around.consoleAfter > 0 || around.soonAfter > 0;
      if (at - before < silenceSeconds || !goesOn) return null;
      const name = stepName(step.text);
      return {
        says: `${name}, a step that lasts until it becomes ready at ${moment(at)}${inLine(step.line)}, and the boot goes on right after it`,
        because: [
          { text: `"${capped(step.text, 80)}" is the last line before`, line: step.line },
          ...(around.before === null
            ? []
            : [{ text: `no time stamp for ${lasted(at - before)}`, line: around.before.line }]),
        ],
        waiters: [{ name, line: step.line, seconds: null }],
        lookAt: [
          {
            line: around.ready.line,
            kind: "silence",
            text: `${(at - before).toFixed(1)} s until the CRNG became ready`,
          },
        ],
      };
    },
  },
  reported("own-words", "likely", "a program's words suggest that it waited for randomness"),
  reported(
    "unit",
    "likely",
    "a unit that makes keys was started and did not finish, or finished as the CRNG became ready",
  ),
  reported("systemd-analyze", "likely", "systemd-analyze shows a long start of a unit that makes keys"),
  reported("debugger", "likely", "a debugger's backtrace stands in getrandom()"),
  reported("wchan", "likely", "a table of tasks shows one in wait_for_random_bytes()"),
  reported("writer", "likely", "the person who wrote the report says so, and the CRNG was late"),
];

/** What a console's line says is being done: "starting LVM..." is LVM. */
function stepName(text: string): string {
  return capped(
    text.replace(/^(?:Begin: )?(?:start|runn|load|wait|generat|creat)ing (?:for )?/i, "").replace(/ ?(?:\.{3}|…)$/, ""),
    60,
  );
}

/** One rule for each way in which a log reports a wait. */
function reported(by: ReportedWait["by"], proof: ReportedWait["proof"], means: string): VerdictRule {
  return {
    id: `${by}-${proofWords[proof]}`,
    crng: "cause",
    strength: proof,
    means,
    find(of) {
      const its = of.record.reportedWaits.filter((wait) => wait.by === by && wait.proof === proof && counts(wait, of));
      const longest = its.toSorted((a, b) => (secondsOf(b, of) ?? 0) - (secondsOf(a, of) ?? 0))[0];
      if (longest === undefined) return null;
      const seconds = secondsOf(longest, of);
      const who = longest.name ?? "a program";
      return {
        says: `${who}${seconds === null ? "" : ` for ${longest.open ? "at least " : ""}${lasted(seconds)}`}${howOf(longest)}${inLine(longest.line)}${untilOf(longest, of)}`,
        because: [...its.slice(0, 4).map(({ text, line }) => ({ text, line })), ...readyReason(of)],
        waiters: its.flatMap((wait) =>
          wait.name === null ? [] : [{ name: wait.name, line: wait.line, seconds: secondsOf(wait, of) }],
        ),
        lookAt: [
          ...its
            .slice(0, 2)
            .map(
              ({ line, text }) =>
                ({ line, kind: by === "unit" ? "unit-unfinished" : "other", text: capped(text) }) as const,
            ),
          ...readyPointer(of),
        ],
      };
    },
  };
}

/** Whether a reported wait is one that a person reports. */
function counts(wait: ReportedWait, of: Case): boolean {
  const { release, trouble, record } = of;
  const seconds = secondsOf(wait, of);
  // Callers were let through before it began: it waited for something else.
  if (wait.proof === "likely" && release?.at != null && wait.at !== null && release.at < wait.at) return false;
  if (wait.by === "writer") return isLateFor(wait, of);
  // A ready CRNG keeps no program of a debugger's or a key generator's waiting.
  if (wait.proof === "likely" && isReadyEarly(of)) return false;
  if (seconds === null || wait.by === "strace" || wait.by === "systemd-analyze") return true;
  if (!wait.open && seconds < briefReportSeconds) return false;
  const graveLater = trouble.some(
    ({ gravity, line }) => gravity !== "warns" && (line ?? 0) > (record.readiness.line ?? Infinity),
  );
  return !(graveLater && seconds < shortSeconds);
}

/** What a person says of a wait counts only beside a CRNG that was late. */
function isLateFor({ seconds }: ReportedWait, { readyAt, release, trouble, record }: Case): boolean {
  if (release?.by === "fast-init" || trouble.some(({ gravity }) => gravity === "stops" || gravity === "breaks"))
    return false;
  if (readyAt === null) return seconds === null && record.earlyUses.length > 0;
  if (readyAt < lateSeconds) return false;
  return seconds === null || Math.abs(seconds - readyAt) <= readyAt * 0.2;
}

function isReadyEarly({ readyAt, userSpaceAt, release, record }: Case): boolean {
  if (record.reseeds.length > 0) return true;
  if (release === null || readyAt === null) return false;
  return readyAt - (userSpaceAt ?? 0) < 2;
}

/** How long it waited: as reported, else from its words to readiness. */
function secondsOf({ seconds, at, by, open }: ReportedWait, { release }: Case): number | null {
  if (seconds !== null && !(open && by === "unit" && release?.at != null)) return seconds;
  return at === null || release?.at == null || release.at < at ? seconds : release.at - at;
}

function howOf({ by, open, seconds }: ReportedWait): string {
  if (by === "unit")
    return open ? ", which was started and did not finish" : ", which finished as soon as it was ready";
  if (by === "own-words") return ", by its own words";
  if (by === "writer") return ", as the report says";
  if (by === "systemd-analyze") return ", by systemd-analyze";
  const call = by === "wchan" ? "in wait_for_random_bytes()" : "in getrandom()";
  return seconds === null && open ? ` ${call}, which has not returned` : ` ${call}`;
}

function untilOf({ by }: ReportedWait, { release }: Case): string {
  if (release?.at == null || by === "systemd-analyze") return "";
  return `; the CRNG became ready at ${moment(release.at)}`;
}

export interface SilenceAtReady {
  readonly seconds: number;
  readonly from: { readonly line: number | null; readonly at: number; readonly text: string };
  readonly to: { readonly line: number | null; readonly at: number };
  readonly after: { readonly line: number | null; readonly text: string } | null;
  readonly goesOn: "goes on" | "log ends";
}

/**
 * Silence in user space that ends with the line that the CRNG is ready, and after which the boot goes on; or behind which
 * the log ends, where the last word before it was a program's.
 */
function silenceAtReady({ record, release, userSpaceAt }: Case): SilenceAtReady | null {
  const around = record.course?.ready ?? null;
  const [before, at] = [around?.before ?? null, around?.ready.at ?? null];
  if (around === null || before === null || before.at === null || at === null || release?.by === "fast-init")
    return null;
  const seconds = Math.min(at - before.at, around.programQuiet ?? Infinity);
  // A wall clock of whole seconds makes up to one second of silence.
  const least = record.course?.clock === "wall" ? silenceSeconds + 1 : silenceSeconds;
  if (seconds < least || userSpaceAt === null || userSpaceAt > before.at || around.finishedBefore > 0) return null;
  const soon = around.programAfter?.at != null && around.programAfter.at - at <= goesOnSeconds;
  const goesOn =
    soon || around.soonAfter >= 3 ? "goes on" : around.linesAfter === 0 && before.byProgram ? "log ends" : null;
  if (goesOn === null) return null;
  return {
    seconds,
    from: { line: before.line, at: before.at, text: before.text },
    to: { line: around.ready.line, at },
    after: around.after,
    goesOn,
  };
}

/** All that was observed, and it was less than a person notices. */
export function isBrief(of: Case): boolean {
  const waits = realWaits(of);
  return (
    waits.length > 0 &&
    waits.every(
      ({ seconds, to, ended }) => seconds !== null && seconds < briefSeconds && (to !== null || ended !== null),
    ) &&
    of.record.cost.seconds < briefSeconds
  );
}

function waiterOfWait(wait: Wait): VerdictWaiter {
  return {
    name: wait.unit ?? wait.comm ?? (wait.pid === null ? "a task" : `PID ${wait.pid}`),
    line: wait.line,
    seconds: wait.seconds,
  };
}

export function waitReason(wait: Wait): Reason {
  const seen = {
    recorder: "the kernel's probe recorded",
    live: "its stack showed",
    "hung-task": "a hung task's report shows",
    "task-state": "a dump of all tasks shows",
    stack: "a stack shows",
  } as const;
  return {
    text: `${seen[wait.evidence]} ${waiterOf(wait)} in ${wait.interface === "kernel" ? "wait_for_random_bytes()" : interfaceWords[wait.interface]}`,
    line: wait.line,
  };
}

const interfaceWords = {
  getrandom: "getrandom()",
  "dev-random": "a read of /dev/random",
  urandom: "a read of /dev/urandom",
  kernel: "the kernel",
} as const;

function lengthOf({ seconds, ended }: Wait): string {
  return seconds === null || seconds === 0 ? "" : ` for ${ended === null ? "at least " : ""}${lasted(seconds)}`;
}

function spanOf({ from, to }: Wait): string {
  if (from === null || to === null) return "";
  return `, from ${moment(from)} to ${moment(to)}`;
}

/** Who called, as far as it is proven, else the candidates, marked as such: for a sentence that goes on behind a comma. */
function byWhom(wait: Wait): string {
  const words = callerWords(wait);
  return words === "" || words.startsWith(" (") ? words : `,${words}`;
}

/** When it became ready, as a reason. */
export function readyReason({ record, release }: Case): readonly Reason[] {
  if (record.readiness.level !== "ready") return [];
  const words = whenReady(record.readiness);
  const when = words === "" ? "the log reports that it is ready" : `ready${words}`;
  return [
    {
      text: release?.by === "fast-init" ? `${when}; this kernel lets callers through at 'fast init done'` : when,
      line: record.readiness.line,
    },
  ];
}

function readyPointer({ record }: Case): NonNullable<Ruling["lookAt"]> {
  const { line } = record.readiness;
  return line === null ? [] : [{ line, kind: "silence", text: "the CRNG became ready" }];
}
