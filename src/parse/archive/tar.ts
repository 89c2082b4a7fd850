import { blockBytes, parseTarHeader, type TarHeader, fieldText } from "./tar-header.ts";

/** What comes out of a tar archive, in its order: a member, its bytes in pieces, its end. */
export type TarEvent =
  | { readonly kind: "member"; readonly path: string; readonly type: MemberType; readonly size: number }
  /** Part of the chunk that was pushed, not a copy. */
  | { readonly kind: "bytes"; readonly bytes: Buffer }
  | { readonly kind: "end" };

/**
 * `sparse`: a file whose holes were left out, so that its bytes are not the file's. `other`: folders, links, devices
 * and what is unknown.
 */
export type MemberType = "file" | "sparse" | "other";

/** The archive is no archive here. */
export class TarDamaged extends Error {
  override readonly name = "TarDamaged";
}

/** Names and pax headers are kept whole until they end; extended attributes may make one this long, a path never. */
const longestHeader = 1 << 20;

/**
 * Reads a tar archive as it comes and holds no more of it than one header: tar(5) of libarchive, with POSIX ustar and
 * pax, GNU's long names (types L and K), numbers in base 256, and its sparse files passed over.
 */
export class TarReader {
  /** A block, or a longer header, that has not come whole. */
  #held: Buffer[] = [];
  #heldBytes = 0;
  #offset = 0;
  #state: "header" | "map" | "extension" | "data" | "padding" | "ended" = "header";
  #left = blockBytes;
  #padding = 0;
  #member: TarHeader | null = null;
  /** What extension headers say about the next member. */
  #next: { path?: string; size?: number; sparse?: boolean } = {};

  /** Takes the events of a chunk. All of them must be taken before the next chunk is pushed. */
  *push(chunk: Buffer): Generator<TarEvent, void, undefined> {
    for (let from = 0; from < chunk.length && this.#state !== "ended";) {
      const part = chunk.subarray(from, from + this.#left);
      from += part.length;
      this.#offset += part.length;
      this.#left -= part.length;
      if (this.#state === "data") yield { kind: "bytes", bytes: part };
      else if (this.#state !== "padding") this.#hold(part);
      if (this.#left === 0) yield* this.#step();
    }
  }

  /**
   * Nothing more comes. An archive without its end mark is common enough; one that ends inside a member is not whole.
   */
  end(): void {
    if (
      this.#state === "ended" ||
      (this.#state === "header" && this.#heldBytes === 0 && Object.keys(this.#next).length === 0)
    )
      return;
    throw new TarDamaged(`the archive is cut short at byte ${this.#offset}`);
  }

  /** All that was waited for is there. */
  *#step(): Generator<TarEvent, void, undefined> {
    switch (this.#state) {
      case "header":
        yield* this.#start(this.#taken());
        break;
      case "map":
        if (this.#taken()[504] !== 0) this.#expect("map", blockBytes);
        else yield* this.#open(this.#member as TarHeader);
        break;
      case "extension":
        this.#extend((this.#member as TarHeader).type, this.#taken());
        this.#pad();
        break;
      case "data":
        yield { kind: "end" };
        this.#pad();
        break;
      case "padding":
        this.#expect("header", blockBytes);
        break;
      case "ended":
        break;
    }
  }

  *#start(block: Buffer): Generator<TarEvent, void, undefined> {
    if (block.every((byte) => byte === 0)) {
      this.#state = "ended";
      return;
    }
    const header = parseTarHeader(block);
    if (header === null)
      throw new TarDamaged(`no header of a member at byte ${this.#offset - blockBytes} of the archive`);
    this.#member = header;
    this.#padding = -header.size & (blockBytes - 1);
    if (!"LKxgX".includes(header.type)) {
      if (header.type === "S" && header.continues) this.#expect("map", blockBytes);
      else yield* this.#open(header);
      return;
    }
    if (header.size > longestHeader)
      throw new TarDamaged(`a header of ${header.size} bytes at byte ${this.#offset} of the archive`);
    this.#expect("extension", header.size);
    if (header.size === 0) yield* this.#step();
  }

  *#open(header: TarHeader): Generator<TarEvent, void, undefined> {
    const { path = header.path, size: sizeSaid, sparse = false } = this.#next;
    this.#next = {};
    // Links, devices, folders and FIFOs have no data, whatever their size.
    const size = /^[1-6]$/.test(header.type) ? 0 : (sizeSaid ?? header.size);
    this.#padding = -size & (blockBytes - 1);
    yield { kind: "member", path, type: typeOf(header.type, path, sparse), size };
    this.#expect("data", size);
    if (size === 0) yield* this.#step();
  }

  #extend(type: string, data: Buffer): void {
    if (type === "L") this.#next.path = fieldText(data);
    else if (type === "x" || type === "X") this.#extendByPax(data);
  }

  /** Records `LENGTH KEY=VALUE\n`, POSIX pax "Extended Header"; the length counts all of the record. */
  #extendByPax(data: Buffer): void {
    for (let from = 0; from < data.length && data[from] !== 0;) {
      const [whole, digits, key] = /^(\d{1,7}) ([^=]{1,300})=/.exec(data.toString("latin1", from, from + 320)) ?? [];
      const to = from + Number(digits);
      if (whole === undefined || key === undefined || to > data.length || to <= from + whole.length)
        throw new TarDamaged(`a pax header that is none before byte ${this.#offset} of the archive`);
      const value = data.toString("utf8", from + whole.length, to - 1);
      if (key === "path") this.#next.path = value;
      else if (key === "size") this.#next.size = parseDecimal(value, this.#offset);
      else if (key.startsWith("GNU.sparse.")) {
        this.#next.sparse = true;
        if (key === "GNU.sparse.name") this.#next.path = value;
      }
      from = to;
    }
  }

  #pad(): void {
    if (this.#padding === 0) this.#expect("header", blockBytes);
    else this.#expect("padding", this.#padding);
  }

  #expect(state: "header" | "map" | "extension" | "data" | "padding", bytes: number): void {
    this.#state = state;
    this.#left = bytes;
  }

  /** Copied: the chunk may be a buffer that is used again. */
  #hold(part: Buffer): void {
    this.#held.push(Buffer.from(part));
    this.#heldBytes += part.length;
  }

  #taken(): Buffer {
    const taken = Buffer.concat(this.#held);
    this.#held = [];
    this.#heldBytes = 0;
    return taken;
  }
}

function parseDecimal(text: string, offset: number): number {
  const value = /^\d{1,16}$/.test(text) ? Number(text) : Number.NaN;
  if (!Number.isSafeInteger(value))
    throw new TarDamaged(`a pax header with a size that is none before byte ${offset} of the archive`);
  return value;
}

function typeOf(type: string, path: string, sparse: boolean): MemberType {
  if (type === "S" || sparse) return "sparse";
  // The oldest archives mark a folder by its name alone.
  return ["0", "\0", "7"].includes(type) && !path.endsWith("/") ? "file" : "other";
}
