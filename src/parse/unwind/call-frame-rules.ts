import type { DwarfCursor } from "./dwarf-cursor.ts";
import type { FrameDescription } from "./eh-frame.ts";

/** Bytes of a DWARF expression, and where its first stands. */
export interface FrameExpression {
  readonly cursor: DwarfCursor;
  readonly end: number;
  readonly start: number;
}

/** How the caller's value of a register is restored (DWARF 5, section 6.4.1). */
export type RegisterRule =
  | { readonly kind: "undefined" }
  | { readonly kind: "same" }
  | { readonly kind: "offset"; readonly offset: number }
  | { readonly kind: "value-offset"; readonly offset: number }
  | { readonly kind: "register"; readonly register: number }
  | { readonly kind: "expression"; readonly expression: FrameExpression }
  | { readonly kind: "value-expression"; readonly expression: FrameExpression };

/** The canonical frame address: what the stack pointer was before the call. */
export type FrameAddressRule =
  | { readonly kind: "register"; readonly register: number; readonly offset: number }
  | { readonly kind: "expression"; readonly expression: FrameExpression };

export interface FrameRules {
  readonly frameAddress: FrameAddressRule | null;
  readonly registers: ReadonlyMap<number, RegisterRule>;
}

interface Row {
  frameAddress: FrameAddressRule | null;
  registers: Map<number, RegisterRule>;
}

/** How many instructions may still be run; Node's longest entry has 2232, and libcrypto's 215. */
export interface InstructionsLeft {
  left: number;
}

/** For one entry that is read by itself, and how deep a compiler nests what it remembers. */
const [mostInstructions, mostRemembered] = [4096, 16];
/** Registers with higher numbers play no part in finding a frame (System V ABI, AMD64 supplement, figure 3.36). */
const highestRegister = 16;

/**
 * The rules that hold at `pc`, by the instructions of the entry (DWARF 5, section 6.4.2). Null: an instruction that is
 * not known, or an end in the middle of one, or more of them than are left.
 */
export function frameRulesAt(
  description: FrameDescription,
  pc: number,
  instructions: InstructionsLeft = { left: mostInstructions },
): FrameRules | null {
  const row: Row = { frameAddress: null, registers: new Map() };
  if (!run(description, description.initial, row, new Map(), Infinity, instructions)) return null;
  return run(description, description.own, row, new Map(row.registers), pc, instructions) ? row : null;
}

/** Instructions with their operand in the lower six bits, by the upper two: DW_CFA_* (DWARF 5, table 7.29). */
const packed = { advanceLoc: 1, offset: 2, restore: 3 } as const;

/** The others. The last is GNU's own. */
const cfa = {
  nop: 0x00,
  advanceLoc1: 0x02,
  advanceLoc2: 0x03,
  advanceLoc4: 0x04,
  offsetExtended: 0x05,
  restoreExtended: 0x06,
  undefined: 0x07,
  sameValue: 0x08,
  register: 0x09,
  rememberState: 0x0a,
  restoreState: 0x0b,
  defCfa: 0x0c,
  defCfaRegister: 0x0d,
  defCfaOffset: 0x0e,
  defCfaExpression: 0x0f,
  expression: 0x10,
  offsetExtendedSf: 0x11,
  defCfaSf: 0x12,
  defCfaOffsetSf: 0x13,
  valOffset: 0x14,
  valOffsetSf: 0x15,
  valExpression: 0x16,
  GNUArgsSize: 0x2e,
} as const;

