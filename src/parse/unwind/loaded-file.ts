import { type ElfHeader, ElfWords, parseElfHeader } from "../program/elf-header.ts";
import { parseBuildId } from "../program/elf-notes.ts";
import type { ReadMemory } from "./dwarf-cursor.ts";

/** An ELF file as it is mapped in a process: that is what runs, even if the file was replaced since. */
export interface LoadedFile {
  /** The process' address minus the file's. */
  readonly bias: number;
  /** Where the sorted table of its frames is (PT_GNU_EH_FRAME); null: it has none. */
  readonly frameTable: number | null;
  readonly soname: string | null;
  /** It is a program and no library: linkers give it the place where debuggers find the list of files (DT_DEBUG). */
  readonly isProgram: boolean;
  readonly buildId: string | null;
  /** Where the functions begin that the dynamic linker calls as it loads the file: DT_INIT, DT_INIT_ARRAY. */
  readonly initialisers: readonly number[];
  readonly symbols: SymbolTable | null;
}

/** The table that is in memory in any case, since the dynamic linker needs it: .dynsym. */
export interface SymbolTable {
  readonly symbols: number;
  readonly strings: number;
  readonly stringBytes: number;
  readonly hash: number;
}

/** p_type of elf.h. */
const [PT_LOAD, PT_DYNAMIC, PT_NOTE, PT_GNU_EH_FRAME] = [1, 2, 4, 0x6474e550];
/** d_tag of elf.h. */
const tags = {
  strings: 5,
  symbols: 6,
  stringBytes: 10,
  init: 12,
  soname: 14,
  debug: 21,
  initArray: 25,
  initArrayBytes: 27,
  gnuHash: 0x6ffffef5,
} as const;
const bounds = { dynamicEntries: 512, noteBytes: 4096, initialisers: 64, name: 256 } as const;

/** The file whose first byte is at `base`. Null: there is no ELF file of 64 bits there. */
export function parseLoadedFile(base: number, read: ReadMemory): LoadedFile | null {
  const header = parseElfHeader((offset, bytes) => read(base + offset, bytes));
  if (header === null || header.bits !== 64 || !header.littleEndian) return null;
  const first = header.segments.find(({ type, offset }) => type === PT_LOAD && offset === 0);
  if (first === undefined) return null;
  const bias = base - first.address;
  const entries = dynamicOf(header, bias, read);
  // glibc writes addresses of memory over those of the file, musl and the vDSO leave them.
  const address = (tag: number): number | null => {
    const value = entries.get(tag);
    return value === undefined ? null : value >= base ? value : value + bias;
  };
  const table = header.segments.find(({ type }) => type === PT_GNU_EH_FRAME);
  const [symbols, strings, hash] = [address(tags.symbols), address(tags.strings), address(tags.gnuHash)];
  const stringBytes = entries.get(tags.stringBytes) ?? 0;
  const soname = entries.get(tags.soname);
  return {
    bias,
    frameTable: table === undefined ? null : bias + table.address,
    soname: soname === undefined || strings === null || soname >= stringBytes ? null : nameAt(strings + soname, read),
    isProgram: entries.has(tags.debug),
    buildId: buildIdOf(header, bias, read),
    initialisers: initialisersOf(entries, bias, base, read),
    symbols: symbols === null || strings === null || hash === null ? null : { symbols, strings, stringBytes, hash },
  };
}

/** A name of at most 255 bytes, up to its NUL; null: there is none. */
export function nameAt(address: number, read: ReadMemory): string | null {
  const bytes = read(address, bounds.name);
  const end = bytes.indexOf(0);
  return end <= 0 ? null : Buffer.from(bytes.subarray(0, end)).toString("utf8");
}

function dynamicOf({ segments }: ElfHeader, bias: number, read: ReadMemory): ReadonlyMap<number, number> {
  const dynamic = segments.find(({ type }) => type === PT_DYNAMIC);
  const entries = new Map<number, number>();
  if (dynamic === undefined) return entries;
  const words = new ElfWords(
    read(bias + dynamic.address, Math.min(dynamic.bytes, bounds.dynamicEntries * 16)),
    true,
    64,
  );
  for (let at = 0; at + 16 <= words.length; at += 16) {
    const tag = words.address(at);
    if (tag === 0) break;
    if (!entries.has(tag)) entries.set(tag, words.address(at + 8));
  }
  return entries;
}

function buildIdOf({ segments }: ElfHeader, bias: number, read: ReadMemory): string | null {
  for (const { type, address, bytes } of segments) {
    if (type !== PT_NOTE) continue;
    const found = parseBuildId(read(bias + address, Math.min(bytes, bounds.noteBytes)));
    if (found !== null) return found;
  }
  return null;
}

function initialisersOf(
  entries: ReadonlyMap<number, number>,
  bias: number,
  base: number,
  read: ReadMemory,
): readonly number[] {
  const init = entries.get(tags.init);
  const array = entries.get(tags.initArray);
  const bytes = Math.min(entries.get(tags.initArrayBytes) ?? 0, bounds.initialisers * 8);
  const words = new ElfWords(array === undefined ? new Uint8Array() : read(array + bias, bytes), true, 64);
  const listed = Array.from({ length: Math.floor(words.length / 8) }, (_, index) => words.address(index * 8));
  // Relocated by the time that they are called.
  return [...(init === undefined ? [] : [init + bias]), ...listed.filter((address) => address >= base)];
}
