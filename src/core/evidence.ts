import type { Wait } from "./wait.ts";
import type { EntropyCredits } from "./entropy-credits.ts";
import type { UnitTimes } from "./boot-units.ts";
import type { LogCoverage, LogExtent, LoggedMessage, LogLoss, SignsSeen } from "./log-evidence.ts";
import type { CommandLineTool, Distribution } from "./base/administration.ts";
import type { Supply } from "./base/supply.ts";
import type { Health } from "./base/health.ts";
import type { MonotonicSeconds } from "./base/time.ts";

/**
 * All that can be observed of a boot: the closed union that every source speaks and `step` folds.
 * A new way of observing a host is a new member here, and the compiler then names every place that must know it.
 */
export type Evidence =
  | KernelIdentity
  | LoggedMessage
  | LogCoverage
  | LogExtent
  | LogLoss
  | SignsSeen
  | WaitSeen
  | CallSeen
  | CreditsSeen
  | RecorderState
  | Suspects
  | CallerProbe
  | PoolSample
  | FipsEvidence
  | SupplyEvidence
  | HostFacts
  | PlatformEvidence
  | GeneratorsEvidence
  | UnitTimesEvidence
  | OwnStart
  | OwnCapabilities
  | WaitsWatched
  | SourceHealth;

/** Which boot of which kernel this is. Null: not known to this source. */
export interface KernelIdentity {
  readonly kind: "kernel";
  readonly bootId: string | null;
  readonly release: string | null;
  readonly version: string | null;
  readonly buildId: string | null;
  readonly commandLine: string | null;
}

/** A task that was seen blocked on randomness. */
export interface WaitSeen {
  readonly kind: "wait";
  readonly wait: Wait;
}

/**
 * A call of getrandom(2) that would wait for a CRNG that is not ready. Its entry was recorded, not its return.
 */
export interface CallSeen {
  readonly kind: "call";
  /** `to`: the latest moment at which it had returned. */
  readonly call: Wait;
}

/** What was credited towards a ready CRNG, as one trace of the kernel recorded it. */
export interface CreditsSeen {
  readonly kind: "credits";
  readonly credits: EntropyCredits;
}

/**
 * The flight recorder: probes that the kernel command line arms, and what came of them
 * (Documentation/trace/kprobetrace.rst).
 */
export interface RecorderState {
  readonly kind: "recorder";
  /** This boot's command line arms it. */
  readonly armed: boolean;
  /**
   * `calls`: of getrandom(2) alone, and no more than that one was made: all that kernels before 5.3 can be armed for.
   */
  readonly sees: "waits" | "calls";
  /** Its probes on the kernel's FIPS generator are set, too: it sees the tasks that wait for that one. */
  readonly seesFipsGenerator: boolean;
  /** Its probes are there. Null: tracefs cannot be read. */
  readonly recording: boolean | null;
  /** Events of our probes that were seen. */
  readonly events: number;
  /** Why it cannot record, or did not. */
  readonly problem: string | null;
}

/** What a program would do at an unready boot, predicted from its file. */
export interface Suspects {
  readonly kind: "suspects";
  readonly suspects: readonly Suspect[];
}

export interface Suspect {
  readonly unit: string | null;
  readonly exe: string;
  readonly libraries: readonly string[];
  readonly why: string;
}

/**
 * What getrandom(buf, 1, GRND_NONBLOCK) answered: whether a caller would wait, which is not always the CRNG's state.
 */
export interface CallerProbe {
  readonly kind: "probe";
  readonly at: MonotonicSeconds;
  /** `unsupported`: ENOSYS, a kernel without getrandom(2). */
  readonly answer: "returned" | "would-wait" | "unsupported";
}

/** /proc/sys/kernel/random: `poolsize` 256 is the 2022 rewrite and its back-ports, 4096 the old input pool. */
export interface PoolSample {
  readonly kind: "pool";
  readonly at: MonotonicSeconds;
  readonly availableBits: number;
  readonly poolBits: number;
  /** `read_wakeup_threshold`, there until 5.5: below it a reader of /dev/random waits whatever the CRNG's state. */
  readonly readWakeupBits: number | null;
}

