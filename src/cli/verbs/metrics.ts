import { sources } from "../../observe/registry.ts";
import { snapshot } from "../../observe/snapshot.ts";
import { replaceFile, NotReplaceable } from "../../platform/replace-file.ts";
import { attempt } from "../../platform/pseudo-file.ts";
import { escapeText } from "../../render/escape.ts";
import { prometheusText } from "../../render/metrics/open-metrics.ts";
import { recordOfDaemon } from "../daemon-client.ts";
import { hostAt } from "../host.ts";
import { unwritten } from "../output.ts";
import { print } from "../print.ts";
import type { InvocationOf } from "../options.ts";
import { CommandFailed, exit, type ExitCode } from "../verb.ts";

/** `crngwatch metrics`: the metrics once, as node_exporter's textfile collector reads them. */
export async function metrics(invocation: InvocationOf<"metrics">): Promise<ExitCode> {
  const told = await recordOfDaemon(invocation);
  const record = told ?? (await snapshot(hostAt(invocation.roots), { requested: false, sources }));
  const text = prometheusText.render({ record, daemon: told !== null });
  const { output } = invocation.given;
  if (typeof output === "string") replace(output, text);
  else print(text);
  return exit.ok;
}

function replace(path: string, text: string): void {
  try {
    const written = attempt(() => replaceFile(path, text));
    if (written.kind !== "ok") throw unwritten(path, written);
  } catch (error) {
    if (error instanceof NotReplaceable)
      throw new CommandFailed(
        `Cannot write '${escapeText(path)}': something that is no regular file is there, want the name of one`,
      );
    throw error;
  }
}
