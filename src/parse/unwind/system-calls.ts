import type { ReadAt } from "../program/elf-header.ts";
import type { ReadMemory } from "./dwarf-cursor.ts";
import { type FileMemory, fileMemory } from "./file-memory.ts";
import { type FunctionPlace, functionNamed } from "./named-function.ts";
import { jumpedTo } from "./tail-jump.ts";

/** e_machine of elf.h: x86-64, aarch64. */
const [EM_X86_64, EM_AARCH64] = [62, 183];
/** The instruction that enters the kernel: `syscall`, `svc #0`. */
const instructions: Readonly<Record<number, { readonly bytes: readonly number[]; readonly step: number }>> = {
  [EM_X86_64]: { bytes: [0x0f, 0x05], step: 1 },
  [EM_AARCH64]: { bytes: [0x01, 0x00, 0x00, 0xd4], step: 4 },
};
/** glibc's longest such function has 1197 bytes; in a longer one an address would be found by chance. */
const mostBytes = 4096;

/**
 * The addresses with which exported functions of a library's file enter the kernel, by name: each is behind the
 * instruction. A function that only jumps into another one of its file enters the kernel there (x86-64). Names that the
 * file has not are left out.
 */
export function systemCallsOfFile(readAt: ReadAt, names: readonly string[]): ReadonlyMap<string, readonly number[]> {
  const memory = fileMemory(readAt);
  const found = new Map<string, readonly number[]>();
  for (const name of memory === null ? [] : names) {
    const calls = memory === null ? null : systemCallsOf(memory, name);
    if (calls !== null) found.set(name, calls);
  }
  return found;
}

/** Those of one function; null: the file exports none of this name. */
export function systemCallsOf(memory: FileMemory, name: string): readonly number[] | null {
  const place = functionNamed(memory.file, name, memory.read);
  if (place === null) return null;
  const onward = memory.machine === EM_X86_64 ? jumpedTo(place, memory) : null;
  return [place, ...(onward === null ? [] : [onward])].flatMap((one) => callsWithin(one, memory.machine, memory.read));
}

function callsWithin({ address, bytes }: FunctionPlace, machine: number, read: ReadMemory): readonly number[] {
  const instruction = instructions[machine];
  if (instruction === undefined || bytes > mostBytes) return [];
  const code = read(address, bytes);
  const calls: number[] = [];
  for (let at = 0; at + instruction.bytes.length <= code.length; at += instruction.step)
    if (instruction.bytes.every((byte, index) => code[at + index] === byte))
      calls.push(address + at + instruction.bytes.length);
  return calls;
}
