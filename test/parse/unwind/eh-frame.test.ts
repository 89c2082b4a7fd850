import { describe, expect, it } from "vitest";
import { frameRulesAt } from "../../../src/parse/unwind/call-frame-rules.ts";
import { frameDescription } from "../../../src/parse/unwind/eh-frame.ts";
import { frameMemory, tableAt, u32 } from "./frame-bytes.ts";

// Code stands below and above the table, as in a library whose .eh_frame_hdr lies between its segments.
const functions = [
  { start: 0x30_1000, bytes: 0x40 },
  { start: 0x30_1040, bytes: 0x100 },
  { start: 0x50_0000, bytes: 0x10 },
];
const read = frameMemory(functions);
const startOf = (pc: number): number | null => frameDescription(tableAt, pc, read)?.start ?? null;

describe("the entry of .eh_frame for an address", () => {
  it("is that of the function which the address lies in, from its first byte to its last", () => {
    for (const { start, bytes } of functions) {
      expect(startOf(start)).toBe(start);
      expect(startOf(start + bytes - 1)).toBe(start);
    }
  });

  it("is none before, between and after the functions", () => {
    expect([0x30_0fff, 0x30_1140, 0x4f_ffff, 0x50_0010].map(startOf)).toEqual([null, null, null, null]);
  });

  it("is read in versions 1 and 3 of the common part, and in no other", () => {
    const found = (version: number): boolean =>
      frameDescription(tableAt, 0x30_1000, frameMemory(functions, { version })) !== null;
    expect([1, 2, 3, 4].map(found)).toEqual([true, false, true, false]);
  });

  it("is none where the table has another version or form than a linker's", () => {
    for (const place of [0, 3]) {
      const changed = (address: number, bytes: number): Uint8Array => {
        const part = Uint8Array.from(read(address, bytes));
        if (address === tableAt && part.length > place) part[place] = 2;
        return part;
      };
      expect(frameDescription(tableAt, 0x30_1000, changed)).toBeNull();
    }
  });

  it("is none where the augmentation is not understood", () => {
    for (const augmentation of ["eh", "zX", "R"])
      expect(frameDescription(tableAt, 0x30_1000, frameMemory(functions, { augmentation }))).toBeNull();
  });

  it.each<[augmentation: string, data: readonly number[], isSignalFrame: boolean]>([
    ["zR", [0x1b], false],
    ["zRS", [0x1b], true],
    ["zRB", [0x1b], false],
    ["zLR", [0x1b, 0x1b], false],
    // A routine of the language's at an address of 4 bytes.
    ["zPLR", [0x9b, 1, 2, 3, 4, 0x1b, 0x1b], false],
    ["zPR", [0x03, 1, 2, 3, 4, 0x1b], false],
    ["zR", [0x1b, 0x77, 0x77], false],
  ])("is read with the augmentation %s", (augmentation, augmentationData, isSignalFrame) => {
    const instructions = [0x0c, 7, 8];
    const memory = frameMemory(functions, { augmentation, augmentationData, instructions });
    const found = frameDescription(tableAt, 0x30_1000, memory) ?? expect.fail("no entry");
    expect(found).toMatchObject({
      start: 0x30_1000,
      end: 0x30_1040,
      codeFactor: 1,
      dataFactor: -8,
      returnRegister: 16,
    });
    expect(found.isSignalFrame).toBe(isSignalFrame);
    expect(instructions.map(() => found.initial.u8())).toEqual(instructions);
  });

  it.each<[what: string, head: readonly number[], found: boolean]>([
    ["a count of 4 bytes", [1, 0x1b, 0x03, 0x3b, ...u32(0), ...u32(3)], true],
    ["no pointer to the section", [1, 0xff, 0x03, 0x3b, ...u32(3)], true],
    ["a pointer of 8 bytes", [1, 0x04, 0x03, 0x3b, ...u32(0), ...u32(0), ...u32(3)], true],
    ["a count of 2 bytes", [1, 0x1b, 0x02, 0x3b, ...u32(0), 3, 0], false],
    ["no entries", [1, 0x1b, 0x03, 0x3b, ...u32(0), ...u32(0)], false],
    ["more entries than a program has", [1, 0x1b, 0x03, 0x3b, ...u32(0), ...u32((1 << 22) + 1)], false],
    ["nothing after its forms", [1, 0x1b, 0x03, 0x3b], false],
  ])("with a table that has %s", (_what, head, found) => {
    const one = [{ start: 0x30_1000, bytes: 0x40 }];
    const memory = frameMemory(found ? functions : one, { head });
    expect(frameDescription(tableAt, 0x30_1000, memory)?.start).toBe(found ? 0x30_1000 : undefined);
  });

  it("is that of the only function, and of each of many", () => {
    const one = [{ start: 0x30_1000, bytes: 0x40 }];
    expect(frameDescription(tableAt, 0x30_103f, frameMemory(one))?.start).toBe(0x30_1000);
    const many = Array.from({ length: 15 }, (_, index) => ({ start: 0x30_0000 + index * 0x100, bytes: 0x100 }));
    const memory = frameMemory(many);
    for (const { start } of many)
      for (const pc of [start, start + 0xff]) expect(frameDescription(tableAt, pc, memory)?.start).toBe(start);
  });

  it("is none where it has no length, no code, or more bytes than a compiler writes", () => {
    const found = (bytes: number, instructions: readonly number[] = []) =>
      frameDescription(tableAt, 0x30_1000, frameMemory([{ start: 0x30_1000, bytes, instructions }]))?.end;
    expect([found(1), found(0)]).toEqual([0x30_1001, undefined]);
    // 13 bytes stand in front of its instructions.
    const nops = (bytes: number): readonly number[] => Array<number>(bytes).fill(0);
    expect([found(1, nops(16_384 - 13)), found(1, nops(16_384 - 12))]).toEqual([0x30_1001, undefined]);
    const noLength = frameMemory([{ start: 0x30_1000, bytes: 1 }]);
    const empty = (address: number, bytes: number): Uint8Array =>
      bytes === 4 ? new Uint8Array(4) : noLength(address, bytes);
    expect(frameDescription(tableAt, 0x30_1000, empty)).toBeNull();
  });

  it("is none where its bytes end before it does", () => {
    const memory = frameMemory(functions);
    for (const left of [0, 5]) {
      const cut = (address: number, bytes: number): Uint8Array =>
        bytes > 4 && address > tableAt + 0x1000 ? memory(address, Math.min(bytes, left)) : memory(address, bytes);
      expect(frameDescription(tableAt, 0x30_1000, cut)).toBeNull();
    }
  });
});

