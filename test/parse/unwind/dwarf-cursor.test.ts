import { describe, expect, it } from "vitest";
import { DwarfCursor, wordAt } from "../../../src/parse/unwind/dwarf-cursor.ts";

const place = 0x40_0000;
const cursor = (bytes: readonly number[], at = 0): DwarfCursor => new DwarfCursor(Uint8Array.from(bytes), place, at);
const counted = [0x81, 0x82, 0x83, 0x84, 0x85, 0x06, 0x07, 0x00, 0x19];

describe("DwarfCursor", () => {
  it.each<[read: "u8" | "u16" | "u32" | "s32" | "u64" | "s64", value: number, bytes: number]>([
    ["u8", 0x81, 1],
    ["u16", 0x8281, 2],
    ["u32", 0x8483_8281, 4],
    ["s32", 0x8483_8281 - 2 ** 32, 4],
    ["u64", 0x0007_0685_8483_8281, 8],
    ["s64", 0x0007_0685_8483_8281, 8],
  ])("%s reads little-endian bytes and stands after them", (read, value, bytes) => {
    const one = cursor(counted);
    expect([one[read](), one.at, one.address, one.isPast]).toEqual([value, bytes, place + bytes, false]);
    const later = cursor([0xaa, ...counted], 1);
    expect([later[read](), later.at]).toEqual([value, bytes + 1]);
  });

  it("reads negative numbers of 64 bits", () => {
    expect(cursor([0xf8, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff]).s64()).toBe(-8);
  });

  it("gives zero where fewer bytes are left, and is at the end then", () => {
    for (const read of ["u8", "u16", "u32", "u64", "s64"] as const) {
      const bytes = { u8: 1, u16: 2, u32: 4, u64: 8, s64: 8 }[read];
      const whole = cursor(Array(bytes).fill(1));
      expect([whole[read]() > 0, whole.isPast, whole.hasMore]).toEqual([true, false, false]);
      const short = cursor(Array(bytes - 1).fill(0));
      expect([short[read](), short.isPast, short.hasMore, short.at]).toEqual([0, true, false, bytes - 1]);
    }
  });

  it("has more while a byte is left", () => {
    const one = cursor([1, 2, 3]);
    one.skip(2);
    expect([one.hasMore, one.u8(), one.hasMore]).toEqual([true, 3, false]);
    one.skip(0);
    expect(one.isPast).toBe(false);
  });

  it("does not go back: a length below zero is one that is not there", () => {
    const one = cursor([1, 2, 3], 2);
    one.skip(-1);
    expect([one.isPast, one.u8()]).toEqual([true, 0]);
  });

  it.each<[bytes: readonly number[], unsigned: number, signed: number]>([
    [[0x00], 0, 0],
    [[0x3f], 63, 63],
    [[0x40], 64, -64],
    [[0x7f], 127, -1],
    [[0x80, 0x01], 128, 128],
    [[0xe5, 0x8e, 0x26], 624_485, 624_485],
    [[0xc0, 0xbb, 0x78], 1_973_696, -123_456],
    [[0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0x07], 2 ** 52 - 1, 2 ** 52 - 1],
    [[0x80, 0x80, 0x80, 0x80, 0x80, 0x80, 0x80, 0x80, 0x00], 0, 0],
    [[0x81, 0x80, 0x80, 0x80, 0x80, 0x80, 0x80, 0x80, 0x7f], 1, 1],
  ])("LEB128 %j is %i without a sign, %i with one", (bytes, unsigned, signed) => {
    const [one, other] = [cursor([...bytes, 0x55]), cursor([...bytes, 0x55])];
    expect([one.unsigned(), one.at]).toEqual([unsigned, bytes.length]);
    expect([other.signed(), other.at]).toEqual([signed, bytes.length]);
  });

  it.each<[format: number, bytes: readonly number[], value: number]>([
    [0x00, [0x81, 0x82, 0x83, 0x84, 0x05, 0, 0, 0], 0x05_8483_8281],
    [0x04, [0x81, 0x82, 0x83, 0x84, 0x05, 0, 0, 0], 0x05_8483_8281],
    [0x01, [0xe5, 0x8e, 0x26], 624_485],
    [0x02, [0xf0, 0xff], 0xfff0],
    [0x03, [0xf0, 0xff, 0xff, 0xff], 0xffff_fff0],
    [0x09, [0x70], -16],
    [0x0a, [0xf0, 0xff], -16],
    [0x0b, [0xf0, 0xff, 0xff, 0xff], -16],
    [0x0c, [0xf0, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff], -16],
  ])("pointer() reads format %i, absolute, relative to itself, and to the table", (format, bytes, value) => {
    const table = 0x70_0000;
    const read = (encoding: number): number | null => cursor([0, ...bytes], 1).pointer(encoding, table);
    expect([read(format), read(format | 0x10), read(format | 0x30)]).toEqual([value, place + 1 + value, table + value]);
    expect(read(format | 0x80)).toBeNull();
    expect(cursor(bytes.slice(0, -1)).pointer(format, table)).toBeNull();
  });

  it("pointer() is none where none is written or the format is not known; to no table it is to zero", () => {
    const bytes = [1, 0, 0, 0, 0, 0, 0, 0];
    expect([0xff, 0x05, 0x0d].map((encoding) => cursor(bytes).pointer(encoding))).toEqual([null, null, null]);
    expect(cursor(bytes).pointer(0x33)).toBe(1);
  });
});

describe("wordAt", () => {
  const read =
    (word: bigint, bytes = 8) =>
    (): Uint8Array => {
      const all = Buffer.alloc(8);
      all.writeBigUInt64LE(word);
      return all.subarray(0, bytes);
    };

  it("is a word of memory that may be an address, and none where it is cut off", () => {
    expect(wordAt(place, read(0x7ffc_1234_5678n))).toBe(0x7ffc_1234_5678);
    expect(wordAt(place, read(0x7ffc_1234_5678n, 7))).toBeNull();
    expect(wordAt(place, read(1n << 60n))).toBeNull();
  });
});
