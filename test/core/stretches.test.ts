import { describe, expect, it } from "vitest";
import { overlap, stretchOf, union } from "../../src/core/stretches.ts";
import { unknownWait, type Wait } from "../../src/core/wait.ts";

const of = (facts: Partial<Wait>): unknown =>
  stretchOf({ ...unknownWait, interface: "getrandom", evidence: "live", times: 1, ...facts });

describe("stretchOf: a wait", () => {
  it("lasted from its start to its end, or to where it was last seen", () => {
    expect(of({ from: 2, to: 5, seenAt: 4 })).toEqual([[2, 5]]);
    expect(of({ from: 2, to: null, seenAt: 4 })).toEqual([[2, 4]]);
  });

  it("without a known start began as long before its end as it is known to have lasted", () => {
    expect(of({ from: null, to: 5, seconds: 3 })).toEqual([[2, 5]]);
    expect(of({ from: null, to: 5, seconds: null })).toEqual([]);
  });

  it("without a known end lasted as long as is known", () => {
    expect(of({ from: 2, to: null, seenAt: null, seconds: 3 })).toEqual([[2, 5]]);
    expect(of({ from: 2, to: null, seenAt: null, seconds: null })).toEqual([]);
    expect(of({ from: null, to: null, seenAt: null, seconds: 3 })).toEqual([]);
  });

  it("that took no time is none", () => {
    expect(of({ from: 2, to: 2 })).toEqual([]);
  });

  it("that is several has their seconds from the first one on, whenever the last one ended", () => {
    expect(of({ from: 2, to: 60, seconds: 3, times: 2 })).toEqual([[2, 5]]);
    expect(of({ from: null, to: 60, seconds: 3, times: 2 })).toEqual([]);
  });
});

describe("union", () => {
  it("joins stretches that touch or overlap, in order", () => {
    expect(
      union([
        [5, 6],
        [1, 3],
        [3, 4],
        [1, 2],
        [8, 9],
      ]),
    ).toEqual([
      [1, 4],
      [5, 6],
      [8, 9],
    ]);
  });
});

describe("overlap", () => {
  it("counts the seconds of each stretch that lie within", () => {
    const stretches = [
      [0, 2],
      [3, 5],
      [8, 9],
    ] as const;
    expect(overlap(stretches, [1, 4])).toBe(2);
    expect(overlap(stretches, [5, 8])).toBe(0);
  });
});
