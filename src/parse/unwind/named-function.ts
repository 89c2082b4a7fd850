import { ElfWords } from "../program/elf-header.ts";
import type { ReadMemory } from "./dwarf-cursor.ts";
import { type LoadedFile, nameAt } from "./loaded-file.ts";

/** Where a function is in its file's memory, and how long it is. */
export interface FunctionPlace {
  readonly address: number;
  readonly bytes: number;
}

const [symbolBytes, mostInChain] = [24, 1024];

/**
 * An exported function, by the table for looking names up, DT_GNU_HASH, as the dynamic linker does (do_lookup_x() of
 * glibc's elf/dl-lookup.c).
 */
export function functionNamed({ symbols }: LoadedFile, name: string, read: ReadMemory): FunctionPlace | null {
  if (symbols === null) return null;
  const word = (address: number): number => {
    const words = new ElfWords(read(address, 4), true, 64);
    return words.length < 4 ? 0 : words.u32(0);
  };
  const [buckets, first, bloomWords] = [word(symbols.hash), word(symbols.hash + 4), word(symbols.hash + 8)];
  if (buckets === 0) return null;
  const hash = hashOf(name);
  const bucketTable = symbols.hash + 16 + bloomWords * 8;
  const chains = bucketTable + buckets * 4;
  let index = word(bucketTable + (hash % buckets) * 4);
  for (let steps = 0; index >= first && index > 0 && steps < mostInChain; steps++, index++) {
    const chain = word(chains + (index - first) * 4);
    // The lowest bit marks the end of a chain.
    if (chain >>> 1 === hash >>> 1) {
      const symbol = new ElfWords(read(symbols.symbols + index * symbolBytes, symbolBytes), true, 64);
      if (symbol.length === symbolBytes && nameAt(symbols.strings + symbol.u32(0), read) === name)
        return { address: symbol.address(8), bytes: symbol.address(16) };
    }
    if ((chain & 1) === 1) break;
  }
  return null;
}

/** dl_new_hash() of glibc. */
function hashOf(name: string): number {
  let hash = 5381;
  for (const byte of Buffer.from(name)) hash = (Math.imul(hash, 33) + byte) >>> 0;
  return hash;
}
