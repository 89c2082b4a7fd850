import type { Gunzip } from "node:zlib";

/** Data that is no gzip, or not all of it. What was good has been handed over. */
export class GzipDamaged extends Error {
  override readonly name = "GzipDamaged";
}

/** Compressed bytes that zlib gets at once; all that comes of them is held, at most a thousandfold. */
const pieceBytes = 4 * 1024;
const chunkBytes = 64 * 1024;
/** Compressed bytes that are kept, to find out what was good before the damage. */
const replayBytes = 4 * 1024 * 1024;

/**
 * Gunzips, RFC 1952: several members one after the other are one text, and zeros after the last are padding.
 *
 * When zlib meets damage, Node drops what the same call had given before it: up to 64 kB, and with a wrong checksum the
 * whole of a small log. So the piece with the damage is gone through once more, byte by byte. After the first 4 MiB
 * that loss is accepted, as gzip(1) does.
 */
export async function* gunzipped(chunks: AsyncIterable<Buffer>): AsyncGenerator<Buffer, void, undefined> {
  const kept = new Kept();
  let given = 0;
  try {
    for await (const bytes of inflated(kept.through(chunks))) {
      given += bytes.length;
      yield bytes;
    }
  } catch (error) {
    if (!(error instanceof ZlibFailed)) throw error;
    if (error.code !== cutShort) yield* unseen(kept, given);
    throw new GzipDamaged(error.code === cutShort ? "it is cut short" : `it is damaged (${error.message})`, {
      cause: error,
    });
  }
}

const cutShort = "Z_BUF_ERROR";

class ZlibFailed extends Error {
  readonly code: string;

  constructor({ message, code = "" }: NodeJS.ErrnoException) {
    super(message);
    this.code = code;
  }
}

/** Compressed pieces that went through; nothing once they are too many. */
class Kept {
  #pieces: Buffer[] = [];
  #bytes = 0;

  async *through(chunks: AsyncIterable<Buffer>): AsyncGenerator<Buffer, void, undefined> {
    for await (const chunk of chunks) {
      for (let from = 0; from < chunk.length; from += pieceBytes) {
        const piece = chunk.subarray(from, from + pieceBytes);
        this.#bytes += piece.length;
        if (this.#bytes > replayBytes) this.#pieces = [];
        else this.#pieces.push(Buffer.from(piece));
        yield piece;
      }
    }
  }

  /** The same again, the last piece byte by byte. */
  *again(): Generator<Buffer, void, undefined> {
    yield* this.#pieces.slice(0, -1);
    const last = this.#pieces.at(-1) ?? Buffer.alloc(0);
    for (let at = 0; at < last.length; at++) yield last.subarray(at, at + 1);
  }
}

/** What comes out the second time, without the first `seen` bytes. */
async function* unseen(kept: Kept, seen: number): AsyncGenerator<Buffer, void, undefined> {
  let passed = 0;
  try {
    for await (const bytes of inflated(kept.again())) {
      const fresh = bytes.subarray(Math.max(0, seen - passed));
      passed += bytes.length;
      if (fresh.length > 0) yield fresh;
    }
  } catch (error) {
    // It was expected: the first run reports it.
    if (!(error instanceof ZlibFailed)) throw error;
  }
}

/**
 * Everything that each piece unpacks to before the next is requested. Not by iterating the stream, which drops what it
 * holds when it fails.
 */
async function* inflated(pieces: AsyncIterable<Buffer> | Iterable<Buffer>): AsyncGenerator<Buffer, void, undefined> {
  const gunzip = process.getBuiltinModule("node:zlib").createGunzip({ chunkSize: chunkBytes });
  const stream = watch(gunzip);
  try {
    for await (const piece of pieces) {
      await stream.settled((done) => gunzip.write(piece, done));
      yield* stream.taken();
      if (stream.closed) break;
    }
    if (!stream.closed) await stream.settled(() => gunzip.end());
    yield* stream.taken();
    if (stream.failed !== null) throw stream.failed;
  } finally {
    gunzip.destroy();
  }
}

interface WatchedStream {
  readonly closed: boolean;
  readonly failed: ZlibFailed | null;
  /** Starts an operation, and waits until it is done or the stream has closed. */
  settled(start: (done: () => void) => void): Promise<void>;
  taken(): Buffer[];
}

function watch(gunzip: Gunzip): WatchedStream {
  const out: Buffer[] = [];
  const state = { closed: false, failed: null as ZlibFailed | null };
  let wake = (): void => undefined;
  gunzip.on("data", (bytes: Buffer) => out.push(bytes));
  gunzip.on("error", (error) => {
    state.failed = new ZlibFailed(error);
  });
  gunzip.on("close", () => {
    state.closed = true;
    wake();
  });
  return {
    get closed() {
      return state.closed;
    },
    get failed() {
      return state.failed;
    },
    settled(start) {
      return new Promise((resolve) => {
        wake = resolve;
        start(resolve);
      });
    },
    taken: () => out.splice(0),
  };
}
