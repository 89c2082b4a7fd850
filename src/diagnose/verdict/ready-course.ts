import type { BootRecord } from "../../core/boot-record.ts";
import type { LogCourse, Moment, ReadyCourse } from "../../core/log-course.ts";
import { lateSeconds } from "./ready-reason.ts";
import type { Case } from "./rule.ts";
import { inLine, whenReady } from "./words.ts";

/** Ready this soon, nothing that a person calls a hang was the CRNG's. */
export const earlySeconds = 5;
/** A boot loses no more than this by what came before readiness. */
export const soonSeconds = 2;

/** How long the log was silent before it was ready, but for the CRNG's own lines; null where that is not known. */
export function quietOf({ record }: Case): number | null {
  const around = record.course?.ready ?? null;
  if (around?.before?.at == null || around.ready.at === null) return around?.programQuiet ?? null;
  const quiet = Math.min(around.ready.at - around.before.at, around.programQuiet ?? Infinity);
  // A log that is read upwards, newest line first: what stands before the line came after it.
  return quiet < 0 ? null : quiet;
}

/**
 * How long before readiness user space was last at work; null if no line of it comes before that. What the kernel
 * prints without it (the CRNG's own lines, a new device) does not show that the boot continues: it
 * is printed while every program is blocked.
 */
export function workQuietOf({ record, userSpaceAt, readyAt }: Case): number | null {
  const around = record.course?.ready ?? null;
  const [at, worked] = [around?.ready.at ?? null, around?.programBefore?.at ?? null];
  if (around === null || userSpaceAt === null || readyAt === null || userSpaceAt > readyAt) return null;
  if (isHeldBack(record)) return null;
  if (at === null || worked === null) return around.programQuiet;
  return Math.min(at - worked, around.programQuiet ?? Infinity);
}

/** What was logged before the log's writer started bears the time of that start, programs' lines as well. */
function isHeldBack({ readiness: { byWallClock } }: BootRecord): boolean {
  return byWallClock?.since === "writer-start" && byWallClock.notBefore === null;
}

/** Whether a unit that draws a seed or makes keys was running at readiness, and so may have waited until then. */
export function mayHaveWaited({ record }: Case): boolean {
  return (record.course?.ready?.openUnits.length ?? 0) > 0;
}

/** The longest pause of a boot that is not blocked, in seconds. */
export function allowedQuiet({ record }: Case): number {
  return record.course?.clock === "wall" ? 2 : 1;
}

/** Ready within seconds after user space began. */
export function isSoon({ userSpaceAt, readyAt, record }: Case): boolean {
  if (readyAt === null) return false;
  // A log by the kernel alone: within its first seconds, and with lines until then.
  if (userSpaceAt === null)
    return readyAt < lateSeconds && record.course?.clock === "printk" && record.covers?.fromStart === true;
  return readyAt - userSpaceAt <= (record.course?.clock === "wall" ? lateSeconds / 2 : earlySeconds);
}

/**
 * Seconds from the boot's start until it was ready; by a wall clock, whose seconds count from no boot, those since user
 * space began. Null: not known.
 */
export function readyAfter({ readyAt, userSpaceAt, record }: Case): number | null {
  if (record.course?.clock !== "wall" || record.course.ready?.ready.at == null) return readyAt;
  return readyAt === null || userSpaceAt === null ? null : readyAt - userSpaceAt;
}

/** The kernel's own time of readiness; a wall clock's difference is none. */
export function pointAt({ record }: Case): number | null {
  return record.readiness.readyAt ?? record.readiness.notAfter;
}

/** Whether nothing shows when it became ready, nor when the lines around it were printed. */
export function isUntimed({ ready, programQuiet }: ReadyCourse): boolean {
  return ready.at === null && programQuiet === null;
}

interface EndAndReadiness {
  readonly around: ReadyCourse;
  readonly over: NonNullable<LogCourse["over"]>;
  readonly readyLine: number;
  readonly overLine: number;
}

/** Where a log shows that the boot was over, and where it shows readiness; null where it lacks one of them. */
export function endAndReadiness({ course }: BootRecord): EndAndReadiness | null {
  const [around, over] = [course?.ready ?? null, course?.over ?? null];
  const [readyLine, overLine] = [around?.ready.line ?? null, over?.line ?? null];
  return around === null || over === null || readyLine === null || overLine === null
    ? null
    : { around, over, readyLine, overLine };
}

/**
 * When the unit of the random seed was done, of a log without a ready line: the CRNG was ready by then, unless the log
 * shows later that it was not. `seconds`: since the boot's start; null where that is not known.
 */
export function seedDoneOf({ course, readiness, earlyUses }: BootRecord): (Moment & { seconds: number | null }) | null {
  const done = course?.seedDone ?? null;
  if (done === null || readiness.level === "ready") return null;
  const unready = [course?.refusedLine, course?.crngWaiter?.line, ...earlyUses.map(({ line }) => line)];
  if (unready.some((line) => (line == null ? false : line > (done.line ?? Infinity)))) return null;
  const isSinceStart = course?.clock === "printk" || course?.clock === "journal";
  return { ...done, seconds: isSinceStart ? done.at : null };
}

/** What the CRNG's readiness is known by, and when that was by the clock of the log's course. */
interface ReadyBy extends Moment {
  readonly says: string;
  /** At the latest, where it is known that it was not late. */
  readonly seconds: number;
}

/** Null: the log shows neither, or it may have been late. */
export function readyInTimeBy(of: Case): ReadyBy | null {
  const { course, readiness } = of.record;
  const seed = seedDoneOf(of.record);
  if (seed !== null) {
    const isQuick = (course?.seedTook ?? Infinity) <= soonSeconds;
    if (!isQuick && (seed.seconds ?? lateSeconds) >= lateSeconds) return null;
    const says = `the unit of the random seed, which waits for the CRNG, was done${inLine(seed.line)}`;
    return { line: seed.line, at: seed.at, says, seconds: Math.min(seed.seconds ?? lateSeconds, lateSeconds) };
  }
  const [at, ready] = [pointAt(of), course?.ready?.ready ?? null];
  // By a wall clock it is not known how late that was.
  if (ready === null || (at === null && (course?.clock !== "wall" || ready.at === null))) return null;
  const quiet = quietOf(of);
  if ((at ?? lateSeconds) >= lateSeconds && (quiet === null || quiet > soonSeconds)) return null;
  const says = `it was ready${whenReady(readiness)}${inLine(ready.line)}`;
  return { ...ready, says, seconds: at ?? lateSeconds };
}
