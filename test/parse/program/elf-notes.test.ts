import * as fc from "fast-check";
import { describe, expect, it } from "vitest";
import { parseBuildId } from "../../../src/parse/program/elf-notes.ts";

const NT_GNU_BUILD_ID = 3;

/** One ELF note, name and description padded to four bytes. */
function note(name: string, type: number, body: Buffer, order: "LE" | "BE" = "LE"): Buffer {
  const words = Buffer.alloc(12);
  for (const [index, word] of [name.length + 1, body.length, type].entries())
    words[`writeUInt32${order}`](word, index * 4);
  const padded = (bytes: Buffer): Buffer => Buffer.concat([bytes, Buffer.alloc(-bytes.length & 3)]);
  return Buffer.concat([words, padded(Buffer.from(`${name}\0`)), padded(body)]);
}

const id = Buffer.from("1f2e3d4c5b6a79880123456789abcdef01234567", "hex");
const xen = note("Xen", 6, Buffer.from("linux\0"));

describe("the build ID in ELF notes", () => {
  it("is found among other notes", () => {
    expect(
      parseBuildId(Buffer.concat([xen, note("Linux", 0x100, Buffer.from([0])), note("GNU", NT_GNU_BUILD_ID, id)])),
    ).toBe(id.toString("hex"));
  });

  it("is found in either byte order", () => {
    expect(
      parseBuildId(
        Buffer.concat([note("Xen", 6, Buffer.from("linux\0"), "BE"), note("GNU", NT_GNU_BUILD_ID, id, "BE")]),
      ),
    ).toBe(id.toString("hex"));
  });

  it("is found in a view that starts anywhere in its memory", () => {
    const bytes = note("GNU", NT_GNU_BUILD_ID, id);
    const memory = Buffer.concat([Buffer.from([1, 2, 3]), bytes, Buffer.from([4])]);
    expect(parseBuildId(memory.subarray(3, 3 + bytes.length))).toBe(id.toString("hex"));
  });

  it("is not another note of GNU, nor another's note of that type", () => {
    expect(parseBuildId(note("GNU", 1, id))).toBeNull();
    expect(parseBuildId(note("GNV", NT_GNU_BUILD_ID, id))).toBeNull();
    expect(parseBuildId(note("GNU2", NT_GNU_BUILD_ID, id))).toBeNull();
  });

  it("is not in nothing", () => {
    expect(parseBuildId(Buffer.alloc(0))).toBeNull();
    expect(parseBuildId(Buffer.alloc(11))).toBeNull();
    expect(parseBuildId(Buffer.alloc(4096))).toBeNull();
  });

  it("is not in notes cut short", () => {
    const whole = Buffer.concat([xen, note("GNU", NT_GNU_BUILD_ID, id)]);
    for (let length = 0; length < whole.length; length++) expect(parseBuildId(whole.subarray(0, length))).toBeNull();
    expect(parseBuildId(whole)).not.toBeNull();
  });

  it.each([
    ["a name of nearly 4 GiB", [0xfffffff4, 0, 0]],
    ["a body of nearly 4 GiB", [4, 0xfffffffc, 3]],
    ["both", [0xffffffff, 0xffffffff, 3]],
    ["sizes that add up to nothing", [0x80000000, 0x80000000, 3]],
  ])("ends the walk at %s", (_what, words) => {
    for (const order of ["LE", "BE"] as const) {
      const bytes = Buffer.alloc(64);
      for (const [index, word] of words.entries()) bytes[`writeUInt32${order}`](word, index * 4);
      expect(parseBuildId(bytes)).toBeNull();
      expect(
        parseBuildId(Buffer.concat([order === "LE" ? xen : note("Xen", 6, Buffer.from("linux\0"), "BE"), bytes])),
      ).toBeNull();
    }
  });

  it("is found whatever notes stand before it", () => {
    const other = fc
      .tuple(fc.stringMatching(/^[A-Z]{1,9}$/), fc.nat(0xffff), fc.uint8Array({ maxLength: 40 }))
      .filter(([name, type]) => name !== "GNU" || type !== NT_GNU_BUILD_ID);
    fc.assert(
      fc.property(fc.array(other), fc.uint8Array({ minLength: 1, maxLength: 64 }), (others, body) => {
        const bytes = [
          ...others.map(([name, type, rest]) => note(name, type, Buffer.from(rest))),
          note("GNU", NT_GNU_BUILD_ID, Buffer.from(body)),
        ];
        expect(parseBuildId(Buffer.concat(bytes))).toBe(Buffer.from(body).toString("hex"));
      }),
    );
  });

  it("is null or hexadecimal for any bytes, and no exception", () => {
    const words = fc.array(
      fc.oneof(fc.nat(64), fc.integer({ min: -64, max: -1 }), fc.constantFrom(0x80000000, 0x7fffffff, 0x00554e47)),
      { maxLength: 32 },
    );
    fc.assert(
      fc.property(
        fc.oneof(
          fc.uint8Array({ maxLength: 256 }),
          words.map((list) => new Uint8Array(Uint32Array.from(list).buffer)),
        ),
        (bytes) => {
          expect(parseBuildId(bytes) ?? "").toMatch(/^(?:[0-9a-f]{2})*$/);
        },
      ),
    );
  });
});
