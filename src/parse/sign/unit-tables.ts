import { durationWords } from "../../core/base/duration-words.ts";
import type { LogCourse } from "../../core/log-course.ts";
import type { ReportedWait, Sign } from "../../core/sign.ts";
import type { At } from "./line/at.ts";
import { note } from "./sign-list.ts";
import { parseTimeSpan } from "../systemd/time-span.ts";
import { drawsRandomBytes } from "./unit/unit-words.ts";
import { awaitedBy, isOwnWork, worksAlone } from "./unit/awaited.ts";
import { isSeedUnit, isSlowThroughout, type UnitTime, waitOfUnitTime } from "./paste/unit-time.ts";

/** Of the tables' first lines, and of one chain. */
const mostUnitTimes = 64;
/** A unit that may draw random bytes and takes no longer than this is not what a boot waits for. */
const briefUnitSeconds = 5;
/** What takes this long is slow: a unit, or time between two units of a critical chain that belongs to neither. */
const slowSeconds = 10;
/** Fewer lines are a part of a table that shows what its writer picked. */
const leastUnits = 3;
/** More than this in user space is not explained by units of which none is slow. */
const longUserSpaceSeconds = 30;

/** What systemd-analyze says of a boot as a whole. */
const summary = /\bStartup finished in (.{1,200})/;
const part = /((?:\d{1,6}(?:\.\d{1,6})?(?:h|min|ms|us|s) ?){1,4}) ?\((kernel|initrd|userspace)\)/g;

interface Slow {
  readonly line: number | null;
  readonly unit: string;
  readonly seconds: number;
}

/** Where the time of a start went by the tables of `systemd-analyze blame` and `critical-chain`. */
export class UnitTables {
  /** Lines of the tables: a log of its own kind. */
  lines = 0;
  #chain: UnitTime[] = [];
  /** The first lines. */
  readonly #times: UnitTime[] = [];
  #seedWait: ReportedWait | null = null;
  #chainLine: number | null = null;
  #chainGap: Slow | null = null;
  #longest: Slow | null = null;
  /** The boot took longer than its units show. */
  #isLong = false;
  /** Of the units that wait for something unknown. */
  #slowestOther = 0;
  #seedTook: number | null = null;

  /** A line that may be systemd-analyze's on the whole boot; PID 1 itself may wait before and between its units. */
  takeSummary(text: string): void {
    for (const [, span = "", of] of (summary.exec(text)?.[1] ?? "").matchAll(part))
      this.#isLong ||= (parseTimeSpan(span.trim()) ?? 0) >= (of === "userspace" ? longUserSpaceSeconds : slowSeconds);
  }

  /** The wait that the line shows by itself; null: none. */
  take(time: UnitTime, now: At): ReportedWait | null {
    this.lines++;
    if (isSeedUnit(time)) this.#seedTook ??= time.took;
    if (this.#times.length < mostUnitTimes) this.#times.push(time);
    if (awaitedBy(time.unit) === null && !isOwnWork(time.unit))
      this.#slowestOther = Math.max(this.#slowestOther, time.took ?? 0);
    if (time.took !== null && time.took > (this.#longest?.seconds ?? 0))
      this.#longest = { unit: time.unit, seconds: time.took, line: now.line };
    const above = this.#chain.at(-1);
    if (time.at !== null && above?.at != null && (this.#chainLine ?? 0) + 1 === now.line) {
      const gap = above.at - time.at - (time.took ?? 0);
      if (gap >= slowSeconds && gap > (this.#chainGap?.seconds ?? 0))
        this.#chainGap = { line: this.#chainLine, unit: above.unit, seconds: gap };
    }
    if (this.#chain.length < mostUnitTimes) this.#chain.push(time);
    else this.#chain = [time];
    this.#chainLine = now.line;
    const wait = waitOfUnitTime(time, now.line);
    if (wait === null || !isSeedUnit(time)) return wait;
    this.#seedWait ??= wait;
    return null;
  }

  /** The start that took longest, where that was long. */
  get #slowest(): Slow | null {
    return this.#longest !== null && this.#longest.seconds >= slowSeconds ? this.#longest : null;
  }

  /** The start that took longest, where neither that nor a time between two units was long, and it draws no bytes. */
  get quick(): Slow | null {
    const isKnown = this.lines >= leastUnits && !this.#isLong && this.#chainGap === null && this.#slowest === null;
    return isKnown && !drawsRandomBytes(this.#longest?.unit ?? "") ? this.#longest : null;
  }

  /**
   * How long the unit that draws the seed took by the tables, where no other unit took long: before systemd 243 it
   * did not wait, so that another one may have.
   */
  get seedTook(): number | null {
    return this.#slowest === null && this.#chainGap === null ? this.#seedTook : null;
  }

  /** The slowest start of the tables, where its unit waits for something else and no unit that may draw is slow. */
  get otherWait(): LogCourse["otherWait"] {
    const slowest = this.#slowest;
    const own = slowest !== null && worksAlone(slowest.unit) ? "own-work" : null;
    const awaits = slowest === null ? null : (awaitedBy(slowest.unit) ?? own);
    if (slowest === null || awaits === null || this.#chainGap !== null || this.#slowestOther > briefUnitSeconds)
      return null;
    return { line: slowest.line, unit: slowest.unit, awaits, seconds: slowest.seconds };
  }

  /** The long start of the seed's unit, unless the tables show that others beside it were as slow. */
  seedWaits(): readonly ReportedWait[] {
    const wait = this.#seedWait;
    return wait === null || isSlowThroughout(wait.seconds ?? 0, this.#times) ? [] : [wait];
  }

  /** Where the tables show the time. */
  signs(): readonly Sign[] {
    const [gap, slowest] = [this.#chainGap, this.#slowest];
    return [
      ...(gap === null
        ? []
        : [note("silence", gap, `${durationWords(gap.seconds, 1)} before ${gap.unit} belong to no unit of the chain`)]),
      ...(slowest === null
        ? []
        : [note("other", slowest, `${slowest.unit} took ${durationWords(slowest.seconds, 1)}`)]),
    ];
  }
}
