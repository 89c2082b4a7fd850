import { describe, expect, it } from "vitest";
import { isMachineSlow } from "../../../../src/parse/sign/unit/slow-machine.ts";

describe("isMachineSlow: whether units beside a slow one were about as slow", () => {
  it("takes two of them, with half of its time at least", () => {
    expect(isMachineSlow(20, [10, 10])).toBe(true);
    expect(isMachineSlow(20, [10, 9.9])).toBe(false);
    expect(isMachineSlow(20, [60])).toBe(false);
    expect(isMachineSlow(20, [])).toBe(false);
  });
});
