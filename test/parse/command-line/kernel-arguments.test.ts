import { describe, expect, it } from "vitest";
import { kernelArguments, type Quoting, valueText } from "../../../src/parse/command-line/kernel-arguments.ts";

const pairs = (text: string, quoting: Quoting): readonly (readonly [name: string, value: string | null])[] =>
  kernelArguments(text, quoting).words.map(({ name, value }) => [name, value === null ? null : valueText(value)]);
const places = (text: string, quoting: Quoting): readonly unknown[] =>
  kernelArguments(text, quoting).valued.map(({ start, end, valueStart, isProtected }) => [
    text.slice(start, end),
    text.slice(valueStart, end),
    isProtected,
  ]);

describe("kernelArguments: as the kernel reads them", () => {
  it("takes quotes off the ends of a word and of a value, also where one is all that is left", () => {
    expect(pairs('"', "kernel")).toEqual([["", null]]);
    expect(pairs('a="', "kernel")).toEqual([["a", ""]]);
    expect(pairs('a=""', "kernel")).toEqual([["a", ""]]);
    expect(pairs('"a', "kernel")).toEqual([["a", null]]);
    expect(pairs('"a=b c" d="e f', "kernel")).toEqual([
      ["a", "b c"],
      ["d", "e f"],
    ]);
    expect(pairs('"=a', "kernel")).toEqual([["=a", null]]);
    expect(pairs('a=b"', "kernel")).toEqual([["a", 'b"']]);
  });

  it("shows where something is put in front of a value, which needs no quotes of its own", () => {
    expect(places('a=b "c=d" e="f"', "kernel")).toEqual([
      ["a=b", "b", true],
      ['"c=d"', 'd"', true],
      ['e="f"', 'f"', true],
    ]);
  });

  it("ends after the last word that ends: what comes after an open quote would be part of it", () => {
    expect(kernelArguments('ro a="b c', "kernel").end).toBe(2);
    expect(kernelArguments(" ro quiet -- a", "kernel").end).toBe(9);
    expect(kernelArguments('"a', "kernel").end).toBe(0);
  });
});

describe("kernelArguments: as GRUB's shell reads them", () => {
  it.each<[text: string, value: string]>([
    [String.raw`a=b\ c`, "b c"],
    [String.raw`a="b c"`, "b c"],
    ["a='b c'", "b c"],
    [String.raw`a=b\"c`, 'b"c'],
    [String.raw`a="b\"c\\d\$e"`, String.raw`b"c\d$e`],
    [String.raw`a="b\c"`, String.raw`b\c`],
    [String.raw`a='b\c'`, String.raw`b\c`],
    [String.raw`a='b\'`, "b\\"],
    [`a="it's"`, "it's"],
    [`a='say "x"'`, 'say "x"'],
    [String.raw`a=b\n`, "bn"],
    ["a=b\\", "b\\"],
    ['a="b\\', "b\\"],
    ["a=b=c", "b=c"],
    ["a=", ""],
  ])("the value of %s is %s", (text, value) => {
    expect(pairs(text, "grub")).toEqual([["a", value]]);
  });

  it("has no value where the first letter is a '=', or there is none", () => {
    expect(pairs("=a 'b'c", "grub")).toEqual([
      ["=a", null],
      ["bc", null],
    ]);
  });

  it("protects what is put in front of a value only inside quotes", () => {
    expect(places(String.raw`"a=b" 'c=d' e=f g\=h i="j"`, "grub")).toEqual([
      ['"a=b"', 'b"', true],
      ["'c=d'", "d'", true],
      ["e=f", "f", false],
      [String.raw`g\=h`, "h", false],
      ['i="j"', '"j"', false],
    ]);
  });

  it("ends after the last word whose quotes are closed, and before '--'", () => {
    expect(kernelArguments("ro 'a b", "grub").end).toBe(2);
    expect(kernelArguments("ro 'a b'", "grub").end).toBe(8);
    expect(kernelArguments("ro -- a", "grub").end).toBe(2);
  });
});
