import { type ElfHeader, ElfWords, isWithin, parseElfHeader, type ReadAt, type ElfSegment } from "./elf-header.ts";

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
const bounds = { entries: 4096, needed: 256, folders: 64, name: 4096, names: 1 << 20 } as const;

/** Null: no ELF file. One that is cut short or lies about its sizes shows less than it has. */
export function parseElfDynamic(readAt: ReadAt): ElfDynamic | null {
  const header = parseElfHeader(readAt);
  if (header === null) return null;
  const { bits, littleEndian, machine, segments } = header;
  const entries = entriesOf(header, readAt);
  const value = (tag: number): number | undefined => entries.find(([known]) => known === tag)?.[1];
  const table = stringTable(header, entries);
  const stringAt = (at: number): string =>
    table !== null && at < table.bytes
      ? textOf(readAt(table.offset + at, Math.min(table.bytes - at, bounds.name)))
      : "";
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
 * Whether an ELF file names one of these symbols, its own or another file's: what it takes from libraries is named in
 * the same table as what it has for others (.dynstr). A symbol that ends so counts, too, as linkers let names share
 * their ends; and any, where the table cannot be read.
 */
export function mayNameSymbol(readAt: ReadAt, names: readonly string[]): boolean {
  const header = parseElfHeader(readAt);
  const table = header === null ? null : stringTable(header, entriesOf(header, readAt));
  if (table === null || table.bytes > bounds.names) return true;
  const bytes = Buffer.from(readAt(table.offset, table.bytes));
  return bytes.length < table.bytes || names.some((name) => bytes.includes(`${name}\0`));
}

/**
 * Where the table of names is in the file, found by its address. It is not read as a whole for a few names: that of a
 * large library has megabytes of others.
 */
function stringTable(
  { segments }: ElfHeader,
  entries: readonly (readonly [tag: number, value: number])[],
): { readonly offset: number; readonly bytes: number } | null {
  const value = (tag: number): number | undefined => entries.find(([known]) => known === tag)?.[1];
  const [address, bytes] = [value(tags.strings), value(tags.stringBytes)];
  if (address === undefined || bytes === undefined) return null;
  const segment = segments.find((known) => known.type === PT_LOAD && isWithin(known, address, 0));
  return segment === undefined ? null : { offset: segment.offset + (address - segment.address), bytes };
}

function interpreterOf(segments: readonly ElfSegment[], readAt: ReadAt): string | null {
  const segment = segments.find(({ type }) => type === PT_INTERP);
  const text = segment === undefined ? "" : textOf(readAt(segment.offset, Math.min(segment.bytes, bounds.name)));
  return text === "" ? null : text;
}

/** Up to the NUL that ends it. */
function textOf(bytes: Uint8Array): string {
  const end = bytes.indexOf(0);
  return Buffer.from(end === -1 ? bytes : bytes.subarray(0, end)).toString("utf8");
}
