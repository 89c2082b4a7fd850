import { snapshot, withRequested } from "../daemon/snapshot.ts";
import { recordOfDaemon } from "./daemon-client.ts";
import { hostAt } from "./host.ts";
import { outputOf } from "./output.ts";
import { exit, type ExitCode, type Invocation } from "./verb.ts";

/** `crngwatch report`: one boot's story, from the daemon's record where one runs. */
export async function report(invocation: Invocation): Promise<ExitCode> {
  const output = outputOf(invocation);
  const host = hostAt(invocation.roots);
  const told = await recordOfDaemon(invocation);
  const record = told === null ? await snapshot(host, { requested: true }) : await withRequested(told, host);
  output([record]);
  return exit.ok;
}
