import { describe, expect, it } from "vitest";
import { functionNames } from "../../../src/parse/unwind/function-name.ts";
import { type LoadedFile, parseLoadedFile } from "../../../src/parse/unwind/loaded-file.ts";
import { functionNamed } from "../../../src/parse/unwind/named-function.ts";
import { bias, fileAddress, libraryAt, libraryMemory, type MadeFunction, type MadeLibrary } from "./library-memory.ts";

const loaded = (made: MadeLibrary): LoadedFile =>
  parseLoadedFile(libraryAt, libraryMemory(made)) ?? expect.fail("no library");

/** One ELF note of GNU's with a build ID, after another note. */
const notes = Buffer.concat([
  Buffer.from("04000000040000000100000047", "hex"),
  Buffer.from("4e550000000000", "hex"),
  Buffer.from("040000000400000003000000", "hex"),
  Buffer.from("474e5500", "hex"),
  Buffer.from("1f2e3d4c", "hex"),
]);

describe("parseLoadedFile: what a library in memory says of itself", () => {
  it("is its name, its build ID, its tables and where its code begins", () => {
    const file = loaded({
      soname: "libdrawer.so.7",
      notes,
      init: 0x1_5000,
      initArray: [libraryAt + 0x6000, 0, libraryAt],
    });
    expect(file).toMatchObject({
      bias,
      frameTable: libraryAt + 0x3000,
      soname: "libdrawer.so.7",
      isProgram: false,
      buildId: "1f2e3d4c",
      // What is below the library was not relocated.
      initialisers: [libraryAt + 0x5000, libraryAt + 0x6000, libraryAt],
    });
  });

  it("is the same where the dynamic linker left the file's own addresses in it, as musl's does", () => {
    expect(loaded({ soname: "libc.so", relocated: false })).toEqual(loaded({ soname: "libc.so" }));
  });

  it("is a program where debuggers find the list of files in it", () => {
    expect(loaded({ tags: { 21: 0 } }).isProgram).toBe(true);
  });

  it("has no name where the table of names is missing, or the name is past its end", () => {
    expect(loaded({}).soname).toBeNull();
    expect(loaded({ soname: "a.so", tags: { 5: null } }).soname).toBeNull();
    expect(loaded({ soname: "a.so", tags: { 10: null } }).soname).toBeNull();
    expect(loaded({ soname: "a.so", tags: { 10: 1 } }).soname).toBeNull();
    expect(loaded({ soname: "a.so", tags: { 10: 2 } }).soname).toBe("a.so");
    expect(loaded({ soname: "" }).soname).toBeNull();
  });

  it("has a name of 255 bytes at most", () => {
    expect(loaded({ soname: "x".repeat(255) }).soname).toHaveLength(255);
    expect(loaded({ soname: "x".repeat(256) }).soname).toBeNull();
  });

  it.each([5, 6, 0x6ffffef5])("has no table of symbols without the entry %i of its dynamic section", (tag) => {
    expect(loaded({}).symbols).not.toBeNull();
    expect(loaded({ tags: { [tag]: null } }).symbols).toBeNull();
  });

  it("has the first of an entry that is there twice, and 64 initialisers at most", () => {
    const many = Array.from({ length: 80 }, (_, index) => libraryAt + index);
    expect(loaded({ initArray: many }).initialisers).toEqual(many.slice(0, 64));
  });

  it("has the first 512 entries of its dynamic section", () => {
    expect(loaded({ fillers: 508 }).symbols).not.toBeNull();
    expect(loaded({ fillers: 509 }).symbols).toBeNull();
  });

  it("has nothing of a dynamic section that it does not have", () => {
    const file = loaded({ soname: "a.so", segments: [[1, 0, fileAddress, 0x1000]] });
    expect(file).toEqual({
      bias,
      frameTable: null,
      soname: null,
      isProgram: false,
      buildId: null,
      initialisers: [],
      symbols: null,
    });
  });

  it("is none where no segment holds the file's first byte, or nothing is mapped", () => {
    const of = (...segments: NonNullable<MadeLibrary["segments"]>) =>
      parseLoadedFile(libraryAt, libraryMemory({ segments }));
    expect(of([1, 0x1000, fileAddress, 0x1000])).toBeNull();
    expect(of([2, 0, fileAddress, 0x1000])).toBeNull();
    expect(of()).toBeNull();
    expect(of([1, 0x1000, 0, 0x1000], [1, 0, fileAddress, 0x1000])?.bias).toBe(bias);
    expect(parseLoadedFile(libraryAt + 64, libraryMemory())).toBeNull();
  });
});

