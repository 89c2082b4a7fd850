import { describe, expect, it } from "vitest";
import { Pace } from "../../../../src/parse/sign/course/pace.ts";

function paceOf(...gaps: readonly number[]): number | null {
  const pace = new Pace();
  for (const seconds of gaps) pace.add("printk", seconds);
  return pace.of("printk");
}
const repeated = (seconds: number, count: number): readonly number[] => Array.from({ length: count }, () => seconds);

describe("Pace", () => {
  it("is the gap that three of four are shorter than, once there are eight", () => {
    expect(paceOf(...repeated(1, 7))).toBeNull();
    expect(paceOf(...repeated(1, 8))).toBe(1);
    expect(paceOf(1, 2, 3, 4, 5, 6, 7, 8)).toBe(7);
    expect(paceOf(8, 7, 6, 5, 4, 3, 2, 1)).toBe(7);
  });

  it("counts the latest 24 gaps, and none where the clock was set back", () => {
    expect(paceOf(...repeated(9, 24), ...repeated(1, 18))).toBe(9);
    expect(paceOf(...repeated(9, 24), ...repeated(1, 19))).toBe(1);
    expect(paceOf(...repeated(1, 7), -1)).toBeNull();
    expect(paceOf(...repeated(1, 7), 0)).toBe(1);
  });

  it("is each clock's own", () => {
    const pace = new Pace();
    for (const seconds of repeated(1, 8)) pace.add("printk", seconds);
    expect([pace.of("printk"), pace.of("wall")]).toEqual([1, null]);
  });
});
