import { describe, expect, it } from "vitest";
import { anyPattern } from "../../../src/core/pattern/any-pattern.ts";

describe("anyPattern", () => {
  const patterns = [/^red|blue$/, /^(\d+) green/i, /^a.b$/s];
  const matches = anyPattern(patterns);

  it("matches where one of its patterns does, each with its own flags and alternatives", () => {
    for (const text of ["red", "red x", "x blue", "3 GREEN", "a\nb"]) expect(matches(text), text).toBe(true);
  });

  it("matches nothing else", () => {
    for (const text of ["", "blue x", "x red", "BLUE", "green", "x 3 green", "A\nb"])
      expect(matches(text), text).toBe(false);
  });

  it("matches nothing where there is no pattern", () => {
    expect(anyPattern([])("")).toBe(false);
  });
});
