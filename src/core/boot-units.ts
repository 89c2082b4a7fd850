import type { MonotonicSeconds } from "./base/time.ts";

/**
 * When each unit of a boot started, by systemd's own stamps (org.freedesktop.systemd1(5), systemd.unit(5) for After=).
 * Requested for a report only: it needs a child process.
 */
export interface UnitTimes {
  /**
   * When systemd of the initrd began its main(), which it notes first. Null: systemd was not the initrd's first
   * process.
   */
  readonly initrdAt: MonotonicSeconds | null;
  /** When the first process of the running system began to work, after the kernel and the initrd. */
  readonly userspaceAt: MonotonicSeconds | null;
  /** When systemd had started all that the boot asks for ("Startup finished"). Null: not finished, or not known. */
  readonly finishedAt: MonotonicSeconds | null;
  /** In the order in which they started. */
  readonly units: readonly BootUnit[];
  /**
   * Times in which the journal of a slow boot has no line, the longest first. Null: not read, since it was not slow.
   */
  readonly silences: readonly JournalSilence[] | null;
}

/** A boot that takes longer, in seconds, is slow for a person. */
export const slowBootSeconds = 30;
/** Parts of it that are shorter, in seconds, are not why. */
export const longPartSeconds = 5;

/** Neither the kernel nor any program wrote to the journal between these two lines. */
export interface JournalSilence {
  readonly from: JournalMoment;
  readonly to: JournalMoment;
}

export interface JournalMoment {
  readonly at: MonotonicSeconds;
  /** Who wrote the line: SYSLOG_IDENTIFIER, or "kernel". Text of strangers, as is `text`. */
  readonly by: string;
  readonly text: string;
}

export interface BootUnit {
  readonly name: string;
  /** It left the state `inactive`: systemd began to start it. */
  readonly startedAt: MonotonicSeconds;
  /** It became `active`; of a oneshot service, or one that failed, it was inactive again. Null: it is being started. */
  readonly doneAt: MonotonicSeconds | null;
  /** Units of this boot that it is ordered after. */
  readonly after: readonly string[];
}

/** What a boot would have been without what its tasks provably waited for the CRNG. */
export interface CorrectedBoot {
  readonly finishedAt: MonotonicSeconds;
  /** When the boot would have finished if no task had waited for the CRNG; not later than `finishedAt`. */
  readonly withoutWaitsAt: MonotonicSeconds;
  /** Seconds that PID 1 itself waited: everything after that started later by this much. */
  readonly firstProcessSeconds: number;
  /** The units that were done later because of waits, those that lost most first. */
  readonly delayed: readonly DelayedUnit[];
  /** The units that decided when the boot was finished, the last one first, as it was and as it would have been. */
  readonly chain: readonly ChainLink[];
  readonly chainWithoutWaits: readonly ChainLink[];
}

export interface DelayedUnit {
  readonly name: string;
  /** Seconds that its own tasks waited during its activation. */
  readonly ownSeconds: number;
  /** How many seconds later it started only because units before it waited. */
  readonly heldSeconds: number;
  /** The unit before it that passed the delay on; null where the delay is its own or PID 1's. */
  readonly behind: string | null;
}

/** One unit of a critical chain: when it started, and when what is ordered after it could start. */
export interface ChainLink {
  readonly name: string;
  readonly startedAt: MonotonicSeconds;
  readonly doneAt: MonotonicSeconds;
}
