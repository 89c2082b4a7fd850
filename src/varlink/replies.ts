import { errnoOf, errnoText } from "../platform/errno.ts";
import { type CallFailure, VarlinkCallFailed, VarlinkError } from "./errors.ts";
import { MessageSplitter, mostMessageBytes } from "./framing.ts";
import { type CallMessage, parseReply, type ReplyMessage } from "./message.ts";

export interface CallOptions {
  /** Milliseconds from connecting to the complete answer, default 5000. */
  readonly timeoutMilliseconds?: number;
  /** Largest answer in bytes, default 16 MiB. */
  readonly maxBytes?: number;
}

export const defaultTimeoutMilliseconds = 5000;

/** The replies to one call, read from the bytes that the service at `path` sends, whatever carries them. */
export class Replies {
  readonly #path: string;
  readonly #call: CallMessage;
  readonly #splitter: MessageSplitter;

  constructor(path: string, call: CallMessage, { maxBytes = mostMessageBytes }: Pick<CallOptions, "maxBytes">) {
    this.#path = path;
    this.#call = call;
    this.#splitter = new MessageSplitter(maxBytes);
  }

  /** Takes the next bytes; `chunk` is kept and must not change any more. */
  push(chunk: Buffer): void {
    this.#splitter.push(chunk);
  }

  /**
   * The next reply; null: it is incomplete. Throws VarlinkError if it is one, and VarlinkCallFailed (`bad-answer`) for
   * what is no reply to this call.
   */
  next(): ReplyMessage | null {
    const message = this.#splitter.next();
    if (message === "incomplete") return null;
    if (message === "too-long") throw callFailed("bad-answer", this.#path, "the reply is larger than allowed");
    const reply = parseReply(message);
    if (reply === null || (reply.continues && this.#call.mode !== "more"))
      throw callFailed("bad-answer", this.#path, "the reply is not a Varlink reply");
    if (reply.error !== null) throw new VarlinkError(reply.error, reply.parameters);
    return reply;
  }
}

/** The failure of a call that got no complete answer in time. */
export function timedOut(path: string, timeoutMilliseconds: number): VarlinkCallFailed {
  return callFailed("timed-out", path, `no answer within ${timeoutMilliseconds} ms`);
}

/** The failure of a call whose connection the service closed. */
export function hungUp(path: string): VarlinkCallFailed {
  return callFailed("closed", path, "the service hung up before its last reply");
}

const kinds: Readonly<Record<string, CallFailure>> = {
  ENOENT: "not-running",
  ECONNREFUSED: "not-running",
  EACCES: "denied",
  EPERM: "denied",
  EAGAIN: "busy",
  ECONNRESET: "closed",
  EPIPE: "closed",
};

/** The failure of a call whose bytes the system did not carry: its error, or the name of its errno. */
export function notCarried(path: string, error: Error | string): VarlinkCallFailed {
  const errno = errnoOf(error);
  const reason = errno === null ? String(error) : errnoText(errno);
  return callFailed(kinds[errno ?? ""] ?? "failed", path, reason, error);
}

function callFailed(kind: CallFailure, path: string, reason: string, cause?: unknown): VarlinkCallFailed {
  return new VarlinkCallFailed(kind, `Cannot ask '${path}': ${reason}`, cause === undefined ? undefined : { cause });
}
