import type { Logged } from "./observed.ts";

/**
 * Puts `item` where it belongs in a sorted, bounded list of distinct entries. The result depends on the set of items
 * alone, not on the order in which they came: the last in order falls off, and `dropped` is how many fell (0 or 1).
 */
export function insert<T>(
  list: readonly T[],
  item: T,
  order: (a: T, b: T) => number,
  bound: number,
): { readonly list: readonly T[]; readonly dropped: number } {
  const before = list.findLastIndex((one) => order(one, item) <= 0);
  if (before !== -1 && order(list[before] as T, item) === 0) return { list, dropped: 0 };
  const at = before + 1;
  if (at >= bound) return { list, dropped: 1 };
  const grown = [...list.slice(0, at), item, ...list.slice(at)];
  return { list: grown.slice(0, bound), dropped: Math.max(0, grown.length - bound) };
}

/** The order of a log: by sequence number, then line, then stamp. Equal means the same record of the same log. */
export function byPosition(a: Logged, b: Logged): number {
  return compare(a.seq, b.seq) || compare(a.line, b.line) || compare(a.at, b.at);
}

/** Numbers in order, null before all of them. */
export function compare(a: number | null, b: number | null): number {
  if (a === b) return 0;
  if (a === null) return -1;
  if (b === null) return 1;
  return a - b;
}
