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

/** Executes one operation and returns what it pushes. */
function step(cursor: DwarfCursor, stack: number[], { register, read }: ExpressionContext): number | null {
  const operation = cursor.u8();
  if (operation >= 0x30 && operation <= 0x4f) return operation - 0x30;
  if (operation >= 0x70 && operation <= 0x8f) return sum(register(operation - 0x70), cursor.signed());
  switch (operation) {
    case 0x06: {
      const address = stack.pop();
      const word = address === undefined ? null : new DwarfCursor(read(address, 8), address);
      const value = word?.u64() ?? null;
      return word?.isPast === true ? null : value;
    }
    case 0x08:
      return cursor.u8();
    case 0x09:
      return (cursor.u8() << 24) >> 24;
    case 0x0a:
      return cursor.u16();
    case 0x0b:
      return (cursor.u16() << 16) >> 16;
    case 0x0c:
      return cursor.u32();
    case 0x0d:
      return cursor.s32();
    case 0x10:
      return cursor.unsigned();
    case 0x11:
      return cursor.signed();
    case 0x12:
      return stack.at(-1) ?? null;
    case 0x23:
      return sum(stack.pop() ?? null, cursor.unsigned());
    case 0x92:
      return sum(register(cursor.unsigned()), cursor.signed());
    default:
      return binary(operation, stack);
  }
}

function binary(operation: number, stack: number[]): number | null {
  const [b, a] = [stack.pop(), stack.pop()];
  if (a === undefined || b === undefined) return null;
  switch (operation) {
    case 0x1a:
      // JavaScript's own operator is limited to 32 bits.
      return Number(BigInt(a) & BigInt(b));
    case 0x1c:
      return a - b;
    case 0x1e:
      return a * b;
    case 0x22:
      return a + b;
    case 0x24:
      return b >= 0 && b < 32 ? a * 2 ** b : null;
    case 0x2a:
      return Number(a >= b);
    case 0x2b:
      return Number(a > b);
    case 0x2c:
      return Number(a <= b);
    case 0x2d:
      return Number(a < b);
    default:
      return null;
  }
}

function sum(a: number | null, b: number): number | null {
  return a === null ? null : a + b;
}
