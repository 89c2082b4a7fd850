import type { ReadMemory } from "../../../src/parse/unwind/dwarf-cursor.ts";

/** Where the first byte of the made-up library is in the process, and which address its file gives that byte. */
export const [libraryAt, fileAddress] = [0x7f12_3456_0000, 0x1_0000];
export const bias = libraryAt - fileAddress;
const size = 0x30_0000;
const [dynamicAt, stringsAt, notesAt, arrayAt, symbolsAt, hashAt] = [
  0x2_0000, 0x4_0000, 0x800, 0x900, 0x20_0000, 0x10_0000,
];

export interface MadeFunction {
  readonly name: string;
  /** As the file has it. */
  readonly address: number;
  readonly bytes: number;
  /** st_info: 0x12 is a function, 0x1a one that a resolver chooses, 0x11 data. */
  readonly info?: number;
  /** 0: defined in another file. */
  readonly section?: number;
}

export interface MadeLibrary {
  readonly functions?: readonly MadeFunction[];
  readonly buckets?: number;
  readonly bloomWords?: number;
  /** Symbols in front of those that are hashed, as of functions that it imports. */
  readonly imported?: number;
  readonly soname?: string;
  readonly init?: number;
  /** Addresses of the process, as relocated. */
  readonly initArray?: readonly number[];
  readonly notes?: Buffer;
  /** Entries of its dynamic section that mean nothing here, in front of the others. */
  readonly fillers?: number;
  /** d_tag to d_val, after the others; `null` takes one away. */
  readonly tags?: Readonly<Record<number, number | null>>;
  /** Whether the dynamic linker has written addresses of the process over those of the file, as glibc's does. */
  readonly relocated?: boolean;
  readonly segments?: readonly (readonly [type: number, offset: number, address: number, bytes: number])[];
}

/** Memory in which this library is mapped from `libraryAt` on, and nothing else. */
export function libraryMemory({
  functions = [],
  buckets = 1,
  bloomWords = 1,
  imported = 1,
  soname,
  init,
  initArray = [],
  notes = Buffer.alloc(0),
  fillers = 0,
  tags = {},
  relocated = true,
  segments,
}: MadeLibrary = {}): ReadMemory {
  const memory = Buffer.alloc(size);
  let strings = "\0";
  const nameOf = (name: string): number => {
    strings += `${name}\0`;
    return strings.length - name.length - 1;
  };
  const inBuckets = functions
    .map((one) => ({ ...one, hash: hashOf(one.name), bucket: hashOf(one.name) % buckets }))
    .toSorted((a, b) => a.bucket - b.bucket);
  const first = imported;
  for (const [index, { name, address, bytes, info = 0x12, section = 1 }] of inBuckets.entries()) {
    const at = symbolsAt + (first + index) * 24;
    memory.writeUInt32LE(nameOf(name), at);
    memory.writeUInt8(info, at + 4);
    memory.writeUInt16LE(section, at + 6);
    memory.writeBigUInt64LE(BigInt(address), at + 8);
    memory.writeBigUInt64LE(BigInt(bytes), at + 16);
  }
  for (const [index, value] of [buckets, first, bloomWords, 6].entries())
    memory.writeUInt32LE(value, hashAt + index * 4);
  const bucketTable = hashAt + 16 + bloomWords * 8;
  for (const [index, { hash, bucket }] of inBuckets.entries()) {
    const ends = inBuckets[index + 1]?.bucket !== bucket;
    if (memory.readUInt32LE(bucketTable + bucket * 4) === 0)
      memory.writeUInt32LE(first + index, bucketTable + bucket * 4);
    memory.writeUInt32LE(((hash & ~1) | Number(ends)) >>> 0, bucketTable + (buckets + index) * 4);
  }
  const address = (offset: number): number => (relocated ? libraryAt : fileAddress) + offset;
  const entries = new Map<number, number>();
  for (let filler = 0; filler < fillers; filler++) entries.set(0x6000_0000 + filler, 0);
  if (soname !== undefined) entries.set(14, nameOf(soname));
  if (init !== undefined) entries.set(12, init);
  if (initArray.length > 0) {
    for (const [index, value] of initArray.entries()) memory.writeBigUInt64LE(BigInt(value), arrayAt + index * 8);
    entries.set(25, fileAddress + arrayAt);
    entries.set(27, initArray.length * 8);
  }
  entries
    .set(5, address(stringsAt))
    .set(6, address(symbolsAt))
    .set(10, strings.length)
    .set(0x6ffffef5, address(hashAt));
  for (const [tag, value] of Object.entries(tags))
    if (value === null) entries.delete(Number(tag));
    else entries.set(Number(tag), value);
  for (const [index, [tag, value]] of [...entries].entries()) {
    memory.writeBigUInt64LE(BigInt(tag), dynamicAt + index * 16);
    memory.writeBigUInt64LE(BigInt(value), dynamicAt + index * 16 + 8);
  }
  memory.write(strings, stringsAt, "latin1");
  notes.copy(memory, notesAt);
  const table = segments ?? [
    [1, 0, fileAddress, size],
    [2, dynamicAt, fileAddress + dynamicAt, (entries.size + 1) * 16],
    [0x6474e550, 0x3000, fileAddress + 0x3000, 0x100],
    [4, notesAt, fileAddress + notesAt, notes.length],
  ];
  Buffer.from("7f454c46020101", "hex").copy(memory);
  memory.writeUInt16LE(3, 16);
  memory.writeUInt16LE(62, 18);
  memory.writeBigUInt64LE(64n, 32);
  memory.writeUInt16LE(56, 54);
  memory.writeUInt16LE(table.length, 56);
  for (const [index, [type, offset, place, bytes]] of table.entries()) {
    const at = 64 + index * 56;
    memory.writeUInt32LE(type, at);
    memory.writeUInt32LE(5, at + 4);
    memory.writeBigUInt64LE(BigInt(offset), at + 8);
    memory.writeBigUInt64LE(BigInt(place), at + 16);
    memory.writeBigUInt64LE(BigInt(bytes), at + 32);
  }
  return (from, bytes) =>
    from < libraryAt || from >= libraryAt + size
      ? new Uint8Array()
      : memory.subarray(from - libraryAt, from - libraryAt + bytes);
}

/** dl_new_hash() of glibc's elf/dl-hash.h. */
function hashOf(name: string): number {
  return [...Buffer.from(name)].reduce((hash, byte) => (Math.imul(hash, 33) + byte) >>> 0, 5381);
}
