import { type ElfSegment, isWithin } from "../program/elf-header.ts";
import { DwarfCursor } from "./dwarf-cursor.ts";
import { frameDescription } from "./eh-frame.ts";
import type { FileMemory } from "./file-memory.ts";
import type { FunctionPlace } from "./named-function.ts";

/** endbr64, which stands first where a compiler guards indirect jumps, and `mov $imm32,%ecx`, without its operand. */
const [landing, fourthArgument] = [[0xf3, 0x0f, 0x1e, 0xfa], 0xb9];
const [near, short] = [0xe9, 0xeb];
const mostJumpBytes = landing.length + 5 + 5;
/** glibc's longest function of these has 1197 bytes; in a longer one an address would be found by chance. */
export const mostBytes = 4096;

/**
 * Where a function jumps to that adds a fourth argument and ends with that jump, as getrandom() of glibc 2.41 does:
 * `mov $1,%ecx; jmp` (Intel SDM, volume 2, JMP rel32 and rel8). `bytes`: the whole function, x86-64. Null: it is
 * anything else.
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
 * The function of the same file to which a function jumps that consists only of that jump. Null: it does not, or the
 * target is not where a function begins.
 */
export function jumpedTo({ address, bytes }: FunctionPlace, memory: FileMemory): FunctionPlace | null {
  const segment = bytes > mostJumpBytes ? undefined : segmentOf({ address, bytes }, memory);
  if (segment === undefined) return null;
  const target = tailJumpTarget(memory.read(address, bytes), address);
  return target === null ? null : functionAt(target, segment, memory);
}

/** `push $318`: the number of getrandom(2), the seventh argument of a function that makes any system call. */
const passedNumber = Buffer.from([0x68, 0x3e, 0x01, 0, 0]);
const call = 0xe8;
const bounds = { bytesToCall: 24, functions: 8, functionBytes: 512 } as const;

/**
 * The functions of the same file to which a function passes the number of getrandom(2), and those that they call: in
 * glibc 2.41 and later __syscall_cancel() makes the call of every function that is a cancellation point, and
 * __syscall_cancel_arch() where there are threads. Other system calls are made there, too: the recorded number
 * distinguishes them.
 */
export function passedOnTo(place: FunctionPlace, memory: FileMemory): readonly FunctionPlace[] {
  const segment = segmentOf(place, memory);
  if (segment === undefined) return [];
  const code = Buffer.from(memory.read(place.address, Math.min(place.bytes, mostBytes)));
  const passed = code.indexOf(passedNumber);
  if (passed === -1) return [];
  const first = { address: place.address + passed, bytes: passedNumber.length + bounds.bytesToCall };
  const found = calledBy(first, segment, memory).slice(0, 1);
  for (let index = 0; index < found.length; index++) {
    const one = found[index];
    if (one === undefined || one.bytes > bounds.functionBytes) continue;
    for (const next of calledBy(one, segment, memory))
      if (found.length < bounds.functions && !found.some(({ address }) => address === next.address)) found.push(next);
  }
  return found;
}

/** Where `call rel32` leads (Intel SDM, volume 2, CALL); other bytes that look like it lead to no function's begin. */
function calledBy({ address, bytes }: FunctionPlace, segment: ElfSegment, memory: FileMemory): FunctionPlace[] {
  const code = memory.read(address, bytes);
  const found: FunctionPlace[] = [];
  for (let at = code.indexOf(call); at !== -1 && found.length < bounds.functions; at = code.indexOf(call, at + 1)) {
    const operand = new DwarfCursor(code, address, at + 1);
    const distance = operand.s32();
    const target = operand.isPast ? null : functionAt(operand.address + distance, segment, memory);
    if (target !== null) found.push(target);
  }
  return found;
}

/**
 * A function that no symbol need name: its length is that of the entry of .eh_frame that begins at it. Null: none
 * begins there, or it is not within the segment.
 */
function functionAt(address: number, segment: ElfSegment, { file, read }: FileMemory): FunctionPlace | null {
  if (file.frameTable === null || !isWithin(segment, address, 0)) return null;
  const frame = frameDescription(file.frameTable, address, read);
  if (frame === null || frame.start !== address || !isWithin(segment, address, frame.end - address)) return null;
  return { address, bytes: frame.end - address };
}

function segmentOf({ address, bytes }: FunctionPlace, { code }: FileMemory): ElfSegment | undefined {
  return code.find((one) => isWithin(one, address, bytes));
}
