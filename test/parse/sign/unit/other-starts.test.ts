import { describe, expect, it } from "vitest";
import type { At } from "../../../../src/parse/sign/line/at.ts";
import { OtherStarts } from "../../../../src/parse/sign/unit/other-starts.ts";

const at = (time: number | null): At => ({ line: null, time, at: time });
/** Whether others with these starts and ends were as slow as one that took from 10 s to 20 s. */
function areAsSlow(...spans: readonly (readonly [from: number | null, to: number | null])[]): boolean {
  const others = new OtherStarts();
  for (const [from, to] of spans) others.add(at(from), at(to));
  return others.areAsSlow({ from: 10, to: 20 });
}

describe("OtherStarts", () => {
  it("were as slow where two took half as long at least", () => {
    expect(areAsSlow([10, 15], [12, 17])).toBe(true);
    expect(areAsSlow([10, 15], [12, 16.5])).toBe(false);
    expect(areAsSlow([10, 15])).toBe(false);
  });

  it("were so in the same time, not before or after it", () => {
    expect(areAsSlow([1, 10.5], [19.5, 40])).toBe(true);
    expect(areAsSlow([1, 10], [19.5, 40])).toBe(false);
    expect(areAsSlow([1, 10.5], [20, 40])).toBe(false);
  });

  it("have a time, or show nothing", () => {
    expect(areAsSlow([null, 15], [12, null], [10, 15])).toBe(false);
  });

  it("count while they are open, too", () => {
    const others = new OtherStarts();
    others.add(at(10), at(15));
    expect(others.areAsSlow({ from: 10, to: 20 }, [{ from: 12, to: 20 }])).toBe(true);
  });

  it("are kept for 256 units, each of two and a half seconds at least", () => {
    const others = new OtherStarts();
    for (let unit = 0; unit < 254; unit++) others.add(at(100), at(102.5));
    others.add(at(3), at(5.25));
    others.add(at(10), at(15));
    others.add(at(10), at(15));
    expect(others.areAsSlow({ from: 10, to: 20 })).toBe(true);
    const full = new OtherStarts();
    for (let unit = 0; unit < 255; unit++) full.add(at(100), at(102.5));
    full.add(at(10), at(15));
    full.add(at(10), at(15));
    expect(full.areAsSlow({ from: 10, to: 20 })).toBe(false);
  });
});
