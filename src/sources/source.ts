import type { BootRecord } from "../core/boot-record.ts";
import type { Health } from "../core/base/health.ts";
import type { Evidence } from "../core/evidence.ts";
import type { MonotonicSeconds } from "../core/base/time.ts";
import type { Libc } from "../platform/libc.ts";
import type { Roots } from "../platform/roots.ts";

/** The host under observation. All that a source may touch. */
export interface Host {
  readonly roots: Roots;
  /** Null where the C library cannot be called, or where the host is a folder; `libcProblem` then has the reason. */
  readonly libc: Libc | null;
  readonly libcProblem: string | null;
  readonly now: () => MonotonicSeconds;
  /** By how much the clock that stamps the kernel log is ahead of `now`; null where the kernel does not show it. */
  readonly printkAhead: () => number | null;
}

type Schedule = "once" | "unready" | "on-request";

/** Whether a source is observed without a request for a report, and whether it is sampled until readiness. */
const schedules: Readonly<Record<Schedule, { readonly unrequested: boolean; readonly sampled: boolean }>> = {
  once: { unrequested: true, sampled: false },
  unready: { unrequested: true, sampled: true },
  "on-request": { unrequested: false, sampled: false },
};

/** Whether a source is read without a request, at the start at least. */
export function isUnrequested({ schedule }: Pick<Source, "schedule">): boolean {
  return schedules[schedule].unrequested;
}

/** Whether a source is read again and again while the CRNG is not ready. */
export function isSampled({ schedule }: Pick<Source, "schedule">): boolean {
  return schedules[schedule].sampled;
}

/**
 * One way of observing a host. The registry is in `registry.ts`; the table of crngwatch.service(8) is made from these
 * fields.
 */
export interface Source {
  readonly name: string;
  readonly reads: string;
  readonly needs: string;
  /** What crngwatch cannot report without it. */
  readonly without: string;
  /**
   * When it is observed. `once`: a fact that does not change. `unready`: every second while the CRNG is not ready, and
   * once more when it is. `on-request`: only for a report on request, because it starts child processes.
   */
  readonly schedule: Schedule;
  /** Of an `on-request` source: whether the record calls for it. Not there: always. */
  readonly when?: (record: BootRecord) => boolean;
  readonly observe: (host: Host) => Observation | Promise<Observation>;
  /** Opens a descriptor that becomes readable when there is something new. Not there, or null: nothing to wait on. */
  readonly follow?: (host: Host) => Follower | null;
  /** Following it sets up something in the host that exists only once. */
  readonly setsUp?: true;
  /**
   * Looks at the host repeatedly, at its own pace, until the CRNG is ready and all waits have ended.
   * Null: no need.
   */
  readonly scan?: (host: Host) => Scan | null;
  /** All waits have ended, or they are no longer sampled: the last observation, and what is to be switched off. */
  readonly finish?: (host: Host) => Observation;
  /** The source that this one stands in for: where that works, this one may be denied. */
  readonly standsInFor?: string;
}

export interface Observation {
  readonly health: Health;
  readonly detail: string | null;
  readonly evidence: readonly Evidence[];
}

/** A source to wait on. */
export interface Follower {
  /** What there was when it was opened. */
  readonly first: Observation;
  /** Null: what was there is all there is. */
  readonly fd: number | null;
  /** It is drained once more and closed when all waits have ended. */
  readonly untilFinished?: true;
  /** What there is now; called each time that `fd` is readable. */
  readonly drain: () => Drained;
  /**
   * Asked once after the last drain, when all waits have ended: what need not delay the line that the CRNG is ready.
   */
  readonly atEnd?: () => readonly Evidence[];
  readonly close: () => void;
}

export interface Drained extends Observation {
  /** False: nothing more will come of it, or waiting on it would only spin. */
  readonly more: boolean;
}

/** A source that looks by itself. */
export interface Scan {
  /**
   * `patience`: how many times longer the pauses between samples are than at first. What it spaces out itself must be
   * as seldom.
   */
  readonly look: (patience: number) => Scanned;
  readonly close: () => void;
}

export interface Scanned {
  readonly observation: Observation;
  /** When to sample again. */
  readonly againMilliseconds: number;
  /** A task waits whose end it has still to see. */
  readonly follows: boolean;
}

/** What a source shows that works. */
export function ok(...evidence: readonly Evidence[]): Observation {
  return { health: "ok", detail: null, evidence };
}

/** Why a source shows nothing: its health, and the reason in words without a full stop. */
export function unable(health: Exclude<Health, "ok">, detail: string): Observation {
  return { health, detail, evidence: [] };
}
