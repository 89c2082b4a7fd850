import { net } from "./net.ts";
import { formatCall, type CallMessage, type VarlinkObject } from "./message.ts";
import { type CallOptions, defaultTimeoutMilliseconds, hungUp, notCarried, Replies, timedOut } from "./replies.ts";

export interface StreamOptions {
  /** Ends the stream; the promise then resolves. */
  readonly signal?: AbortSignal;
  /** Takes each reply in turn; `continues` is false for the last one. */
  readonly onReply: (parameters: VarlinkObject, continues: boolean) => void;
  /** Milliseconds to the first reply, default 5000; from then on the service may be silent as long as it likes. */
  readonly timeoutMilliseconds?: number;
  /** Largest reply in bytes, default 16 MiB. */
  readonly maxBytes?: number;
}

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
  const { timeoutMilliseconds = defaultTimeoutMilliseconds, signal } = options;
  return new Promise((resolve, reject) => {
    if (signal?.aborted === true) {
      resolve();
      return;
    }
    const request = formatCall(call);
    const replies = new Replies(path, call, options);
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
    const timer = setTimeout(() => fail(timedOut(path, timeoutMilliseconds)), timeoutMilliseconds);
    signal?.addEventListener("abort", done);

    socket.on("error", (error) => fail(notCarried(path, error)));
    socket.on("end", () => fail(hungUp(path)));
    socket.on("data", (chunk) => {
      if (over) return;
      replies.push(chunk);
      try {
        let reply = replies.next();
        while (reply !== null) {
          clearTimeout(timer);
          onReply(reply.parameters, reply.continues);
          if (!reply.continues) done();
          // The caller may have ended the stream meanwhile.
          reply = over ? null : replies.next();
        }
      } catch (error) {
        fail(error);
      }
    });
    socket.write(request);
  });
}
