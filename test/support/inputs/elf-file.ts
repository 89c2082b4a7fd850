/** What a tiny ELF file is to say of itself. */
export interface ElfFacts {
  readonly bits?: 32 | 64;
  readonly order?: "LE" | "BE";
  readonly machine?: number;
  readonly interpreter?: string;
  readonly needed?: readonly string[];
  readonly soname?: string;
  readonly rpath?: string;
  readonly runpath?: string;
  readonly constructors?: number;
  readonly notes?: Buffer;
  /** Sections by name. A .symtab has its names in the section after it. */
  readonly sections?: Readonly<Record<string, string | Buffer>>;
}

const x86_64 = 62;
/** The loaded segment is at an address that is not its place in the file. */
const base = 0x400000;

/**
 * An ELF file with a program header table, one loaded segment, and the given parts; nothing that a processor could
 * run.
 */
export function elfFile({
  bits = 64,
  order = "LE",
  machine = x86_64,
  interpreter,
  needed,
  soname,
  rpath,
  runpath,
  constructors = 1,
  notes,
  sections = {},
}: ElfFacts = {}): Buffer {
  const word = bits / 8;
  const [headerBytes, segmentBytes, sectionBytes] = bits === 64 ? [64, 56, 64] : [52, 32, 40];
  const numbers = (...parts: readonly (readonly [bytes: number, value: number])[]): Buffer =>
    Buffer.concat(
      parts.map(([bytes, value]) => {
        const part = Buffer.alloc(bytes);
        if (bytes === 8) part[`writeBigUInt64${order}`](BigInt(value));
        else if (bytes === 4) part[`writeUInt32${order}`](value);
        else if (bytes === 2) part[`writeUInt16${order}`](value);
        else part.writeUInt8(value);
        return part;
      }),
    );
  const isDynamic = needed !== undefined || soname !== undefined || runpath !== undefined || rpath !== undefined;
  const segmentCount = 1 + Number(isDynamic) + Number(interpreter !== undefined) + Number(notes !== undefined);
  const body: Buffer[] = [];
  let end = headerBytes + segmentCount * segmentBytes;
  const put = (bytes: Buffer): { readonly offset: number; readonly bytes: number } => {
    const placed = { offset: end, bytes: bytes.length };
    const padded = Buffer.concat([bytes, Buffer.alloc(-bytes.length & 7)]);
    body.push(padded);
    end += padded.length;
    return placed;
  };

  let strings = "\0";
  const text = (value: string): number => {
    strings += `${value}\0`;
    return Buffer.byteLength(strings) - Buffer.byteLength(value) - 1;
  };
  const tags: [number, number][] = [];
  for (const name of needed ?? []) tags.push([1, text(name)]);
  for (const [tag, value] of [
    [14, soname],
    [15, rpath],
    [29, runpath],
  ] as const)
    if (value !== undefined) tags.push([tag, text(value)]);
  const table = put(Buffer.from(strings));
  tags.push([5, base + table.offset], [10, table.bytes], [27, constructors * word], [0, 0]);
  const placed: [type: number, place: { readonly offset: number; readonly bytes: number }][] = [];
  if (isDynamic) placed.push([2, put(numbers(...tags.flat().map((value) => [word, value] as const)))]);
  if (interpreter !== undefined) placed.push([3, put(Buffer.from(`${interpreter}\0`))]);
  if (notes !== undefined) placed.push([4, put(notes)]);

  const names = ["", ".shstrtab", ...Object.keys(sections)];
  const places = [
    { offset: 0, bytes: 0 },
    put(Buffer.from(names.map((name) => `${name}\0`).join(""))),
    ...Object.values(sections).map((content) => put(Buffer.from(content))),
  ];
  const sectionTable = places.map(({ offset, bytes }, index) => {
    const name = names.slice(0, index).join("\0").length + Number(index > 0);
    return numbers(
      [4, name],
      [4, index === 0 ? 0 : names[index] === ".symtab" ? 2 : 1],
      [word, 0],
      [word, 0],
      [word, offset],
      [word, bytes],
      [4, names[index] === ".symtab" ? index + 1 : 0],
      [4, 0],
      [word, 1],
      [word, 0],
    );
  });
  const sectionsAt = put(Buffer.concat(sectionTable)).offset;

  const segments = [[1, { offset: 0, bytes: end }] as const, ...placed].map(([type, { offset, bytes }]) =>
    bits === 64
      ? numbers([4, type], [4, 5], [8, offset], [8, base + offset], [8, base + offset], [8, bytes], [8, bytes], [8, 8])
      : numbers([4, type], [4, offset], [4, base + offset], [4, base + offset], [4, bytes], [4, bytes], [4, 5], [4, 8]),
  );
  const header = Buffer.concat([
    Buffer.from([0x7f, 0x45, 0x4c, 0x46, bits / 32, order === "LE" ? 1 : 2, 1, 0, 0, 0, 0, 0, 0, 0, 0, 0]),
    numbers(
      [2, 3],
      [2, machine],
      [4, 1],
      [word, 0],
      [word, headerBytes],
      [word, sectionsAt],
      [4, 0],
      [2, headerBytes],
      [2, segmentBytes],
      [2, segmentCount],
      [2, sectionBytes],
      [2, places.length],
      [2, 1],
    ),
  ]);
  return Buffer.concat([header, ...segments, ...body]);
}

/** A note as the Go linker writes it. */
export function goNote(): Buffer {
  const words = Buffer.alloc(12);
  for (const [index, value] of [4, 8, 4].entries()) words.writeUInt32LE(value, index * 4);
  return Buffer.concat([words, Buffer.from("Go\0\0build-id")]);
}

/** A table of symbols of functions, with their places and lengths, and that of their names: two sections. */
export function symbolSections(
  functions: readonly (readonly [name: string, address: number, bytes: number])[],
): Readonly<Record<".symtab" | ".strtab", Buffer>> {
  let strings = "\0";
  const entries = functions.map(([name, address, bytes]) => {
    const entry = Buffer.alloc(24);
    entry.writeUInt32LE(strings.length, 0);
    // STB_GLOBAL, STT_FUNC, in some section.
    entry.writeUInt8(0x12, 4);
    entry.writeUInt16LE(1, 6);
    entry.writeBigUInt64LE(BigInt(address), 8);
    entry.writeBigUInt64LE(BigInt(bytes), 16);
    strings += `${name}\0`;
    return entry;
  });
  return { ".symtab": Buffer.concat([Buffer.alloc(24), ...entries]), ".strtab": Buffer.from(strings) };
}
