import type { ReadAt } from "../program/elf-header.ts";
import type { ReadMemory } from "./dwarf-cursor.ts";
import { type FileMemory, fileMemory } from "./file-memory.ts";
import { type FunctionPlace, functionNamed } from "./named-function.ts";
import { jumpedTo, mostBytes, passedOnTo } from "./inner-functions.ts";

/** e_machine of elf.h: x86-64, aarch64. */
const [EM_X86_64, EM_AARCH64] = [62, 183];
/** The instruction that enters the kernel: `syscall`, `svc #0`. */
const instructions: Readonly<Record<number, { readonly bytes: readonly number[]; readonly step: number }>> = {
  [EM_X86_64]: { bytes: [0x0f, 0x05], step: 1 },
  [EM_AARCH64]: { bytes: [0x01, 0x00, 0x00, 0xd4], step: 4 },
};

/**
 * The addresses with which exported functions of a library's file enter the kernel, by name: each is after the
 * instruction. On x86-64 also those of functions without a symbol by which getrandom() does it. Names that the file has
 * not are left out.
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
  const named = functionNamed(memory.file, name, memory.read);
  if (named === null) return null;
  const place = { ...named, address: named.address + memory.file.bias };
  return reachedFrom(place, memory).flatMap((one) => callsWithin(one, memory.machine, memory.read));
}

function reachedFrom(place: FunctionPlace, memory: FileMemory): readonly FunctionPlace[] {
  if (memory.machine !== EM_X86_64) return [place];
  const onward = jumpedTo(place, memory) ?? place;
  return [onward, ...passedOnTo(onward, memory)];
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
