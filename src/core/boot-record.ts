import type { Finding } from "./finding.ts";
import type { CreditSource } from "./entropy-credits.ts";
import type { Wait } from "./wait.ts";
import type { CorrectedBoot, UnitTimes } from "./boot-units.ts";
import type { Supply } from "./base/supply.ts";
import type {
  HostFacts,
  KernelIdentity,
  OwnCapabilities,
  OwnStart,
  GeneratorsEvidence,
  PlatformEvidence,
  SourceHealth,
  RecorderState,
  Suspect,
} from "./evidence.ts";
import type { LogExtent, LogLoss, NotedAt } from "./log-evidence.ts";
import type { EarlyUseKind, ReseedReason } from "./kernel-message.ts";
import { type Logged, nothingObserved, type Observed } from "./observed.ts";
import type { LogCourse } from "./log-course.ts";
import type { ReportedWait, Sign } from "./sign.ts";
import type { WallSpan } from "./base/wall-time.ts";
import type { Seconds } from "./base/time.ts";
import { undecided, type Verdict } from "./verdict.ts";

/** The schema of the JSON documents that hold boot records. Fields may be added under it; none changes meaning. */
export const bootsSchema = "crngwatch.boots/1";

/**
 * Everything known of one boot: what `status`, `report` and the daemon's socket show, and what the daemon saves.
 * It is also the state that `step` folds evidence into, so that there is one truth and one path to it.
 * Times are seconds since the boot's start, lines are 1-based, and what is not known is null, never absent.
 */
export interface BootRecord {
  /** The input's path; null when observed live. */
  readonly file: string | null;
  readonly bootId: string | null;
  readonly kernel: KernelNames;
  /** The answer to "was it the CRNG?", concluded from all below. */
  readonly verdict: Verdict;
  readonly readiness: Readiness;
  readonly callers: Callers;
  readonly earlyInit: Logged | null;
  readonly earlyUses: readonly EarlyUse[];
  readonly missedWarnings: number;
  readonly waits: readonly Wait[];
  readonly cost: Cost;
  /** Waits that a log reports other than by a stack: in a program's own words, by systemd's lines on a unit. */
  readonly reportedWaits: readonly ReportedWait[];
  /** What else a log shows: trouble that is not the CRNG's, in the log's order. */
  readonly signs: readonly Sign[];
  /** How a log runs around readiness; null when observed live. */
  readonly course: LogCourse | null;
  /** When the units of this boot started; only on request. */
  readonly units: UnitTimes | null;
  /** The boot without what its tasks waited; null where no task waited or `units` is not known. */
  readonly correctedBoot: CorrectedBoot | null;
  /** Programs of the early boot that would block if the CRNG were not ready; listed on request. */
  readonly suspects: readonly Suspect[];
  readonly recorder: Omit<RecorderState, "kind"> | null;
  readonly reseeds: readonly Reseed[];
  readonly fips: boolean | null;
  readonly gaps: readonly Gap[];
  /** The part of the boot that the log file shows; null when observed live. */
  readonly covers: Omit<LogExtent, "kind" | "file"> | null;
  readonly sources: readonly SourceReport[];
  readonly findings: readonly Finding[];
  /** Evidence that contradicts other evidence: both facts are here, and neither is believed silently. */
  readonly anomalies: readonly Anomaly[];
  readonly supply: Supply;
  readonly host: Omit<HostFacts, "kind"> | null;
  /** Processes with a generator of their own; only on request, after a clone or restore of the virtual machine. */
  readonly generators: Omit<GeneratorsEvidence, "kind"> | null;
  /** How this host is administered; only on request. */
  readonly platform: Omit<PlatformEvidence, "kind"> | null;
  readonly self: Self | null;
  /** The facts that the fields above are concluded from. */
  readonly observed: Observed;
  /** What exceeded a bound and was not kept, by list. */
  readonly dropped: Readonly<Record<BoundedList, number>>;
}

declare const diagnosed: unique symbol;

/**
 * A record with what follows from it for a person, as diagnose() of `diagnose/` returns it. Whatever is shown, sent or
 * announced takes this type, so that no caller can forget to diagnose.
 */
export type Diagnosed = BootRecord & { readonly [diagnosed]: true };

export type KernelNames = Omit<KernelIdentity, "kind" | "bootId">;

/** The CRNG's own state, from low to high; it never falls. */
export type Level = "unknown" | "unseeded" | "early" | "ready";

export interface Readiness {
  readonly level: Level;
  /** False where the level may be higher than this: the kernel does not show it. */
  readonly settled: boolean;
  /**
   * The moment, where the kernel's own log gives it. Not `exact`: the journal's stamp on the line, which is later by an
   * unknown while.
   */
  readonly readyAt: Seconds | null;
  readonly notBefore: Seconds | null;
  readonly notAfter: Seconds | null;
  readonly exact: boolean;
  readonly evidence: ReadinessEvidence | null;
  readonly line: number | null;
  /**
   * It rests on a line of a log whose format does not mark records: any user can make the kernel print such a line.
   * False: it does not, or nothing shows the level.
   */
  readonly forgeable: boolean;
  /** When the log's keeper took in the line that says so, where the line itself has no time. */
  readonly noted: NotedAt | null;
  /** Where only a wall clock shows it: the interval by that clock, as far as it was not set meanwhile. */
  readonly byWallClock: WallInterval | null;
  /** When it was ready by the wall clock: of a log by its stamps, live by this machine's clock as it is set now. */
  readonly wall: WallSpan | null;
  readonly cause: ReadinessCause;
  /** What each end of the interval rests on, in words. */
  readonly basis: {
    readonly notBefore: string | null;
    readonly notAfter: string | null;
    /** What shows the cause; where it is unknown, what would show it. Null while the CRNG is not ready. */
    readonly cause: string | null;
  };
}

