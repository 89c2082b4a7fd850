import type { BootRecord } from "../../core/boot-record.ts";
import { bootListJson, bootListText } from "../../render/text/boot-list.ts";
import { listBoots, type PastBoot, tellBoots } from "../../sources/log/past-boots.ts";
import { recordOfDaemon } from "../daemon-client.ts";
import { journalOf, readingJournal } from "../journal-place.ts";
import { print } from "../print.ts";
import type { InvocationOf } from "../options.ts";
import { exit, type ExitCode } from "../verb.ts";

/** `crngwatch boots`: the boots that a journal knows, each in a line. */
export async function boots(invocation: InvocationOf<"boots">): Promise<ExitCode> {
  const place = journalOf(invocation);
  const told = withOwn(
    await readingJournal(async () => tellBoots(place, await listBoots(place), { brief: true })),
    await recordOfDaemon(invocation),
  );
  print(invocation.given.json === true ? bootListJson(told) : bootListText(told));
  return exit.ok;
}

/** The daemon that runs knows its boot better than the journal does, which has its summary later. */
function withOwn(told: readonly PastBoot[], own: BootRecord | null): readonly PastBoot[] {
  return told.map((boot) =>
    own !== null && own.bootId === boot.bootId ? { ...boot, record: own, toldBy: "crngwatch" } : boot,
  );
}
