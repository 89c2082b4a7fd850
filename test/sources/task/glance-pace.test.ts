import { describe, expect, it } from "vitest";
import { GlancePace } from "../../../src/sources/task/glance-pace.ts";

const eight = (cost: number): readonly number[] => Array.from({ length: 8 }, () => cost);

function paceAfter(...costs: readonly number[]): number {
  const pace = new GlancePace();
  for (const cost of costs) pace.took(cost);
  return pace.milliseconds;
}

describe("the pace of glances", () => {
  it.each<[what: string, costs: readonly number[], milliseconds: number]>([
    ["is ten milliseconds where they cost next to nothing", [0.05, 0.05, 0.05], 10],
    ["is a part of a processor's time, their wake-ups included", eight(1), 45],
    ["is not that of the first, whose code had to be made ready", [60], 10],
    ["is not that of a dear one among others", [...eight(1), 60], 45],
    ["counts the second dear one", [...eight(1), 60, 8], 81],
    ["is back when those are long ago", [...eight(60), ...eight(1)], 45],
  ])("%s", (_what, costs, milliseconds) => {
    expect(paceAfter(...costs)).toBeCloseTo(milliseconds);
  });
});
