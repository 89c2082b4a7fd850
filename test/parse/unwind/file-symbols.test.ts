import { describe, expect, it } from "vitest";
import { parseFileSymbols } from "../../../src/parse/unwind/file-symbols.ts";
import { namesInTable } from "../../../src/parse/unwind/function-name.ts";
import { type ElfFacts, elfFile, symbolSections } from "../../support/inputs/elf-file.ts";

const functions = [
  ["outer", 0x40_1000, 0x40],
  ["inner", 0x40_1040, 0x20],
  ["unsized", 0x40_1060, 0],
] as const;

const readIn =
  (file: Uint8Array) =>
  (offset: number, bytes: number): Uint8Array =>
    file.subarray(offset, offset + bytes);

const symbolsOf = (facts: ElfFacts) => parseFileSymbols(readIn(elfFile(facts)));

describe("parseFileSymbols", () => {
  it("finds .symtab with its names, and which function an address is in", () => {
    const file = elfFile({ sections: { ".text": "code", ...symbolSections(functions), ".comment": "x" } });
    const table = parseFileSymbols(readIn(file))?.table ?? expect.fail("no table");
    const names = namesInTable(table, [0x40_1000, 0x40_103f, 0x40_1040, 0x40_1060, 0x40_0fff], readIn(file));
    expect([...names]).toEqual([
      [0x40_1000, "outer"],
      [0x40_103f, "outer"],
      [0x40_1040, "inner"],
    ]);
  });

  it("finds .gnu_debugdata by its whole name", () => {
    expect(symbolsOf({ sections: { ".gnu_debugdata": "packed" } })?.packed?.bytes).toBe(6);
    expect(symbolsOf({ sections: { ".gnu_debugdata2": "packed" } })?.packed).toBeNull();
    expect(symbolsOf({ sections: { ".gnu_debug": "packed" } })?.packed).toBeNull();
  });

  it("has neither of a stripped file", () => {
    expect(symbolsOf({ sections: { ".text": "code" } })).toEqual({ buildId: null, table: null, packed: null });
  });

  it("is null of what is no ELF file of 64 bits, and where the section headers were cut off", () => {
    const file = elfFile({ sections: symbolSections(functions) });
    expect(parseFileSymbols(readIn(Buffer.from("#!/bin/sh\n")))).toBeNull();
    expect(symbolsOf({ bits: 32 })).toBeNull();
    expect(symbolsOf({ order: "BE" })).toBeNull();
    expect(parseFileSymbols(readIn(file.subarray(0, -4 * 64)))?.table ?? null).toBeNull();
  });

  it("reads no table of more symbols than any library has, however few are there", () => {
    const table = { symbols: 0, count: 1 << 20, strings: 0, stringBytes: 8 };
    let reads = 0;
    const read = (): Uint8Array => {
      reads++;
      return new Uint8Array(4096);
    };
    expect(namesInTable(table, [0x40_1000], read).size).toBe(0);
    expect(reads).toBe(0);
  });

  it("reads no name from past its table of names", () => {
    const file = elfFile({ sections: symbolSections(functions) });
    const table = parseFileSymbols(readIn(file))?.table ?? expect.fail("no table");
    expect(namesInTable({ ...table, stringBytes: 1 }, [0x40_1000], readIn(file)).size).toBe(0);
  });
});

describe("namesInTable", () => {
  it("names by the first function that an address is in, of several, and by no symbol that is none", () => {
    const nested = [
      ["inner", 0x40_1040, 0x20],
      ["outer", 0x40_1000, 0x100],
      ["again", 0x40_1000, 0x100],
      ["behind", 0x40_1200, 0x10],
    ] as const;
    const file = elfFile({ sections: symbolSections(nested) });
    const table = parseFileSymbols(readIn(file))?.table ?? expect.fail("no table");
    const addresses = [0x40_120f, 0x40_1210, 0x40_1050, 0x40_1000, 0x40_1060, 0x40_10ff, 0x40_1100, 0x40_1050];
    expect([...namesInTable(table, addresses, readIn(file))].toSorted(([a], [b]) => a - b)).toEqual([
      [0x40_1000, "outer"],
      [0x40_1050, "inner"],
      [0x40_1060, "outer"],
      [0x40_10ff, "outer"],
      [0x40_120f, "behind"],
    ]);
  });
});
