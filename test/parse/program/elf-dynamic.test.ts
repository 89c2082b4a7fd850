import * as fc from "fast-check";
import { describe, expect, it } from "vitest";
import { parseElfDynamic } from "../../../src/parse/program/elf-dynamic.ts";
import type { ReadAt } from "../../../src/parse/program/elf-header.ts";
import { languageOfElf } from "../../../src/parse/program/elf-language.ts";
import { elfFile, goNote } from "../../support/inputs/elf-file.ts";

const within =
  (bytes: Uint8Array): ReadAt =>
  (offset, length) =>
    bytes.subarray(offset, offset + length);
const orders = [
  [64, "LE"],
  [64, "BE"],
  [32, "LE"],
  [32, "BE"],
] as const;

describe.each(orders)("an ELF file of %i bits, %s", (bits, order) => {
  it("names its linker, its needs and where to look for them", () => {
    const program = elfFile({
      bits,
      order,
      machine: 22,
      interpreter: "/lib64/ld.so.1",
      needed: ["libgcrypt.so.20", "libc.so.6"],
      runpath: "$ORIGIN/../lib:/opt/lib:",
      constructors: 2,
    });
    expect(parseElfDynamic(within(program))).toEqual({
      bits,
      littleEndian: order === "LE",
      machine: 22,
      interpreter: "/lib64/ld.so.1",
      soname: null,
      needed: ["libgcrypt.so.20", "libc.so.6"],
      rpath: [],
      runpath: ["$ORIGIN/../lib", "/opt/lib"],
      constructors: 2,
    });
  });

  it("of a library has a name and no linker", () => {
    expect(
      parseElfDynamic(within(elfFile({ bits, order, soname: "libx.so.1", needed: [], rpath: "/a" }))),
    ).toMatchObject({ interpreter: null, soname: "libx.so.1", needed: [], rpath: ["/a"] });
  });

  it("of a static program needs nothing", () => {
    expect(parseElfDynamic(within(elfFile({ bits, order })))).toMatchObject({
      interpreter: null,
      needed: [],
      constructors: 0,
    });
  });

  it("shows its language", () => {
    expect(languageOfElf(within(elfFile({ bits, order, sections: { ".go.buildinfo": "x" } })))).toBe("Go");
    expect(
      languageOfElf(
        within(elfFile({ bits, order, sections: { ".comment": "GCC: (GNU) 14\0rustc version 1.85.0\0" } })),
      ),
    ).toBe("Rust");
    expect(
      languageOfElf(within(elfFile({ bits, order, sections: { ".rodata": "at /rustc/4d91de4e/library/std/src/io" } }))),
    ).toBe("Rust");
    expect(
      languageOfElf(within(elfFile({ bits, order, sections: { ".comment": "GCC: (GNU) 14\0", ".rodata": "rust" } }))),
    ).toBeNull();
  });
});

it("a large library's names are found wherever they stand in its table", () => {
  // libLLVM has 3 MB of names of its own before those of its needs.
  expect(
    parseElfDynamic(within(elfFile({ needed: ["libc.so.6"], rpath: "x".repeat(1 << 21), runpath: "/opt" }))),
  ).toMatchObject({ needed: ["libc.so.6"], runpath: ["/opt"] });
});

describe("a hostile ELF file", () => {
  it("shows Go by its note alone, stripped as it may be", () => {
    expect(languageOfElf(within(elfFile({ notes: goNote() })))).toBe("Go");
    // GNU's build ID, of 20 bytes, in front: names and bodies are padded to four bytes.
    const words = Buffer.alloc(12);
    for (const [index, word] of [4, 18, 3].entries()) words.writeUInt32LE(word, index * 4);
    const buildId = Buffer.concat([words, Buffer.from("GNU\0"), Buffer.alloc(20, 7)]);
    expect(languageOfElf(within(elfFile({ notes: Buffer.concat([buildId, goNote()]) })))).toBe("Go");
    expect(languageOfElf(within(elfFile({ notes: Buffer.from("Go\0\0Go\0\0Go\0\0Go\0\0Go\0\0") })))).toBeNull();
  });

  it("is none without its mark, or cut short in the header", () => {
    const whole = elfFile({ needed: ["libc.so.6"] });
    for (let length = 0; length < 64; length++) expect(parseElfDynamic(within(whole.subarray(0, length)))).toBeNull();
    expect(parseElfDynamic(within(Buffer.from("#!/bin/sh\n".repeat(20))))).toBeNull();
  });

  it("cut short anywhere shows less", () => {
    const whole = elfFile({
      interpreter: "/lib/ld.so",
      needed: ["libgcrypt.so.20", "libc.so.6"],
      runpath: "/opt",
      notes: goNote(),
      sections: { ".comment": "rustc version 1" },
    });
    for (let length = 64; length <= whole.length; length++) {
      const { needed = [] } = parseElfDynamic(within(whole.subarray(0, length))) ?? {};
      expect("libgcrypt.so.20libc.so.6").toContain(needed.join(""));
      languageOfElf(within(whole.subarray(0, length)));
    }
  });

  it("reads a bounded part, whatever sizes it claims, and throws nothing", () => {
    const damage = fc.array(fc.tuple(fc.nat(900), fc.oneof(fc.constantFrom(0, 0x7f, 0xff), fc.nat(255))), {
      minLength: 1,
      maxLength: 40,
    });
    for (const [bits, order] of orders) {
      const sound = elfFile({
        bits,
        order,
        interpreter: "/lib/ld.so",
        needed: ["libgcrypt.so.20"],
        rpath: "/a:/b",
        notes: goNote(),
        sections: { ".comment": "x", ".rodata": "y" },
      });
      fc.assert(
        fc.property(damage, (changes) => {
          const bytes = Buffer.from(sound);
          for (const [at, value] of changes) if (at < bytes.length) bytes[at] = value;
          let [reads, total] = [0, 0];
          const readAt: ReadAt = (offset, length) => {
            reads++;
            total += length;
            return within(bytes)(offset, length);
          };
          parseElfDynamic(readAt);
          languageOfElf(readAt);
          expect(reads).toBeLessThan(600);
          expect(total).toBeLessThan(4 << 20);
        }),
      );
    }
  });

  it("may be any bytes", () => {
    fc.assert(
      fc.property(fc.uint8Array({ maxLength: 400 }), (rest) => {
        const bytes = Buffer.concat([
          Buffer.from([0x7f, 0x45, 0x4c, 0x46, 1 + ((rest[0] ?? 0) & 1), 1 + ((rest[1] ?? 0) & 1)]),
          rest,
        ]);
        parseElfDynamic(within(bytes));
        languageOfElf(within(bytes));
      }),
    );
  });
});
