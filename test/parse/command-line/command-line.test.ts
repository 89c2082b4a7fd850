import * as fc from "fast-check";
import { describe, expect, it } from "vitest";
import { booleanParameter, parseCommandLine } from "../../../src/parse/command-line/command-line.ts";

describe("the kernel's command line", () => {
  it("is parameters with and without a value, in order", () => {
    expect(parseCommandLine("ro root=/dev/sda1  console=ttyS0,115200\tquiet\n")).toEqual([
      ["ro", null],
      ["root", "/dev/sda1"],
      ["console", "ttyS0,115200"],
      ["quiet", null],
    ]);
    expect(parseCommandLine("")).toEqual([]);
    expect(parseCommandLine("a= a=b=c")).toEqual([
      ["a", ""],
      ["a", "b=c"],
    ]);
  });

  it("has '-' and '_' as one letter in names, not in values", () => {
    expect(parseCommandLine("random.trust-cpu=a-b")).toEqual([["random.trust_cpu", "a-b"]]);
  });

  it("has blanks in quotes", () => {
    expect(parseCommandLine('note="random.trust_cpu=on x" "whole=of it" quiet')).toEqual([
      ["note", "random.trust_cpu=on x"],
      ["whole", "of it"],
      ["quiet", null],
    ]);
  });

  it("loses only the quotes at the ends of a word or a value, as next_arg() removes them", () => {
    expect(parseCommandLine('a="b" c=d"e f"g "h=i" "j" =k l="m')).toEqual([
      ["a", "b"],
      ["c", 'd"e f"g'],
      ["h", "i"],
      ["j", null],
      ["=k", null],
      ["l", "m"],
    ]);
  });

  it("ends at '--': the rest is init's", () => {
    expect(parseCommandLine("quiet -- fips=1")).toEqual([["quiet", null]]);
    expect(parseCommandLine("--=x quiet")).toHaveLength(2);
  });

  it("is read at once and without an exception, whatever it holds", () => {
    fc.assert(
      fc.property(
        fc.string({ unit: fc.constantFrom(...Array.from("ab=\"'-_ \t\n")) }),
        (text) => void parseCommandLine(text),
      ),
    );
    for (const text of [
      '"'.repeat((1 << 18) + 1),
      `${" ".repeat(1 << 18)}"`,
      "a".repeat(1 << 18),
      `"${"a ".repeat(1 << 17)}`,
    ])
      expect(parseCommandLine(text).length).toBeLessThanOrEqual(1);
  });
});

describe("a boolean parameter", () => {
  it.each([
    ["random.trust_cpu=on", true],
    ["random.trust_cpu=1", true],
    ["random.trust_cpu=Yes", true],
    ["random.trust-cpu=true", true],
    ["random.trust_cpu=off", false],
    ["random.trust_cpu=0", false],
    ["random.trust_cpu=no", false],
    ["random.trust_cpu=False", false],
    ["random.trust_cpu=o", null],
    ["random.trust_cpu=maybe", null],
    ["random.trust_cpu=", null],
    ["quiet", null],
    ["random_trust_cpu=1", null],
    ["xrandom.trust_cpu=1", null],
    ["quiet -- random.trust_cpu=1", null],
    ["random.trust_cpu=on random.trust_cpu=off", false],
    ["random.trust_cpu=off random.trust_cpu=on", true],
  ])("%s", (commandLine, value) => {
    expect(booleanParameter(commandLine, "random.trust_cpu")).toBe(value);
  });

  it("keeps its value where a later one is none, as the kernel does", () => {
    expect(booleanParameter("random.trust_cpu=off random.trust_cpu", "random.trust_cpu")).toBe(false);
    expect(booleanParameter("random.trust_cpu=on random.trust_cpu=maybe", "random.trust_cpu")).toBe(true);
    expect(booleanParameter("random.trust_cpu", "random.trust_cpu")).toBeNull();
  });
});
