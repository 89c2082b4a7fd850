import type { BootRecord } from "../../core/boot-record.ts";
import { capped } from "../../core/one-line.ts";
import type { Sign } from "../../core/sign.ts";
import type { ReseedReason } from "../../core/kernel-message.ts";
import { allowedQuiet, earlySeconds, isSoon, mayHaveWaited, pointAt, quietOf, workQuietOf } from "./ready-course.ts";
import { readyReason } from "./ready-reason.ts";
import { hasNoGetrandom } from "./release.ts";
import { type Case, caseOf, type VerdictRule } from "./rule.ts";
import { generatorWait, served } from "./served.ts";
import { briefSeconds, isBrief, realWaits, waitReason } from "./waited.ts";
import { courseMoment, inLine, lasted, moment, whenReady } from "./words.ts";

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
        says: `it was ready${whenReady(record.readiness)} and no task waited for it (flight recorder: complete)${generatorWait(record)}`,
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
        says: `tasks were blocked on it for ${lasted(of.record.cost.seconds)} in total, less than ${briefSeconds} s`,
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
        says: `it was ready${whenOf(line.at)}, seeded by the CPU's generator before the first program ran${inLine(line.line)}${waitsKnown(record)}`,
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
      // What was cut out of an excerpt's silence is not known.
      const isFollowed = around.userSpaceAfter && (quiet === null || quiet <= atWorkSeconds);
      if (!isEarly && !isAmongFirst && !isFollowed && !around.kernelStartsAfter) return null;
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
        says: `it was ready${whenReady(of.record.readiness)}, so no task waited longer than that for it${inLine(of.record.readiness.line)}${waitsKnown(of.record)}`,
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
    means: "on this kernel getrandom() does not block after 'fast init done', which came in time",
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
        says: `on this kernel getrandom() does not block after 'fast init done'${whenOf(release.at)}${inLine(release.line)}, and no program waited after that`,
        because: [
          {
            text: `kernel ${record.kernel.release ?? "unknown"}: getrandom() does not block after 'fast init done'`,
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
    means: "user space was at work until it was ready, soon after it began, and no unit finished at that moment",
    find(of) {
      const around = of.record.course?.ready ?? null;
      const quiet = workQuietOf(of);
      if (around === null || quiet === null || around.released.length > 0 || mayHaveWaited(of)) return null;
      if (!isSoon(of) || quiet > allowedQuiet(of)) return null;
      return {
        says: `it became ready${whenReady(of.record.readiness)}${inLine(around.ready.line)} while the boot continued: user space was at work at most ${allowedQuiet(of)} s before that, and no unit finished at that moment`,
        because: [
          ...readyReason(of),
          ...(around.programBefore === null
            ? []
            : [{ text: "user space was at work here", line: around.programBefore.line }]),
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
    means: "ready late, but programs ran until then, and nothing resumed at that moment",
    find(of) {
      const around = of.record.course?.ready ?? null;
      if (around === null || around.ready.at === null || around.released.length > 0) return null;
      const worked = around.programBefore?.at ?? null;
      // The same by the wall clock, where the line right before is a program's and has no kernel's stamp.
      const since = [worked === null ? null : around.ready.at - worked, around.programQuiet].filter(
        // Less than none: the log is read upwards, and that line came later.
        (seconds): seconds is number => seconds !== null && seconds >= 0,
      );
      const sinceWork = since.length === 0 ? null : Math.min(...since);
      const toNext = around.programAfter?.at == null ? null : around.programAfter.at - around.ready.at;
      // Programs at work right until then; or the next word comes so late that readiness did not set it going.
      const [open] = around.openUnits;
      const atWork = sinceWork !== null && sinceWork <= allowedQuiet(of) + (open === undefined ? 1 : 0);
      const setsNothingGoing =
        around.after !== null && around.soonAfter === 0 && (toNext === null || toNext >= 2) && worked !== null;
      if (!atWork && !(setsNothingGoing && open === undefined && sinceWork !== null && sinceWork <= 5)) return null;
      return {
        says: `it became ready late, at ${courseMoment(around.ready.at, of.record)}${inLine(around.ready.line)}, but programs ran until then, and nothing resumed when it became ready`,
        because: [
          { text: `a program was running ${sinceWork?.toFixed(1)} s before`, line: around.programBefore?.line ?? null },
          ...(open === undefined ? [] : [{ text: `but ${open} had been started and not finished`, line: null }]),
          ...readyReason(of),
        ],
      };
    },
  },
  {
    id: "units-went-on",
    crng: "innocent",
    strength: "likely",
    means: "units kept finishing until it was ready, and none finished at that moment",
    find(of) {
      const around = of.record.course?.ready ?? null;
      if (around === null || around.finishedBefore < 3 || around.released.length > 0 || mayHaveWaited(of)) return null;
      return {
        says: `units kept finishing until it was ready${whenReady(of.record.readiness)}${inLine(around.ready.line)}, and none finished at that moment`,
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
    id: "same-fault-before-and-after",
    crng: "innocent",
    strength: "likely",
    means: "a fault that repeats in the same way before and after it became ready, on lines without a time",
    find(of) {
      const { record, readyAt } = of;
      const line = record.readiness.line;
      if (record.readiness.level !== "ready" || line === null || readyAt !== null) return null;
      const fault = repeatedAround(record.signs, line);
      if (fault === null) return null;
      return {
        says: `a fault repeats in the same way before and after it became ready${inLine(line)}: ${capped(fault.text)}`,
        because: [{ text: `the same before it: ${capped(fault.text)}`, line: fault.line }, ...readyReason(of)],
      };
    },
  },
  {
    id: "seed-unit-was-quick",
    crng: "innocent",
    strength: "likely",
    means: "systemd-analyze shows that the unit that draws the seed, and waits for the CRNG, was done at once",
    find({ record }) {
      const took = record.course?.seedTook ?? null;
      // Of a log with its own lines about the CRNG, those decide.
      if (took === null || took > soonSeconds || record.readiness.level !== "unknown" || record.earlyUses.length > 0)
        return null;
      return {
        says: `the unit that draws the seed, and waits for the CRNG, took ${lasted(took)}`,
        because: [{ text: `systemd-analyze: the unit of the random seed took ${lasted(took)}`, line: null }],
      };
    },
  },
  {
    id: "ready-soon",
    crng: "innocent",
    strength: "likely",
    means: "ready within 5 s, and most of that was not a silence of user space that ended with it",
    find(of) {
      const at = pointAt(of);
      if (at === null || at > earlySeconds || of.record.readiness.level !== "ready") return null;
      if (isMostlySilent(of) || mayHaveWaited(of)) return null;
      return {
        says: `it was ready${whenReady(of.record.readiness)}, so no task waited longer than that for it${inLine(of.record.readiness.line)}${waitsKnown(of.record)}`,
        because: readyReason(of),
      };
    },
  },
  {
    id: "kernel-log-went-on",
    crng: "innocent",
    strength: "likely",
    means: "a log of the kernel's lines alone, which go on until it is ready, within 10 s",
    find(of) {
      const around = of.record.course?.ready ?? null;
      const quiet = quietOf(of);
      if (around === null || quiet === null || of.userSpaceAt !== null || !isSoon(of)) return null;
      if (quiet > allowedQuiet(of) || around.released.length > 0 || mayHaveWaited(of)) return null;
      return {
        says: `it became ready${whenReady(of.record.readiness)}${inLine(around.ready.line)}, and the kernel's lines go on until then; this log shows no program`,
        because: [
          ...readyReason(of),
          { text: `the kernel's line before that is ${lasted(quiet)} older`, line: around.before?.line ?? null },
        ],
      };
    },
  },
];

/** How often a fault must stand on either side of the ready line. */
const leastRepeats = 2;

/** The first sign of a fault that the log reports at least twice before a line and twice behind it, but for numbers. */
function repeatedAround(signs: readonly Sign[], line: number): Sign | null {
  const seen = new Map<string, { readonly first: Sign; readonly before: number; readonly after: number }>();
  for (const sign of signs) {
    if (sign.line === null) continue;
    const key = `${sign.kind} ${sign.text.replace(/\d+/g, "#")}`;
    const { first, before, after } = seen.get(key) ?? { first: sign, before: 0, after: 0 };
    const isBefore = sign.line < line;
    seen.set(key, { first, before: before + (isBefore ? 1 : 0), after: after + (isBefore ? 0 : 1) });
  }
  for (const { first, before, after } of seen.values())
    if (before >= leastRepeats && after >= leastRepeats) return first;
  return null;
}

/**
 * Whether programs may have done nothing but wait for it: user space ran, and its silence takes up most of the time to
 * readiness. A short boot of a small machine looks like that, and so does a wait.
 */
function isMostlySilent({ record, userSpaceAt }: Case): boolean {
  const around = record.course?.ready ?? null;
  const [from, to] = [around?.before?.at ?? null, around?.ready.at ?? null];
  if (from === null || to === null || userSpaceAt === null || userSpaceAt > from) return false;
  return to - from >= soonSeconds && to - from > to / 2;
}

/** Of a live boot in which the CRNG is ruled out by its time alone: what is known of waits until then. */
function waitsKnown({ covers, recorder, cost }: BootRecord): string {
  if (covers !== null || cost.complete) return "";
  return recorder?.armed === true && recorder.problem !== null
    ? " (flight recorder: incomplete)"
    : " (waits before that were not recorded)";
}

function whenOf(at: number | null): string {
  return at === null ? "" : ` at ${moment(at)}`;
}

function isFirst(line: number | null, other: number | null): boolean {
  return line !== null && (other === null || line < other);
}
