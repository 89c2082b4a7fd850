import { type ElfHeader, ElfWords, parseElfHeader, type ReadAt } from "./elf-header.ts";

/** p_type and sh_type of elf.h. */
const PT_NOTE = 4;
const SHT_NOBITS = 8;

/** A section's name, and what is read of it. */
const bounds = {
  notes: 16,
  noteBytes: 1 << 16,
  sections: 512,
  nameBytes: 1 << 16,
  commentBytes: 1 << 12,
  dataBytes: 1 << 18,
} as const;

/**
 * The language whose runtime a program carries in itself, where its file shows it. Go: the note with its build ID, or
 * the section of its build's facts. Rust: the compiler's comment, or the paths of the standard library in its messages,
 * which stripping leaves.
 */
export function languageOfElf(readAt: ReadAt): "Go" | "Rust" | null {
  const header = parseElfHeader(readAt);
  if (header === null) return null;
  if (hasGoNote(header, readAt)) return "Go";
  const sections = sectionsOf(header, readAt);
  if (sections.has(".go.buildinfo") || sections.has(".note.go.buildid")) return "Go";
  const holds = (name: string, most: number, ...needles: readonly string[]): boolean => {
    const section = sections.get(name);
    const bytes = section === undefined ? null : Buffer.from(readAt(section.offset, Math.min(section.bytes, most)));
    return bytes !== null && needles.some((needle) => bytes.includes(needle));
  };
  const rust =
    holds(".comment", bounds.commentBytes, "rustc version ") ||
    holds(".rodata", bounds.dataBytes, "/rustc/", "library/std/src/");
  return rust ? "Rust" : null;
}

/** cmd/internal/buildid of Go: a note of type 4 under the name "Go". */
function hasGoNote({ segments, littleEndian, bits }: ElfHeader, readAt: ReadAt): boolean {
  return segments
    .filter(({ type }) => type === PT_NOTE)
    .slice(0, bounds.notes)
    .some(({ offset, bytes }) => {
      const words = new ElfWords(readAt(offset, Math.min(bytes, bounds.noteBytes)), littleEndian, bits);
      for (let at = 0; at + 16 <= words.length;) {
        const [nameBytes, bodyBytes, type] = [words.u32(at), words.u32(at + 4), words.u32(at + 8)];
        if (
          nameBytes === 4 &&
          type === 4 &&
          Buffer.from(words.bytes.subarray(at + 12, at + 16)).toString("latin1") === "Go\0\0"
        )
          return true;
        at += 12 + Math.ceil(nameBytes / 4) * 4 + Math.ceil(bodyBytes / 4) * 4;
      }
      return false;
    });
}

function sectionsOf(
  { bits, littleEndian, sections }: ElfHeader,
  readAt: ReadAt,
): ReadonlyMap<string, { readonly offset: number; readonly bytes: number }> {
  const found = new Map<string, { readonly offset: number; readonly bytes: number }>();
  const is64 = bits === 64;
  if (sections.entryBytes !== (is64 ? 64 : 40)) return found;
  const table = new ElfWords(
    readAt(sections.offset, Math.min(sections.count, bounds.sections) * sections.entryBytes),
    littleEndian,
    bits,
  );
  const listed = Array.from({ length: Math.floor(table.length / sections.entryBytes) }, (_, index) => {
    const at = index * sections.entryBytes;
    return {
      name: table.u32(at),
      type: table.u32(at + 4),
      offset: table.address(at + (is64 ? 24 : 16)),
      bytes: table.address(at + (is64 ? 32 : 20)),
    };
  });
  const names = listed[sections.names];
  if (names === undefined) return found;
  const texts = Buffer.from(readAt(names.offset, Math.min(names.bytes, bounds.nameBytes)));
  for (const { name, type, offset, bytes } of listed) {
    const end = name < texts.length ? texts.indexOf(0, name) : -1;
    if (end !== -1 && type !== SHT_NOBITS) found.set(texts.toString("latin1", name, end), { offset, bytes });
  }
  return found;
}
