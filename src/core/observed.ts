import type { OtherArchitecture } from "./kernel-message.ts";
import type { Wait } from "./wait.ts";
import type { EntropyCredits } from "./entropy-credits.ts";
import type { FipsEvidence } from "./evidence.ts";
import type { LogCoverage, LogLoss, NotedAt, Position } from "./log-evidence.ts";
import type { MonotonicSeconds, PrintkSeconds } from "./base/time.ts";

/** Facts, each kept so that folding the same evidence twice, or in another order, changes nothing. */
export interface Observed {
  readonly readyLines: readonly ReadyLine[];
  readonly earlyInits: readonly Logged[];
  readonly missed: readonly MissedWarnings[];
  /** Where the kernel echoes its command line: what was credited before it came from the boot loader. */
  readonly commandLineEcho: Logged | null;
  readonly loggedFips: boolean | null;
  /** The kernel's command line in the log asks for FIPS mode. */
  readonly fipsAsked: boolean;
  /** What the log calls the machine: by DMI or device tree, and the hypervisor that the kernel detected. */
  readonly machine: {
    readonly hardware: string | null;
    readonly hypervisor: string | null;
    readonly deviceTree: boolean;
    /** Null: x86, or not shown. */
    readonly architecture: OtherArchitecture | null;
  };
  readonly notes: readonly KernelNote[];
  readonly fips: Omit<FipsEvidence, "kind"> | null;
  readonly probe: ProbeFacts;
  readonly pool: PoolFacts | null;
  /** Unbroken stretches of the kernel log that were read. */
  readonly log: readonly LogStretch[];
  /** What the log itself says was lost from it. */
  readonly losses: readonly Omit<LogLoss, "kind">[];
  /** Calls of getrandom(2) with a recorded entry and no recorded return. */
  readonly calls: readonly Wait[];
  /** crngwatch itself scanned for waits repeatedly while the CRNG was not ready. */
  readonly waitsWatched: boolean;
  /** What was credited towards a ready CRNG, the latest last; empty where nothing recorded it. */
  readonly credits: EntropyCredits;
}

export interface Logged extends Position {
  readonly at: PrintkSeconds | null;
  /** Where the log has no stamp of the kernel's: when its keeper took the line in. */
  readonly noted: NotedAt | null;
}

export interface ReadyLine extends Logged {
  readonly pool: "crng" | "nonblocking";
  readonly trusting: "cpu" | null;
}

export interface MissedWarnings extends Logged {
  readonly count: number;
}

/** Other lines of the kernel that bear on the supply of entropy. */
export interface KernelNote extends Logged {
  readonly note: "fips-generator" | "bootloader-seed" | "cpu-rng-problem" | "no-cycle-counter";
  readonly text: string | null;
}

export interface ProbeFacts {
  readonly lastWouldWait: MonotonicSeconds | null;
  readonly firstReturned: MonotonicSeconds | null;
  readonly unsupported: boolean;
}

export interface PoolPoint {
  readonly at: MonotonicSeconds;
  readonly bits: number;
}

export interface PoolFacts {
  readonly poolBits: number;
  readonly readWakeupBits: number | null;
  readonly latest: PoolPoint;
  /** On a 256-bit pool: the last sample below 256, the first at 128 or more, the first at 256. */
  readonly lastBelow: PoolPoint | null;
  readonly firstEarly: PoolPoint | null;
  readonly firstFull: PoolPoint | null;
  readonly curve: readonly PoolPoint[];
}

export type LogStretch = Omit<LogCoverage, "kind">;

/** The facts of a boot before any evidence. */
export const nothingObserved: Observed = {
  readyLines: [],
  earlyInits: [],
  missed: [],
  commandLineEcho: null,
  loggedFips: null,
  fipsAsked: false,
  machine: { hardware: null, hypervisor: null, deviceTree: false, architecture: null },
  notes: [],
  fips: null,
  probe: { lastWouldWait: null, firstReturned: null, unsupported: false },
  pool: null,
  log: [],
  losses: [],
  calls: [],
  waitsWatched: false,
  credits: [],
};
