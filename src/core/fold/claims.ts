import type { BootRecord, ReadinessEvidence } from "../boot-record.ts";
import type { Logged } from "../observed.ts";
import { releaseSeconds } from "./wait-ends.ts";
import { type Clock, clockSkew, microseconds, type Seconds } from "../base/time.ts";

/** One fact read as a statement about the CRNG at one moment. */
export interface Claim {
  /** `unready`: not ready yet. `early`, `ready`: at least that. */
  readonly says: "unready" | "early" | "ready";
  /** Null: it was so at some moment that the log does not give. */
  readonly at: Seconds | null;
  readonly clock: Clock;
  readonly evidence: ReadinessEvidence;
  /** The moment itself, not a bound to it. */
  readonly exact: boolean;
  readonly line: number | null;
  /** The fact in words, without its time. */
  readonly text: string;
}

/**
 * Reads the observed facts as claims. Which facts speak of the CRNG at all depends on the era, and the era follows from
 * what the kernel offers (docs/design.md, "Two questions, not one"), never by its version.
 */
export function claims(record: BootRecord): readonly Claim[] {
  return [
    ...logClaims(record),
    ...waitClaims(record),
    ...shownByLog(record),
    ...probeClaims(record),
    ...poolClaims(record),
    ...silenceClaims(record),
  ];
}

/** `poolsize` 256: the 2022 rewrite of random.c or a back-port of it. */
export function isRewrite(record: BootRecord): boolean {
  return record.observed.pool?.poolBits === 256;
}

/**
 * Whether the probe's answer is about the CRNG. In FIPS mode a kernel may answer from its DRBG and never says EAGAIN,
 * so there a success means nothing, unless this boot has shown an EAGAIN or the kernel has no hook for that.
 */
function probeSpeaksOfCrng({ observed: { fips, probe } }: BootRecord): boolean {
  return fips?.kernel === false || fips?.hook === false || probe.lastWouldWait !== null;
}

/**
 * Whether callers returned since "fast init done" with bytes of the CRNG: only where the pool is the old one
 * (kernels 4.8 to 4.16, RHEL 7.7 and later, Ubuntu before the rewrite), and only where the answer was the CRNG's own.
 * Elsewhere a caller that returns before the CRNG is ready was served by another generator.
 */
export function earlyIsEnough(record: BootRecord): boolean {
  const { pool, probe } = record.observed;
  return pool !== null && !isRewrite(record) && probe.firstReturned !== null && probeSpeaksOfCrng(record);
}

/** Whether the CRNG is initialised as far as this kernel can show it, so that keys may be made from its bytes. */
export function isInitialised(record: BootRecord): boolean {
  const { level } = record.readiness;
  return level === "ready" || (level === "early" && earlyIsEnough(record));
}

function logClaims({ observed, earlyUses }: BootRecord): readonly Claim[] {
  const inLog = { clock: "printk", evidence: "kernel-log" } as const;
  return [
    ...observed.readyLines.map((line): Claim => ({
      ...inLog,
      says: "ready",
      ...noLaterThan(line),
      exact: line.at !== null,
      line: line.line,
      text: "the kernel logged that it is initialised",
    })),
    ...observed.earlyInits.flatMap((logged): readonly Claim[] => {
      const fastInit = { ...inLog, exact: false, line: logged.line, text: "the kernel logged 'fast init done'" };
      return [
        { ...fastInit, says: "early", ...noLaterThan(logged) },
        { ...fastInit, says: "unready", at: logged.at },
      ];
    }),
    ...earlyUses.map(({ at, line, name }): Claim => ({
      ...inLog,
      says: "unready",
      at,
      exact: false,
      line,
      text: `the kernel logged that '${name}' used it before it was initialised`,
    })),
  ];
}

/**
 * The recorder's probe saw a task enter the wait and not return at once: the CRNG was not ready, since no task waits
 * for a ready one. A wait that returned 0 ended because the CRNG was ready, with the rewrite of 2022: some kernels
 * before it let callers through at "fast init done" (docs/kernel.md, "Tracing").
 */
function waitClaims(record: BootRecord): readonly Claim[] {
  const provesReady = isRewrite(record) || record.observed.credits.length > 0;
  return record.waits
    .filter(({ evidence, seconds, generator }) => evidence === "recorder" && generator === "crng" && seconds !== null)
    .flatMap(({ from, to, comm, line, ended, endShown, errorSeconds }): readonly Claim[] => {
      const recorded = { clock: "printk", evidence: "recorder", exact: false, line } as const;
      const name = comm ?? "a task";
      const began = {
        ...recorded,
        says: "unready",
        at: from,
        text: `the kernel recorded that '${name}' began to wait`,
      } as const;
      if (!provesReady || !endShown || ended !== "returned" || to === null) return [began];
      // What a file holds of a trace is by the trace's clock.
      const error = (errorSeconds ?? 0) + (line === null ? releaseSeconds : clockSkew(to));
      const text = `the kernel recorded that the wait of '${name}' returned 0`;
      return [began, { ...recorded, says: "ready", at: microseconds(to + error), text }];
    });
}

