import { describe, expect, it } from "vitest";
import { Direction } from "../../../src/parse/sign/direction.ts";
import type { Stamps } from "../../../src/parse/sign/line/stamps.ts";

function isNewestFirst(...lines: readonly Stamps[]): boolean {
  const direction = new Direction();
  for (const stamps of lines) direction.take(stamps);
  return direction.newestFirst;
}

describe("Direction", () => {
  it("is upwards where the stamps fall and never rise", () => {
    expect(isNewestFirst({ wall: 9 }, { wall: 9 }, {}, { wall: 5 }, { wall: 4 })).toBe(true);
    expect(isNewestFirst({ journal: 9.5 }, { journal: 5.25 })).toBe(true);
  });

  it("is not upwards where a clock runs, and was set back, or stands still", () => {
    expect(isNewestFirst({ wall: 9 }, { wall: 5 }, { wall: 6 })).toBe(false);
    expect(isNewestFirst({ wall: 9 }, { wall: 9 })).toBe(false);
    expect(isNewestFirst({ wall: 9 })).toBe(false);
    expect(isNewestFirst({ printk: 2, wall: 9 }, { printk: 3, wall: 5 })).toBe(false);
  });
});
