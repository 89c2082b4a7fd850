import { ElfWords, parseElfHeader, type ReadAt } from "../program/elf-header.ts";
import { parseBuildId } from "../program/elf-notes.ts";
import type { TableOfNames } from "./function-name.ts";

/** Where names of functions are in an ELF file that no process has in its memory: these sections are not loaded. */
export interface FileSymbols {
  /** Of the file that these are of; null: it has none. */
  readonly buildId: string | null;
  /** .symtab, with offsets in the file for places; null: it was stripped. */
  readonly table: TableOfNames | null;
  /** .gnu_debugdata: an ELF file with a .symtab of the functions that .dynsym lacks, packed by xz. */
  readonly packed: { readonly offset: number; readonly bytes: number } | null;
}

const [PT_NOTE, SHT_SYMTAB] = [4, 2];
const [headerBytes, symbolBytes] = [64, 24];
const bounds = { sections: 4096, notes: 4096, names: 1 << 16 } as const;
const packedName = ".gnu_debugdata";

/** Null: no ELF file of 64 bits, or one whose section headers were cut off. */
export function parseFileSymbols(readAt: ReadAt): FileSymbols | null {
  const header = parseElfHeader(readAt);
  if (header === null || header.bits !== 64 || !header.littleEndian) return null;
  const { offset, entryBytes, count, names } = header.sections;
  if (count === 0 || entryBytes !== headerBytes) return null;
  const table = new ElfWords(readAt(offset, Math.min(count, bounds.sections) * headerBytes), true, 64);
  const sections = Array.from({ length: Math.floor(table.length / headerBytes) }, (_, index) => {
    const at = index * headerBytes;
    return {
      name: table.u32(at),
      type: table.u32(at + 4),
      offset: table.address(at + 24),
      bytes: table.address(at + 32),
      link: table.u32(at + 40),
    };
  });
  const nameTable = sections[names];
  const nameBytes =
    nameTable === undefined ? new Uint8Array() : readAt(nameTable.offset, Math.min(nameTable.bytes, bounds.names));
  const wanted = Buffer.from(`${packedName}\0`);
  const packed = sections.find(({ name }) => wanted.equals(nameBytes.subarray(name, name + wanted.length)));
  const symbols = sections.find(({ type }) => type === SHT_SYMTAB);
  const strings = symbols === undefined ? undefined : sections[symbols.link];
  const notes = header.segments.filter(({ type }) => type === PT_NOTE);
  const buildIds = notes.map((note) => parseBuildId(readAt(note.offset, Math.min(note.bytes, bounds.notes))));
  return {
    buildId: buildIds.find((id) => id !== null) ?? null,
    table:
      symbols === undefined || strings === undefined
        ? null
        : {
            symbols: symbols.offset,
            count: Math.floor(symbols.bytes / symbolBytes),
            strings: strings.offset,
            stringBytes: strings.bytes,
          },
    packed: packed === undefined ? null : { offset: packed.offset, bytes: packed.bytes },
  };
}
