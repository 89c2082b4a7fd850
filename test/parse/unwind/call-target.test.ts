import { describe, expect, it } from "vitest";
import { callTarget } from "../../../src/parse/unwind/call-target.ts";
import { u32 } from "./frame-bytes.ts";

/** Memory with bytes at these addresses, and nothing elsewhere. */
function memoryOf(parts: Readonly<Record<number, readonly number[]>>) {
  const bytes = new Map(
    Object.entries(parts).flatMap(([start, values]) =>
      values.map((value, index) => [Number(start) + index, value] as const),
    ),
  );
  return (address: number, length: number): Uint8Array => {
    const found: number[] = [];
    for (let at = address; found.length < length && bytes.has(at); at++) found.push(bytes.get(at) ?? 0);
    return Uint8Array.from(found);
  };
}

const u64 = (value: number): readonly number[] => [...u32(value), ...u32(value / 2 ** 32)];
const [behind, stub, slot, callee] = [0x1000, 0x2000, 0x3000, 0x7f00_1234_5678];
/** A direct call of `target`, after the last byte of another instruction. */
const direct = (target: number): readonly number[] => [0x90, 0xe8, ...u32(target - behind)];
const jump = (at: number): readonly number[] => [0xff, 0x25, ...u32(slot - (at + 6)), 0x90, 0x90, 0x90, 0x90];

describe("callTarget", () => {
  it("is the function of a direct call, forwards and backwards", () => {
    for (const target of [0x2000, 0x800])
      expect(callTarget(behind, memoryOf({ [behind - 6]: direct(target) }))).toBe(target);
  });

  it.each<[form: string, bytes: readonly number[]]>([
    ["as linkers have written it for long", jump(stub)],
    ["with endbr64", [0xf3, 0x0f, 0x1e, 0xfa, ...jump(stub + 4)]],
    ["with endbr64 and a bnd prefix", [0xf3, 0x0f, 0x1e, 0xfa, 0xf2, ...jump(stub + 5)]],
    ["with a bnd prefix", [0xf2, ...jump(stub + 1)]],
  ])("is what an entry of the linkage table jumps to, %s", (_, bytes) => {
    const memory = { [behind - 6]: direct(stub), [stub]: bytes, [slot]: u64(callee) };
    expect(callTarget(behind, memoryOf(memory))).toBe(callee);
    expect(callTarget(behind, memoryOf({ ...memory, [slot]: [] }))).toBeNull();
  });

  it("is read from memory if the call is indirect, relative to itself", () => {
    const call = [0xff, 0x15, ...u32(slot - behind)];
    expect(callTarget(behind, memoryOf({ [behind - 6]: call, [slot]: u64(callee) }))).toBe(callee);
    expect(callTarget(behind, memoryOf({ [behind - 6]: call }))).toBeNull();
  });

  it("is not known of a call by a register, and where nothing can be read", () => {
    expect(callTarget(behind, memoryOf({ [behind - 6]: [0x90, 0x90, 0x90, 0x90, 0xff, 0xd0] }))).toBeNull();
    expect(callTarget(behind, memoryOf({ [behind - 5]: [0xe8, 0, 0, 0, 0] }))).toBeNull();
    expect(callTarget(behind, memoryOf({}))).toBeNull();
  });
});
