import { type Wait, lastedSeconds } from "../wait.ts";
import {
  type Anomaly,
  type BootRecord,
  bounds,
  type Callers,
  type Gap,
  type Level,
  type Readiness,
} from "../boot-record.ts";
import { type Claim, claims, earlyIsEnough, isRewrite } from "./claims.ts";
import { readyByWall, wallInterval } from "./ready-by-wall.ts";
import { concludeCause } from "./cause.ts";
import { costOf } from "./cost.ts";
import { type FipsGenerator, fipsGenerator, mayServe } from "../fips-generator.ts";
import type { Observed } from "../observed.ts";
import { compare } from "../ordered-list.ts";
import { type Clock, clockSkew, earliest, type PrintkSeconds, type Seconds } from "../base/time.ts";
import { withInterruption, withRelease } from "./wait-ends.ts";
import { withWait } from "../same-wait.ts";

/** The record with everything that follows from its facts. Depends on the facts alone, so their order cannot matter. */
export function conclude(taken: BootRecord): BootRecord {
  const record = withWaitsUntil(taken);
  const { observed } = record;
  const stated = claims(record);
  const fips = observed.fips?.kernel ?? observed.loggedFips ?? shownFips(record);
  const readiness = concludeReadiness(record, stated);
  const gaps = gapsOf(record);
  const anomalies = [...findAnomalies(stated), ...fipsAnomalies(record)];
  return {
    ...record,
    fips,
    earlyInit: observed.earlyInits[0] ?? null,
    missedWarnings: observed.missed.reduce((sum, { count }) => sum + count, 0),
    readiness,
    callers: concludeCallers({ ...record, fips }, readiness.level),
    gaps,
    cost: costOf({ ...record, fips, gaps }),
    anomalies: anomalies.slice(0, bounds.anomalies),
    dropped: { ...record.dropped, anomalies: Math.max(0, anomalies.length - bounds.anomalies) },
  };
}

/** FIPS mode, if no line states it: from lines that are printed only in that mode, else from the command line. */
function shownFips({ observed, course }: BootRecord): true | null {
  return observed.fipsAsked || (course?.fipsLine ?? null) !== null ? true : null;
}

/**
 * Those who really waited, and until when. A read of /dev/random enters wait_for_random_bytes() even when the CRNG is
 * ready (5.6 and later), and a task that the scheduler interrupts there looks as if it waited.
 */
function withWaitsUntil(record: BootRecord): BootRecord {
  const { readyLines, earlyInits, calls } = record.observed;
  const readyAt = readyLines.find(({ at }) => at !== null)?.at ?? null;
  if (record.waits.length === 0 && calls.length === 0) return record;
  // On some old pools callers return since "fast init done", which is before.
  const releasedAt = earliest(readyAt, earlyInits[0]?.at ?? null);
  const waits = calls
    .flatMap((call) => waitOfCall(call, releasedAt, record))
    .reduce((list, wait) => withWait(list, wait).list, record.waits);
  if (readyAt === null || releasedAt === null) return { ...record, waits };
  const really = waits.filter(
    ({ evidence, generator, from }) =>
      evidence !== "recorder" || generator !== "crng" || from === null || from <= readyAt,
  );
  return { ...record, waits: really.map((wait) => withInterruption(withRelease(wait, readyAt), releasedAt)) };
}

/**
 * The wait that a call of getrandom(2) was, where it came before callers returned; none where that is not
 * recorded.
 */
function waitOfCall(
  call: Observed["calls"][number],
  releasedAt: Seconds | null,
  { observed: { probe, earlyInits } }: BootRecord,
): readonly Wait[] {
  const { from, to, line } = call;
  // While a call that may not wait is refused, one that may is held.
  if (releasedAt === null)
    return from !== null && to === null && probe.lastWouldWait !== null && probe.firstReturned === null ? [call] : [];
  const error = line === null ? 0 : clockSkew(releasedAt);
  if (from === null || from >= releasedAt - error) return [];
  const seconds = lastedSeconds(from, earliest(to, releasedAt));
  // Where "fast init done" may have let it through and the ready line as well, it waited at least until the first.
  const end = earlyInits.length > 0 ? { to: null, seenAt: releasedAt } : { to: earliest(to, releasedAt) };
  return [{ ...call, ...end, ended: "returned", errorSeconds: null, seconds }];
}

