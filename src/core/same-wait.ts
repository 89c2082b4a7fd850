import { isOpen, lastedSeconds, type Wait } from "./wait.ts";
import { bounds } from "./boot-record.ts";
import { betterCaller } from "./caller.ts";
import { compare, insert } from "./ordered-list.ts";
import { earliest, latest, type Seconds } from "./base/time.ts";

/**
 * Sightings of one task that are no further apart than this are of one wait: the clocks that stamped them agree as well
 * as that.
 */
const sameWaitSeconds = 0.05;

/** Whether two sightings are of one wait of one task. */
export function isSameWait(a: Wait, b: Wait): boolean {
  // What a log shows is put together where the log is read.
  if (!isLive(a) || !isLive(b)) return byStart(a, b) === 0;
  if (threadOf(a) === null || threadOf(a) !== threadOf(b) || a.polls !== b.polls) return false;
  if (a.generator !== b.generator) return false;
  if (a.startedAt !== null && b.startedAt !== null && a.startedAt !== b.startedAt) return false;
  if (a.evidence === "recorder" && b.evidence === "recorder" && a.from !== null && b.from !== null)
    return isSameEvent(a.from, b.from) && (!isEndRecorded(a) || !isEndRecorded(b) || isSameEvent(a.to, b.to));
  return beginsBy(a, endOf(b)) && beginsBy(b, endOf(a));
}

/**
 * The waits with one more sighting. A wait is seen by the kernel's probes, by stacks, or by both; what is known of it
 * grows, and which sighting came first does not matter.
 */
export function withWait(
  waits: readonly Wait[],
  wait: Wait,
): { readonly list: readonly Wait[]; readonly dropped: number } {
  const same = new Set(waits.filter((known) => isSameWait(known, wait)));
  if (same.size === 0) return insert(waits, wait, byStart, bounds.waits);
  return insert(
    waits.filter((known) => !same.has(known)),
    [...same].reduce(merge, wait),
    byStart,
    bounds.waits,
  );
}

function isLive({ evidence, line }: Wait): boolean {
  return line === null && (evidence === "recorder" || evidence === "live");
}

/** An event may be in the boot's trace and in our instance's, with clocks that are aligned separately. */
function isSameEvent(a: Seconds | null, b: Seconds | null): boolean {
  return a !== null && b !== null && Math.abs(a - b) < sameWaitSeconds;
}

function byStart(a: Wait, b: Wait): number {
  return (
    compare(a.from ?? a.to, b.from ?? b.to) ||
    compare(a.line, b.line) ||
    compare(a.pid, b.pid) ||
    compare(a.tid, b.tid) ||
    compare(a.startedAt, b.startedAt) ||
    Number(a.polls) - Number(b.polls) ||
    Number(a.generator === "drbg") - Number(b.generator === "drbg")
  );
}

function threadOf({ tid, pid }: Wait): number | null {
  return tid ?? pid;
}

/** The end of what is known of a wait; Infinity while it is open. */
function endOf(wait: Wait): Seconds | null {
  return isOpen(wait) ? Infinity : (wait.to ?? latest(wait.seenAt, wait.from));
}

function beginsBy({ from, to }: Wait, end: Seconds | null): boolean {
  const start = from ?? to;
  return start === null || end === null || start <= end + sameWaitSeconds;
}

