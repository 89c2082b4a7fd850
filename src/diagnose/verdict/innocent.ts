import { fipsGenerator } from "../../core/fips-generator.ts";
import type { ReseedReason } from "../../core/kernel-message.ts";
import { longestOf } from "../../core/same-wait.ts";
import type { BootRecord } from "../../core/boot-record.ts";
import type { Reason } from "../../core/verdict.ts";
import { briefSeconds, isBrief, lateSeconds, readyReason, realWaits, waitReason } from "./cause.ts";
import { hasNoGetrandom } from "./release.ts";
import { type Case, caseOf, type VerdictRule } from "./rule.ts";
import { capped, inLine, lasted, moment, waiterOf, whenReady } from "./words.ts";

/** Ready this soon, nothing that a person calls a hang was the CRNG's. */
const earlySeconds = 5;
/** A boot loses no more than this by what came before readiness. */
const soonSeconds = 2;
/** Lines by programs so shortly before readiness show that the boot went on until then. */
const atWorkSeconds = 2;
const reseededAfter: Readonly<Record<ReseedReason, string>> = {
  resume: "a resume from suspend",
  "vm-fork": "a clone or restore of the virtual machine",
};
/** Lines that a kernel prints before it runs the first program, at the least. */
const firstLines = 60;
/** How near to its end a log shows what it is about. */
const nearEndLines = 80;

