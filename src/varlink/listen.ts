import type { Server } from "node:net";
import { dirname, fs } from "../platform/builtins.ts";
import { net } from "./net.ts";
import { errnoOf } from "../platform/errno.ts";
import { VarlinkListenFailed } from "./errors.ts";

/**
 * Where a service listens: on a path of its own, with these permissions (default 0666: any client that can connect can
 * only read what the service reports), or on a socket that the service manager made and passed (systemd: descriptor 3
 * and up).
 */
export type Listen = { readonly path: string; readonly mode?: number } | { readonly fd: number };

/**
 * Longest path of a Unix socket in bytes (sun_path in unix(7), less its NUL); the system says only EINVAL to a longer
 * one.
 */
const longestPathBytes = 107;

/**
 * Makes `server` listen. On a path, a socket that a dead process left there is removed; anything else that is there
 * stays. Rejects with `VarlinkListenFailed`.
 */
export async function listenOn(server: Server, listen: Listen): Promise<void> {
  if ("fd" in listen) {
    await start(server, { fd: listen.fd }, `descriptor ${listen.fd}`);
    return;
  }
  const { path, mode = 0o666 } = listen;
  if (Buffer.byteLength(path) > longestPathBytes) {
    throw failed(path, `a socket's path has at most ${longestPathBytes} bytes`);
  }
  await requireFolder(path);
  await removeStaleSocket(path);
  await start(server, { path }, path);
  try {
    await fs.promises.chmod(path, mode);
  } catch (cause) {
    server.close();
    throw failed(path, "cannot set its permissions", cause);
  }
}

function start(server: Server, options: { path: string } | { fd: number }, name: string): Promise<void> {
  return new Promise((resolve, reject) => {
    const onError = (cause: unknown): void => {
      reject(errnoOf(cause) === "EADDRINUSE" ? inUse(name, cause) : failed(name, String(cause), cause));
    };
    server.once("error", onError);
    try {
      server.listen(options, () => {
        server.off("error", onError);
        resolve();
      });
    } catch (cause) {
      // For a descriptor that is no socket Node throws.
      server.off("error", onError);
      onError(cause);
    }
  });
}

/** Node reports a missing folder as EACCES (libuv's uv_pipe_bind2), which would send people to look for permissions. */
async function requireFolder(path: string): Promise<void> {
  try {
    await fs.promises.stat(dirname(path));
  } catch (cause) {
    throw failed(path, errnoOf(cause) === "ENOENT" ? "its folder does not exist" : String(cause), cause);
  }
}

async function removeStaleSocket(path: string): Promise<void> {
  try {
    if (!(await fs.promises.lstat(path)).isSocket()) throw failed(path, "something that is not a socket is there");
    if (await isAnswered(path)) throw inUse(path);
    await fs.promises.unlink(path);
  } catch (error) {
    if (errnoOf(error) === "ENOENT") return;
    throw error instanceof VarlinkListenFailed ? error : failed(path, "cannot remove the old socket", error);
  }
}

/** Only ECONNREFUSED proves that no process has the socket; a full queue (EAGAIN) or a denial proves the contrary. */
function isAnswered(path: string): Promise<boolean> {
  return new Promise((resolve) => {
    const socket = net.connect({ path });
    socket.on("connect", () => {
      socket.destroy();
      resolve(true);
    });
    socket.on("error", (error) => resolve(errnoOf(error) !== "ECONNREFUSED"));
  });
}

function inUse(name: string, cause?: unknown): VarlinkListenFailed {
  return new VarlinkListenFailed("in-use", `Cannot listen on '${name}': another process does`, { cause });
}

function failed(name: string, reason: string, cause?: unknown): VarlinkListenFailed {
  return new VarlinkListenFailed("failed", `Cannot listen on '${name}': ${reason}`, { cause });
}
