import { describe, expect, it } from "vitest";
import { durationWords, largerUnits } from "../../../src/core/base/duration-words.ts";

describe("largerUnits: seconds in the units that a person reads", () => {
  it.each([
    [-5, null],
    [0, null],
    [119.999, null],
    [120, "2 min 0 s"],
    [1502, "25 min 2 s"],
    [3599.25, "59 min 59 s"],
    [3599.5, "1 h 0 min"],
    [3600, "1 h 0 min"],
    [4200, "1 h 10 min"],
    [86_369, "23 h 59 min"],
    [86_370, "1 d 0 h"],
    [356_400, "4 d 3 h"],
    [Number.NaN, null],
  ])("%d s: %s", (seconds, words) => expect(largerUnits(seconds)).toBe(words));
});

describe("durationWords: seconds with their larger units", () => {
  it("has the requested number of decimals, and larger units from two minutes on", () => {
    expect(durationWords(40.2, 2)).toBe("40.20 s");
    expect(durationWords(1502, 0)).toBe("1502 s (25 min 2 s)");
  });
});
