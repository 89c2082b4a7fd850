/** Largest request a service of ours reads, in bytes without the NUL: its methods take a few short parameters. */
export const mostRequestBytes = 64 * 1024;

/**
 * Largest message that sd-varlink reads (VARLINK_BUFFER_MAX in systemd's sd-varlink.c); nothing larger is sent or read
 * here.
 */
export const mostMessageBytes = 16 * 1024 * 1024;

const noBytes = Buffer.alloc(0);
const nulByte = 0;

/**
 * Splits a byte stream into messages that end with a NUL byte (UAPI.20, "Framing").
 *
 * Bytes are only copied where a message spans chunks, and each byte is examined once, however small the chunks are.
 * The memory held is at most `maxBytes` and one chunk while the reader takes its messages, and `pendingBytes` is how
 * much waits when it does not.
 */
export class MessageSplitter {
  readonly #maxBytes: number;
  #buffer: Buffer = noBytes;
  #start = 0;
  #end = 0;
  #scanned = 0;

  /** `maxBytes`: the largest message, without its NUL. */
  constructor(maxBytes: number) {
    this.#maxBytes = maxBytes;
  }

  /** Bytes pushed and not yet handed out. */
  get pendingBytes(): number {
    return this.#end - this.#start;
  }

  /** Takes the next bytes of the stream; the splitter keeps `chunk`, which must not change any more. */
  push(chunk: Buffer): void {
    const pending = this.pendingBytes;
    if (pending === 0) {
      this.#buffer = chunk;
      this.#start = 0;
      this.#end = chunk.length;
      this.#scanned = 0;
      return;
    }
    if (this.#buffer.length - this.#end < chunk.length) this.#grow(pending + chunk.length);
    chunk.copy(this.#buffer, this.#end);
    this.#end += chunk.length;
  }

  /**
   * The next message without its NUL; `too-long` as soon as a message is larger than allowed, even if it has no end
   * yet.
   */
  next(): Buffer | "incomplete" | "too-long" {
    const found = this.#buffer.subarray(this.#scanned, this.#end).indexOf(nulByte);
    if (found === -1) {
      this.#scanned = this.#end;
      return this.pendingBytes > this.#maxBytes ? "too-long" : "incomplete";
    }
    const nul = this.#scanned + found;
    const message = this.#buffer.subarray(this.#start, nul);
    this.#start = nul + 1;
    this.#scanned = this.#start;
    if (this.#start === this.#end) {
      this.#buffer = noBytes;
      this.#start = this.#end = this.#scanned = 0;
    }
    return message.length > this.#maxBytes ? "too-long" : message;
  }

  /** Doubles, so that a message that comes byte by byte costs no more than one that comes at once. */
  #grow(needed: number): void {
    const grown = Buffer.allocUnsafe(Math.max(needed, Math.min(2 * this.pendingBytes, this.#maxBytes + 1)));
    this.#buffer.copy(grown, 0, this.#start, this.#end);
    this.#scanned -= this.#start;
    this.#end -= this.#start;
    this.#start = 0;
    this.#buffer = grown;
  }
}