/** What a log shows of callers: a task in the function that waits until the CRNG is ready, a call that was refused. */
function shownByLog({ course }: BootRecord): readonly Claim[] {
  const shown = { says: "unready", clock: "printk", evidence: "kernel-log", exact: false } as const;
  const { crngWaiter = null, refusedLine = null } = course ?? {};
  return [
    ...(crngWaiter === null
      ? []
      : [
          {
            ...shown,
            at: crngWaiter.at,
            line: crngWaiter.line,
            text: "a task's stack shows that it waits for the CRNG",
          },
        ]),
    ...(refusedLine === null
      ? []
      : [{ ...shown, at: null, line: refusedLine, text: "getrandom(GRND_NONBLOCK) returned EAGAIN" }]),
  ];
}

/**
 * The kernel's own stamp; else when the journal stored the line, which bounds the moment from above. A wall clock
 * bounds nothing.
 */
function noLaterThan({ at, noted }: Logged): Pick<Claim, "at" | "clock"> {
  return at === null && noted?.clock === "monotonic"
    ? { at: noted.seconds, clock: "monotonic" }
    : { at, clock: "printk" };
}

function probeClaims(record: BootRecord): readonly Claim[] {
  const { probe, pool } = record.observed;
  const byProbe = { clock: "monotonic", evidence: "probe", exact: false, line: null } as const;
  const list: Claim[] = [];
  if (probe.lastWouldWait !== null) {
    list.push({
      ...byProbe,
      says: "unready",
      at: probe.lastWouldWait,
      text: "getrandom(GRND_NONBLOCK) returned EAGAIN",
    });
  }
  // On an old pool, success may already follow "fast init done": it proves no more than that.
  if (probe.firstReturned !== null && pool !== null && probeSpeaksOfCrng(record)) {
    const says = isRewrite(record) ? "ready" : "early";
    list.push({ ...byProbe, says, at: probe.firstReturned, text: "getrandom(GRND_NONBLOCK) returned" });
  }
  return list;
}

function poolClaims(record: BootRecord): readonly Claim[] {
  const { pool } = record.observed;
  // An old pool's entropy_avail falls to about 0 as the CRNG becomes ready: it says nothing (docs/kernel.md,
  // "poolsize").
  if (pool === null || !isRewrite(record)) return [];
  const byPool = { clock: "monotonic", evidence: "probe", exact: false, line: null } as const;
  const list: Claim[] = [];
  if (pool.lastBelow !== null) {
    list.push({
      ...byPool,
      says: "unready",
      at: pool.lastBelow.at,
      text: `entropy_avail was ${pool.lastBelow.bits} of 256`,
    });
  }
  if (pool.firstEarly !== null) {
    list.push({
      ...byPool,
      says: "early",
      at: pool.firstEarly.at,
      text: `entropy_avail was ${pool.firstEarly.bits} of 256`,
    });
  }
  if (pool.firstFull !== null) {
    list.push({ ...byPool, says: "ready", at: pool.firstFull.at, text: "entropy_avail was 256 of 256" });
  }
  return list;
}

/**
 * The kernel stores its line right after it wakes the waiters; a reader this much later has it, if it was ever printed.
 */
const printedWithinSeconds = 0.001;

/**
 * What a log without the line says: a kernel of the rewrite always logs readiness, so if the CRNG was ready before the
 * log was read, and the part read does not show the line, it was printed before that part begins.
 */
function silenceClaims(record: BootRecord): readonly Claim[] {
  const { probe, pool, readyLines, log } = record.observed;
  if (!isRewrite(record) || readyLines.length > 0) return [];
  const seen = [pool?.firstFull?.at, probeSpeaksOfCrng(record) ? probe.firstReturned : null];
  const knownReady = seen.filter((at) => typeof at === "number");
  if (knownReady.length === 0) return [];
  const readyBy = Math.min(...knownReady);
  return log
    .filter(
      ({ firstSeq, firstAt, readAt }) =>
        firstSeq > 0 && firstAt !== null && firstAt < readyBy && readAt > readyBy + printedWithinSeconds,
    )
    .map(({ firstAt }): Claim => ({
      says: "ready",
      at: firstAt,
      clock: "printk",
      evidence: "kernel-log",
      exact: false,
      line: null,
      text: "the part of the kernel log that is kept begins here, and does not show it",
    }));
}
