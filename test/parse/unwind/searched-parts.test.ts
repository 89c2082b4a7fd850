import { describe, expect, it } from "vitest";
import { SearchedParts } from "../../../src/parse/unwind/searched-parts.ts";

/** Finds the first place of a byte, and counts the searches. */
function searcher() {
  const asked: (readonly number[])[] = [];
  const search = (bytes: Uint8Array, wanted: readonly number[]): ReadonlyMap<number, number> => {
    asked.push(wanted);
    return new Map(wanted.map((one) => [one, bytes.indexOf(one)] as const).filter(([, at]) => at >= 0));
  };
  return { asked, search };
}

describe("SearchedParts", () => {
  it("searches equal bytes once for each number, found or not", () => {
    const { asked, search } = searcher();
    const parts = new SearchedParts();
    const once = [
      [3, 2],
      [9, null],
    ];
    expect([...parts.find(Uint8Array.of(1, 2, 3), [3, 9], search)]).toEqual(once);
    expect([...parts.find(Uint8Array.of(1, 2, 3), [3, 9], search)]).toEqual(once);
    expect([...parts.find(Uint8Array.of(1, 2, 3), [9, 1], search)]).toEqual([
      [9, null],
      [1, 0],
    ]);
    expect(asked).toEqual([[3, 9], [1]]);
    expect(parts.searches).toBe(2);
  });

  it("has no answer of one part for another, though they differ by one byte or by their length alone", () => {
    const { search } = searcher();
    const parts = new SearchedParts();
    expect(parts.find(Uint8Array.of(1, 2, 3), [3], search).get(3)).toBe(2);
    expect(parts.find(Uint8Array.of(1, 3, 3), [3], search).get(3)).toBe(1);
    expect(parts.find(Uint8Array.of(1, 2), [3], search).get(3)).toBeNull();
    expect(parts.find(new Uint8Array(), [3], search).get(3)).toBeNull();
  });

  it("keeps what a part was when it was searched, whatever is written into those bytes later", () => {
    const { search } = searcher();
    const parts = new SearchedParts();
    const bytes = Uint8Array.of(1, 2, 3);
    expect(parts.find(bytes, [3], search).get(3)).toBe(2);
    bytes[0] = 3;
    expect(parts.find(bytes, [3], search).get(3)).toBe(0);
  });

  it.each([
    ["2 MiB", 1 << 19, 5],
    ["64 parts", 8, 70],
  ])("keeps %s, the last ones", (_, length, count) => {
    const { search } = searcher();
    const parts = new SearchedParts();
    const part = (first: number): Uint8Array => new Uint8Array(length).fill(first, 0, 1);
    for (let first = 0; first < count; first++) parts.find(part(first), [1], search);
    parts.find(part(count - 1), [1], search);
    expect(parts.searches).toBe(count);
    parts.find(part(0), [1], search);
    expect(parts.searches).toBe(count + 1);
  });

  it("searches a part that is longer than all that it keeps each time", () => {
    const { search } = searcher();
    const parts = new SearchedParts();
    const long = new Uint8Array((1 << 21) + 1).fill(7);
    expect(parts.find(long, [7], search).get(7)).toBe(0);
    expect(parts.find(long, [7], search).get(7)).toBe(0);
    expect(parts.searches).toBe(2);
  });
});
