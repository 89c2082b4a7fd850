import { fipsGenerator } from "../fips-generator.ts";
import { blockedOf, isWhole, type Wait } from "../wait.ts";
import type { BootRecord, Cost } from "../boot-record.ts";
import { microseconds } from "../base/time.ts";
import { stretchOf, union } from "../stretches.ts";

/**
 * Whether a wait would have been observed: by the flight recorder, or by crngwatch's own means while the CRNG was not
 * ready. If not, the absence of recorded waits shows nothing.
 */
export function wereWaitsWatched({ recorder, observed }: BootRecord): boolean {
  const isRecorded = recorder?.armed === true && recorder.recording === true && recorder.problem === null;
  return isRecorded || observed.waitsWatched;
}

/** How often tasks were blocked, and seconds of all and of the longest; null: not known, which is not 0. */
export interface WaitTotals {
  readonly count: number | null;
  readonly seconds: number | null;
  readonly longest: number | null;
}

/** The waits of a record together, also those that were dropped from it. */
export function waitTotals(record: BootRecord): WaitTotals {
  const { dropped } = record;
  if (record.waits.length === 0 && !wereWaitsWatched(record)) return { count: null, seconds: null, longest: null };
  const waits = blockedOf(record.waits);
  const lengths = waits.flatMap(({ seconds }) => seconds ?? []);
  const isTimed = waits.length === 0 || lengths.length > 0;
  return {
    count: waits.length + dropped.waits,
    seconds: isTimed ? microseconds(lengths.reduce((sum, one) => sum + one, 0)) : null,
    longest: isTimed ? Math.max(0, ...lengths) : null,
  };
}

/** For how long any task was blocked on the CRNG; `complete` where nothing can have been missed. */
export function costOf(record: BootRecord): Cost {
  const { waits, dropped, recorder, gaps } = record;
  const blocked = blockedOf(waits);
  const isRecorded =
    recorder?.armed === true && recorder.sees === "waits" && recorder.recording === true && recorder.problem === null;
  // Where the FIPS generator serves callers, they wait for that one.
  const seesAll = recorder?.seesFipsGenerator === true || record.fips !== true || fipsGenerator(record) === "no";
  return {
    seconds: covered(blocked),
    firstProcessSeconds: covered(blocked.filter(({ pid }) => pid === 1)),
    tasks: blocked.length + dropped.waits,
    complete: isRecorded && seesAll && dropped.waits === 0 && gaps.length === 0 && blocked.every(isWhole),
  };
}

/** How much time the waits cover together. */
function covered(waits: readonly Wait[]): number {
  const stretches = union(waits.flatMap(stretchOf));
  return microseconds(stretches.reduce((sum, [from, to]) => sum + to - from, 0));
}
