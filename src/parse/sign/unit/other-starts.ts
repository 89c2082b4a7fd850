import { type At, secondsBetween } from "../line/at.ts";
import { isMachineSlow, slowShare } from "./slow-machine.ts";

/** Starting a program and reading a seed file takes less. */
export const longSeconds = 5;
/** More long starts than any boot has. */
const mostSpans = 256;

/** A unit that finished: from when to when, by the clock of its lines, in seconds. */
export interface Span {
  readonly from: number;
  readonly to: number;
}

/** Long starts of units that draw no random bytes: a unit that does need not have waited where others were as slow. */
export class OtherStarts {
  readonly #spans: Span[] = [];

  add(started: At, done: At): void {
    const [took, from, to] = [secondsBetween(started, done), started.time, done.time];
    if (took === null || from === null || to === null || took < longSeconds * slowShare) return;
    if (this.#spans.length < mostSpans) this.#spans.push({ from, to });
  }

  /** Whether some of them, or of these that are still `open`, took about as long in the same time. */
  areAsSlow({ from, to }: Span, open: readonly Span[] = []): boolean {
    const atThatTime = [...this.#spans, ...open].filter((one) => one.from < to && one.to > from);
    return isMachineSlow(
      to - from,
      atThatTime.map((one) => one.to - one.from),
    );
  }
}
