import { errnoOf } from "../platform/errno.ts";
import { monotonicNow } from "../platform/clock/monotonic.ts";
import type { UnixConnection } from "../platform/unix-connection.ts";
import { formatCall, type VarlinkObject } from "./message.ts";
import { type CallOptions, defaultTimeoutMilliseconds, hungUp, notCarried, Replies, timedOut } from "./replies.ts";

/** What one read takes in: more than a status, a fraction of a record. */
const chunkBytes = 64 * 1024;

/**
 * `callVarlink` of client.ts for a method without parameters, with nothing else happening in this process meanwhile:
 * for a program that has only this to do, and starts faster without node:net. Returns the parameters of the reply;
 * throws what `callVarlink` rejects with.
 */
export function callAtOnce(
  connect: (path: string) => UnixConnection,
  path: string,
  method: string,
  options: CallOptions = {},
): VarlinkObject {
  try {
    return converse(connect, path, method, options);
  } catch (error) {
    throw error instanceof Error && errnoOf(error) !== null ? notCarried(path, error) : error;
  }
}

function converse(
  connect: (path: string) => UnixConnection,
  path: string,
  method: string,
  options: CallOptions,
): VarlinkObject {
  const { timeoutMilliseconds = defaultTimeoutMilliseconds } = options;
  const end = monotonicNow() + timeoutMilliseconds / 1000;
  const call = { method, parameters: {}, mode: "plain" } as const;
  const request = formatCall(call);
  const replies = new Replies(path, call, options);
  const connection = connect(path);
  try {
    // A call is small, and the queue of a new connection is empty: where it has no room, EAGAIN is the answer.
    for (let at = 0; at < request.length;) at += connection.write(request.subarray(at));
    for (;;) {
      const left = end - monotonicNow();
      if (left <= 0) throw timedOut(path, timeoutMilliseconds);
      connection.wait(left * 1000);
      const chunk = Buffer.allocUnsafe(chunkBytes);
      const count = connection.read(chunk);
      if (count === 0) throw hungUp(path);
      if (count === null) continue;
      replies.push(chunk.subarray(0, count));
      const reply = replies.next();
      if (reply !== null) return reply.parameters;
    }
  } finally {
    connection.close();
  }
}
