import { describe, expect, it } from "vitest";
import { DwarfCursor } from "../../../src/parse/unwind/dwarf-cursor.ts";
import { valueOfExpression } from "../../../src/parse/unwind/dwarf-expression.ts";

const memory = (address: number, bytes: number): Uint8Array =>
  address === 0x1000 ? Uint8Array.from([0x78, 0x56, 0x34, 0x12, 1, 0, 0, 0]).slice(0, bytes) : new Uint8Array(0);

function valueOf(bytes: readonly number[], first: number | null = null): number | null {
  const cursor = new DwarfCursor(Uint8Array.from([0xee, ...bytes, 0xee]), 0x9000);
  const expression = { cursor, start: 1, end: 1 + bytes.length };
  const value = valueOfExpression(expression, first, {
    register: (number) => (number === 7 ? 0x7000 : null),
    read: memory,
  });
  expect(cursor.at).toBe(0);
  return value;
}

describe("a DWARF expression", () => {
  it("of a procedure linkage table gives the frame's address before and after the push", () => {
    // rsp + 8 + ((rip & 15) >= 11) * 8, as every linker writes it for .plt; here rip is a literal.
    const plt = (rip: number): readonly number[] => [0x77, 8, 0x08, rip, 0x3f, 0x1a, 0x3b, 0x2a, 0x33, 0x24, 0x22];
    expect([valueOf(plt(0x1a)), valueOf(plt(0x1b))]).toEqual([0x7008, 0x7010]);
  });

  it("begins with what the rule pushes, and without that with nothing", () => {
    expect(valueOf([0x23, 8], 0x100)).toBe(0x108);
    expect(valueOf([0x23, 8])).toBeNull();
    expect([valueOf([], 5), valueOf([])]).toEqual([5, null]);
  });

  it("follows an address, and knows nothing of memory that cannot be read", () => {
    expect(valueOf([0x0a, 0x00, 0x10, 0x06])).toBe(0x1_1234_5678);
    expect(valueOf([0x0a, 0x00, 0x20, 0x06])).toBeNull();
  });

  it.each<[string, readonly number[], number | null]>([
    ["lit31", [0x4f], 31],
    ["const1s", [0x09, 0xff], -1],
    ["const2u", [0x0a, 0xff, 0xff], 65_535],
    ["const2s", [0x0b, 0xfe, 0xff], -2],
    ["const4u", [0x0c, 0, 0, 0, 0x80], 2 ** 31],
    ["const4s", [0x0d, 0xff, 0xff, 0xff, 0xff], -1],
    ["constu", [0x10, 0x80, 0x01], 128],
    ["consts", [0x11, 0x7f], -1],
    ["dup and mul", [0x35, 0x12, 0x1e], 25],
    ["minus", [0x39, 0x34, 0x1c], 5],
    ["gt", [0x34, 0x34, 0x2b], 0],
    ["le", [0x34, 0x34, 0x2c], 1],
    ["lt", [0x34, 0x34, 0x2d], 0],
    ["bregx", [0x92, 7, 4], 0x7004],
    ["a register that is not known", [0x70, 0], null],
    ["an operation that is not known", [0x96], null],
    ["a shift beyond 31", [0x31, 0x08, 32, 0x24], null],
  ])("%s", (_, bytes, value) => {
    expect(valueOf(bytes)).toBe(value);
  });

  it("is bounded in operations and in values", () => {
    expect(valueOf([0x31, ...Array.from({ length: 63 }, () => [0x23, 1]).flat()])).toBe(64);
    expect(valueOf([0x31, ...Array.from({ length: 64 }, () => [0x23, 1]).flat()])).toBeNull();
    expect(valueOf(Array.from({ length: 18 }, () => 0x31))).toBeNull();
  });
});

describe("DwarfCursor", () => {
  it("reads up to the last byte, and zeros and `isPast` after it", () => {
    const cursor = new DwarfCursor(Uint8Array.from([1, 2, 3, 4]), 0);
    expect([cursor.u32(), cursor.isPast, cursor.hasMore]).toEqual([0x0403_0201, false, false]);
    expect([cursor.u8(), cursor.isPast]).toEqual([0, true]);
  });

  it("reads LEB128 with and without a sign", () => {
    const read = (bytes: readonly number[]): readonly number[] => {
      const [a, b] = [0, 1].map(() => new DwarfCursor(Uint8Array.from(bytes), 0));
      return [a!.unsigned(), b!.signed()];
    };
    expect(read([0x3f])).toEqual([63, 63]);
    expect(read([0x40])).toEqual([64, -64]);
    expect(read([0xe5, 0x8e, 0x26])).toEqual([624_485, 624_485]);
    expect(read([0x80, 0x7f])).toEqual([16_256, -128]);
  });

  it.each<[string, number, readonly number[], number | null]>([
    ["absolute", 0x00, [0, 0x10, 0, 0, 0, 0, 0, 0], 0x1000],
    ["relative to itself", 0x1b, [0xff, 0xff, 0xff, 0xff], 0x8fff],
    ["relative to the table", 0x3b, [4, 0, 0, 0], 0x104],
    ["two bytes with a sign", 0x0a, [0xff, 0xff], -1],
    ["indirect", 0x9b, [0, 0, 0, 0], null],
    ["omitted", 0xff, [], null],
    ["cut off", 0x03, [1, 2], null],
  ])("reads an address that is %s", (_, encoding, bytes, value) => {
    expect(new DwarfCursor(Uint8Array.from(bytes), 0x9000).pointer(encoding, 0x100)).toBe(value);
  });
});
