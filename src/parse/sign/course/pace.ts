import { microseconds } from "../../../core/base/time.ts";
import type { StampClock } from "../line/stamps.ts";

/** The latest lines that show a log's pace, and how many are enough. */
const [paceLines, leastPaceLines] = [24, 8];

/** How quickly a log's lines follow one another, by each clock of their stamps. */
export class Pace {
  readonly #gaps = new Map<StampClock, number[]>();

  /** Seconds between one stamp and the next; less than 0, where the clock was set back, does not count. */
  add(clock: StampClock, seconds: number): void {
    const gaps = this.#gaps.get(clock) ?? [];
    this.#gaps.set(clock, gaps);
    if (seconds >= 0 && gaps.push(seconds) > paceLines) gaps.shift();
  }

  /** Three of four of the latest gaps are shorter; null: there are too few lines. */
  of(clock: StampClock): number | null {
    const gaps = this.#gaps.get(clock) ?? [];
    return gaps.length < leastPaceLines
      ? null
      : microseconds(gaps.toSorted((a, b) => a - b)[Math.floor(gaps.length * 0.75)] ?? 0);
  }
}
