import { net } from "../platform/builtins.ts";
import { errnoOf } from "../platform/errno.ts";
import { VarlinkCallFailed, VarlinkError, type CallFailure } from "./errors.ts";
import { mostMessageBytes, MessageSplitter } from "./framing.ts";
import { formatCall, parseReply, type CallMessage, type ReplyMessage, type VarlinkObject } from "./message.ts";

export interface CallOptions {
  /** Milliseconds from connecting to the complete answer, default 5000. */
  readonly timeoutMs?: number;
  /** Largest answer in bytes, default 16 MiB. */
  readonly maxBytes?: number;
}

export interface StreamOptions {
  /** Ends the stream; the promise then resolves. */
  readonly signal?: AbortSignal;
  /** Takes each reply in turn; `continues` is false for the last one. */
  readonly onReply: (parameters: VarlinkObject, continues: boolean) => void;
  /** Milliseconds to the first reply, default 5000; from then on the service may be silent as long as it likes. */
  readonly timeoutMs?: number;
  /** Largest reply in bytes, default 16 MiB. */
  readonly maxBytes?: number;
}

const defaultTimeoutMs = 5000;

/**
 * Calls a method once and resolves to the parameters of its reply. Rejects with `VarlinkError` if the service answers
 * with an error, and with `VarlinkCallFailed` if it does not answer.
 */
export async function callVarlink(
  path: string,
  method: string,
  parameters: VarlinkObject = {},
  options: CallOptions = {},
): Promise<VarlinkObject> {
  let answer: VarlinkObject = {};
  await converse(path, { method, parameters, mode: "plain" }, options, (reply) => {
    answer = reply;
  });
  return answer;
}

/**
 * Calls a method with `more` and hands each reply to `onReply`. Resolves after the last reply or when `signal` aborts,
 * and rejects as `callVarlink` does, with kind `closed` if the service hangs up before the last reply.
 */
export async function streamVarlink(
  path: string,
  method: string,
  parameters: VarlinkObject,
  options: StreamOptions,
): Promise<void> {
  await converse(path, { method, parameters, mode: "more" }, options, options.onReply);
}

function converse(
  path: string,
  call: CallMessage,
  options: CallOptions & { readonly signal?: AbortSignal },
  onReply: StreamOptions["onReply"],
): Promise<void> {
  const { timeoutMs = defaultTimeoutMs, maxBytes = mostMessageBytes, signal } = options;
  return new Promise((resolve, reject) => {
    if (signal?.aborted === true) {
      resolve();
      return;
    }
    const request = formatCall(call);
    const splitter = new MessageSplitter(maxBytes);
    const socket = net.connect({ path });
    let over = false;
    const leave = (): void => {
      over = true;
      clearTimeout(timer);
      signal?.removeEventListener("abort", done);
      // Not at once: destroy() makes Node build process.stderr, and a verb that only prints its answer exits before.
      setImmediate(() => socket.destroy());
    };
    const done = (): void => {
      leave();
      resolve();
    };
    const fail = (error: unknown): void => {
      leave();
      reject(error);
    };
    const timer = setTimeout(() => fail(failure("timed-out", path, `no answer within ${timeoutMs} ms`)), timeoutMs);
    signal?.addEventListener("abort", done);

    socket.on("error", (error) => fail(failure(kindOf(error), path, error.message, error)));
    socket.on("end", () => fail(failure("closed", path, "the service hung up before its last reply")));
    socket.on("data", (chunk) => {
      if (over) return;
      splitter.push(chunk);
      try {
        let reply = nextReply(splitter, call);
        while (reply !== null) {
          clearTimeout(timer);
          onReply(reply.parameters, reply.continues);
          if (!reply.continues) done();
          // The caller may have ended the stream meanwhile.
          reply = over ? null : nextReply(splitter, call);
        }
      } catch (error) {
        fail(error instanceof BadAnswer ? failure("bad-answer", path, error.message) : error);
      }
    });
    socket.write(request);
  });
}

class BadAnswer extends Error {}

/** The next reply; null: it is incomplete. Throws VarlinkError if it is one. */
function nextReply(splitter: MessageSplitter, call: CallMessage): ReplyMessage | null {
  const message = splitter.next();
  if (message === "incomplete") return null;
  if (message === "too-long") throw new BadAnswer("the reply is larger than allowed");
  const reply = parseReply(message);
  if (reply === null || (reply.continues && call.mode !== "more"))
    throw new BadAnswer("the reply is not a Varlink reply");
  if (reply.error !== null) throw new VarlinkError(reply.error, reply.parameters);
  return reply;
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

function kindOf(error: Error): CallFailure {
  return kinds[errnoOf(error) ?? ""] ?? "failed";
}

function failure(kind: CallFailure, path: string, reason: string, cause?: unknown): VarlinkCallFailed {
  return new VarlinkCallFailed(kind, `Cannot ask '${path}': ${reason}`, cause === undefined ? undefined : { cause });
}
