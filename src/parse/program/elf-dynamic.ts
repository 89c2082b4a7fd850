import { type ElfHeader, ElfWords, parseElfHeader, type ReadAt, type ElfSegment } from "./elf-header.ts";

/** What an ELF file requires of the dynamic linker (elf(5), ld.so(8)). */
export interface ElfDynamic extends Pick<ElfHeader, "bits" | "littleEndian" | "machine"> {
  /** The dynamic linker; null in a library, and in a program that is linked statically. */
  readonly interpreter: string | null;
  readonly soname: string | null;
  /** DT_NEEDED: the libraries, in order. */
  readonly needed: readonly string[];
  /** DT_RPATH and DT_RUNPATH, split; $ORIGIN and the like as they are. */
  readonly rpath: readonly string[];
  readonly runpath: readonly string[];
  /**
   * Entries of DT_INIT_ARRAY. The compiler's own start files put one there; what is beyond runs as the file is loaded.
   */
  readonly constructors: number;
}

/** p_type and d_tag of elf.h. */
const [PT_LOAD, PT_DYNAMIC, PT_INTERP] = [1, 2, 3];
const tags = {
  needed: 1,
  strings: 5,
  stringBytes: 10,
  soname: 14,
  rpath: 15,
  initArrayBytes: 27,
  runpath: 29,
} as const;

/** systemd has about 60 entries and 25 needs; a path is no longer than PATH_MAX. */
const bounds = { entries: 4096, needed: 256, folders: 64, name: 4096 } as const;

/** Null: no ELF file. One that is cut short or lies about its sizes shows less than it has. */
export function parseElfDynamic(readAt: ReadAt): ElfDynamic | null {
  const header = parseElfHeader(readAt);
  if (header === null) return null;
  const { bits, littleEndian, machine, segments } = header;
  const entries = entriesOf(header, readAt);
  const value = (tag: number): number | undefined => entries.find(([known]) => known === tag)?.[1];
  const stringAt = stringTable(segments, value(tags.strings), value(tags.stringBytes), readAt);
  const named = (tag: number, most: number): readonly string[] =>
    entries
      .filter(([known]) => known === tag)
      .slice(0, most)
      .map(([, at]) => stringAt(at))
      .filter((text) => text !== "");
  const folders = (tag: number): readonly string[] =>
    named(tag, 1).flatMap((text) =>
      text
        .split(":")
        .filter((folder) => folder !== "")
        .slice(0, bounds.folders),
    );
  return {
    bits,
    littleEndian,
    machine,
    interpreter: interpreterOf(segments, readAt),
    soname: named(tags.soname, 1)[0] ?? null,
    needed: named(tags.needed, bounds.needed),
    rpath: folders(tags.rpath),
    runpath: folders(tags.runpath),
    constructors: Math.floor((value(tags.initArrayBytes) ?? 0) / (bits / 8)),
  };
}

function entriesOf(
  { bits, littleEndian, segments }: ElfHeader,
  readAt: ReadAt,
): readonly (readonly [tag: number, value: number])[] {
  const dynamic = segments.find(({ type }) => type === PT_DYNAMIC);
  if (dynamic === undefined) return [];
  const word = bits / 8;
  const words = new ElfWords(
    readAt(dynamic.offset, Math.min(dynamic.bytes, bounds.entries * word * 2)),
    littleEndian,
    bits,
  );
  const entries: (readonly [number, number])[] = [];
  for (let at = 0; at + word * 2 <= words.length; at += word * 2) {
    const tag = words.address(at);
    if (tag === 0) break;
    entries.push([tag, words.address(at + word)]);
  }
  return entries;
}

/**
 * Reads names, one by one: the table of a large library has megabytes of others. It is found by its address, not by its
 * place in the file.
 */
function stringTable(
  segments: readonly ElfSegment[],
  address: number | undefined,
  bytes: number | undefined,
  readAt: ReadAt,
): (at: number) => string {
  const segment =
    address === undefined
      ? undefined
      : segments.find(
          (known) => known.type === PT_LOAD && address >= known.address && address < known.address + known.bytes,
        );
  if (segment === undefined || address === undefined || bytes === undefined) return () => "";
  const table = segment.offset + (address - segment.address);
  return (at) => (at < bytes ? textOf(readAt(table + at, Math.min(bytes - at, bounds.name))) : "");
}

function interpreterOf(segments: readonly ElfSegment[], readAt: ReadAt): string | null {
  const segment = segments.find(({ type }) => type === PT_INTERP);
  const text = segment === undefined ? "" : textOf(readAt(segment.offset, Math.min(segment.bytes, bounds.name)));
  return text === "" ? null : text;
}

/** Up to the NUL that ends it. */
function textOf(bytes: Uint8Array): string {
  const end = bytes.indexOf(0);
  return Buffer.from(end < 0 ? bytes : bytes.subarray(0, end)).toString("utf8");
}
