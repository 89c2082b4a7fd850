import type { Moment } from "../../../core/log-course.ts";
import { clocks, type StampClock, type Stamps } from "../line/stamps.ts";
import { LongestSilences } from "./longest-silences.ts";
import { Pace } from "./pace.ts";

/** A line of the log, without its stamp. */
export interface StampedLine {
  readonly line: number | null;
  readonly byProgram: boolean;
  readonly text: string;
  /** How many lines of the log there were with it. */
  readonly number: number;
}

type Stamped = StampedLine & Moment;

/** The lines with a stamp of each clock: the latest ones, how soon they follow one another, and where none came. */
export class StampedLines {
  readonly #latest = new Map<StampClock, Stamped>();
  readonly #latestOther = new Map<StampClock, Stamped>();
  readonly #atWork = new Map<StampClock, Moment & { readonly text: string }>();
  readonly #counts = new Map<StampClock, number>();
  readonly #silences = new LongestSilences();
  readonly #pace = new Pace();

  take(
    stamps: Stamps,
    line: StampedLine,
    facts: {
      readonly ofCrng: boolean;
      /** It shows user space at work. */
      readonly isWork: boolean;
      /** No line before it was left out, in which something may have happened. */
      readonly wasRead: boolean;
      readonly isBeforeReady: boolean;
    },
  ): void {
    for (const clock of clocks) {
      const at = stamps[clock];
      if (at === undefined) continue;
      this.#counts.set(clock, this.#countOf(clock) + 1);
      const before = this.#latest.get(clock);
      if (before !== undefined && facts.wasRead) this.#silences.add(clock, before, { line: line.line, at });
      if (before?.at != null && facts.isBeforeReady) this.#pace.add(clock, at - before.at);
      const stamped = { ...line, at };
      this.#latest.set(clock, stamped);
      if (!facts.ofCrng) this.#latestOther.set(clock, stamped);
      if (facts.isWork) this.#atWork.set(clock, { line: line.line, at, text: line.text });
    }
  }

  /** The kernel's stamp within a line of a program's; false: it runs back, so it is a quotation. */
  takeWithin(at: number, line: StampedLine): boolean {
    const latest = this.#latestOther.get("printk");
    if (latest?.at == null || at < latest.at) return false;
    this.#pace.add("printk", at - latest.at);
    this.#latest.set("printk", { ...line, at });
    this.#latestOther.set("printk", { ...line, at });
    return true;
  }

  latest(clock: StampClock): Stamped | undefined {
    return this.#latest.get(clock);
  }

  /** The latest that is not the CRNG's own. */
  latestOther(clock: StampClock): Stamped | undefined {
    return this.#latestOther.get(clock);
  }

  /** The latest that shows user space at work. */
  atWork(clock: StampClock): (Moment & { readonly text: string }) | null {
    return this.#atWork.get(clock) ?? null;
  }

  longestSilence(clock: StampClock): ReturnType<LongestSilences["of"]> {
    return this.#silences.of(clock);
  }

  pace(clock: StampClock): number | null {
    return this.#pace.of(clock);
  }

  /** The finest clock that stamps at least half as many lines as any other does; null: no line has a stamp. */
  get clock(): StampClock | null {
    const most = Math.max(...clocks.map((clock) => this.#countOf(clock)));
    return most === 0 ? null : (clocks.find((clock) => this.#countOf(clock) * 2 >= most) ?? null);
  }

  #countOf(clock: StampClock): number {
    return this.#counts.get(clock) ?? 0;
  }
}