/** An interval by a log's wall clock. */
export interface WallInterval {
  /**
   * Where it counts from: the boot's first line, or the start of the journal or syslog daemon that wrote the log, which
   * is an unknown while after the boot's start.
   */
  readonly since: "first-line" | "writer-start";
  /** Seconds after that; null: at any moment of the boot before. */
  readonly notBefore: number | null;
  readonly notAfter: number;
}

export type ReadinessEvidence = "kernel-log" | "probe" | "recorder";
/** What made the CRNG ready: the source of its last bits. `other`: a source of the kernel that is not known here. */
export type ReadinessCause = CreditSource | "unknown";

/** What a caller meets, which is not always the CRNG's state (docs/design.md, "Two questions, not one"). */
export interface Callers {
  /** Whether some blocking caller, of getrandom(2) or of /dev/random, would wait now. */
  readonly wouldWait: boolean | null;
  /** Why that differs from the level, where it does. */
  readonly reason: "extrng" | "early-is-enough" | "old-blocking-pool" | null;
  readonly getrandom: boolean | null;
  readonly devRandom: boolean | null;
}

export interface EarlyUse extends Logged {
  readonly kind: EarlyUseKind;
  readonly name: string;
  readonly bytes: number | null;
  readonly bits: number | null;
}

export interface Reseed extends Logged {
  readonly reason: ReseedReason;
}

/** What waiting for randomness cost a boot. A poller may do other things meanwhile, and does not count. */
export interface Cost {
  /** Seconds of the boot during which at least one task waited; several at once count once. */
  readonly seconds: number;
  /** Those during which the first process itself waited: nothing was started. */
  readonly firstProcessSeconds: number;
  readonly tasks: number;
  /**
   * The flight recorder was there from the start and lost nothing, so no other task waited. False: it cost at least
   * this.
   */
  readonly complete: boolean;
}

export type Gap = Omit<LogLoss, "kind" | "line">;

export type SourceReport = Omit<SourceHealth, "kind">;

export interface Anomaly {
  readonly id: "unready-after-ready" | "ready-before-its-line" | "ready-lines-differ" | "fips-sources-differ";
  /** Both facts, in words, with their times. */
  readonly detail: string;
}

/** crngwatch's own process: the daemon, or the one that observed the host without it. */
export interface Self extends Omit<OwnStart, "kind"> {
  /** Null: not dropped yet, or not the daemon. */
  readonly capabilities: Omit<OwnCapabilities, "kind"> | null;
}

/** The lists that a host can make grow, and how many entries of each are kept. */
export const bounds = {
  earlyUses: 512,
  reseeds: 256,
  readyLines: 8,
  earlyInits: 8,
  missed: 64,
  notes: 32,
  log: 64,
  losses: 64,
  calls: 512,
  waits: 512,
  suspects: 128,
  generators: 256,
  curve: 600,
  anomalies: 16,
  signs: 64,
} as const;
export type BoundedList = keyof typeof bounds;

/** The record of a boot before any evidence. */
export function emptyRecord(): BootRecord {
  return {
    file: null,
    bootId: null,
    kernel: { release: null, version: null, buildId: null, commandLine: null },
    verdict: undecided,
    readiness: {
      level: "unknown",
      settled: false,
      readyAt: null,
      notBefore: null,
      notAfter: null,
      exact: false,
      evidence: null,
      line: null,
      forgeable: false,
      noted: null,
      byWallClock: null,
      wall: null,
      cause: "unknown",
      basis: { notBefore: null, notAfter: null, cause: null },
    },
    callers: { wouldWait: null, reason: null, getrandom: null, devRandom: null },
    earlyInit: null,
    earlyUses: [],
    missedWarnings: 0,
    waits: [],
    cost: { seconds: 0, firstProcessSeconds: 0, tasks: 0, complete: false },
    reportedWaits: [],
    signs: [],
    course: null,
    units: null,
    correctedBoot: null,
    suspects: [],
    recorder: null,
    reseeds: [],
    fips: null,
    gaps: [],
    covers: null,
    sources: [],
    findings: [],
    anomalies: [],
    supply: { cpu: null, hwRandom: null, bootloader: null, seedFile: null, virtualization: null },
    host: null,
    platform: null,
    generators: null,
    self: null,
    observed: nothingObserved,
    dropped: {
      earlyUses: 0,
      reseeds: 0,
      readyLines: 0,
      earlyInits: 0,
      missed: 0,
      notes: 0,
      log: 0,
      losses: 0,
      calls: 0,
      waits: 0,
      suspects: 0,
      generators: 0,
      curve: 0,
      anomalies: 0,
      signs: 0,
    },
  };
}
