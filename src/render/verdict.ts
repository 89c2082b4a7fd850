import { largerUnits } from "../core/base/duration-words.ts";
import type { BootRecord, Readiness, Callers, Level, ReadinessEvidence, WallInterval } from "../core/boot-record.ts";
import { undecided } from "../core/verdict.ts";
import { escapeText } from "./escape.ts";

/** A moment of the boot with the precision that a reader of logs expects: "12.345678 s". */
export function seconds(at: number): string {
  return `${at.toFixed(6)} s`;
}

/** The same in prose, with its larger units where it is long. */
function momentWords(at: number): string {
  const larger = largerUnits(at);
  return `${seconds(at)}${larger === null ? "" : ` (${larger})`}`;
}

/** The answer in one line: whether the CRNG delayed this boot. Null: this record was not judged. */
export function answer({ verdict }: Pick<BootRecord, "verdict">): string | null {
  return verdict.rule === undecided.rule ? null : escapeText(verdict.sentence);
}

/** The first lines of every surface: the answer, then the CRNG's state. */
export function firstLines(record: BootRecord): readonly string[] {
  const verdict = answer(record);
  return [...(verdict === null ? [] : [verdict]), readinessLine(record)];
}

/** The CRNG's state in one line: the second line of `status` and `report`, and what the daemon announces. */
export function readinessLine(record: BootRecord): string {
  return `CRNG ${state(record)}`;
}

/** Words for a CRNG that is not ready. Pools of 256 bits have no "fast init": they are filled bit by bit. */
const notReadyWords: Readonly<
  Record<Exclude<Level, "ready" | "unknown">, (observed: BootRecord["observed"]) => string>
> = {
  early: ({ pool }) =>
    pool?.poolBits === 256 ? `not ready, with ${pool.latest.bits} of 256 bits` : "partly initialised ('fast init')",
  unseeded: () => "not ready",
};

const servedByFipsGenerator = "callers get bytes from the kernel's FIPS generator";

/** Why callers do not meet the CRNG's own state; null where that concerns readers of /dev/random alone. */
const callerReasonWords: Readonly<Record<NonNullable<Callers["reason"]>, string | null>> = {
  extrng: `but ${servedByFipsGenerator}`,
  "early-is-enough": "and on this kernel getrandom() does not block after that",
  "old-blocking-pool": null,
};

const evidenceWords: Readonly<Record<ReadinessEvidence, string>> = {
  "kernel-log": "kernel log",
  probe: "probe",
  recorder: "recorder",
};

function state({ readiness, callers, observed, covers, course }: BootRecord): string {
  switch (readiness.level) {
    case "ready":
      return `ready ${when(readiness)}${callers.reason === "extrng" ? `; ${servedByFipsGenerator}` : ""}`;
    case "early":
    case "unseeded": {
      const level = notReadyWords[readiness.level](observed);
      const until = readiness.notBefore === null ? "" : ` at ${momentWords(readiness.notBefore)}`;
      const callersDiffer = callers.reason === null ? null : callerReasonWords[callers.reason];
      if (callersDiffer !== null) return `${level}${until}, ${callersDiffer}`;
      if (covers !== null) return `${level}${until}, and this log does not show it becoming ready`;
      if (!readiness.settled) return `at least partly initialised: getrandom() returns; this kernel does not show more`;
      return `${level}${until}${callers.wouldWait === true ? "; callers of getrandom() block" : ""}`;
    }
    case "unknown":
      if (course?.interleaved === true) return "state unknown: this log mixes lines of two machines or boots";
      if (covers !== null) return "state unknown: this log does not show it becoming ready";
      if (observed.probe.unsupported)
        return "state unknown: this kernel has no getrandom(), and its log does not show it";
      return callers.getrandom === false ? "state unknown, but callers of getrandom() do not block" : "state unknown";
  }
}

/** A difference of wall-clock stamps with the digits that they have, no more: "3 s", "0.26 s". */
export function wallSeconds(difference: number): string {
  return `${Number(difference.toFixed(6))} s`;
}

/** The interval by the clock of a log whose first stamp is its writer's start. */
function wallWords({ notBefore, notAfter }: WallInterval): string {
  return notBefore === null
    ? "before this log's writer (the journal or syslog) started"
    : `no later than ${wallSeconds(notAfter)} after this log's writer (the journal or syslog) started`;
}

/** When it became ready, as precisely as it is known and no more, with what says so. */
function when({ readyAt, exact, notBefore, notAfter, noted, byWallClock, evidence }: Readiness): string {
  const isNoted = noted?.clock === "typed" || (notAfter === null && noted?.clock === "wall");
  const isOfWriter = !exact && byWallClock?.since === "writer-start";
  const larger = isOfWriter ? null : largerUnits((exact ? readyAt : isNoted ? noted.seconds : notAfter) ?? 0);
  const source = `${larger === null ? "" : `${larger}; `}${evidence === null ? "no evidence" : evidenceWords[evidence]}`;
  if (exact && readyAt === 0) return `at the very start, before the kernel's clock started (${source})`;
  if (exact && readyAt !== null) return `at ${seconds(readyAt)} (${source})`;
  if (noted?.clock === "typed")
    return `near ${wallSeconds(noted.seconds)}, by a timestamp that was typed, rounded or masked (${source})`;
  if (byWallClock !== null && byWallClock.since === "writer-start")
    return `${wallWords(byWallClock)}, by the log's wall clock (${source})`;
  if (notAfter === null && noted?.clock === "wall")
    return `${wallSeconds(noted.seconds)} after this boot's first line, by the log's wall clock (${source})`;
  if (notAfter === null) return `at an unknown time (${source})`;
  if (notBefore === null || notBefore === 0) return `no later than ${seconds(notAfter)} (${source})`;
  return `between ${seconds(notBefore)} and ${seconds(notAfter)} (${source})`;
}