describe("the rules for a frame", () => {
  /** DW_CFA_def_cfa rsp+8, DW_CFA_offset 16 at cfa-8: what every function begins with on x86-64. */
  const common = { instructions: [0x0c, 7, 8, 0x80 | 16, 1] };
  const rulesAt = (pc: number, own: readonly number[]): unknown => {
    const memory = frameMemory([{ start: 0x30_1000, bytes: 0x100, instructions: own }], common);
    const description = frameDescription(tableAt, pc, memory);
    const rules = description === null ? null : frameRulesAt(description, pc);
    return rules === null ? null : [rules.frameAddress, Object.fromEntries(rules.registers)];
  };
  const [pushed, entered] = [
    { kind: "register", register: 7, offset: 16 },
    { kind: "register", register: 7, offset: 8 },
  ];
  const caller = { kind: "offset", offset: -8 };
  const saved = { kind: "offset", offset: -16 };

  it("are found for registers that find a frame, whatever else is saved", () => {
    // DW_CFA_offset_extended: r15, the first vector register, and number 300.
    const own = [0x05, 15, 2, 0x05, 17, 3, 0x05, 0xac, 2, 4];
    expect(rulesAt(0x30_1000, own)).toEqual([entered, { 15: saved, 16: caller }]);
  });

  it("are not known after more instructions than are left", () => {
    const memory = frameMemory([{ start: 0x30_1000, bytes: 0x100, instructions: [0x40 | 1, 0x0e, 16] }], common);
    const description = frameDescription(tableAt, 0x30_1001, memory) ?? expect.fail("no entry");
    const instructions = { left: 4 };
    expect(frameRulesAt(description, 0x30_1001, instructions)?.frameAddress).toEqual(pushed);
    expect(instructions.left).toBe(0);
    const again = frameDescription(tableAt, 0x30_1001, memory) ?? expect.fail("no entry");
    expect(frameRulesAt(again, 0x30_1001, { left: 3 })).toBeNull();
  });

  it("hold from the instruction on after which they stand", () => {
    // push %rbx is one byte long: DW_CFA_advance_loc 1, DW_CFA_def_cfa_offset 16, DW_CFA_offset 3 at cfa-16.
    const push = [0x40 | 1, 0x0e, 16, 0x80 | 3, 2];
    expect(rulesAt(0x30_1000, push)).toEqual([entered, { 16: caller }]);
    expect(rulesAt(0x30_1001, push)).toEqual([pushed, { 3: saved, 16: caller }]);
  });

  it("are remembered and restored around an early return", () => {
    const own = [0x40 | 1, 0x0e, 16, 0x80 | 3, 2, 0x40 | 1, 0x0a, 0x0e, 8, 0xc0 | 3, 0x40 | 1, 0x0b];
    expect(rulesAt(0x30_1002, own)).toEqual([entered, { 16: caller }]);
    expect(rulesAt(0x30_1003, own)).toEqual([pushed, { 3: saved, 16: caller }]);
  });

  it.each([
    ["advance_loc1", [0x02, 5]],
    ["advance_loc2", [0x03, 5, 0]],
    ["advance_loc4", [0x04, 5, 0, 0, 0]],
  ])("%s moves on by its operand", (_, advance) => {
    const own = [...advance, 0x0e, 16];
    expect(rulesAt(0x30_1004, own)).toEqual([entered, { 16: caller }]);
    expect(rulesAt(0x30_1005, own)).toEqual([pushed, { 16: caller }]);
  });

  it.each<[string, readonly number[], unknown]>([
    ["undefined", [0x07, 3], { kind: "undefined" }],
    ["same_value", [0x08, 3], { kind: "same" }],
    ["register", [0x09, 3, 6], { kind: "register", register: 6 }],
    ["offset_extended", [0x05, 3, 2], saved],
    ["offset_extended_sf", [0x11, 3, 2], saved],
    ["val_offset", [0x14, 3, 2], { kind: "value-offset", offset: -16 }],
    ["val_offset_sf", [0x15, 3, 0x7e], { kind: "value-offset", offset: 16 }],
  ])("%s gives a register its rule", (_, own, rule) => {
    expect(rulesAt(0x30_1000, own)).toEqual([entered, { 3: rule, 16: caller }]);
  });

  it.each<[string, readonly number[], unknown]>([
    ["def_cfa_register", [0x0d, 6], { kind: "register", register: 6, offset: 8 }],
    ["def_cfa_sf", [0x12, 6, 0x7e], { kind: "register", register: 6, offset: 16 }],
    ["def_cfa_offset_sf", [0x13, 0x7e], pushed],
  ])("%s changes the frame's address", (_, own, address) => {
    expect(rulesAt(0x30_1000, own)).toEqual([address, { 16: caller }]);
  });

  it("are none after an instruction that is not known, one that is cut off, or a restore without a memory", () => {
    expect([[0x3f], [0x0c, 7], [0x0b], [0x0f, 1, 0x50, 0x0e, 8]].map((own) => rulesAt(0x30_1000, own))).toEqual([
      null,
      null,
      null,
      null,
    ]);
  });
});
