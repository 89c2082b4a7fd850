import { describe, expect, it } from "vitest";
import { capped } from "../../src/core/one-line.ts";

describe("capped: a stranger's text in a sentence", () => {
  it("is one line without surplus blanks", () => {
    expect(capped(" a\tb\n  c ")).toBe("a b c");
  });

  it("is whole up to its length, and marked where it is cut", () => {
    expect(capped("x".repeat(120))).toBe("x".repeat(120));
    expect(capped("x".repeat(121))).toBe(`${"x".repeat(119)}…`);
    expect(capped("abcdef", 4)).toBe("abc…");
  });
});
