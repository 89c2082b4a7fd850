import { capped } from "../../core/one-line.ts";
import type { ReadyCourse } from "../../core/log-course.ts";
import {
  allowedQuiet,
  earlySeconds,
  endAndReadiness,
  isSoon,
  isUntimed,
  mayHaveWaited,
  pointAt,
  readyAfter,
  seedDoneOf,
  soonSeconds,
  workQuietOf,
} from "./ready-course.ts";
import { lateSeconds, readyReason } from "./ready-reason.ts";
import type { Case, VerdictRule } from "./rule.ts";
import { failedBefore, repeatedAround } from "./signs-around.ts";
import { courseMoment, inLine, lasted, moment, waitsKnown, whenReady } from "./words.ts";

/**
 * A silence of programs is a wait for the CRNG where it ends with readiness, not where it lasts for as long again.
 */
const [longSilenceSeconds, shareAfter] = [10, 1 / 3];

/** Rules that rule the CRNG out by the boot's course: what ran until the CRNG was ready did not wait for it. */
export const wentOn: readonly VerdictRule[] = [
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
    means: "programs ran until it was ready, or nothing resumed at that moment",
    find(of) {
      const around = of.record.course?.ready ?? null;
      if (around === null || around.ready.at === null || around.released.length > 0) return null;
      const worked = around.programBefore?.at ?? null;
      // The same by the wall clock, where the line right before is a program's and has no kernel's stamp.
      const since = [worked === null ? null : around.ready.at - worked, around.programQuiet].filter(
        // Less than none: the log is read upwards, and that line came later.
        (seconds): seconds is number => seconds !== null && seconds >= 0,
      );
      if (since.length === 0) return null;
      const sinceWork = Math.min(...since);
      const toNext = around.programAfter?.at == null ? null : around.programAfter.at - around.ready.at;
      // Programs at work right until then; or the next word comes so late that readiness did not set it going.
      const [open] = around.openUnits;
      const atWork = sinceWork <= allowedQuiet(of) + (open === undefined ? 1 : 0);
      const isSilentAfter = around.after !== null && around.soonAfter === 0 && around.consoleNext === null;
      const setsNothingGoing = isSilentAfter && (toNext === null || toNext >= 2);
      const isWithinSilence = setsNothingGoing && goesOnForAsLong(of, around, sinceWork, toNext);
      const setsNothing = setsNothingGoing && sinceWork <= 5;
      if (!atWork && !((setsNothing || isWithinSilence) && open === undefined)) return null;
      return {
        says: `it became ready${(readyAfter(of) ?? 0) >= lateSeconds ? " late," : ""} at ${courseMoment(around.ready.at, of.record)}${inLine(around.ready.line)}, but programs ran until then, and nothing resumed when it became ready`,
        because: [
          { text: `a program was running ${sinceWork.toFixed(1)} s before`, line: around.programBefore?.line ?? null },
          ...(open === undefined ? [] : [{ text: `but ${open} had been started and not finished`, line: null }]),
          ...readyReason(of),
        ],
      };
    },
  },
  {
    id: "ready-amid-other-lines",
    crng: "innocent",
    strength: "likely",
    means: "ready within 10 s, in the middle of lines of the kernel's that stand close before and after it",
    find(of) {
      const { record } = of;
      const around = record.course?.ready ?? null;
      const at = pointAt(of);
      const [before, after] = [around?.before?.at ?? null, around?.after?.at ?? null];
      if (around === null || at === null || at > lateSeconds || before === null || after === null) return null;
      if (record.course?.clock !== "printk" || around.released.length > 0 || mayHaveWaited(of)) return null;
      const isClose = at - before >= 0 && at - before <= closeSeconds && after - at <= closeSeconds;
      // Where programs are heard, their silence counts.
      const quiet = workQuietOf(of);
      if (!isClose || around.soonAfter < leastClose || (quiet !== null && quiet > soonSeconds)) return null;
      return {
        says: `it was ready${whenReady(record.readiness)}${inLine(around.ready.line)}, within ${closeSeconds} s of other lines before and after it`,
        because: [
          { text: `the line before it came ${(at - before).toFixed(3)} s earlier`, line: around.before?.line ?? null },
          { text: `the line after it came ${(after - at).toFixed(3)} s later`, line: around.after?.line ?? null },
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
      if (failedBefore(of)) return null;
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
    means:
      "the unit that draws the seed, and waits for the CRNG, was done at once, by its own lines or by systemd-analyze",
    find({ record }) {
      const took = record.course?.seedTook ?? null;
      // Of a log with its own lines about the CRNG, those decide.
      if (took === null || took > soonSeconds || record.readiness.level !== "unknown" || record.earlyUses.length > 0)
        return null;
      return {
        says: `the unit that draws the seed, and waits for the CRNG, took ${lasted(took)}`,
        because: [{ text: `the unit of the random seed took ${lasted(took)}`, line: null }],
      };
    },
  },
  {
    id: "seed-unit-was-done-soon",
    crng: "innocent",
    strength: "likely",
    means: "the unit of the random seed, which from systemd 243 on waits for the CRNG, was done within 5 s",
    find({ record }) {
      const done = seedDoneOf(record);
      if (done?.seconds == null || done.seconds > earlySeconds || (record.course?.seedTook ?? 0) > soonSeconds)
        return null;
      return {
        says: `the unit of the random seed, which waits for the CRNG, was done at ${moment(done.seconds)}${inLine(done.line)}, so no task waited longer than that for it`,
        because: [{ text: "the unit of the random seed was done", line: done.line }],
      };
    },
  },
  {
    id: "no-unit-was-slow",
    crng: "innocent",
    strength: "likely",
    means: "systemd-analyze shows three units or more, and neither one nor a time between two that took 10 s",
    find({ record }) {
      const slowest = record.course?.quickUnits ?? null;
      const isOfCrng = record.readiness.level !== "unknown" || record.earlyUses.length > 0;
      if (slowest === null || isOfCrng || record.reportedWaits.length > 0) return null;
      const says = `by systemd-analyze the slowest unit, ${capped(slowest.unit, 80)}, took ${lasted(slowest.seconds)}`;
      return {
        says,
        because: [{ text: says, line: slowest.line }],
        lookAt: slowest.line === null ? [] : [{ line: slowest.line, kind: "other", text: says }],
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
    id: "boot-was-over",
    crng: "innocent",
    strength: "likely",
    means:
      "a login prompt, the last target or a user's session comes before readiness, and nothing resumed at that moment, or, on lines without times, nothing next to it shows a wait",
    find(of) {
      const { record } = of;
      const end = endAndReadiness(record);
      if (end === null || end.overLine > end.readyLine) return null;
      const { around, over, readyLine, overLine } = end;
      const isResumed = isUntimed(around) ? around.workAsks : resumes(around);
      if (isResumed || around.released.length > 0 || mayHaveWaited(of) || failedBefore(of)) return null;
      return {
        says: `${over.text}${inLine(overLine)} before it became ready${whenReady(record.readiness)}${inLine(readyLine)}, and nothing ${isUntimed(around) ? "next to that line shows a wait" : "resumed at that moment"}`,
        because: [{ text: over.text, line: overLine }, ...readyReason(of)],
      };
    },
  },
];

/**
 * Whether readiness stands in the middle of a longer silence: programs are heard on both sides of it, or no line at
 * all follows for as long as none came before.
 */
function goesOnForAsLong({ userSpaceAt }: Case, around: ReadyCourse, since: number, toNext: number | null): boolean {
  if (since > longSilenceSeconds || toNext === null) return false;
  const hasPrograms = userSpaceAt !== null || around.programQuiet !== null;
  if (hasPrograms && (around.after?.byProgram ?? false)) return toNext >= since * shareAfter;
  const next = around.after?.at ?? null;
  return next !== null && around.ready.at !== null && next - around.ready.at >= since;
}

/** Lines this close to readiness show no pause, and how many must follow. */
const [closeSeconds, leastClose] = [0.25, 2];

/** What waited for the CRNG continues within this time, and these lines, after it. */
const [resumesSeconds, resumesLines] = [2, 3];

/** Whether a program, or a console, continues right after the ready line. */
function resumes({ ready, programAfter, consoleAfter }: ReadyCourse): boolean {
  if (consoleAfter > 0) return true;
  if (programAfter === null) return false;
  if (programAfter.at !== null && ready.at !== null) return programAfter.at - ready.at <= resumesSeconds;
  return programAfter.line === null || ready.line === null || programAfter.line - ready.line <= resumesLines;
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
