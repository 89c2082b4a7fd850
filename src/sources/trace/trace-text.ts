import { type Wait, byClockAhead } from "../../core/wait.ts";
import type { Evidence } from "../../core/evidence.ts";
import type { LogLoss } from "../../core/log-evidence.ts";
import { microseconds } from "../../core/base/time.ts";
import type { UserRegisters } from "../../parse/trace/kernel-stack-words.ts";
import { longestTraceLine } from "../../parse/trace/trace-line.ts";
import { TraceWaits } from "../../parse/trace/trace-waits.ts";
import { fs } from "../../platform/builtins.ts";
import { errnoOf, isDry } from "../../platform/errno.ts";

const chunkBytes = 65536;

/** What reading came to: `end`: all there is, for now or for good. */
export type TraceRead =
  | { readonly kind: "end" }
  | { readonly kind: "more" }
  | { readonly kind: "failed"; readonly errno: string };

/** The waits in the text of `trace` or `trace_pipe`, read as it comes and bounded. */
export class TraceText {
  readonly #trace = new TraceWaits();
  readonly #chunk = Buffer.allocUnsafe(chunkBytes);
  #rest = "";
  #lossesReported = 0;
  #droppedReported = false;

  get losses(): number {
    return this.#trace.losses.length;
  }

  /** Entries into waits, those included that returned at once. */
  get entries(): number {
    return this.#trace.entries;
  }

  /**
   * Where events were lost since the last call: a full buffer, of one processor or of all. Once, that more waited
   * than are kept.
   */
  newLosses(): readonly LogLoss[] {
    const news = this.#trace.losses.slice(this.#lossesReported).map(({ lost }) => lost);
    this.#lossesReported += news.length;
    if (this.#trace.dropped > 0 && !this.#droppedReported) {
      this.#droppedReported = true;
      news.push(null);
    }
    return news.map((lost) => ({ kind: "log-loss", source: "trace", from: null, to: null, lost, line: null }));
  }

  /** Reads until there is nothing more now, or `mostBytes`. */
  read(fd: number, mostBytes: number): TraceRead {
    for (let total = 0; total < mostBytes;) {
      let count: number;
      try {
        count = fs.readSync(fd, this.#chunk);
      } catch (error) {
        return isDry(error) ? { kind: "end" } : { kind: "failed", errno: errnoOf(error) ?? String(error) };
      }
      if (count === 0) return { kind: "end" };
      total += count;
      const lines = (this.#rest + this.#chunk.toString("utf8", 0, count)).split("\n");
      this.#rest = (lines.pop() ?? "").slice(0, longestTraceLine);
      for (const line of lines) this.#trace.take(line, null);
    }
    return { kind: "more" };
  }

  /** The waits so far, by the kernel log's clock, which is `ahead` of the trace's. */
  waits(ahead: number): readonly Wait[] {
    return this.#trace.waits().map((wait) => byClockAhead(wait, ahead));
  }

  /** What was credited so far, by the kernel log's clock; as evidence, where there is any. */
  credits(ahead: number): readonly Evidence[] {
    const credits = this.#trace.credits.map((credit) => ({
      ...credit,
      firstAt: microseconds(credit.firstAt + ahead),
      lastAt: microseconds(credit.lastAt + ahead),
    }));
    return credits.length === 0 ? [] : [{ kind: "credits", credits }];
  }

  /** Whether the task that waited runs another program by now; a wait as waits() gave it. */
  hasGoneOn({ tid, from, to }: Wait, ahead: number): boolean {
    const began = from ?? to;
    return tid !== null && began !== null && this.#trace.hasGoneOn(tid, began - ahead);
  }

  /** With which registers it entered the kernel; a wait as waits() gave it. Null: they were not recorded. */
  registersOf({ tid, from }: Wait, ahead: number): UserRegisters | null {
    return tid === null || from === null ? null : this.#trace.registersOf(tid, microseconds(from - ahead));
  }

  /** Calls that may have waited, where only their beginnings are in the text; by the kernel log's clock. */
  asks(ahead: number): readonly Wait[] {
    return this.#trace.asks().map((call) => byClockAhead(call, ahead));
  }
}
