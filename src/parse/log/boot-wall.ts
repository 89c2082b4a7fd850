import { microseconds } from "../../core/base/time.ts";
import { type WallForm, type WallSpan, wallSpanText, wallText } from "../../core/base/wall-time.ts";
import type { WallClock } from "../../core/log-evidence.ts";
import type { LogLine } from "./line/log-line.ts";

/** A clock that runs back by more than this was set; lines of two CPUs or of two writers run back by less. */
const setBackSeconds = 2;
/** What it may be ahead of the kernel's stamps from one line to the next, as where a console is slow. */
const aheadSeconds = 60;
/**
 * Lines are stamped as they come where the wall clock and the kernel's both run on by this much between two of them,
 * and agree within `agreeSeconds`: a dump is written at one moment.
 */
const [asTheyComeSeconds, agreeSeconds] = [2, 1];
/** A writer that runs takes in a line within this time: journald and syslog daemons wait for the next one. */
const promptSeconds = 1;

/** What a wall clock that starts again from 0 has run: past midnight, or past the end of a year that is not written. */
const roundSeconds: Readonly<Record<WallForm["shows"], number>> = {
  date: 0,
  "no-year": 366 * 86_400,
  "time-of-day": 86_400,
};

/** The wall clock of one boot's lines: when that began, where the lines carry the kernel's own time as well. */
export class BootWall {
  /** Lines in all, and those with a stamp. */
  #lines = 0;
  #stamped = 0;
  #first: number | null = null;
  #firstForm: WallForm | null = null;
  #hasFraction = false;
  /** In front of the kernel's tag: journald or a syslog daemon wrote it. */
  #tagged = false;
  /**
   * The least difference between the wall clock and the time since the boot's start, and between which lines it held.
   */
  #least: number | null = null;
  #anchor: { readonly wall: number; readonly difference: number } | null = null;
  #asTheyCome = false;
  /** The journal takes both of its clocks at the same moment, so that no delay is between them. */
  #byJournal = false;
  #byDmesg = false;
  #last: { readonly wall: number; readonly since: number | null } | null = null;
  #rounds = 0;
  #adjusted: WallClock["adjusted"] = null;

  take({ origin, at, storedAt, wall, wallForm, typed, quoted }: LogLine): void {
    this.#lines++;
    if (wall === null) return;
    this.#stamped++;
    if (this.#first === null) [this.#first, this.#firstForm] = [wall, wallForm];
    this.#hasFraction ||= wall % 1 !== 0;
    this.#tagged ||= origin === "kernel";
    this.#byDmesg ||= wallForm?.byDmesg === true;
    const byJournal = storedAt !== null;
    if (quoted || typed || (origin === "user" && !byJournal)) return;
    this.#byJournal ||= byJournal;
    this.#compare(wall, storedAt ?? at);
  }

  /** The kernel's version line is the boot's first: what a syslog holds above is of the boot before. */
  begin(line: LogLine): void {
    if (line.wall === null) return;
    [this.#first, this.#firstForm] = [line.wall, line.wallForm];
    [this.#least, this.#anchor, this.#asTheyCome] = [null, null, false];
    [this.#last, this.#rounds, this.#adjusted] = [null, 0, null];
    this.take(line);
  }

  /** Seconds after the boot's first line; null: not known, as where the clock was set back. */
  sinceFirst(wall: number | null): number | null {
    const seconds = wall === null || this.#first === null ? -1 : microseconds(wall - this.#first);
    return seconds < 0 ? null : seconds;
  }

  /** `stamps`: what the kernel's lines carry. `fromStart`: the kernel's first line is in the log. */
  clock(stamps: "printk" | "journal" | "wall" | "none", fromStart: boolean): WallClock | null {
    const first = this.#first;
    if (first === null) return null;
    // A date in front of a few lines is what those lines say.
    const form = 2 * this.#stamped < this.#lines ? null : this.#firstForm;
    const [resolution, sinceWriter] = [this.#hasFraction ? 1e-6 : 1, this.#tagged && stamps === "wall"];
    const began = this.#adjusted === "back" || form === null ? null : this.#began(first, resolution, fromStart);
    return {
      resolution,
      sinceWriter,
      shows: form?.shows ?? null,
      zone: form?.zone ?? null,
      adjusted: this.#adjusted,
      first: form === null ? null : wallText(first, form),
      began: began === null || form === null ? null : wallSpanText(began, form),
    };
  }

  #began(first: number, resolution: number, fromStart: boolean): WallSpan<number> {
    const least = this.#least;
    // Only dmesg counts from the kernel's own stamps; others stamp the first line when they get it.
    if (least === null) {
      const isCounted = this.#byDmesg && !this.#tagged && fromStart;
      return { notBefore: isCounted ? first : null, notAfter: first + resolution };
    }
    // dmesg leaves out the fraction of two numbers that it adds.
    const byWriter = this.#tagged || this.#byJournal;
    const notAfter = least + (byWriter ? resolution : 2 * resolution);
    const isKnown = this.#byJournal || this.#asTheyCome;
    return { notBefore: isKnown ? notAfter - Math.max(promptSeconds, byWriter ? 0 : 2 * resolution) : null, notAfter };
  }

  #compare(stamped: number, since: number | null): void {
    const last = this.#last;
    const round = roundSeconds[this.#firstForm?.shows ?? "date"];
    let wall = stamped + this.#rounds * round;
    if (last !== null && wall < last.wall - 0.9 * round) {
      this.#rounds++;
      wall += round;
    }
    this.#last = { wall, since };
    const passed = wall - (last?.wall ?? wall);
    if (passed < -setBackSeconds) this.#adjusted = "back";
    if (since === null) return;
    const ran = last === null || last.since === null ? null : since - last.since;
    const allowed = this.#byJournal ? setBackSeconds : aheadSeconds;
    if (ran !== null && passed - ran > allowed) this.#adjusted ??= "ahead";
    if (ran !== null && this.#byJournal && passed - ran < -setBackSeconds) this.#adjusted = "back";
    this.#takeDifference(wall, wall - since);
  }

  #takeDifference(wall: number, difference: number): void {
    this.#least = Math.min(difference, this.#least ?? difference);
    if (this.#anchor === null || difference < this.#anchor.difference - agreeSeconds) {
      this.#anchor = { wall, difference };
      this.#asTheyCome = false;
    } else if (
      wall - this.#anchor.wall >= asTheyComeSeconds &&
      Math.abs(difference - this.#anchor.difference) <= agreeSeconds
    )
      this.#asTheyCome = true;
  }
}
