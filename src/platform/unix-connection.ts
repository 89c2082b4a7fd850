import { fs } from "./builtins.ts";
import { errnoOf, isDry } from "./errno.ts";
import { startObject } from "./forget-preload.ts";

/** A connection to a Unix socket that needs no event loop. Each call throws what the kernel refuses, with its errno. */
export interface UnixConnection {
  /** How many of the bytes the kernel took. */
  write(bytes: Uint8Array): number;
  /** How many bytes there were, at once; 0: the other side has gone, null: there are none now. */
  read(into: Uint8Array): number | null;
  /** Waits until there is something to read, at most `milliseconds`; a signal ends it too. */
  wait(milliseconds: number): void;
  close(): void;
}

/** native/unix-socket.c. A negative number is an errno. */
interface SocketCalls {
  readonly connectUnix: (path: string) => number;
  readonly waitReadable: (descriptor: number, milliseconds: number) => number;
}

/** Connects without an event loop; null: the start object is not there, and node:net has to do. */
export function connectorWithoutLoop(object = startObject): ((path: string) => UnixConnection) | null {
  const calls = object === null ? null : socketCallsOf(object);
  return calls === null ? null : (path) => connect(calls, path);
}

function socketCallsOf(object: string): SocketCalls | null {
  const loaded = { exports: {} };
  try {
    process.dlopen(loaded, object);
  } catch (error) {
    // Not an errno: the file has gone, or is that of another version.
    if (errnoOf(error)?.startsWith("ERR_DLOPEN") === true) return null;
    throw error;
  }
  return loaded.exports as SocketCalls;
}

function connect({ connectUnix, waitReadable }: SocketCalls, path: string): UnixConnection {
  const descriptor = checked("connect", connectUnix(path));
  return {
    write: (bytes) => fs.writeSync(descriptor, bytes),
    read(into) {
      try {
        return fs.readSync(descriptor, into);
      } catch (error) {
        if (isDry(error)) return null;
        throw error;
      }
    },
    wait(milliseconds) {
      const result = waitReadable(descriptor, Math.ceil(milliseconds));
      if (result < 0 && nameOf(result) !== "EINTR") checked("poll", result);
    },
    close: () => fs.closeSync(descriptor),
  };
}

function checked(call: string, result: number): number {
  if (result < 0) throw Object.assign(new Error(`${call}: ${nameOf(result)}`), { code: nameOf(result) });
  return result;
}

/** Node's own table of errno names, which is loaded for a failure only. */
function nameOf(errno: number): string {
  return process.getBuiltinModule("node:util").getSystemErrorName(errno);
}
