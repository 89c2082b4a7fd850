/** The header of a tar member: one block, tar(5) of libarchive. */
export interface TarHeader {
  readonly path: string;
  /** One character: "0" is a file, "5" a folder, "L": a long name follows, … */
  readonly type: string;
  readonly size: number;
  /** GNU sparse: another block of its map follows. */
  readonly continues: boolean;
}

export const blockBytes = 512;

/** Whether these first bytes of a file are a member's header, by its checksum. */
export function isTarHeader(head: Buffer): boolean {
  return head.length >= blockBytes && head[0] !== 0 && checksumHolds(head.subarray(0, blockBytes));
}

/** Reads a block; null: its checksum does not hold, or a number is none. */
export function parseTarHeader(block: Buffer): TarHeader | null {
  const size = parseNumber(block.subarray(124, 136));
  if (!checksumHolds(block) || size === null) return null;
  const name = fieldText(block.subarray(0, 100));
  // GNU's own format has other things where ustar has the start of a long name.
  const prefix = block.toString("latin1", 257, 263) === "ustar\0" ? fieldText(block.subarray(345, 500)) : "";
  return {
    path: prefix === "" ? name : `${prefix}/${name}`,
    type: String.fromCharCode(block[156] ?? 0),
    size,
    continues: block[482] !== 0,
  };
}

/** The sum of the header's bytes, its own field taken as blanks; some old programs added them as signed ones. */
function checksumHolds(block: Buffer): boolean {
  const wanted = parseNumber(block.subarray(148, 156));
  let [unsigned, signed] = [0, 0];
  for (const [index, byte] of block.entries()) {
    const counted = index >= 148 && index < 156 ? 0x20 : byte;
    unsigned += counted;
    signed += (counted << 24) >> 24;
  }
  return wanted !== null && (wanted === unsigned || wanted === signed);
}

/**
 * Octal digits between blanks, closed by a blank or NUL; or, where the first bit is set, the field is a number in base
 * 256.
 */
function parseNumber(field: Buffer): number | null {
  if ((field[0] ?? 0) & 0x80) {
    // 0x80 before a positive number; 0xff would be a negative one, which no size is.
    const value = field.subarray(1).reduce((sum, byte) => sum * 256 + byte, 0);
    return field[0] === 0x80 && Number.isSafeInteger(value) ? value : null;
  }
  const [, digits] = /^[ ]*([0-7]*)[ \0]*$/.exec(field.toString("latin1").replace(/\0.*$/s, "")) ?? [];
  return digits === undefined ? null : Number.parseInt(`0${digits}`, 8);
}

/** A text that ends at a NUL, if it has one. */
export function fieldText(field: Buffer): string {
  const end = field.indexOf(0);
  return field.toString("utf8", 0, end === -1 ? field.length : end);
}
