import type { Diagnosed } from "../../core/boot-record.ts";
import { sources } from "../../observe/registry.ts";
import { snapshot, withRequested } from "../../observe/snapshot.ts";
import { compare } from "../../diagnose/compare.ts";
import { diagnose } from "../../diagnose/findings.ts";
import { escapeText } from "../../render/escape.ts";
import { listBoots, tellBoots } from "../../sources/log/past-boots.ts";
import { recordOfDaemon } from "../daemon-record.ts";
import { hostAt } from "../host.ts";
import { journalOf, readingJournal } from "../journal-place.ts";
import { comparisonOutputOf, Inputs, outputOf } from "../output.ts";
import { complain } from "../print.ts";
import type { InvocationOf } from "../options.ts";
import { CommandFailed, exit, type ExitCode } from "../verb.ts";

/** `crngwatch report`: one boot, from the daemon's record where one runs; of a past boot, from the journal. */
export async function report(invocation: InvocationOf<"report">): Promise<ExitCode> {
  const inputs = new Inputs(invocation, invocation.given.directory);
  const { boot, compare: other, directory } = invocation.given;
  if (directory !== undefined && boot === undefined && other === undefined)
    throw new CommandFailed(
      "Option --directory needs --boot: this boot is read from the host, not from a journal",
      exit.usage,
    );
  const described = async (): Promise<Diagnosed> =>
    boot === undefined ? await thisBoot(invocation) : await pastBoot(invocation, boot);
  if (other === undefined) {
    const output = outputOf(invocation, inputs);
    await output([await described()]);
    return exit.ok;
  }
  const output = comparisonOutputOf(invocation, inputs);
  await output(compare(await pastBoot(invocation, other), await described()));
  return exit.ok;
}

async function thisBoot(invocation: InvocationOf<"report">): Promise<Diagnosed> {
  const host = hostAt(invocation.roots);
  const ofDaemon = await recordOfDaemon(invocation);
  return ofDaemon === null
    ? await snapshot(host, { requested: true, sources })
    : await withRequested(ofDaemon, host, sources);
}

/** The boot that `wanted` names as journalctl(1) does: 0 or -0 is the last, -1 the one before; or its ID. */
async function pastBoot(invocation: InvocationOf<"report">, wanted: string): Promise<Diagnosed> {
  const place = journalOf(invocation);
  const found = await readingJournal(async () => {
    const known = await listBoots(place);
    // -0 is 0.
    const boot = known.find(
      ({ index, bootId }) =>
        (/^[+-]?\d{1,9}$/.test(wanted) && Number(wanted) === index) ||
        wanted.replaceAll("-", "") === bootId.replaceAll("-", ""),
    );
    return boot === undefined ? undefined : (await tellBoots(place, [boot], { brief: false, warn: complain }))[0];
  });
  if (found === undefined)
    throw new CommandFailed(`The journal has no boot '${escapeText(wanted)}': 'crngwatch boots' lists its boots`);
  if (found.toldBy === null)
    throw new CommandFailed(
      `The journal has no record of boot '${escapeText(wanted)}': it has neither its kernel's log nor crngwatch's summary`,
    );
  return diagnose(found.record);
}
