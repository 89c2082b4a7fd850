import type { Mapping } from "../proc/proc-maps.ts";
import { type ReadMemory, wordAt } from "./dwarf-cursor.ts";

/** Numbers of DWARF on x86-64: rbp, rsp, and the return address. */
const [framePointer, stackPointer, returnAddress, registerCount] = [6, 7, 16, 17];
/** The longest call through a register or memory without a prefix that lengthens it: ff, ModRM, SIB, four bytes. */
const longestCall = 7;

/**
 * The registers of the caller where rbp is a frame pointer: it points to the caller's own, and the return address is
 * above that. Null: rbp is not known, or leads to no frame: not up the same stack, or not to an address after a call.
 * Only rbp and rsp are the caller's: what else the function has kept is not known.
 *
 * A function that leaves rbp as it found it looks like one that has a frame: then its caller is missing.
 */
export function callerByFramePointer(
  { mappings, read }: { readonly mappings: readonly Mapping[]; readonly read: ReadMemory },
  values: readonly (number | null)[],
): readonly (number | null)[] | null {
  const [frame, top] = [values[framePointer] ?? null, values[stackPointer] ?? null];
  if (frame === null || top === null || frame < top || frame % 8 !== 0) return null;
  const stack = mappings.find(({ start, end }) => start <= top && top < end);
  if (stack === undefined || frame + 16 > stack.end) return null;
  const [outer, back] = [wordAt(frame, read), wordAt(frame + 8, read)];
  if (outer === null || back === null || !isAfterCall(back, mappings, read)) return null;
  const caller = Array.from<number | null>({ length: registerCount }).fill(null);
  caller[framePointer] = outer;
  caller[stackPointer] = frame + 16;
  caller[returnAddress] = back;
  return caller;
}

/** Whether the instruction before an address is a near call (Intel SDM, volume 2, CALL): e8, or ff with /2. */
function isAfterCall(address: number, mappings: readonly Mapping[], read: ReadMemory): boolean {
  const inside = address - 1;
  if (!mappings.some(({ start, end, executable }) => executable && start <= inside && inside < end)) return false;
  const bytes = read(address - longestCall, longestCall);
  if (bytes.length < longestCall) return false;
  if (bytes[longestCall - 5] === 0xe8) return true;
  return [2, 3, 4, 6, 7].some((length) => {
    const at = longestCall - length;
    return bytes[at] === 0xff && (((bytes[at + 1] ?? 0) >> 3) & 7) === 2;
  });
}
