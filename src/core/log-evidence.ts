import type { KernelMessage } from "./kernel-message.ts";
import type { LogCourse } from "./log-course.ts";
import type { ReportedWait, Sign } from "./sign.ts";
import type { WallShows, WallSpan } from "./base/wall-time.ts";
import type { MonotonicSeconds, PrintkSeconds } from "./base/time.ts";

/** Where in a log a message stands: its 1-based line in a file, or its sequence number in /dev/kmsg. */
export interface Position {
  readonly line: number | null;
  readonly seq: number | null;
}

export interface LoggedMessage extends Position {
  readonly kind: "message";
  /** The stamp of the record; null where the log has none. */
  readonly at: PrintkSeconds | null;
  readonly noted?: NotedAt | null;
  readonly message: KernelMessage;
}

/**
 * When the log's writer received a line: not before the kernel said it, and any time after.
 *
 * - `monotonic`: when the journal stored it, on CLOCK_MONOTONIC (`__MONOTONIC_TIMESTAMP`, systemd.journal-fields(7)).
 * - `wall`: seconds by the wall clock after the boot's first line in this log. Only a difference, never a moment of the
 *   boot.
 * - `typed`: the kernel's stamp, but typed, rounded or masked by a person. Near the moment, and no bound to it.
 */
export interface NotedAt {
  readonly clock: "monotonic" | "wall" | "typed";
  readonly seconds: number;
}

/** The part of a boot that a log file shows. What is outside of it may have happened all the same. */
export interface LogExtent {
  readonly kind: "log-extent";
  readonly file: string;
  readonly firstLine: number | null;
  readonly lastLine: number | null;
  readonly firstAt: PrintkSeconds | null;
  readonly lastAt: PrintkSeconds | null;
  /** The line with which a kernel starts is in it. */
  readonly fromStart: boolean;
  /** What stamps the kernel's lines carry. */
  readonly stamps: "printk" | "journal" | "wall" | "none";
  /**
   * The format shows where each record of the kernel's begins. Elsewhere any user can make the kernel print a line that
   * looks like a record (docs/kernel.md, "Forged lines").
   */
  readonly marksRecords: boolean;
  /** What the log's wall clock shows; null where its lines have none. */
  readonly wall: WallClock | null;
  readonly forged: ForgedLines | null;
}

/** The wall clock of a log's stamps. */
export interface WallClock {
  /** The shortest difference that its stamps show, in seconds: 1 where they have no fraction. */
  readonly resolution: number;
  /**
   * journald or a syslog daemon wrote the stamps: what the kernel said before it started bears the time of its start,
   * so that the first stamp is not the boot's start (docs/kernel.md, "Lines of the log").
   */
  readonly sinceWriter: boolean;
  /** What its stamps show; null: no moments, as where their months are of a language that is not known. */
  readonly shows: WallShows | null;
  /** Their time zone as it is written: "Z", "+01:00", "CET"; null: it is not written. */
  readonly zone: string | null;
  /**
   * What happened to it meanwhile. `back`: it was set back, so that no moment is known by it. `ahead`: it was set
   * forward, or the machine was suspended; moments are by the clock as it was before.
   */
  readonly adjusted: "back" | "ahead" | null;
  /** The stamp of the boot's first line, as `wallText` of core/base/wall-time.ts writes it. */
  readonly first: string | null;
  /** When the kernel's time began. */
  readonly began: WallSpan | null;
}

/** Lines that look like messages of the kernel's and are a part of another record: they are not believed. */
export interface ForgedLines {
  readonly count: number;
  /** The first of them: its line in the file, and its text. A stranger's. */
  readonly line: number | null;
  readonly text: string;
}

/** Lines that the log itself reports as lost. Of the recorder's trace: events, or waits that are too many to list. */
export interface LogLoss {
  readonly kind: "log-loss";
  readonly source: "log" | "trace";
  readonly from: PrintkSeconds | null;
  readonly to: PrintkSeconds | null;
  readonly lost: number | null;
  readonly line: number | null;
}

/** An unbroken stretch of the kernel log that was read; one without its head may have lost what it does not show. */
export interface LogCoverage {
  readonly kind: "log-coverage";
  readonly firstSeq: number;
  readonly firstAt: PrintkSeconds | null;
  readonly lastSeq: number;
  readonly lastAt: PrintkSeconds | null;
  /** When the stretch had been read to its end: what the kernel said until then is in it. */
  readonly readAt: MonotonicSeconds;
}

/** What a log shows of one boot beside the CRNG's messages. One per boot of a log. */
export interface SignsSeen {
  readonly kind: "log-signs";
  readonly signs: readonly Sign[];
  readonly reportedWaits: readonly ReportedWait[];
  readonly course: LogCourse;
  readonly dropped: number;
}
