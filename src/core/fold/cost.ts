import { fipsGenerator } from "../fips-generator.ts";
import type { Wait } from "../wait.ts";
import type { BootRecord, Cost } from "../boot-record.ts";
import { microseconds } from "../base/time.ts";
import { isWhole } from "../same-wait.ts";
import { stretchOf, union } from "../stretches.ts";

/** The sources by which crngwatch itself sees who waits. */
const watchers = ["trace-instance", "waiting-tasks"];

/**
 * Whether somebody would have seen a wait: the flight recorder, or crngwatch by its own means while the CRNG was not
 * ready. Where nobody did, that no wait is recorded says nothing.
 */
export function wereWaitsWatched({ recorder, observed: { probe, pool }, sources }: BootRecord): boolean {
  if (recorder?.armed === true && recorder.recording === true && recorder.problem === null) return true;
  const sawUnready = probe.lastWouldWait !== null || (pool?.lastBelow ?? null) !== null;
  return sawUnready && sources.some(({ name, health }) => watchers.includes(name) && health === "ok");
}

export function costOf(record: BootRecord): Cost {
  const { waits, dropped, recorder, gaps } = record;
  const blocked = waits.filter(({ polls }) => !polls);
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
