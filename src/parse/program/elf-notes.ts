/** Note type of the build ID in elf.h. */
const NT_GNU_BUILD_ID = 3;

/**
 * The GNU build ID in a sequence of ELF notes (elf(5)), as /sys/kernel/notes holds them; lower-case hexadecimal.
 * Null: no such note, or bytes that are no notes.
 */
export function parseBuildId(notes: Uint8Array): string | null {
  const view = new DataView(notes.buffer, notes.byteOffset, notes.byteLength);
  // The kernel writes notes in its own byte order, which is little-endian on every Fedora architecture but s390x. No
  // name is so long that the highest byte of its length is used.
  const littleEndian = notes[3] === 0;
  let at = 0;
  while (at + 12 <= notes.byteLength) {
    const nameSize = view.getUint32(at, littleEndian);
    const bodySize = view.getUint32(at + 4, littleEndian);
    const type = view.getUint32(at + 8, littleEndian);
    const body = at + 12 + align(nameSize);
    if (body + bodySize > notes.byteLength) return null;
    const name = Buffer.from(notes.subarray(at + 12, at + 12 + nameSize)).toString("latin1");
    if (type === NT_GNU_BUILD_ID && name === "GNU\0")
      return Buffer.from(notes.subarray(body, body + bodySize)).toString("hex");
    at = body + align(bodySize);
  }
  return null;
}

/** Up to the next four bytes; not by bits, which would make a size from 2^31 up negative, and the walk endless. */
function align(size: number): number {
  return Math.ceil(size / 4) * 4;
}
