import type { LogCourse, Moment } from "../../../core/log-course.ts";
import type { StampClock } from "../line/stamps.ts";

/** A silence shorter than this is no news. */
const silenceSeconds = 5;

type Silence = NonNullable<LogCourse["longestSilence"]>;

/** The longest time without a line, by each clock of the lines' stamps. */
export class LongestSilences {
  readonly #longest = new Map<StampClock, Silence>();

  /** From one line to the next that has a stamp of that clock. */
  add(clock: StampClock, from: Moment, to: Moment): void {
    const seconds = gapBetween(from, to);
    if (seconds < silenceSeconds) return;
    const longest = this.#longest.get(clock);
    if (longest === undefined || seconds > gapBetween(longest.from, longest.to))
      this.#longest.set(clock, { from: { line: from.line, at: from.at }, to });
  }

  of(clock: StampClock): Silence | null {
    return this.#longest.get(clock) ?? null;
  }
}

function gapBetween(from: Moment, to: Moment): number {
  return (to.at ?? 0) - (from.at ?? 0);
}