const functions: readonly MadeFunction[] = [
  { name: "draw", address: 0x2_0000, bytes: 0x40 },
  { name: "draw_more", address: 0x2_0040, bytes: 0x20 },
  { name: "chosen", address: 0x2_0080, bytes: 0x20, info: 0x1a },
  { name: "table", address: 0x2_00c0, bytes: 0x20, info: 0x11 },
  { name: "elsewhere", address: 0x2_0100, bytes: 0x20, section: 0 },
  { name: "unsized", address: 0x2_0140, bytes: 0 },
];

describe.each([
  { buckets: 1, bloomWords: 1, imported: 1 },
  { buckets: 3, bloomWords: 4, imported: 7 },
  { buckets: 17, bloomWords: 1, imported: 2 },
])("symbols of a library in memory, in $buckets buckets after $imported others", (shape) => {
  const made = { ...shape, functions };
  const read = libraryMemory(made);
  const file = parseLoadedFile(libraryAt, read) ?? expect.fail("no library");

  it("functionNames: name the function that an address is in, from its first byte to its last", () => {
    const at = (offset: number): number => libraryAt + 0x1_0000 + offset;
    const addresses = [0, 0x3f, 0x40, 0x5f, 0x60, 0x80, 0x9f, 0xa0, 0xc0, 0x100, 0x140].map(at);
    expect([...functionNames(file, addresses, read)].toSorted(([a], [b]) => a - b)).toEqual([
      [at(0), "draw"],
      [at(0x3f), "draw"],
      [at(0x40), "draw_more"],
      [at(0x5f), "draw_more"],
      [at(0x80), "chosen"],
      [at(0x9f), "chosen"],
    ]);
  });

  it("functionNamed: finds each by its name, and none of another", () => {
    for (const { name, address, bytes } of functions)
      expect(functionNamed(file, name, read)).toEqual({ address, bytes });
    for (const name of ["dra", "drawn", "", "draw\0"]) expect(functionNamed(file, name, read)).toBeNull();
  });
});

describe("symbols of a library in memory", () => {
  it("are none where it has no table, or one without buckets", () => {
    const read = libraryMemory({ functions });
    const without = { ...loaded({ functions }), symbols: null };
    expect(functionNamed(without, "draw", read)).toBeNull();
    expect(functionNames(without, [libraryAt + 0x1_0000], read).size).toBe(0);
    const empty = libraryMemory({ functions, buckets: 1, tags: { 0x6ffffef5: libraryAt + 0x2f_0000 } });
    const file = parseLoadedFile(libraryAt, empty) ?? expect.fail("no library");
    expect(functionNamed(file, "draw", empty)).toBeNull();
    expect(functionNames(file, [libraryAt + 0x1_0000], empty).size).toBe(0);
  });

  it("are read where a library exports nothing: it has no bucket that is filled", () => {
    const read = libraryMemory({ imported: 3 });
    const file = parseLoadedFile(libraryAt, read) ?? expect.fail("no library");
    expect(functionNames(file, [libraryAt], read).size).toBe(0);
    expect(functionNamed(file, "draw", read)).toBeNull();
  });

  it("are found in tables that are read in several parts, and in none longer than any library's", () => {
    const many = (count: number): boolean => {
      const made = {
        buckets: 16,
        functions: Array.from({ length: count }, (_, index) => ({
          name: `f${index}`,
          address: 0x2_0000 + index,
          bytes: 1,
        })),
      };
      const read = libraryMemory(made);
      const file = parseLoadedFile(libraryAt, read) ?? expect.fail("no library");
      return functionNames(file, [libraryAt + 0x1_0000, libraryAt + 0x1_0000 + count - 1], read).size === 2;
    };
    expect([9000, 32_767, 32_768].map(many)).toEqual([true, true, false]);
  });

  it("are none where the table for looking them up is larger than any library's", () => {
    const found = (made: MadeLibrary): boolean => {
      const read = libraryMemory({ functions, ...made });
      const file = parseLoadedFile(libraryAt, read) ?? expect.fail("no library");
      return functionNames(file, [libraryAt + 0x1_0000], read).size === 1;
    };
    expect([found({ buckets: 16_384 }), found({ buckets: 16_385 })]).toEqual([true, false]);
    expect([found({ bloomWords: 16_384 }), found({ bloomWords: 16_385 })]).toEqual([true, false]);
  });

  it("functionNamed: follows a chain of 1024 symbols, however many one claims to have", () => {
    const made = (count: number): MadeFunction[] =>
      Array.from({ length: count }, (_, index) => ({ name: `f${index}`, address: 0x2_0000 + index, bytes: 1 }));
    const read = libraryMemory({ functions: made(2000) });
    const file = parseLoadedFile(libraryAt, read) ?? expect.fail("no library");
    expect(functionNamed(file, "f1023", read)?.address).toBe(0x2_0000 + 1023);
    expect(functionNamed(file, "f1024", read)).toBeNull();
  });
});
