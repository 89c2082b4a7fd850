import { join } from "../platform/builtins.ts";
import type { Diagnosed } from "../core/boot-record.ts";
import { bootInterfaceName } from "../exporters/boot-interface.ts";
import { callVarlink } from "../varlink/client.ts";
import { VarlinkCallFailed } from "../varlink/errors.ts";
import { complain } from "./print.ts";
import type { Invocation } from "./verb.ts";

/** The socket of the host's daemon, or the one that --socket names. */
export function socketPath({ roots, given }: Invocation): string {
  const named = given["socket"];
  return typeof named === "string" ? named : join(roots.run, "crngwatch", bootInterfaceName);
}

/**
 * What the daemon answers to a method without parameters; null where none runs. One that does not answer well is told,
 * and passed over.
 */
export async function askDaemon<T>(invocation: Invocation, method: string): Promise<T | null> {
  try {
    return (await callVarlink(socketPath(invocation), `${bootInterfaceName}.${method}`, {}, { timeoutMs: 5_000 })) as T;
  } catch (error) {
    if (error instanceof VarlinkCallFailed && error.kind === "not-running") return null;
    complain(`${error instanceof Error ? error.message : String(error)}, continuing without the daemon`);
    return null;
  }
}

/** The daemon's record; null where none runs. */
export async function recordOfDaemon(invocation: Invocation): Promise<Diagnosed | null> {
  return (await askDaemon<{ readonly record: Diagnosed }>(invocation, "GetRecord"))?.record ?? null;
}
