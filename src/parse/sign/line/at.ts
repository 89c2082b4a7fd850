import { microseconds } from "../../../core/base/time.ts";
import type { Moment } from "../../../core/log-course.ts";

/** A moment in the log, by its own clock. */
export interface At {
  readonly line: number | null;
  /** By the clock that the log's silences are measured on; null where the line has no stamp. */
  readonly time: number | null;
  /** The kernel's stamp or the journal's. */
  readonly at: number | null;
}

/** Seconds from one moment to another, at least 0; null where one of them has no stamp. */
export function secondsBetween(from: At, to: At): number | null {
  return from.time === null || to.time === null ? null : microseconds(Math.max(0, to.time - from.time));
}

/** Whether `a` stands before `b` in the log, or at the same place. */
export function isBefore(a: At, b: At): boolean {
  return a.line === null || b.line === null ? (a.time ?? 0) <= (b.time ?? 0) : a.line <= b.line;
}

/** The moment by the clock of the log's course. */
export function momentOf(at: At | null): Moment | null {
  return at === null ? null : { line: at.line, at: at.time };
}