/** The kernel's own events go before samples; what is read of a live task goes before what its file shows. */
function merge(a: Wait, b: Wait): Wait {
  const [better, other] = a.evidence === "recorder" || b.evidence !== "recorder" ? [a, b] : [b, a];
  const exact = better.evidence === "recorder" && other.evidence !== "recorder";
  const door = better.interfaceSeen || !other.interfaceSeen ? better : other;
  // What /proc showed of the task has precedence over what the trace knows of its program.
  const [known, beside] = better.startedAt !== null || other.startedAt === null ? [better, other] : [other, better];
  const from = exact ? (better.from ?? other.from) : earliest(a.from, b.from);
  const { to, errorSeconds } = endOfBoth(a, b);
  const seenAt = latest(a.seenAt, b.seenAt);
  const until = to ?? seenAt;
  const libraries = libraryRank(b) > libraryRank(a) ? b : a;
  const unit = unitRank(beside) > unitRank(known) ? beside : known;
  const fips = known.fips === null ? beside : known;
  const shown = [better, other].find(({ endShown }) => endShown);
  return {
    ...better,
    interface: door.interface,
    interfaceSeen: door.interfaceSeen,
    // A thread alone is known until /proc names its process.
    ...(better.tid === null || (better.pid === better.tid && other.tid !== null)
      ? { pid: other.pid, tid: other.tid }
      : {}),
    comm: better.comm ?? other.comm,
    exe: known.exe ?? beside.exe,
    commandLine: known.commandLine ?? beside.commandLine,
    startedAt: known.startedAt ?? beside.startedAt,
    parent: known.parent ?? beside.parent,
    namespacePid: known.namespacePid ?? beside.namespacePid,
    unit: unit.unit,
    unitSource: unit.unitSource,
    container: known.container ?? beside.container,
    libraries: libraries.libraries,
    librariesSource: libraries.librariesSource,
    runtime: known.runtime ?? beside.runtime,
    fips: fips.fips,
    fipsWhy: fips.fipsWhy,
    request: better.request ?? other.request,
    caller: betterCaller(better.caller, other.caller),
    program: better.program ?? other.program,
    userStack: better.userStack.length > 0 ? better.userStack : other.userStack,
    gatheredJitter:
      a.gatheredJitter === true || b.gatheredJitter === true ? true : (a.gatheredJitter ?? b.gatheredJitter),
    from,
    notBefore: better.evidence === "recorder" ? from : latest(a.notBefore, b.notBefore),
    seenAt: to === null ? seenAt : earliest(seenAt, to),
    to,
    errorSeconds,
    ended: shown === undefined ? howEnded(a, b) : shown.ended,
    endShown: shown !== undefined,
    times: Math.max(a.times, b.times),
    // An entry alone is no time that it lasted; of several waits, only what is known of each counts.
    seconds:
      from === null || a.times > 1 || b.times > 1 || until === null || (to === null && until <= from)
        ? latest(a.seconds, b.seconds)
        : lastedSeconds(from, until),
  };
}

/** A recorded end goes before one that was estimated between two samples. */
function endOfBoth(a: Wait, b: Wait): Pick<Wait, "to" | "errorSeconds"> {
  const recorded = [a, b].filter(isEndRecorded).map(({ to }) => to);
  if (recorded.length > 0) return { to: recorded.reduce(earliest, null), errorSeconds: 0 };
  const to = earliest(a.to, b.to);
  if (to === null)
    return {
      to,
      errorSeconds: a.evidence === "recorder" || b.evidence === "recorder" ? 0 : latest(a.errorSeconds, b.errorSeconds),
    };
  // The error of an end that was not observed is not known, however exact its beginning is.
  const ended = [a, b].filter((wait) => wait.to !== null);
  return {
    to,
    errorSeconds: ended.every(({ errorSeconds }) => errorSeconds === null)
      ? null
      : latest(a.errorSeconds, b.errorSeconds),
  };
}

/** By `errorSeconds`: a recorded wait has one only where its end was sampled. */
function isEndRecorded({ evidence, to, errorSeconds }: Wait): boolean {
  return evidence === "recorder" && to !== null && errorSeconds === 0;
}

/** How much an end shows: that the task was gone is the least. */
const endRanks: Readonly<Record<NonNullable<Wait["ended"]>, number>> = { gone: 1, returned: 2, interrupted: 3 };

function howEnded(a: Wait, b: Wait): Wait["ended"] {
  const [rankA, rankB] = [a, b].map(({ ended }) => (ended === null ? 0 : endRanks[ended])) as [number, number];
  return rankB > rankA ? b.ended : a.ended;
}

/** How well the library is known that a task called through. */
const libraryRanks: Readonly<Record<NonNullable<Wait["librariesSource"]>, number>> = { request: 1, elf: 2, maps: 3 };

function libraryRank({ librariesSource }: Wait): number {
  return librariesSource === null ? 0 : libraryRanks[librariesSource];
}

/** How well it is known which unit a task was of. */
const unitRanks: Readonly<Record<NonNullable<Wait["unitSource"]>, number>> = { "unit-file": 2, cgroup: 3 };

function unitRank({ unit, unitSource }: Wait): number {
  if (unit === null) return 0;
  return unitSource === null ? 1 : unitRanks[unitSource];
}
