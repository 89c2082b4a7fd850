import { ElfWords } from "../program/elf-header.ts";
import type { ReadMemory } from "./dwarf-cursor.ts";
import { type LoadedFile, nameAt } from "./loaded-file.ts";
import { SearchedParts } from "./searched-parts.ts";

/** sizeof(Elf64_Sym), and st_info's types of code: STT_FUNC, STT_GNU_IFUNC. */
const [entryBytes, entryWords, functionType, indirectType] = [24, 6, 2, 10];
/** libcrypto exports 6000, and has 20 000 in all; larger tables are not searched. */
const bounds = { buckets: 16_384, symbols: 32_768, chunk: 4096 } as const;

/** A table of symbols (Elf64_Sym) and that of their names. The places are those that the reader of it understands. */
export interface TableOfNames {
  readonly symbols: number;
  readonly count: number;
  readonly strings: number;
  readonly stringBytes: number;
}

/**
 * The exported functions that contain addresses of the process, by the sizes that the symbol table gives; the table is
 * read once for all of them. An address is left out that is in none, as in a function that is static, or where the
 * table is too long to be read.
 */
export function functionNames(
  { bias, symbols }: LoadedFile,
  addresses: readonly number[],
  read: ReadMemory,
  searched?: SearchedParts,
): ReadonlyMap<number, string> {
  const count = symbols === null ? null : symbolCount(symbols.hash, read);
  if (symbols === null || count === null) return new Map();
  const inFile = addresses.map((address) => address - bias);
  const names = namesInTable({ ...symbols, count }, inFile, read, searched);
  return new Map([...names].map(([address, name]) => [address + bias, name]));
}

/** The same by any table, of addresses as the file has them. Empty where the table is too long to be read. */
export function namesInTable(
  { symbols, count, strings, stringBytes }: TableOfNames,
  addresses: readonly number[],
  read: ReadMemory,
  searched = new SearchedParts(),
): ReadonlyMap<number, string> {
  const names = new Map<number, string>();
  if (count > bounds.symbols) return names;
  for (const [address, name] of functionsAt(symbols, count, [...new Set(addresses)], read, searched)) {
    const text = name >= stringBytes ? null : nameAt(strings + name, read);
    if (text !== null) names.set(address, text);
  }
  return names;
}

/** For each address in a function, the offset of that function's name in the table of strings. */
function functionsAt(
  table: number,
  count: number,
  addresses: readonly number[],
  read: ReadMemory,
  searched: SearchedParts,
): ReadonlyMap<number, number> {
  const found = new Map<number, number>();
  let wanted = addresses;
  for (let first = 0; first < count && wanted.length > 0; first += bounds.chunk) {
    const bytes = read(table + first * entryBytes, Math.min(bounds.chunk, count - first) * entryBytes);
    for (const [address, name] of searched.find(bytes, wanted, functionsIn))
      if (name !== null) found.set(address, name);
    wanted = wanted.filter((address) => !found.has(address));
  }
  return found;
}

/** The same of one part of the table; of several functions that an address is in, the first counts. */
function functionsIn(part: Uint8Array, addresses: readonly number[]): ReadonlyMap<number, number> {
  const found = new Map<number, number>();
  const wanted = addresses.toSorted((a, b) => a - b);
  let highest = wanted.at(-1) ?? 0;
  // Elf64_Sym in words of 32 bits: name; type, visibility and section; address; size. Only little-endian files are
  // read.
  const words = wordsOf(part).subarray(0, Math.floor(part.length / entryBytes) * entryWords);
  for (let at = 0; at < words.length && wanted.length > 0; at += entryWords) {
    // The lower half of its address decides nearly always; the rest is read of those that are left.
    const low = words[at + 2] ?? 0;
    if (low > highest || words[at + 3] !== 0) continue;
    const kind = words[at + 1] ?? 0;
    const type = kind & 0x0f;
    if ((type !== functionType && type !== indirectType) || kind >>> 16 === 0) continue;
    const end = low + (words[at + 4] ?? 0);
    const from = firstFrom(wanted, low);
    if ((wanted[from] ?? end) >= end) continue;
    const inside = wanted.splice(from, firstFrom(wanted, end) - from);
    for (const address of inside) found.set(address, words[at] ?? 0);
    highest = wanted.at(-1) ?? 0;
  }
  return found;
}

/** The index of the first that is not below `low`, of numbers in order. */
function firstFrom(numbers: readonly number[], low: number): number {
  let [from, to] = [0, numbers.length];
  while (from < to) {
    const middle = (from + to) >> 1;
    if ((numbers[middle] ?? 0) < low) from = middle + 1;
    else to = middle;
  }
  return from;
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
  let last = 0;
  for (const index of wordsOf(read(bucketTable, buckets * 4))) if (index > last) last = index;
  if (last < firstSymbol) return firstSymbol;
  const chains = bucketTable + buckets * 4;
  for (let first = last; first < bounds.symbols; first += bounds.chunk) {
    const count = Math.min(bounds.chunk, bounds.symbols - first);
    const words = wordsOf(read(chains + (first - firstSymbol) * 4, count * 4));
    const end = words.findIndex((word) => (word & 1) === 1);
    if (end !== -1) return first + end + 1;
    if (words.length < count) return null;
  }
  return null;
}

/** Of 32 bits, wherever the bytes begin. */
function wordsOf(bytes: Uint8Array): Uint32Array {
  return new Uint32Array(new Uint8Array(bytes).buffer, 0, bytes.length >> 2);
}
