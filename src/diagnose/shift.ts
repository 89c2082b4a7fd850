import { durationWords } from "../core/base/duration-words.ts";
import { microseconds } from "../core/base/time.ts";
import type { BootRecord, Readiness } from "../core/boot-record.ts";

/** Which way readiness moved from one boot to another. `unknown`: the moments are not known well enough. */
export type Shift = "later" | "earlier" | "same" | "unknown";

/** Moments that differ by less are the same for a person. */
const sameSeconds = 0.5;

/** Between which moments the CRNG became ready; `to` is Infinity where it was not seen to. */
interface Interval {
  readonly from: number;
  readonly to: number;
  readonly exact: boolean;
}

/** Null: nothing is known of it. */
function intervalOf({ level, readyAt, exact, notBefore, notAfter }: Readiness): Interval | null {
  if (level === "unknown") return null;
  if (level !== "ready") return notBefore === null ? null : { from: notBefore, to: Infinity, exact: false };
  if (exact && readyAt !== null) return { from: readyAt, to: readyAt, exact: true };
  return notAfter === null && notBefore === null
    ? null
    : { from: notBefore ?? 0, to: notAfter ?? Infinity, exact: false };
}

/** A shift is one where the two intervals are apart. */
export function shiftOf(before: BootRecord, after: BootRecord): Shift {
  const [was, is] = [intervalOf(before.readiness), intervalOf(after.readiness)];
  if (was === null || is === null) return "unknown";
  if (is.from - was.to >= sameSeconds) return "later";
  if (was.from - is.to >= sameSeconds) return "earlier";
  return was.exact && is.exact ? "same" : "unknown";
}

/** The shift in one sentence, with both moments and no more than is known of them. */
export function shiftWords(before: BootRecord, after: BootRecord, shift: Shift): string {
  const states = stateWords(before, after);
  if (shift === "same") return `The CRNG became ready at the same time within ${sameSeconds} s: ${states}`;
  const [was, is] = [intervalOf(before.readiness), intervalOf(after.readiness)];
  if (shift === "unknown" || was === null || is === null)
    return `Whether the CRNG became ready later or earlier is not known: ${states}`;
  const atLeast = was.exact && is.exact ? "" : "at least ";
  const length = shift === "later" ? is.from - was.to : was.from - is.to;
  const ifAtAll = after.readiness.level === "ready" ? "" : ", if at all";
  return `The CRNG became ready ${atLeast}${durationWords(microseconds(length), 1)} ${shift}${ifAtAll}: ${states}`;
}

function stateWords(before: BootRecord, after: BootRecord): string {
  const [was, is] = [readyWords(before), readyWords(after)];
  if (was === is) return `${is} in both boots`;
  const [short, other] = [withoutReady(was), withoutReady(is)];
  return short === null || other === null ? `${is} instead of ${was}` : `${other} instead of ${short}`;
}

/** Of "ready at 4.900 s" the time; null of a CRNG that is not ready. */
function withoutReady(words: string): string | null {
  return words.startsWith("ready ") ? words.slice("ready ".length) : null;
}

/** "ready at 4.900 s", "ready between 3.000 s and 9.000 s", "not ready at 243.000 s (4 min 3 s)". */
export function readyWords({ readiness }: BootRecord): string {
  const { level, readyAt, exact, notBefore, notAfter } = readiness;
  const known = (seconds: number): string => durationWords(seconds, 3);
  if (level === "unknown") return "state unknown";
  if (level !== "ready") return notBefore === null ? "not ready" : `not ready at ${known(notBefore)}`;
  if (exact && readyAt !== null) return `ready at ${known(readyAt)}`;
  if (notAfter === null) return notBefore === null ? "ready at an unknown time" : `ready after ${known(notBefore)}`;
  return notBefore === null || notBefore === 0
    ? `ready by ${known(notAfter)}`
    : `ready between ${known(notBefore)} and ${known(notAfter)}`;
}
