import { sources } from "../../observe/registry.ts";
import { snapshot } from "../../observe/snapshot.ts";
import { prometheusText } from "../../render/metrics/open-metrics.ts";
import { recordOfDaemon } from "../daemon-record.ts";
import { hostAt } from "../host.ts";
import { Inputs, requireOutput, writeOutput } from "../output-file.ts";
import { print } from "../print.ts";
import type { InvocationOf } from "../options.ts";
import { exit, type ExitCode } from "../verb.ts";

/** `crngwatch metrics`: the metrics once, as node_exporter's textfile collector reads them. */
export async function metrics(invocation: InvocationOf<"metrics">): Promise<ExitCode> {
  const { output } = invocation.given;
  const inputs = new Inputs(invocation);
  if (output !== undefined) requireOutput(output, inputs);
  const ofDaemon = await recordOfDaemon(invocation);
  const record = ofDaemon ?? (await snapshot(hostAt(invocation.roots), { requested: false, sources }));
  const text = prometheusText.render({ record, daemon: ofDaemon !== null });
  // For everyone to read, whatever our umask: node_exporter runs as a user of its own.
  if (output !== undefined) writeOutput(output, text, inputs, null);
  else print(text);
  return exit.ok;
}
