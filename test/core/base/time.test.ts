import { describe, expect, it } from "vitest";
import { clockSkew, earliest, latest, microseconds } from "../../../src/core/base/time.ts";

describe("clockSkew: how far two clocks may be apart", () => {
  it("is a quarter of a second at the boot's start, and grows by half a millisecond in each second", () => {
    expect([clockSkew(-1), clockSkew(0), clockSkew(100), clockSkew(10_000)]).toEqual([0.25, 0.25, 0.3, 5.25]);
  });
});

describe("moments", () => {
  it("have microseconds, and no noise after those", () => {
    expect([microseconds(0.1 + 0.2), microseconds(1.0000004), microseconds(-0.5)]).toEqual([0.3, 1, -0.5]);
  });

  it("that are not known are neither the earliest nor the latest", () => {
    expect([earliest(1, 2), earliest(2, 1), earliest(null, 2), earliest(1, null), earliest(null, null)]).toEqual([
      1,
      1,
      2,
      1,
      null,
    ]);
    expect([latest(1, 2), latest(2, 1), latest(null, 2), latest(1, null), latest(null, null)]).toEqual([
      2,
      2,
      2,
      1,
      null,
    ]);
  });
});
