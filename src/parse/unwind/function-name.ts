import { ElfWords } from "../program/elf-header.ts";
import type { ReadMemory } from "./dwarf-cursor.ts";
import { type LoadedFile, textAt } from "./loaded-file.ts";

/** sizeof(Elf64_Sym), and st_info's types of code: STT_FUNC, STT_GNU_IFUNC. */
const [entryBytes, functionType, indirectType] = [24, 2, 10];
/** libcrypto has 6000 symbols; of larger tables no name is looked for. */
const bounds = { buckets: 16_384, symbols: 32_768, chunk: 4096 } as const;

/** A function with a name: where it begins in its file, and how long it is. */
interface NamedFunction {
  readonly name: number;
  readonly address: number;
  readonly bytes: number;
}

/**
 * The exported function that an address of the process is in, by the size that the symbol table gives. Null: none, as
 * in a function that is static, or where the table is too long to be read.
 */
export function functionName({ bias, symbols }: LoadedFile, address: number, read: ReadMemory): string | null {
  if (symbols === null) return null;
  const count = symbolCount(symbols.hash, read);
  const found = count === null ? null : functionAt(symbols.symbols, count, address - bias, read);
  return found === null || found.name >= symbols.stringBytes ? null : textAt(symbols.strings + found.name, read);
}

function functionAt(table: number, count: number, address: number, read: ReadMemory): NamedFunction | null {
  for (let first = 0; first < count; first += bounds.chunk) {
    const bytes = read(table + first * entryBytes, Math.min(bounds.chunk, count - first) * entryBytes);
    const words = new ElfWords(bytes, true, 64);
    for (let at = 0; at + entryBytes <= words.length; at += entryBytes) {
      // The lower half of its address decides nearly always; whole numbers are read of those that are left.
      const type = words.u8(at + 4) & 0x0f;
      if (type !== functionType && type !== indirectType) continue;
      const low = words.u32(at + 8);
      if (low > address || words.u32(at + 12) !== 0 || words.u16(at + 6) === 0) continue;
      const size = words.u32(at + 16);
      if (address < low + size) return { name: words.u32(at), address: low, bytes: size };
    }
  }
  return null;
}

/**
 * How many symbols there are, by the table for looking them up (DT_GNU_HASH): the last chain of the highest bucket ends
 * with the last symbol. Null: there is no such end within bounds.
 */
function symbolCount(hash: number, read: ReadMemory): number | null {
  const head = new ElfWords(read(hash, 16), true, 64);
  if (head.length < 16) return null;
  const [buckets, firstSymbol, bloomWords] = [head.u32(0), head.u32(4), head.u32(8)];
  if (buckets === 0 || buckets > bounds.buckets || bloomWords > bounds.buckets) return null;
  const bucketTable = hash + 16 + bloomWords * 8;
  const words = new ElfWords(read(bucketTable, buckets * 4), true, 64);
  let last = 0;
  for (let at = 0; at + 4 <= words.length; at += 4) last = Math.max(last, words.u32(at));
  if (last < firstSymbol) return firstSymbol;
  const chains = bucketTable + buckets * 4;
  for (let index = last; index < bounds.symbols; index++) {
    const chain = new ElfWords(read(chains + (index - firstSymbol) * 4, 4), true, 64);
    if (chain.length < 4) return null;
    if ((chain.u32(0) & 1) === 1) return index + 1;
  }
  return null;
}
