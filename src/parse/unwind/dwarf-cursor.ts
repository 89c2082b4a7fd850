/** Reads a part of a process' memory; fewer bytes where it ends or may not be read. */
export type ReadMemory = (address: number, bytes: number) => Uint8Array;

/** How an address is written in .eh_frame (DW_EH_PE_*, Linux Standard Base, "DWARF Extensions"). */
const [formatMask, applicationMask, omitted] = [0x0f, 0x70, 0xff];
const [relativeToItself, relativeToTable] = [0x10, 0x30];

/**
 * Reads what DWARF writes, from bytes whose place in memory is known. Reading past the end gives zeros and `isPast`, so
 * that bytes of strangers need no guard at each step. x86-64: little-endian, addresses of 8 bytes.
 */
export class DwarfCursor {
  readonly #view: DataView;
  readonly #address: number;
  at: number;
  isPast = false;

  constructor(bytes: Uint8Array, address: number, at = 0) {
    this.#view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
    this.#address = address;
    this.at = at;
  }

  get address(): number {
    return this.#address + this.at;
  }

  get hasMore(): boolean {
    return !this.isPast && this.at < this.#view.byteLength;
  }

  u8(): number {
    return this.#advance(1) ? this.#view.getUint8(this.at - 1) : 0;
  }

  u16(): number {
    return this.#advance(2) ? this.#view.getUint16(this.at - 2, true) : 0;
  }

  u32(): number {
    return this.#advance(4) ? this.#view.getUint32(this.at - 4, true) : 0;
  }

  s32(): number {
    return this.u32() | 0;
  }

  /** From 2^53 up it is not exact; no address of user space is as high. */
  u64(): number {
    const low = this.u32();
    return this.u32() * 2 ** 32 + low;
  }

  s64(): number {
    const low = this.u32();
    return this.s32() * 2 ** 32 + low;
  }

  /** LEB128. Bytes beyond the eighth add nothing. */
  unsigned(): number {
    let value = 0;
    for (let factor = 1; ; factor *= 128) {
      const byte = this.u8();
      if (factor < 2 ** 53) value += (byte & 0x7f) * factor;
      if (byte < 0x80) return value;
    }
  }

  signed(): number {
    let value = 0;
    for (let factor = 1; ; factor *= 128) {
      const byte = this.u8();
      if (factor < 2 ** 53) value += (byte & 0x7f) * factor;
      if (byte < 0x80) return (byte & 0x40) !== 0 && factor < 2 ** 53 ? value - factor * 128 : value;
    }
  }

  skip(bytes: number): void {
    this.#advance(bytes);
  }

  /** An address in one of these encodings; null: none is written, or it cannot be read without what it points to. */
  pointer(encoding: number, table = 0): number | null {
    if (encoding === omitted) return null;
    const base = { [relativeToItself]: this.address, [relativeToTable]: table }[encoding & applicationMask] ?? 0;
    const value = this.#valueOf(encoding & formatMask);
    // Indirect (0x80): the address is where it points to.
    return value === null || (encoding & 0x80) !== 0 || this.isPast ? null : base + value;
  }

  #valueOf(format: number): number | null {
    switch (format) {
      case 0x00:
      case 0x04:
        return this.u64();
      case 0x01:
        return this.unsigned();
      case 0x02:
        return this.u16();
      case 0x03:
        return this.u32();
      case 0x09:
        return this.signed();
      case 0x0a:
        return (this.u16() << 16) >> 16;
      case 0x0b:
        return this.s32();
      case 0x0c:
        return this.s64();
      default:
        return null;
    }
  }

  #advance(bytes: number): boolean {
    if (this.at + bytes > this.#view.byteLength || bytes < 0) {
      this.isPast = true;
      this.at = this.#view.byteLength;
      return false;
    }
    this.at += bytes;
    return true;
  }
}

/** A word of memory. Null: it cannot be read, or is no address of user space. */
export function wordAt(address: number, read: ReadMemory): number | null {
  const word = new DwarfCursor(read(address, 8), address);
  const value = word.u64();
  return word.isPast || !Number.isSafeInteger(value) ? null : value;
}
