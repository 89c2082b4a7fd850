import type { Wait } from "../wait.ts";
import type { BootRecord, Cost } from "../boot-record.ts";
import { microseconds } from "../time.ts";
import { isWhole } from "../same-wait.ts";

export function costOf({
  waits,
  dropped,
  recorder,
  gaps,
}: Pick<BootRecord, "waits" | "dropped" | "recorder" | "gaps">): Cost {
  const blocked = waits.filter(({ polls }) => !polls);
  const isRecorded =
    recorder?.armed === true && recorder.sees === "waits" && recorder.recording === true && recorder.problem === null;
  return {
    seconds: covered(blocked),
    firstProcessSeconds: covered(blocked.filter(({ pid }) => pid === 1)),
    tasks: blocked.length + dropped.waits,
    complete: isRecorded && dropped.waits === 0 && gaps.length === 0 && blocked.every(isWhole),
  };
}

/** How much time the waits cover together. */
function covered(waits: readonly Wait[]): number {
  let [sum, until] = [0, 0];
  for (const [from, to] of waits.flatMap(stretchOf).toSorted(([a], [b]) => a - b)) {
    sum += Math.max(0, to - Math.max(from, until));
    until = Math.max(until, to);
  }
  return microseconds(sum);
}

/** From when to when a wait is known to have lasted; nothing where only that it was is known. */
function stretchOf({ from, to, seenAt, seconds }: Wait): readonly (readonly [number, number])[] {
  const end = to ?? seenAt;
  if (end === null) return from === null || seconds === null ? [] : [[from, from + seconds]];
  const start = from ?? end - (seconds ?? 0);
  return end > start ? [[start, end]] : [];
}
