import type { Wait } from "./wait.ts";
import type { EntropyCredits } from "./entropy-credits.ts";
import type { UnitTimes } from "./boot-units.ts";
import type { KernelMessage } from "./kernel-message.ts";
import type { LogCourse, ReportedWait, Sign } from "./sign.ts";
import type { CommandLineTool, Distribution } from "./base/administration.ts";
import type { BootloaderSeed, CpuRng, HwRandom, SeedFile, Virtualization } from "./base/supply.ts";
import type { WallShows, WallSpan } from "./base/wall-time.ts";
import type { Health } from "./base/health.ts";
import type { MonotonicSeconds, PrintkSeconds } from "./base/time.ts";

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

/** What a log shows of one boot beside the CRNG's messages. One per boot of a log. */
export interface SignsSeen {
  readonly kind: "log-signs";
  readonly signs: readonly Sign[];
  readonly reportedWaits: readonly ReportedWait[];
  readonly course: LogCourse;
  readonly dropped: number;
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
export interface SupplyEvidence {
  readonly kind: "supply";
  readonly cpu?: CpuRng;
  readonly hwRandom?: HwRandom;
  readonly bootloader?: BootloaderSeed;
  readonly seedFile?: SeedFile;
  readonly virtualization?: Virtualization;
}

/**
 * Processes that draw random bytes from a generator of their own, seeded once from the kernel's: in a copy of a virtual
 * machine it goes on with the same state. Only on request, and only after a clone or restore.
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
