import type { PrintkSeconds } from "./base/time.ts";

/** Where trouble is visible: what the line that `Verdict.lookAt` points to shows. */
export type SignKind =
  | "root-device"
  | "dracut-initqueue"
  | "panic"
  | "oops"
  | "hung-task"
  | "soft-lockup"
  | "rcu-stall"
  | "emergency-mode"
  | "unit-unfinished"
  | "unit-failed"
  | "silence"
  | "console"
  | "fips-selftest"
  | "fips-integrity"
  | "oom"
  | "device"
  | "filesystem"
  | "network"
  | "shutdown"
  /** A passphrase is requested. */
  | "prompt"
  | "other";

/**
 * How much a sign explains.
 *
 * - `stops`: the boot cannot go on: a panic, no root device, emergency mode, a failed FIPS check.
 * - `breaks`: something is broken while the rest continues: an oops, a hung task, a failed unit.
 * - `warns`: the kernel or a test suite reports a fault of its own: WARNING, KASAN, `not ok`.
 * - `notes`: one of the many errors that healthy boots print too; a pointer, never a reason.
 */
export type Gravity = "stops" | "breaks" | "warns" | "notes";

/** Ends the text of a sign whose line a terminal or an excerpt cut off: what it goes on with is only likely. */
export const cutOffMark = " (cut off)";

/** One line of a log that shows something other than the CRNG. */
export interface Sign {
  readonly kind: SignKind;
  readonly gravity: Gravity;
  readonly line: number | null;
  /** The kernel's stamp, or the journal's monotonic one; null where the line has neither. */
  readonly at: PrintkSeconds | null;
  /** What it shows, in a few words. Holds text of strangers. */
  readonly text: string;
  /** The task, unit or device that it is about. */
  readonly name: string | null;
  /** Its report goes through the code of the random number generator. */
  readonly inRandomCode: boolean;
  /** It follows from something that did not happen in time, as a wait for the CRNG would cause it. */
  readonly byTimeout: boolean;
}

/** How a log shows a wait without a stack. */
export type ReportedBy =
  /** The waiting program says so. */
  | "own-words"
  /** systemd's lines on a unit: started before the CRNG was ready, finished with it, or never. */
  | "unit"
  /** systemd-analyze blame or critical-chain. */
  | "systemd-analyze"
  | "strace"
  | "debugger"
  /** A table of tasks with the kernel function that each sleeps in. */
  | "wchan"
  /** The person who wrote the report. */
  | "writer"
  /**
   * The report says that keys, the mouse or a source of entropy make the boot continue, that a program was blocked in
   * getrandom() or on /dev/random, or that a lack of entropy was found to be the cause.
   */
  | "experiment";

/** A wait for randomness that a log reports other than by a stack or a recorder. */
export interface ReportedWait {
  readonly by: ReportedBy;
  readonly name: string | null;
  readonly line: number | null;
  readonly at: PrintkSeconds | null;
  /** How long it lasted, or lasted so far; null where that is not shown. */
  readonly seconds: number | null;
  /** It had not ended where the log ends, or nothing shows its end. */
  readonly open: boolean;
  /** `shown`: it can be nothing but a wait for randomness. `likely`: such programs do wait for it. */
  readonly proof: "shown" | "likely";
  /** What the line says, in a few words. Holds text of strangers. */
  readonly text: string;
}
