import { DwarfCursor, type ReadMemory } from "./dwarf-cursor.ts";

/**
 * How the frame of one function is found again: an entry of .eh_frame with what its CIE says (LSB, "Exception Frames").
 */
export interface FrameDescription {
  /** The code that it describes, from `start` up to `end`. */
  readonly start: number;
  readonly end: number;
  readonly codeFactor: number;
  readonly dataFactor: number;
  /** The register in which the address of the caller is; 16 on x86-64. */
  readonly returnRegister: number;
  /** Its caller was interrupted by a signal, and did not call. */
  readonly isSignalFrame: boolean;
  readonly initial: DwarfCursor;
  readonly own: DwarfCursor;
}

/** One entry is no longer than this; a compiler's has 20 to 200 bytes. */
const mostEntryBytes = 16_384;
/** A program of a hundred megabytes has half a million functions. */
const mostEntries = 1 << 22;
const [tableVersion, u32Format, relativeToTableS32] = [1, 0x03, 0x3b];

/**
 * The entry for an address, by the sorted table in .eh_frame_hdr (PT_GNU_EH_FRAME), which every linker of the last 20
 * years makes. Null: no function there has one, or no linker made the table.
 */
export function frameDescription(table: number, pc: number, read: ReadMemory): FrameDescription | null {
  const head = new DwarfCursor(read(table, 32), table);
  const [version, frameEncoding, countEncoding, entryEncoding] = [head.u8(), head.u8(), head.u8(), head.u8()];
  if (version !== tableVersion || entryEncoding !== relativeToTableS32) return null;
  head.pointer(frameEncoding, table);
  const count = (countEncoding & 0x0f) === u32Format ? (head.pointer(countEncoding, table) ?? 0) : 0;
  if (head.isPast || count < 1 || count > mostEntries) return null;
  const first = head.address;
  const entryAt = (index: number): DwarfCursor => new DwarfCursor(read(first + index * 8, 8), first + index * 8);
  let [low, high] = [0, count];
  while (high - low > 1) {
    const middle = (low + high) >> 1;
    if (table + entryAt(middle).s32() <= pc) low = middle;
    else high = middle;
  }
  const found = entryAt(low);
  const start = table + found.s32();
  const place = table + found.s32();
  if (found.isPast || start > pc) return null;
  const description = entryOf(place, read);
  return description !== null && pc >= description.start && pc < description.end ? description : null;
}

function entryOf(place: number, read: ReadMemory): FrameDescription | null {
  const entry = lengthPrefixed(place, read);
  if (entry === null) return null;
  const back = entry.u32();
  const common = back === 0 ? null : commonOf(entry.address - 4 - back, read);
  if (common === null) return null;
  const start = entry.pointer(common.encoding);
  // The length has the same format, and is relative to nothing.
  const length = entry.pointer(common.encoding & 0x0f);
  if (start === null || length === null || length <= 0) return null;
  if (common.hasAugmentation) entry.skip(entry.unsigned());
  return entry.isPast ? null : { ...common, start, end: start + length, own: entry };
}

/** The part that many entries share (CIE). */
interface Common extends Omit<FrameDescription, "start" | "end" | "own"> {
  readonly encoding: number;
  readonly hasAugmentation: boolean;
}

function commonOf(place: number, read: ReadMemory): Common | null {
  const entry = lengthPrefixed(place, read);
  if (entry === null || entry.u32() !== 0) return null;
  const version = entry.u8();
  let augmentation = "";
  for (let letter = entry.u8(); letter !== 0 && augmentation.length < 8; letter = entry.u8())
    augmentation += String.fromCharCode(letter);
  if ((version !== 1 && version !== 3) || augmentation.startsWith("eh")) return null;
  const [codeFactor, dataFactor] = [entry.unsigned(), entry.signed()];
  const returnRegister = version === 1 ? entry.u8() : entry.unsigned();
  const hasAugmentation = augmentation.startsWith("z");
  if (!hasAugmentation && augmentation !== "") return null;
  const end = hasAugmentation ? entry.unsigned() + entry.at : entry.at;
  let encoding = 0;
  for (const letter of hasAugmentation ? augmentation.slice(1) : "") {
    if (letter === "R") encoding = entry.u8();
    else if (letter === "L") entry.u8();
    else if (letter === "P") entry.pointer(entry.u8());
    else if (letter !== "S" && letter !== "B") return null;
  }
  entry.at = end;
  if (entry.isPast || end > mostEntryBytes) return null;
  const isSignalFrame = augmentation.includes("S");
  return { codeFactor, dataFactor, returnRegister, isSignalFrame, initial: entry, encoding, hasAugmentation };
}

/** A cursor over the bytes after a length field, as many as it gives. */
function lengthPrefixed(place: number, read: ReadMemory): DwarfCursor | null {
  const length = new DwarfCursor(read(place, 4), place).u32();
  // 0 ends the section, and 0xffffffff is followed by a length of 64 bits, which no compiler writes here.
  if (length === 0 || length > mostEntryBytes) return null;
  const bytes = read(place + 4, length);
  return bytes.length < length ? null : new DwarfCursor(bytes, place + 4);
}
