import { join } from "../platform/builtins.ts";
import type { BootRecord } from "../core/boot-record.ts";
import { bootInterfaceName } from "../exporters/boot-interface.ts";
import { callVarlink } from "../exporters/varlink/client.ts";
import { VarlinkCallFailed } from "../exporters/varlink/errors.ts";
import { complain } from "./print.ts";
import type { Invocation } from "./verb.ts";

/** The socket of the host's daemon, or the one that --socket names. */
export function socketPath({ roots, given }: Invocation): string {
  const named = given["socket"];
  return typeof named === "string" ? named : join(roots.run, "crngwatch", bootInterfaceName);
}

/** The daemon's record; null where none runs. A daemon that does not answer well is told on standard error, and passed over. */
export async function recordOfDaemon(invocation: Invocation): Promise<BootRecord | null> {
  try {
    const { record } = await callVarlink(socketPath(invocation), `${bootInterfaceName}.GetRecord`, {}, { timeoutMs: 5_000 });
    return record as BootRecord;
  } catch (error) {
    if (error instanceof VarlinkCallFailed && error.kind === "not-running") return null;
    complain(`${error instanceof Error ? error.message : String(error)}, continuing without the daemon`);
    return null;
  }
}
