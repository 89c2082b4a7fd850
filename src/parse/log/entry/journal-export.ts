import { journalFieldNames, type JournalFields } from "./journal-entry.ts";

/** Receives an entry's fields, and the line of the file on which its message starts. */
export type VisitEntry = (fields: JournalFields, line: number) => void;

const [lineFeed, equals] = [0x0a, 0x3d];
/** Field names are at most 64 bytes long; what has no end after that many is no export. */
const longestName = 256;
/** Of a longer value only the start is kept. */
const longestValue = 1 << 16;

/** The size of a binary value is a 64-bit number. */
const sizeBytes = 8;

/** How a stream in the export format starts: the cursor is an entry's first field. */
export const exportStart = Buffer.from("__CURSOR=");

/**
 * Reads the journal's export format as it comes: `NAME=value` lines, or a name alone, a 64-bit little-endian size and
 * that many bytes; an empty line ends an entry (systemd.journal-export-formats, "Journal Export Format"). Fields that
 * are not read are not kept.
 */
export class JournalExport {
  readonly #visit: VisitEntry;
  #fields: Record<string, string> = {};
  #line = 1;
  /** The line of the entry's first field, and then of its message. */
  #entryLine: number | null = null;
  #name: Buffer = Buffer.alloc(0);
  /** Where in a field the next byte is: its name, the size of a binary value, or its value. */
  #state: "name" | "size" | "text" | "bytes" = "name";
  #value: Buffer[] = [];
  #valueBytes = 0;
  #left = 0;

  constructor(visit: VisitEntry) {
    this.#visit = visit;
  }

  get lines(): number {
    return this.#line - 1;
  }

  push(chunk: Buffer): void {
    for (let at = 0; at < chunk.length;) {
      switch (this.#state) {
        case "name":
          at = this.#readName(chunk, at);
          break;
        case "text":
          at = this.#readText(chunk, at);
          break;
        case "size":
        case "bytes":
          at = this.#readCounted(chunk, at);
          break;
      }
    }
  }

  end(): void {
    if (this.#state === "text") this.#endField();
    this.#endEntry();
  }

  #readName(chunk: Buffer, from: number): number {
    let at = from;
    while (at < chunk.length && chunk[at] !== equals && chunk[at] !== lineFeed) at++;
    this.#name = Buffer.concat([this.#name, chunk.subarray(from, Math.min(at, from + longestName))]).subarray(
      0,
      longestName,
    );
    if (at === chunk.length) return at;
    if (chunk[at] === equals) {
      this.#startField("text");
      return at + 1;
    }
    if (this.#name.length === 0) this.#endEntry();
    else this.#startField("size");
    this.#line++;
    return at + 1;
  }

  #startField(state: "size" | "text"): void {
    this.#state = state;
    this.#left = sizeBytes;
    this.#entryLine ??= this.#line;
    if (this.#name.equals(messageName) && this.#fields["MESSAGE"] === undefined) this.#entryLine = this.#line;
  }

  #readText(chunk: Buffer, from: number): number {
    const stop = chunk.indexOf(lineFeed, from);
    this.#keep(chunk.subarray(from, stop === -1 ? chunk.length : stop));
    if (stop === -1) return chunk.length;
    this.#line++;
    this.#endField();
    return stop + 1;
  }

  #readCounted(chunk: Buffer, from: number): number {
    const part = chunk.subarray(from, from + this.#left);
    this.#keep(part);
    this.#left -= part.length;
    for (let at = part.indexOf(lineFeed); at !== -1; at = part.indexOf(lineFeed, at + 1)) this.#line++;
    if (this.#left > 0) return from + part.length;
    if (this.#state === "size") {
      const size = Buffer.concat(this.#value).readBigUInt64LE();
      [this.#value, this.#valueBytes, this.#state] = [[], 0, "bytes"];
      // Its value and the line feed after it; a size that no file has is read to the file's end.
      this.#left = Number(size) + 1;
    } else {
      this.#endField();
    }
    return from + part.length;
  }

  #keep(part: Buffer): void {
    const room = longestValue - this.#valueBytes;
    const wanted = this.#state === "size" || journalFieldNames.has(this.#name.toString("latin1"));
    if (room > 0 && wanted && part.length > 0) this.#value.push(Buffer.from(part.subarray(0, room)));
    this.#valueBytes += Math.min(room, part.length);
  }

  #endField(): void {
    const name = this.#name.toString("latin1");
    if (journalFieldNames.has(name)) this.#fields[name] ??= Buffer.concat(this.#value).toString("utf8");
    [this.#name, this.#value, this.#valueBytes, this.#state] = [Buffer.alloc(0), [], 0, "name"];
  }

  #endEntry(): void {
    if (Object.keys(this.#fields).length > 0) this.#visit(this.#fields, this.#entryLine ?? this.#line);
    [this.#fields, this.#entryLine] = [{}, null];
  }
}

const messageName = Buffer.from("MESSAGE");
