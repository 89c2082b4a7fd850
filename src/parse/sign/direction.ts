import { clocks, type StampClock, type Stamps } from "./line/stamps.ts";

/**
 * Whether a log's newest line comes first, as of `journalctl --reverse` and of viewers that show it so: its clock steps
 * back, and never forward.
 */
export class Direction {
  readonly #latest = new Map<StampClock, number>();
  #falls = false;
  #rises = false;

  take(stamps: Stamps): void {
    for (const clock of clocks) {
      const [time, before] = [stamps[clock], this.#latest.get(clock)];
      if (time === undefined) continue;
      this.#latest.set(clock, time);
      if (before === undefined || time === before) continue;
      if (time < before) this.#falls = true;
      else this.#rises = true;
    }
  }

  get newestFirst(): boolean {
    return this.#falls && !this.#rises;
  }
}
