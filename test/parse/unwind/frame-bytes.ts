import type { ReadMemory } from "../../../src/parse/unwind/dwarf-cursor.ts";

/** The address of the made-up section .eh_frame_hdr. */
export const tableAt = 0x40_0000;
const commonAt = 0x40_1000;
const entriesAt = 0x40_2000;
const entryRoom = 0x100;

export const u32 = (value: number): readonly number[] => [0, 8, 16, 24].map((shift) => (value >>> shift) & 0xff);

/** What an entry of .eh_frame is made of; addresses are those of the code. */
export interface MadeEntry {
  readonly start: number;
  readonly bytes: number;
  readonly instructions?: readonly number[];
}

interface MadeCommon {
  readonly version?: number;
  readonly augmentation?: string;
  /** What the letters of the augmentation stand for, after its length: that of "R", relative to itself in 4 bytes. */
  readonly augmentationData?: readonly number[];
  /** Of the table in .eh_frame_hdr: the forms of the pointer, of the count and of the entries, and the count. */
  readonly head?: readonly number[];
  readonly instructions?: readonly number[];
}

const withLength = (bytes: readonly number[]): readonly number[] => [...u32(bytes.length), ...bytes];

/**
 * Memory that holds .eh_frame_hdr with its sorted table, one CIE (factors 1 and -8, caller in register 16) and an FDE
 * for each entry, with addresses relative to themselves in four bytes, as linkers write them.
 */
export function frameMemory(entries: readonly MadeEntry[], common: MadeCommon = {}): ReadMemory {
  const { version = 1, augmentation = "zR", augmentationData = [0x1b], instructions = [] } = common;
  const { head = [1, 0x1b, 0x03, 0x3b, ...u32(0), ...u32(entries.length)] } = common;
  const parts = new Map<number, readonly number[]>();
  parts.set(commonAt, [
    ...withLength([
      ...u32(0),
      version,
      ...Buffer.from(`${augmentation}\0`),
      1,
      0x78,
      16,
      ...(augmentation.startsWith("z") ? [augmentationData.length, ...augmentationData] : []),
      ...instructions,
    ]),
  ]);
  const table: number[] = [];
  for (const [index, { start, bytes, instructions: own = [] }] of entries.entries()) {
    const place = entriesAt + index * entryRoom;
    parts.set(place, withLength([...u32(place + 4 - commonAt), ...u32(start - (place + 8)), ...u32(bytes), 0, ...own]));
    table.push(...u32(start - tableAt), ...u32(place - tableAt));
  }
  parts.set(tableAt, [...head, ...table]);
  return (address, bytes) => {
    for (const [at, part] of parts)
      if (address >= at && address < at + part.length)
        return Uint8Array.from(part.slice(address - at, address - at + bytes));
    return new Uint8Array(0);
  };
}