function run(
  { start, codeFactor, dataFactor }: FrameDescription,
  from: DwarfCursor,
  row: Row,
  initial: ReadonlyMap<number, RegisterRule>,
  pc: number,
  instructions: InstructionsLeft,
): boolean {
  const remembered: Row[] = [];
  let location = start;
  const set = (register: number, rule: RegisterRule): void => {
    if (register <= highestRegister) row.registers.set(register, rule);
  };
  const restore = (register: number): void => {
    const rule = initial.get(register);
    if (rule === undefined) row.registers.delete(register);
    else row.registers.set(register, rule);
  };
  /** Advances the location; true where it is beyond `pc`, so that the rules that follow are not those at `pc`. */
  const isBeyond = (by: number): boolean => (location += by * codeFactor) > pc;
  while (from.hasMore) {
    if (--instructions.left < 0) return false;
    const code = from.u8();
    const operand = code & 0x3f;
    if (code >> 6 === packed.advanceLoc) {
      if (isBeyond(operand)) return true;
      continue;
    }
    if (code >> 6 === packed.offset) {
      set(operand, { kind: "offset", offset: from.unsigned() * dataFactor });
      continue;
    }
    if (code >> 6 === packed.restore) {
      restore(operand);
      continue;
    }
    switch (code) {
      case cfa.nop:
        break;
      case cfa.advanceLoc1:
        if (isBeyond(from.u8())) return true;
        break;
      case cfa.advanceLoc2:
        if (isBeyond(from.u16())) return true;
        break;
      case cfa.advanceLoc4:
        if (isBeyond(from.u32())) return true;
        break;
      case cfa.offsetExtended:
        set(from.unsigned(), { kind: "offset", offset: from.unsigned() * dataFactor });
        break;
      case cfa.restoreExtended:
        restore(from.unsigned());
        break;
      case cfa.undefined:
        set(from.unsigned(), { kind: "undefined" });
        break;
      case cfa.sameValue:
        set(from.unsigned(), { kind: "same" });
        break;
      case cfa.register:
        set(from.unsigned(), { kind: "register", register: from.unsigned() });
        break;
      case cfa.rememberState:
        if (remembered.length >= mostRemembered) return false;
        remembered.push({ frameAddress: row.frameAddress, registers: new Map(row.registers) });
        break;
      case cfa.restoreState: {
        const before = remembered.pop();
        if (before === undefined) return false;
        row.frameAddress = before.frameAddress;
        row.registers = before.registers;
        break;
      }
      case cfa.defCfa:
        row.frameAddress = { kind: "register", register: from.unsigned(), offset: from.unsigned() };
        break;
      case cfa.defCfaRegister:
        if (row.frameAddress?.kind !== "register") return false;
        row.frameAddress = { ...row.frameAddress, register: from.unsigned() };
        break;
      case cfa.defCfaOffset:
        if (row.frameAddress?.kind !== "register") return false;
        row.frameAddress = { ...row.frameAddress, offset: from.unsigned() };
        break;
      case cfa.defCfaExpression:
        row.frameAddress = { kind: "expression", expression: expressionIn(from) };
        break;
      case cfa.expression:
        set(from.unsigned(), { kind: "expression", expression: expressionIn(from) });
        break;
      case cfa.offsetExtendedSf:
        set(from.unsigned(), { kind: "offset", offset: from.signed() * dataFactor });
        break;
      case cfa.defCfaSf:
        row.frameAddress = { kind: "register", register: from.unsigned(), offset: from.signed() * dataFactor };
        break;
      case cfa.defCfaOffsetSf:
        if (row.frameAddress?.kind !== "register") return false;
        row.frameAddress = { ...row.frameAddress, offset: from.signed() * dataFactor };
        break;
      case cfa.valOffset:
        set(from.unsigned(), { kind: "value-offset", offset: from.unsigned() * dataFactor });
        break;
      case cfa.valOffsetSf:
        set(from.unsigned(), { kind: "value-offset", offset: from.signed() * dataFactor });
        break;
      case cfa.valExpression:
        set(from.unsigned(), { kind: "value-expression", expression: expressionIn(from) });
        break;
      case cfa.GNUArgsSize:
        // It does not change where the frame is.
        from.unsigned();
        break;
      default:
        return false;
    }
  }
  return !from.isPast;
}

function expressionIn(from: DwarfCursor): FrameExpression {
  const bytes = from.unsigned();
  const start = from.at;
  from.skip(bytes);
  return { cursor: from, start, end: from.at };
}
