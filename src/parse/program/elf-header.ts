/** Reads a part of a file; fewer bytes where it ends before. */
export type ReadAt = (offset: number, length: number) => Uint8Array;

/** One entry of the program header table. */
export interface ElfSegment {
  readonly type: number;
  /** p_flags: 1 execute, 2 write, 4 read. */
  readonly flags: number;
  readonly offset: number;
  readonly address: number;
  readonly bytes: number;
}

/** The header of an ELF file (elf(5)), and its segments. */
export interface ElfHeader {
  readonly bits: 32 | 64;
  readonly littleEndian: boolean;
  /** e_machine: for which processor. */
  readonly machine: number;
  readonly segments: readonly ElfSegment[];
  /** Where the section header table stands; 0 entries where there is none. */
  readonly sections: {
    readonly offset: number;
    readonly entryBytes: number;
    readonly count: number;
    readonly names: number;
  };
}

/** A linker makes about 13. */
const mostSegments = 128;

/** Null: no ELF file, or one that is cut short or lies about its sizes. */
export function parseElfHeader(readAt: ReadAt): ElfHeader | null {
  const head = new ElfWords(readAt(0, 64), true, 64);
  if (head.length < 52 || head.u32(0) !== 0x464c457f) return null;
  const [bits, littleEndian] = [{ 1: 32 as const, 2: 64 as const }[head.u8(4)], { 1: true, 2: false }[head.u8(5)]];
  if (bits === undefined || littleEndian === undefined || (bits === 64 && head.length < 64)) return null;
  const words = new ElfWords(head.bytes, littleEndian, bits);
  const is64 = bits === 64;
  const [entryBytes, count] = [words.u16(is64 ? 54 : 42), words.u16(is64 ? 56 : 44)];
  const segmentBytes = is64 ? 56 : 32;
  if (count > 0 && entryBytes !== segmentBytes) return null;
  const table = new ElfWords(
    readAt(words.address(is64 ? 32 : 28), Math.min(count, mostSegments) * segmentBytes),
    littleEndian,
    bits,
  );
  const segments = Array.from({ length: Math.floor(table.length / segmentBytes) }, (_, index): ElfSegment => {
    const at = index * segmentBytes;
    return is64
      ? {
          type: table.u32(at),
          flags: table.u32(at + 4),
          offset: table.address(at + 8),
          address: table.address(at + 16),
          bytes: table.address(at + 32),
        }
      : {
          type: table.u32(at),
          flags: table.u32(at + 24),
          offset: table.u32(at + 4),
          address: table.u32(at + 8),
          bytes: table.u32(at + 16),
        };
  });
  return {
    bits,
    littleEndian,
    machine: words.u16(18),
    segments,
    sections: {
      offset: words.address(is64 ? 40 : 32),
      entryBytes: words.u16(is64 ? 58 : 46),
      count: words.u16(is64 ? 60 : 48),
      names: words.u16(is64 ? 62 : 50),
    },
  };
}

/** Numbers in an ELF file's own byte order and size. */
export class ElfWords {
  readonly bytes: Uint8Array;
  readonly #view: DataView;
  readonly #littleEndian: boolean;
  readonly #bits: 32 | 64;

  constructor(bytes: Uint8Array, littleEndian: boolean, bits: 32 | 64) {
    this.bytes = bytes;
    this.#view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
    this.#littleEndian = littleEndian;
    this.#bits = bits;
  }

  get length(): number {
    return this.bytes.length;
  }

  u8(at: number): number {
    return this.#view.getUint8(at);
  }

  u16(at: number): number {
    return this.#view.getUint16(at, this.#littleEndian);
  }

  u32(at: number): number {
    return this.#view.getUint32(at, this.#littleEndian);
  }

  /** An address, an offset or a size. From 2^53 up it is not exact, and is none of a file. */
  address(at: number): number {
    return this.#bits === 64 ? Number(this.#view.getBigUint64(at, this.#littleEndian)) : this.u32(at);
  }
}

/** Whether a segment holds this many bytes from an address on. */
export function isWithin(segment: ElfSegment, address: number, bytes: number): boolean {
  const end = segment.address + segment.bytes;
  return segment.address <= address && address < end && address + bytes <= end;
}
