import { mayBlock } from "./mount-info.ts";
import type { Mapping } from "./proc-maps.ts";

/** A part of a process' address space. */
export interface AddressRange {
  readonly start: number;
  /** One past the last byte. */
  readonly end: number;
}

/**
 * What of a process' memory is read without waiting for a program: the mappings that cannot block, in the order of
 * their addresses, joined where they meet. `types` are those of parseMountTypes(). A mapping that was not listed,
 * because there are too many, is in none.
 */
export function safeRanges(mappings: readonly Mapping[], types: ReadonlyMap<string, string>): readonly AddressRange[] {
  const ranges: AddressRange[] = [];
  for (const mapping of mappings) {
    if (mayBlock(mapping, types)) continue;
    const last = ranges.at(-1);
    if (last?.end === mapping.start) ranges[ranges.length - 1] = { start: last.start, end: mapping.end };
    else ranges.push({ start: mapping.start, end: mapping.end });
  }
  return ranges;
}

/** How many of these bytes, from an address on, are in the range that holds the first one. */
export function bytesWithin(ranges: readonly AddressRange[], address: number, bytes: number): number {
  let [low, high] = [0, ranges.length];
  while (low < high) {
    const middle = (low + high) >> 1;
    if ((ranges[middle]?.end ?? 0) <= address) low = middle + 1;
    else high = middle;
  }
  const range = ranges[low];
  return range !== undefined && range.start <= address ? Math.min(bytes, range.end - address) : 0;
}
