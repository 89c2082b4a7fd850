import { DwarfCursor } from "./dwarf-cursor.ts";
import { frameDescription } from "./eh-frame.ts";
import { type FileMemory, isWithin } from "./file-memory.ts";
import type { FunctionPlace } from "./named-function.ts";

/** endbr64, which stands first where a compiler guards indirect jumps, and `mov $imm32,%ecx`, without its operand. */
const [landing, fourthArgument] = [[0xf3, 0x0f, 0x1e, 0xfa], 0xb9];
const [near, short] = [0xe9, 0xeb];
const mostJumpBytes = landing.length + 5 + 5;

/**
 * Where a function goes on that hands its arguments to another one with a fourth added, and ends by a jump, as
 * getrandom() of glibc 2.41 does: `mov $1,%ecx; jmp` (Intel SDM, volume 2, JMP rel32 and rel8). `bytes`: the whole
 * function, x86-64. Null: it is anything else.
 */
export function tailJumpTarget(bytes: Uint8Array, address: number): number | null {
  const code = new DwarfCursor(bytes, address, landing.every((byte, index) => bytes[index] === byte) ? 4 : 0);
  if (code.u8() !== fourthArgument) return null;
  code.skip(4);
  const opcode = code.u8();
  const distance = opcode === near ? code.s32() : opcode === short ? (code.u8() << 24) >> 24 : null;
  return distance === null || code.isPast || code.hasMore ? null : code.address + distance;
}

/**
 * The function of the same file that a function goes on in, where it is nothing but a jump there. No symbol need name
 * it: its length is that of the entry of .eh_frame that begins at it. Null: it is no such jump, it leaves its segment,
 * or no entry begins where it leads.
 */
export function jumpedTo({ address, bytes }: FunctionPlace, { file, code, read }: FileMemory): FunctionPlace | null {
  const segment = code.find((one) => isWithin(one, address, bytes));
  if (segment === undefined || file.frameTable === null || bytes > mostJumpBytes) return null;
  const target = tailJumpTarget(read(address, bytes), address);
  if (target === null || !isWithin(segment, target, 0)) return null;
  const frame = frameDescription(file.frameTable, target, read);
  if (frame === null || frame.start !== target || !isWithin(segment, target, frame.end - target)) return null;
  return { address: target, bytes: frame.end - target };
}