const rank: Readonly<Record<Level, number>> = { unknown: 0, unseeded: 1, early: 2, ready: 3 };
const meaning = { unready: "unseeded", early: "early", ready: "ready" } as const;

/** Whether `a` is a higher state than `b`. */
export function isAbove(a: Level, b: Level): boolean {
  return rank[a] > rank[b];
}

function concludeReadiness(record: BootRecord, stated: readonly Claim[]): Readiness {
  const level = stated
    .map(({ says }): Level => meaning[says])
    .reduce((high, next) => (isAbove(next, high) ? next : high), "unknown");
  const ready = stated.filter(({ says }) => says === "ready").toSorted((a, b) => compare(a.at, b.at));
  const timed = ready.filter(({ at }) => at !== null);
  // The kernel's own stamp goes before any bound to it; a contradicting bound becomes an anomaly.
  const line = timed.find(({ exact }) => exact);
  const last = line ?? timed[0] ?? ready[0] ?? null;
  const first = line ?? lastUnready(stated, last?.at ?? null);
  const shownOn = last?.line ?? ready.find((claim) => claim.line !== null)?.line ?? null;
  const shown = record.observed.readyLines.find((logged) => logged.line === shownOn);
  const { cause, why } = concludeCause(record, line ?? null, last, level);
  const evidence = last?.evidence ?? first?.evidence ?? null;
  const interval = {
    readyAt: line?.at ?? null,
    notBefore: notBefore(first, last, level),
    notAfter: last?.at ?? null,
    noted: shown?.noted ?? null,
  };
  return {
    level,
    settled: level !== "unknown" && !mayBeReadyUnseen(record, level),
    readyAt: line?.at ?? (shown?.noted != null && shown.noted.clock !== "wall" ? shown.noted.seconds : null),
    notBefore: interval.notBefore,
    notAfter: interval.notAfter,
    exact: line !== undefined,
    evidence,
    line: shownOn,
    forgeable: evidence === "kernel-log" && record.covers !== null && !record.covers.marksRecords,
    noted: interval.noted,
    byWallClock: last !== null && last.at === null ? wallInterval(record, interval.noted) : null,
    wall: level === "ready" ? readyByWall(record, interval) : null,
    cause,
    basis: { notBefore: first?.text ?? null, notAfter: last?.text ?? null, cause: why },
  };
}

/**
 * The lower end of the interval: the boot's start is one, and two clocks that differ a little must not turn it around.
 */
function notBefore(first: Claim | null, last: Claim | null, level: Level): Seconds | null {
  const at = first?.at ?? (level === "ready" ? 0 : null);
  return at === null || last === null || last.at === null ? at : Math.min(at, last.at);
}

/** The latest moment at which it was not ready yet, among those that do not contradict the end of the interval. */
function lastUnready(stated: readonly Claim[], notAfter: Seconds | null): Claim | null {
  const before = stated.filter(
    ({ says, at }) => says === "unready" && at !== null && (notAfter === null || at <= notAfter + clockSkew(at)),
  );
  return before.toSorted((a, b) => compare(b.at, a.at))[0] ?? null;
}

/**
 * What the log had and no longer shows: before the first stretch that was read, between two, and where the log itself
 * says so. An excerpt has lost nothing: `covers` says what part of the boot a file shows.
 */
function gapsOf({ observed: { log, losses } }: BootRecord): readonly Gap[] {
  let [lastSeq, lastAt]: [number, PrintkSeconds | null] = [-1, 0];
  const gaps: Gap[] = [];
  for (const { firstSeq, firstAt, ...stretch } of log) {
    if (firstSeq > lastSeq + 1) gaps.push({ source: "log", from: lastAt, to: firstAt, lost: firstSeq - lastSeq - 1 });
    [lastSeq, lastAt] = [stretch.lastSeq, stretch.lastAt];
  }
  for (const { source: of, from, to, lost } of losses) gaps.push({ source: of, from, to, lost });
  return gaps;
}

/**
 * On an old pool, callers that return prove "fast init" only; without the whole log, the ready line may have been
 * missed.
 */
