import { clocks, type StampClock, type Stamps } from "../line/stamps.ts";

/** What stands between two pastes: a code fence, a command after a prompt, the head of systemctl or journalctl. */
const border =
  /^(?:`{3}|~{3}|(?:[\w.-]{1,64}@[\w.-]{1,64}\b.{0,80}|\[[^\]]{1,80}\])?[$#] [a-z./]|[●○×*] \S{1,200}\.[a-z]{4,9}\b|Active: \w|-- (?:Logs begin|Journal begins|No entries) )/;

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

  /** A line that is no log's: after a paste's end another one may begin at an earlier time. */
  takeBare(text: string): void {
    if (border.test(text)) this.#latest.clear();
  }

  get newestFirst(): boolean {
    return this.#falls && !this.#rises;
  }
}
