import { join } from "../platform/builtins.ts";
import { bootInterfaceName } from "../exporters/boot-interface-name.ts";
import { callVarlink } from "../varlink/client.ts";
import { VarlinkCallFailed } from "../varlink/errors.ts";
import { complain } from "./print.ts";
import type { socket } from "./options.ts";
import type { Invocation } from "./verb.ts";

export type AsksDaemon = Invocation<readonly [typeof socket]>;

/** The socket of the host's daemon, or the one that --socket names. */
export function socketPath({ roots, given }: AsksDaemon): string {
  return given.socket ?? join(roots.run, "crngwatch", bootInterfaceName);
}

/**
 * What the daemon answers to a method without parameters; null where none runs, and for a folder. A malformed answer is
 * reported, and passed over.
 */
export async function askDaemon<T>(invocation: AsksDaemon, method: string): Promise<T | null> {
  // A folder has no daemon; a socket in it belongs to the folder's owner, and may answer anything.
  if (!invocation.roots.live && invocation.given.socket === undefined) return null;
  try {
    return (await callVarlink(socketPath(invocation), `${bootInterfaceName}.${method}`, {}, { timeoutMs: 5_000 })) as T;
  } catch (error) {
    if (error instanceof VarlinkCallFailed && error.kind === "not-running") return null;
    complain(`${error instanceof Error ? error.message : String(error)}, continuing without the daemon`);
    return null;
  }
}
