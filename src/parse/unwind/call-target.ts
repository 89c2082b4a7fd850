import { DwarfCursor, type ReadMemory, wordAt } from "./dwarf-cursor.ts";

/** Bytes of `call rel32`, and of `call *disp32(%rip)` (Intel SDM, volume 2, CALL). */
const [direct, indirect] = [5, 6];
const stubBytes = 16;

/**
 * Where the call before a return address led, through an entry of the procedure linkage table if it led there. Null: it
 * is a call by a register or by memory that may have changed since, or cannot be read.
 */
export function callTarget(returnAddress: number, read: ReadMemory): number | null {
  const bytes = read(returnAddress - indirect, indirect);
  if (bytes.length < indirect) return null;
  const distance = new DwarfCursor(bytes, returnAddress - indirect, indirect - 4).s32();
  if (bytes[indirect - direct] === 0xe8) return throughLinkage(returnAddress + distance, read);
  return bytes[0] === 0xff && bytes[1] === 0x15 ? wordAt(returnAddress + distance, read) : null;
}

/** An entry jumps to what the dynamic linker has written: `jmp *disp32(%rip)`, after endbr64 or a bnd prefix. */
function throughLinkage(address: number, read: ReadMemory): number | null {
  const stub = read(address, stubBytes);
  let at = [0xf3, 0x0f, 0x1e, 0xfa].every((byte, index) => stub[index] === byte) ? 4 : 0;
  if (stub[at] === 0xf2) at++;
  if (stub[at] !== 0xff || stub[at + 1] !== 0x25) return address;
  const next = at + 6;
  const distance = new DwarfCursor(stub, address, next - 4).s32();
  return wordAt(address + next + distance, read);
}
