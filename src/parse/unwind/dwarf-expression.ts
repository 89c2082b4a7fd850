import type { FrameExpression } from "./call-frame-rules.ts";
import { DwarfCursor, type ReadMemory } from "./dwarf-cursor.ts";

/** What an expression may read. */
export interface ExpressionContext {
  readonly register: (number: number) => number | null;
  readonly read: ReadMemory;
}

const [mostOperations, mostValues] = [64, 16];

/**
 * The value of a DWARF expression (DWARF 5, section 2.5), of the operations that compilers and linkers write into
 * .eh_frame: those of the procedure linkage table, and of the frame that a signal left. `first` is pushed before, where
 * the rule says so. Null: another operation, or a register that is not known.
 */
export function valueOfExpression(
  { cursor, start, end }: FrameExpression,
  first: number | null,
  context: ExpressionContext,
): number | null {
  const stack: number[] = first === null ? [] : [first];
  const resume = cursor.at;
  cursor.at = start;
  try {
    for (let count = 0; cursor.at < end; count++) {
      const value = count < mostOperations && stack.length <= mostValues ? step(cursor, stack, context) : null;
      if (value === null || !Number.isSafeInteger(value)) return null;
      stack.push(value);
    }
  } finally {
    cursor.at = resume;
  }
  return stack.at(-1) ?? null;
}

/** DW_OP_* (DWARF 5, table 7.9). */
const op = {
  deref: 0x06,
  const1u: 0x08,
  const1s: 0x09,
  const2u: 0x0a,
  const2s: 0x0b,
  const4u: 0x0c,
  const4s: 0x0d,
  constu: 0x10,
  consts: 0x11,
  dup: 0x12,
  and: 0x1a,
  minus: 0x1c,
  mul: 0x1e,
  plus: 0x22,
  plusUconst: 0x23,
  shl: 0x24,
  ge: 0x2a,
  gt: 0x2b,
  le: 0x2c,
  lt: 0x2d,
  lit0: 0x30,
  lit31: 0x4f,
  breg0: 0x70,
  breg31: 0x8f,
  bregx: 0x92,
} as const;

/** Executes one operation and returns what it pushes. */
function step(cursor: DwarfCursor, stack: number[], { register, read }: ExpressionContext): number | null {
  const operation = cursor.u8();
  if (operation >= op.lit0 && operation <= op.lit31) return operation - op.lit0;
  if (operation >= op.breg0 && operation <= op.breg31) return sum(register(operation - op.breg0), cursor.signed());
  switch (operation) {
    case op.deref: {
      const address = stack.pop();
      const word = address === undefined ? null : new DwarfCursor(read(address, 8), address);
      const value = word?.u64() ?? null;
      return word?.isPast === true ? null : value;
    }
    case op.const1u:
      return cursor.u8();
    case op.const1s:
      return (cursor.u8() << 24) >> 24;
    case op.const2u:
      return cursor.u16();
    case op.const2s:
      return (cursor.u16() << 16) >> 16;
    case op.const4u:
      return cursor.u32();
    case op.const4s:
      return cursor.s32();
    case op.constu:
      return cursor.unsigned();
    case op.consts:
      return cursor.signed();
    case op.dup:
      return stack.at(-1) ?? null;
    case op.plusUconst:
      return sum(stack.pop() ?? null, cursor.unsigned());
    case op.bregx:
      return sum(register(cursor.unsigned()), cursor.signed());
    default:
      return binary(operation, stack);
  }
}

function binary(operation: number, stack: number[]): number | null {
  const [b, a] = [stack.pop(), stack.pop()];
  if (a === undefined || b === undefined) return null;
  switch (operation) {
    case op.and:
      // JavaScript's own operator is limited to 32 bits.
      return Number(BigInt(a) & BigInt(b));
    case op.minus:
      return a - b;
    case op.mul:
      return a * b;
    case op.plus:
      return a + b;
    case op.shl:
      return b >= 0 && b < 32 ? a * 2 ** b : null;
    case op.ge:
      return Number(a >= b);
    case op.gt:
      return Number(a > b);
    case op.le:
      return Number(a <= b);
    case op.lt:
      return Number(a < b);
    default:
      return null;
  }
}

function sum(a: number | null, b: number): number | null {
  return a === null ? null : a + b;
}
