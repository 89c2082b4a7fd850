import type { LogExtent } from "../../core/log-evidence.ts";
import { isBare, type LogLine } from "./line/log-line.ts";

/**
 * A log that has stamps, or tags, on this many lines has them on each line of the kernel's: a message without is a
 * quotation.
 */
const enoughToTell = 3;
/** journalctl puts the second line of an entry below the first one's text, after stamp, host and tag. */
const deepIndent = 16;

/** What the lines of one boot have shown so far of the log's format: its stamps, its tags, its records' marks. */
export class LogFormat {
  /** Lines that are the kernel's by their tag. */
  kernelLines = 0;
  /** The clock of the kernel's lines. */
  stamps: LogExtent["stamps"] = "none";
  /**
   * The journal's stamps are the kernel's own in a log whose first line of the kernel is stamped 0: it stores nothing
   * that early.
   */
  journalShowsKernelTime = false;
  /** Lines that carry a stamp or a tag; the kernel's stamp; a tag. */
  #frames = 0;
  #stamped = 0;
  #tagged = 0;
  /** Null: no line yet. */
  #marksRecords: boolean | null = null;

  /** Takes a line that has a prefix. */
  take(line: LogLine): void {
    const { origin, at, marked, storedAt } = line;
    this.#frames++;
    // Only journalctl stamps the kernel's lines in front of the host's name.
    if (origin !== "user") this.#marksRecords = (this.#marksRecords ?? true) && (marked || storedAt !== null);
    if (at !== null && origin !== "user" && !line.quoted) this.#stamped++;
    if (origin !== "unsaid") this.#tagged++;
    if (origin === "kernel") this.kernelLines++;
    this.#takeClock(line);
  }

  /** The format of each line of the kernel's shows that a record begins there. */
  get marksRecords(): boolean {
    return this.#marksRecords === true;
  }

  /** It holds lines of its own kernel, so that what is quoted in it is another one's, or talk. */
  get hasOwnLines(): boolean {
    return this.#stamped > 0 || this.kernelLines > 0;
  }

  /** With this line it is known that the log's lines have prefixes. */
  get isJustKnown(): boolean {
    return this.#frames === enoughToTell;
  }

  /**
   * Whether the line continues the entry above it, as journalctl prints an entry of several lines; its own stamps mean
   * nothing.
   */
  isContinuation({ indent }: LogLine): boolean {
    return indent >= deepIndent && this.#tagged >= enoughToTell;
  }

  /**
   * Whether a message on this line can be the kernel's. In a log that tags the kernel's lines, one without the tag is
   * not, unless it has the kernel's own stamp, as where a dmesg follows; in one that stamps them, one without a stamp;
   * in one without stamps, as its version line shows, one with.
   */
  credits(line: LogLine, versionIsBare: boolean): boolean {
    if (line.quoted && this.hasOwnLines) return false;
    if (line.origin === "kernel") return true;
    if (this.kernelLines >= enoughToTell && (line.at === null || this.stamps === "journal")) return false;
    if (versionIsBare) return line.at === null || this.#stamped >= enoughToTell;
    return !isBare(line) || this.#frames < enoughToTell;
  }

  #takeClock({ origin, at, storedAt, wall }: LogLine): void {
    const kind = at !== null ? "printk" : storedAt !== null ? "journal" : wall !== null ? "wall" : "none";
    // The kernel's lines show it: in the journal's short-monotonic a program's line looks like one of a plain dmesg.
    if (origin === "kernel") this.stamps = kind;
    else if (this.kernelLines === 0 && origin === "unsaid") this.stamps = kind === "none" ? this.stamps : kind;
    // Without a line that may be the kernel's, those of programs show at least that there is a clock.
    else if (this.stamps === "none" && kind === "wall") this.stamps = kind;
    if (origin === "kernel" && at === null && storedAt === 0) this.journalShowsKernelTime = true;
  }
}