/** FIPS mode of the kernel and the files by which user space chooses its own. Null: not known. */
export interface FipsEvidence {
  readonly kind: "fips";
  /** /proc/sys/crypto/fips_enabled; false where the kernel has no such file. */
  readonly kernel: boolean | null;
  /**
   * The kernel has a way to serve callers from its DRBG in FIPS mode, by /proc/kallsyms; read in FIPS mode only.
   * That it is in use, only a call shows that returns while the CRNG is not ready.
   */
  readonly hook: boolean | null;
  readonly commandLine: boolean | null;
  /** /etc/system-fips makes libgcrypt, OpenSSL and GnuTLS run their self-tests at load even with fips=0. */
  readonly systemFips: boolean | null;
  /** The system-wide crypto policy's name, for example FIPS. */
  readonly cryptoPolicy: string | null;
  readonly dracutFips: boolean | null;
}

/** Where this machine's entropy can come from. One source reports one part; null: not reported. */
export type SupplyEvidence = { readonly kind: "supply" } & {
  readonly [part in keyof Supply]?: NonNullable<Supply[part]>;
};

/**
 * Processes that draw random bytes from a generator of their own, seeded once from the kernel's: in a copy of a virtual
 * machine it continues with the same state. Only on request, and only after a clone or restore.
 */
export interface GeneratorsEvidence {
  readonly kind: "generators";
  readonly processes: readonly GeneratorProcess[];
  /** Processes whose mapped files may not be read. */
  readonly unreadable: number;
}

export interface GeneratorProcess {
  readonly pid: number;
  readonly comm: string;
  readonly unit: string | null;
  readonly container: string | null;
  /** When it started, on CLOCK_BOOTTIME. */
  readonly startedAt: number;
  /** Whose code it has mapped: OpenSSL, GnuTLS, NSS, libgcrypt, JVM, Go, Python, Node.js. It may not use it. */
  readonly generators: readonly string[];
}

/**
 * How this host is administered: its distribution, and what changes the kernel command line of its next boots. Only on
 * request: the daemon has no business in /boot.
 */
export interface PlatformEvidence {
  readonly kind: "platform";
  readonly distribution: Distribution | null;
  /** Null: none that crngwatch knows. */
  readonly commandLineTool: CommandLineTool | null;
}

/** Facts of the host for a report's heading; only on request: nothing is concluded from them. */
export interface HostFacts {
  readonly kind: "host";
  readonly distribution: string | null;
  readonly hardware: string | null;
  readonly processor: string | null;
  readonly memoryBytes: number | null;
  /** When the kernel started by the wall clock as it is set now, to the second: ISO 8601 in UTC. */
  readonly bootedAt: string | null;
}

/** When the units of this boot started; only on request, since it starts a child process. */
export interface UnitTimesEvidence extends UnitTimes {
  readonly kind: "unit-times";
}

/** How crngwatch's own process started: whether it may itself have been a waiter. */
export interface OwnStart {
  readonly kind: "own-start";
  readonly pid: number;
  /** native/nonblocking-start.so is mapped into this process. */
  readonly nonblocking: boolean;
  /** When the kernel started the process, and when its first line of JavaScript ran. */
  readonly startedAt: MonotonicSeconds | null;
  readonly runningAt: MonotonicSeconds;
}

/** What the daemon's own threads may still do, once it no longer needs it. */
export interface OwnCapabilities {
  readonly kind: "own-capabilities";
  /** The capabilities(7) that any of its threads has, by name; empty: all were dropped. */
  readonly left: readonly string[];
  /** Why some are left. */
  readonly problem: string | null;
}

/**
 * crngwatch began to scan for waits repeatedly while the CRNG was not ready: from here on a wait is recorded. A
 * report's single scan does not count.
 */
export interface WaitsWatched {
  readonly kind: "waits-watched";
}

/** How one source fares: it reported, it is not there, access is denied, or it is broken. */
export interface SourceHealth {
  readonly kind: "source";
  readonly name: string;
  readonly health: Health;
  /** What would help, or what was seen; null when there is nothing to add. */
  readonly detail: string | null;
}