/** Acquittals on evidence about the CRNG itself. */
export const readyInTime: readonly VerdictRule[] = [
  {
    id: "reseeded",
    crng: "innocent",
    strength: "shown",
    means: "only a reseed is shown, after a resume or a clone of the virtual machine: it was ready before",
    find({ record }) {
      const [first] = record.reseeds;
      if (first === undefined || record.observed.readyLines.length > 0) return null;
      const why = reseededAfter[first.reason];
      return {
        says: `it was ready before; the kernel only reseeded it after ${why}${inLine(first.line)}, which is normal`,
        because: [
          {
            text: `the kernel reseeds a ready CRNG only${first.at === null ? "" : `, at ${moment(first.at)}`}`,
            line: first.line,
          },
        ],
      };
    },
  },
  {
    id: "nobody-waited",
    crng: "innocent",
    strength: "shown",
    means: "the flight recorder covers the whole boot and recorded no wait",
    find(of) {
      const { record } = of;
      if (record.readiness.level !== "ready" || !record.cost.complete || realWaits(of).length > 0) return null;
      return {
        says: `it was ready${whenReady(record.readiness)} and nobody waited for it (flight recorder: complete)${generatorWait(record)}`,
        because: [{ text: "the flight recorder covers the whole boot and recorded no wait for the CRNG", line: null }],
      };
    },
  },
  {
    id: "waited-briefly",
    crng: "innocent",
    strength: "shown",
    means: "all waits together took less than 0.1 s",
    find(of) {
      if (!isBrief(of) || of.record.readiness.level !== "ready") return null;
      const waits = realWaits(of);
      return {
        says: `tasks were blocked on it for ${lasted(of.record.cost.seconds)} in all, less than ${briefSeconds} s`,
        because: [...waits.slice(0, 4).map(waitReason), ...readyReason(of)],
      };
    },
  },
  {
    id: "trusted-cpu",
    crng: "innocent",
    strength: "shown",
    means: "the kernel credited the CPU's generator before the first program ran",
    find({ record, readyAt }) {
      const line = record.observed.readyLines.find(({ trusting }) => trusting === "cpu");
      if (line === undefined || (readyAt !== null && readyAt > earlySeconds && record.covers?.stamps === "printk"))
        return null;
      return {
        says: `it was ready at once${whenOf(line.at)}, seeded by the CPU's generator${inLine(line.line)}${waitsKnown(record)}`,
        because: [{ text: "the kernel credits the CPU's generator before the first program runs", line: line.line }],
      };
    },
  },
  {
    id: "ready-before-user-space",
    crng: "innocent",
    strength: "shown",
    means: "ready before the first program ran",
    find(of) {
      const { record, readyAt } = of;
      const around = record.course?.ready ?? null;
      if (record.readiness.level !== "ready" || around === null || !around.beforeUserSpace) return null;
      const isEarly = readyAt !== null && record.course?.clock === "printk" && readyAt <= earlySeconds;
      // Without the kernel's stamps: among the first lines of a log that begins where the kernel does.
      const isAmongFirst =
        record.covers?.fromStart === true &&
        around.linesBefore <= firstLines &&
        (readyAt === null || record.course?.clock === "wall") &&
        (record.readiness.noted?.seconds ?? 0) <= 1;
      const quiet = quietOf(of);
      // Of an excerpt's silence nobody knows what was cut out of it.
      const isFollowed = around.userSpaceAfter && (quiet === null || quiet <= atWorkSeconds);
      if (!isEarly && !isAmongFirst && !isFollowed) return null;
      return {
        says: `it was ready${whenReady(of.record.readiness)}, before the first program ran${inLine(record.readiness.line)}`,
        because: readyReason(of),
      };
    },
  },
  {
    id: "ready-at-once",
    crng: "innocent",
    strength: "shown",
    means: "ready within the first second",
    find(of) {
      const at = pointAt(of);
      if (at === null || at > 1 || of.record.readiness.level !== "ready") return null;
      return {
        says: `it was ready${whenReady(of.record.readiness)}, so nothing waited longer than that${inLine(of.record.readiness.line)}${waitsKnown(of.record)}`,
        because: readyReason(of),
      };
    },
  },
  served("served-by-fips-generator", "shown"),
  served("likely-served-by-fips-generator", "likely"),
  {
    id: "kernel-without-getrandom",
    crng: "innocent",
    strength: "likely",
    means: "the kernel is older than getrandom(), so no program can wait",
    find({ record }) {
      if (record.readiness.level !== "ready" || !hasNoGetrandom(record)) return null;
      return {
        says: `kernel ${record.kernel.release ?? "unknown"} is older than getrandom(), so no program can wait for it`,
        because: readyReason(caseOf(record)),
      };
    },
  },
  {
    id: "released-at-fast-init",
    crng: "innocent",
    strength: "likely",
    means: "on this kernel getrandom() returns from 'fast init done' on, which came in time",
    find({ record, release, userSpaceAt }) {
      const reachesUserSpace =
        (record.course?.userSpace ?? null) !== null || (record.covers?.lastAt ?? 0) >= earlySeconds;
      if (release?.by !== "fast-init" || !reachesUserSpace) return null;
      const inTime =
        release.at === null
          ? isFirst(release.line, record.course?.userSpace?.line ?? null)
          : release.at <= Math.max(earlySeconds, (userSpaceAt ?? 0) + soonSeconds);
      if (!inTime) return null;
      return {
        says: `on this kernel getrandom() returns from 'fast init done' on${whenOf(release.at)}${inLine(release.line)}, and no program waited after that`,
        because: [
          {
            text: `kernel ${record.kernel.release ?? "unknown"} lets callers through at 'fast init done'`,
            line: release.line,
          },
        ],
      };
    },
  },
  {
    id: "ready-while-the-boot-went-on",
    crng: "innocent",
    strength: "shown",
    means: "the log shows no pause before and after the line that it is ready",
    find(of) {
      const around = of.record.course?.ready ?? null;
      const quiet = quietOf(of);
      if (around === null || quiet === null || around.released.length > 0 || !isSoon(of) || quiet > allowedQuiet(of))
        return null;
      return {
        says: `it was ready${whenReady(of.record.readiness)} while the boot went on: lines before and after it show no pause${inLine(around.ready.line)}`,
        because: [
          ...readyReason(of),
          ...(of.record.course?.userSpace?.line == null
            ? []
            : [{ text: "user space began here", line: of.record.course.userSpace.line }]),
        ],
      };
    },
  },
  {
    id: "late-and-nobody-waited",
    crng: "innocent",
    strength: "likely",
    means: "ready late, but programs were at work until then, and nothing followed from it",
    find(of) {
      const around = of.record.course?.ready ?? null;
      if (around === null || around.ready.at === null || around.released.length > 0) return null;
      const worked = around.programBefore?.at ?? null;
      const sinceWork = worked === null ? null : around.ready.at - worked;
      const toNext = around.programAfter?.at == null ? null : around.programAfter.at - around.ready.at;
      // Programs at work right until then; or the next word comes so late that readiness did not set it going.
      const atWork = sinceWork !== null && sinceWork <= allowedQuiet(of) + 1;
      const setsNothingGoing =
        around.linesAfter > 0 && around.soonAfter === 0 && (toNext === null || toNext >= 2) && worked !== null;
      if (!atWork && !(setsNothingGoing && sinceWork !== null && sinceWork <= 5)) return null;
      return {
        says: `it became ready late, at ${moment(around.ready.at)}${inLine(around.ready.line)}, but programs ran until then and nothing was set going by it`,
        because: [
          { text: `a program was at work ${sinceWork?.toFixed(1)} s before`, line: around.programBefore?.line ?? null },
          ...readyReason(of),
        ],
      };
    },
  },
  {
    id: "units-went-on",
    crng: "innocent",
    strength: "likely",
    means: "units finished until it was ready, and none finished with it",
    find(of) {
      const around = of.record.course?.ready ?? null;
      if (around === null || around.finishedBefore < 3 || around.released.length > 0) return null;
      return {
        says: `units finished right until it was ready${whenReady(of.record.readiness)}${inLine(around.ready.line)}, and none of them finished with it`,
        because: [
          {
            text: `${around.finishedBefore} units finished before it, on lines without a time`,
            line: around.ready.line,
          },
          ...readyReason(of),
        ],
      };
    },
  },
  {
    id: "ready-soon",
    crng: "innocent",
    strength: "likely",
    means: "ready within 5 s",
    find(of) {
      const at = pointAt(of);
      if (at === null || at > earlySeconds || of.record.readiness.level !== "ready") return null;
      return {
        says: `it was ready${whenReady(of.record.readiness)}, so no more than that was spent waiting for it${inLine(of.record.readiness.line)}${waitsKnown(of.record)}`,
        because: readyReason(of),
      };
    },
  },
];

