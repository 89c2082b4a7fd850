import { describe, expect, it } from "vitest";
import { durationWords, largerUnits } from "../../src/core/base/duration-words.ts";

describe("the words for a duration", () => {
  it.each<[seconds: number, larger: string | null]>([
    [0, null],
    [-5, null],
    [Number.NaN, null],
    [119.9, null],
    [120, "2 min 0 s"],
    [1_502, "25 min 2 s"],
    [3_599.4, "59 min 59 s"],
    [3_599.6, "1 h 0 min"],
    [4_200, "1 h 10 min"],
    [86_369, "23 h 59 min"],
    [86_399, "1 d 0 h"],
    [356_412.88, "4 d 3 h"],
  ])("largerUnits: %f s are %s, rounded to the smaller of two units", (seconds, larger) => {
    expect(largerUnits(seconds)).toBe(larger);
  });

  it("durationWords: the seconds stay, with the requested number of decimals", () => {
    expect(durationWords(40.2, 3)).toBe("40.200 s");
    expect(durationWords(1_502.26, 1)).toBe("1502.3 s (25 min 2 s)");
  });
});
