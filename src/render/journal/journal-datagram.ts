/**
 * Fields of a journal entry by name, systemd.journal-fields(7). Several values: the field several times. Null: left
 * out.
 */
export type EntryFields = Readonly<Record<string, EntryValue>>;
export type EntryValue = string | Uint8Array | readonly string[] | null;

const sizeBytes = 8;

/**
 * An entry as journald takes it on its socket (systemd's JOURNAL_NATIVE_PROTOCOL): `NAME=value` and a line feed; for a
 * value that has line feeds, the name, a line feed, its size as a 64-bit little-endian number, the value, a line feed.
 * So whatever strangers write stays in its field.
 */
export function journalDatagram(fields: EntryFields): Buffer {
  return Buffer.concat(
    Object.entries(fields).flatMap(([name, value]) => valuesOf(value).flatMap((one) => field(name, one))),
  );
}

function valuesOf(value: EntryValue): readonly Uint8Array[] {
  if (value === null) return [];
  if (value instanceof Uint8Array) return [value];
  return (typeof value === "string" ? [value] : value).map((text) => Buffer.from(text));
}

function field(name: string, value: Uint8Array): readonly Uint8Array[] {
  if (!value.includes(lineFeed)) return [Buffer.from(`${name}=`), value, lineEnd];
  const size = Buffer.alloc(sizeBytes);
  size.writeBigUInt64LE(BigInt(value.length));
  return [Buffer.from(`${name}\n`), size, value, lineEnd];
}

const lineFeed = 0x0a;
const lineEnd = Buffer.of(lineFeed);
