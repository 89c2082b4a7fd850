import type { Wait } from "./wait.ts";
import type { Seconds } from "./base/time.ts";

/** A stretch of the boot in seconds: from when to when. */
export type Stretch = readonly [from: Seconds, to: Seconds];

/** From when to when a wait is known to have lasted; empty where only that there was one is known. */
export function stretchOf({ from, to, seenAt, seconds, times }: Wait): readonly Stretch[] {
  // Of several waits, when each was is not kept.
  if (times > 1) return from === null || seconds === null ? [] : [[from, from + seconds]];
  const end = to ?? seenAt;
  if (end === null) return from === null || seconds === null ? [] : [[from, from + seconds]];
  const start = from ?? end - (seconds ?? 0);
  return end > start ? [[start, end]] : [];
}

/** The same time in stretches that do not overlap, in their order. */
export function union(stretches: readonly Stretch[]): readonly Stretch[] {
  const joined: Stretch[] = [];
  for (const [from, to] of stretches.toSorted(([a], [b]) => a - b)) {
    const last = joined.at(-1);
    if (last !== undefined && from <= last[1]) joined[joined.length - 1] = [last[0], Math.max(last[1], to)];
    else joined.push([from, to]);
  }
  return joined;
}

/** How many seconds of `within` are covered by stretches that do not overlap. */
export function overlap(stretches: readonly Stretch[], [from, to]: Stretch): number {
  return stretches.reduce((sum, [a, b]) => sum + Math.max(0, Math.min(b, to) - Math.max(a, from)), 0);
}
