import { type ElfHeader, type ElfSegment, isWithin, parseElfHeader, type ReadAt } from "../program/elf-header.ts";
import type { ReadMemory } from "./dwarf-cursor.ts";
import { type LoadedFile, parseLoadedFile } from "./loaded-file.ts";

const [PT_LOAD, PF_X] = [1, 1];

/** A file, by the addresses that it has in a process' memory, or would have there. */
export interface FileMemory {
  readonly file: LoadedFile;
  readonly machine: ElfHeader["machine"];
  /** The segments whose bytes may be executed. */
  readonly code: readonly ElfSegment[];
  readonly read: ReadMemory;
}

/** A file that no process need have loaded. Null: no ELF file of 64 bits that a dynamic linker would load. */
export function fileMemory(readAt: ReadAt): FileMemory | null {
  const segments = parseElfHeader(readAt)?.segments.filter(({ type }) => type === PT_LOAD) ?? [];
  const read: ReadMemory = (address, bytes) => {
    const segment = segments.find((one) => isWithin(one, address, 0));
    if (segment === undefined) return new Uint8Array();
    return readAt(
      segment.offset + address - segment.address,
      Math.min(bytes, segment.address + segment.bytes - address),
    );
  };
  return segments[0] === undefined ? null : loadedMemory(segments[0].address, read);
}

/** The file whose first byte is at `base` of a process' memory. Null: as above. */
export function loadedMemory(base: number, read: ReadMemory): FileMemory | null {
  const header = parseElfHeader((offset, bytes) => read(base + offset, bytes));
  const file = parseLoadedFile(base, read);
  if (header === null || file === null) return null;
  const code = header.segments
    .filter(({ type, flags }) => type === PT_LOAD && (flags & PF_X) !== 0)
    .map((segment) => ({ ...segment, address: segment.address + file.bias }));
  return { file, machine: header.machine, code, read };
}