/** Acquittals by another reason that the log shows. */
export const otherTrouble: readonly VerdictRule[] = [
  trouble(
    "trouble-stops-the-boot",
    "shown",
    "the log shows a fault that stops the boot",
    ({ gravity }) => gravity === "stops",
  ),
  trouble(
    "trouble-breaks-something",
    "shown",
    "the log shows an oops, a hung task or another grave fault",
    ({ gravity, byTimeout, kind }) => gravity === "breaks" && !byTimeout && kind !== "unit-failed",
  ),
  trouble(
    "unit-failed",
    "likely",
    "a unit failed, and not by a time-out",
    ({ gravity, byTimeout, kind }) => gravity === "breaks" && !byTimeout && kind === "unit-failed",
  ),
];

/** The kernel's warnings and failed tests: what the log is about, where they stand near its end. */
export const warned: VerdictRule = {
  id: "log-is-about-a-warning",
  crng: "innocent",
  strength: "likely",
  means: "the log ends in a warning or a failed test of the kernel's, and shows no waiter",
  find({ trouble: signs, record, release }) {
    const sign = signs.findLast(({ gravity }) => gravity === "warns");
    const last = record.covers?.lastLine ?? null;
    if (
      sign === undefined ||
      release !== null ||
      (last !== null && sign.line !== null && last - sign.line > nearEndLines)
    )
      return null;
    return {
      says: `this log is about ${capped(sign.text)}${inLine(sign.line)} and shows no program that waits`,
      because: [{ text: capped(sign.text), line: sign.line }],
    };
  },
};

/**
 * Where the kernel's FIPS generator serves callers, none waits for the CRNG, ready or not: what they may wait for is
 * that generator.
 */
