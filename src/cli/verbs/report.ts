import type { Diagnosed } from "../../core/boot-record.ts";
import { sources } from "../../observe/registry.ts";
import { snapshot, withRequested } from "../../observe/snapshot.ts";
import { compareBoots } from "../../diagnose/compare.ts";
import { recordOfDaemon } from "../daemon-record.ts";
import { hostAt } from "../host.ts";
import { journalOf, pastBoot, requireOneJournal } from "../journal-place.ts";
import { Inputs } from "../output-file.ts";
import { comparisonOutputOf, recordsOutputOf } from "../output.ts";
import type { InvocationOf } from "../options.ts";
import { exit, type ExitCode, withoutEffect } from "../verb.ts";

/** `crngwatch report`: one boot, from the daemon's record where one runs; of a past boot, from the journal. */
export async function report(invocation: InvocationOf<"report">): Promise<ExitCode> {
  const inputs = new Inputs(invocation, invocation.given.directory);
  const { boot, compare: other, directory } = invocation.given;
  if (directory !== undefined && boot === undefined && other === undefined)
    throw withoutEffect("directory", "without --boot: this boot is read from the host, not from a journal");
  if (boot !== undefined) requireOneJournal(invocation);
  const described = async (): Promise<Diagnosed> =>
    boot === undefined ? await thisBoot(invocation) : await pastBoot(journalOf(invocation), boot);
  if (other === undefined) {
    const output = recordsOutputOf(invocation, inputs);
    await output([await described()]);
    return exit.ok;
  }
  const output = comparisonOutputOf(invocation, inputs);
  await output(compareBoots(await pastBoot(journalOf(invocation), other), await described()));
  return exit.ok;
}

async function thisBoot(invocation: InvocationOf<"report">): Promise<Diagnosed> {
  const host = hostAt(invocation.roots);
  const ofDaemon = await recordOfDaemon(invocation);
  return ofDaemon === null
    ? await snapshot(host, { requested: true, sources })
    : await withRequested(ofDaemon, host, sources);
}
