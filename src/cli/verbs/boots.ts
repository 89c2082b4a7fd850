import type { BootRecord } from "../../core/boot-record.ts";
import { undecided, type Verdict } from "../../core/verdict.ts";
import { diagnose } from "../../diagnose/findings.ts";
import { listBoots, type PastBoot, describeBoots } from "../../sources/log/past-boots.ts";
import { recordOfDaemon } from "../daemon-record.ts";
import { bootSelection, journalOf, readingJournal, requireOneJournal } from "../journal-place.ts";
import { Inputs } from "../output-file.ts";
import { bootListOutputOf } from "../output.ts";
import { complain } from "../print.ts";
import type { InvocationOf } from "../options.ts";
import { exit, type ExitCode } from "../verb.ts";

/** `crngwatch boots`: the boots that a journal knows, each in a line. */
export async function boots(invocation: InvocationOf<"boots">): Promise<ExitCode> {
  const output = bootListOutputOf(invocation, new Inputs(invocation, invocation.given.directory));
  requireOneJournal(invocation);
  const place = journalOf(invocation);
  const selected = await bootSelection(invocation);
  const warn = invocation.given.quiet === true ? (): void => undefined : complain;
  const own = await recordOfDaemon(invocation);
  const listed = withOwn(
    await readingJournal(async () => describeBoots(place, selected(await listBoots(place)), { brief: true, warn })),
    own,
  );
  const judged = listed.map((boot) => ({ ...boot, record: { ...boot.record, verdict: verdictOf(boot) } }));
  await output(judged);
  return exit.ok;
}

/**
 * Of a boot that only the kernel's log describes, a list reads a few lines: what they show is the verdict, but what
 * they make likely may look different in the whole log.
 */
function verdictOf({ record, describedBy }: PastBoot): Verdict {
  const { verdict } = diagnose(record);
  return describedBy === "crngwatch" || verdict.strength === "shown" ? verdict : undecided;
}

/** The daemon that runs knows its boot better than the journal does, which has its summary later. */
function withOwn(listed: readonly PastBoot[], own: BootRecord | null): readonly PastBoot[] {
  return listed.map((boot) =>
    own !== null && own.bootId === boot.bootId ? { ...boot, record: own, describedBy: "crngwatch" } : boot,
  );
}