function served(id: string, strength: "shown" | "likely"): VerdictRule {
  const how = {
    shown: "callers were served by that generator",
    likely: "the kernel is in FIPS mode and has that generator (/proc/kallsyms)",
  } as const;
  const means = {
    shown: "the kernel's FIPS generator serves callers in the CRNG's place",
    likely: "the kernel is in FIPS mode and has a generator that serves callers in the CRNG's place",
  } as const;
  return {
    id,
    crng: "innocent",
    strength,
    means: means[strength],
    find(of) {
      const { record } = of;
      const isServed =
        fipsGenerator(record) === strength && (strength === "shown" || record.callers.reason === "extrng");
      if (!isServed || realWaits(of).length > 0) return null;
      return {
        says: `callers get bytes from the kernel's FIPS generator, whatever the CRNG's state${generatorWait(record)}`,
        because: [{ text: how[strength], line: null }],
      };
    },
  };
}

/** The longest wait for the FIPS generator, behind a semicolon. */
function generatorWait({ waits }: BootRecord): string {
  const queued = waits.filter(({ generator }) => generator === "drbg");
  const longest = longestOf(queued);
  if (longest === null) return "";
  const more = queued.length === 1 ? "" : `, and ${queued.length - 1} more`;
  const { seconds, to } = longest;
  const isKnown = seconds !== null && seconds > 0;
  const waited = isKnown ? `waited ${to === null ? "at least " : ""}${lasted(seconds)}` : "waited";
  return `; for that generator ${waiterOf(longest)} ${waited}${more}`;
}

function trouble(
  id: string,
  strength: "shown" | "likely",
  means: string,
  is: (sign: Case["trouble"][number]) => boolean,
): VerdictRule {
  return {
    id,
    crng: "innocent",
    strength,
    means,
    find({ trouble: signs }) {
      const found = signs.filter(is);
      const [gravest] = found;
      if (gravest === undefined) return null;
      const inCode = gravest.inRandomCode ? "; it is in the random number generator's code, and no wait" : "";
      return {
        says: `${capped(gravest.text)}${inLine(gravest.line)}${inCode}`,
        because: found.slice(0, 4).map(({ text, line }): Reason => ({ text: capped(text), line })),
      };
    },
  };
}

/** Of a live boot in which the CRNG is ruled out by its time alone: what is known of waits until then. */
function waitsKnown({ covers, recorder, cost }: BootRecord): string {
  if (covers !== null || cost.complete) return "";
  return recorder?.armed === true && recorder.problem !== null
    ? " (flight recorder: incomplete)"
    : " (waits before that were not recorded)";
}

/** How long the log was silent before it was ready; null where that is not known. */
function quietOf({ record }: Case): number | null {
  const around = record.course?.ready ?? null;
  if (around?.before?.at == null || around.ready.at === null) return around?.programQuiet ?? null;
  return Math.min(around.ready.at - around.before.at, around.programQuiet ?? Infinity);
}

function allowedQuiet({ record }: Case): number {
  return record.course?.clock === "wall" ? 2 : 1;
}

/** Ready within seconds after user space began. */
function isSoon({ userSpaceAt, readyAt, record }: Case): boolean {
  if (readyAt === null) return false;
  // A log by the kernel alone: within its first seconds, and with lines until then.
  if (userSpaceAt === null)
    return readyAt < lateSeconds && record.course?.clock === "printk" && record.covers?.fromStart === true;
  return readyAt - userSpaceAt <= (record.course?.clock === "wall" ? lateSeconds / 2 : earlySeconds);
}

/** The kernel's own time of readiness; a wall clock's difference is none. */
function pointAt({ record }: Case): number | null {
  return record.readiness.readyAt ?? record.readiness.notAfter;
}

function whenOf(at: number | null): string {
  return at === null ? "" : ` at ${moment(at)}`;
}

function isFirst(line: number | null, other: number | null): boolean {
  return line !== null && (other === null || line < other);
}