function mayBeReadyUnseen(record: BootRecord, level: Level): boolean {
  if (isRewrite(record) || level !== "early") return false;
  const { log, probe } = record.observed;
  const wholeLog = log.length === 1 && log[0]?.firstSeq === 0;
  return probe.firstReturned !== null && !wholeLog;
}

function concludeCallers(record: BootRecord, level: Level): Callers {
  const { probe, pool, earlyInits } = record.observed;
  const generator = fipsGenerator(record);
  const byProbe = probe.firstReturned !== null ? false : probe.lastWouldWait !== null ? true : null;
  // A log of another time cannot show what a caller meets now, but once it is ready no caller waits any more.
  const byLevel = record.covers === null || level === "ready" ? getrandomByLevel(level, generator, record.fips) : null;
  const getrandom = byProbe ?? byLevel;
  const isServed = mayServe[generator] && getrandom === false;
  // Until 5.5 /dev/random has a pool of its own, and its readers wait below this threshold whatever the CRNG's state.
  const blockingPoolBits = isServed ? null : (pool?.readWakeupBits ?? null);
  const devRandom = pool !== null && blockingPoolBits !== null ? pool.latest.bits < blockingPoolBits : getrandom;
  const wouldWait =
    getrandom === true || devRandom === true ? true : getrandom === null || devRandom === null ? null : false;
  return { wouldWait, reason: differs(), getrandom, devRandom };

  function differs(): Callers["reason"] {
    if (isServed) return "extrng";
    if (level === "early" && earlyInits.length > 0 && earlyIsEnough(record)) return "early-is-enough";
    if (getrandom === false && devRandom === true) return "old-blocking-pool";
    return null;
  }
}

/**
 * Without a probe the level must do; where the FIPS generator may be in front, an unready CRNG says nothing.
 */
function getrandomByLevel(level: Level, generator: FipsGenerator, fips: boolean | null): boolean | null {
  if (level === "ready" || generator === "shown") return false;
  return level === "unseeded" && (generator === "no" || fips !== true) ? true : null;
}

function findAnomalies(stated: readonly Claim[]): readonly Anomaly[] {
  const found: Anomaly[] = [];
  const timed = stated.filter(({ at }) => at !== null).toSorted((a, b) => compare(a.at, b.at));
  const ready = timed.filter(({ says }) => says === "ready");
  const firstReady = ready[0];
  const line = ready.find(({ exact }) => exact);
  if (firstReady === undefined) return found;
  for (const claim of timed) {
    // A line's own bound is its stamp; against it the log's other lines are exact, a probe is not.
    if (claim.says === "unready" && isLater(claim, line ?? firstReady))
      found.push({ id: "unready-after-ready", detail: both(line ?? firstReady, claim) });
  }
  if (line !== undefined && isLater(line, firstReady))
    found.push({ id: "ready-before-its-line", detail: both(firstReady, line) });
  for (const other of ready) {
    if (line !== undefined && other.exact && other !== line)
      found.push({ id: "ready-lines-differ", detail: both(line, other) });
  }
  return found;
}

/** A woken task can log before the line that woke it is stored (credit_init_bits() wakes, then prints). */
const printOrderSeconds = 0.01;

function isLater(later: Claim, earlier: Claim): boolean {
  if (later.at === null || earlier.at === null) return false;
  const error = later.clock === earlier.clock ? printOrderSeconds : clockSkew(earlier.at);
  return later.at > earlier.at + error;
}

function fipsAnomalies({ observed }: BootRecord): readonly Anomaly[] {
  const kernel = observed.fips?.kernel ?? null;
  if (kernel === null || observed.loggedFips === null || kernel === observed.loggedFips) return [];
  return [
    {
      id: "fips-sources-differ",
      detail: `/proc/sys/crypto/fips_enabled says ${kernel ? "1" : "0"}, the kernel log says 'fips mode: ${observed.loggedFips ? "enabled" : "disabled"}'`,
    },
  ];
}

function both(a: Claim, b: Claim): string {
  return `${a.text} at ${stamp(a)}; ${b.text} at ${stamp(b)}`;
}

const clockWords: Readonly<Record<Clock, string>> = { printk: "kernel log", monotonic: "clock" };

function stamp({ at, clock }: Claim): string {
  return `${(at ?? 0).toFixed(6)} s (${clockWords[clock]})`;
}
