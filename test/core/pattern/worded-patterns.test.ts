import * as fc from "fast-check";
import { describe, expect, it } from "vitest";
import { anyPattern } from "../../../src/core/pattern/any-pattern.ts";
import { anyWordedPattern } from "../../../src/core/pattern/worded-patterns.ts";

describe("anyWordedPattern", () => {
  const patterns = [
    /^(?:red|green) light$/,
    /^.{0,20}BLUE.{0,9} light/i,
    /^\d+$/,
    /light$(?<=yellow light)/,
    /^ſame$/i,
  ];
  const matches = anyWordedPattern(patterns);

  it("matches where one of its patterns does, in that pattern's case", () => {
    for (const text of ["red light", "a blue light", "Blue LIGHT", "17", "yellow light", "ſame"])
      expect(matches(text), text).toBe(true);
    for (const text of ["", "RED light", "red lights", "a blue", "light", "x17", "ight"])
      expect(matches(text), text).toBe(false);
  });

  it("finds a word at a text's first and last letter, and after letters that are not ASCII", () => {
    const last = anyWordedPattern([/\bword$/]);
    expect(["word", "a word", "日本語のword", "日本語 word", "wor"].map(last)).toEqual([true, true, true, true, false]);
  });

  it("tests every pattern anew for every text", () => {
    expect(["red light", "red lights", "red light"].map(matches)).toEqual([true, false, true]);
  });

  it("matches nothing where there is no pattern", () => {
    expect(anyWordedPattern([])("")).toBe(false);
  });

  it("answers as anyPattern does, whatever the text", () => {
    const piece = fc.oneof(
      fc.constantFrom("red", "green", "BLUE", "blue", " light", "yellow", "7", " ", "Light", "lighŧ", "\u{1f4a1}"),
      fc.string({ maxLength: 3, unit: "binary" }),
    );
    const whole = anyPattern(patterns);
    fc.assert(
      fc.property(fc.array(piece, { maxLength: 6 }), (pieces) => {
        const text = pieces.join("");
        expect(matches(text), text).toBe(whole(text));
      }),
    );
  });
});
