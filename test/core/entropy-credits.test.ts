import { describe, expect, it } from "vitest";
import { type EntropyCredit, fullerCredits, lastCreditAt } from "../../src/core/entropy-credits.ts";

const credit = (lastAt: number, times = 1): EntropyCredit => ({
  source: "jitter",
  bits: 256,
  times,
  firstAt: 0,
  lastAt,
  function: null,
  task: null,
});

describe("fullerCredits: of two traces of one boot", () => {
  const [none, early, late] = [[], [credit(1)], [credit(1), credit(2)]];

  it("the one counts that ends later, and any before one without credits", () => {
    expect(fullerCredits(early, late)).toBe(late);
    expect(fullerCredits(late, early)).toBe(late);
    expect(fullerCredits(none, [credit(0)])).toHaveLength(1);
    expect(fullerCredits([credit(0)], none)).toHaveLength(1);
  });

  it("the one counts with more credits where both end together, else the first", () => {
    const [few, many, other] = [[credit(2, 3)], [credit(1, 2), credit(2, 2)], [credit(2, 4)]];
    expect(fullerCredits(few, many)).toBe(many);
    expect(fullerCredits(many, few)).toBe(many);
    expect(fullerCredits(many, other)).toBe(many);
    expect(fullerCredits(other, many)).toBe(other);
    expect(lastCreditAt(many)).toBe(2);
    expect(lastCreditAt(none)).toBeNull();
  });
});
