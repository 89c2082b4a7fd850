import type { ReportedWait } from "../../core/sign.ts";
import type { At } from "./line/at.ts";

const mostWaits = 64;

/** Waits that the lines of one boot report, each program's once. */
export class ReportedWaits {
  readonly #waits: ReportedWait[] = [];

  add(wait: ReportedWait): void {
    const index = this.#waits.findIndex(({ by, name }) => by === wait.by && name === wait.name);
    const same = this.#waits[index];
    if (same === undefined) {
      if (this.#waits.length < mostWaits) this.#waits.push(wait);
      return;
    }
    // The same program reports it again and again: the longest counts, the first line stays.
    if ((wait.seconds ?? 0) > (same.seconds ?? 0))
      this.#waits[index] = { ...same, seconds: wait.seconds, open: wait.open };
  }

  /** These, and those that are known only at the log's end. */
  with(others: readonly ReportedWait[]): readonly ReportedWait[] {
    return [...this.#waits, ...others].slice(0, mostWaits);
  }
}

/** A wait that this line suggests; no waiter is named, and its length is not known. */
export function suggested(by: ReportedWait["by"], text: string, { line }: At): ReportedWait {
  return { by, name: null, line, at: null, seconds: null, open: false, proof: "likely", text: text.slice(0, 160) };
}
