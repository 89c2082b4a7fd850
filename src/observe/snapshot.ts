import { type BootRecord, type Diagnosed, emptyRecord } from "../core/boot-record.ts";
import type { Evidence } from "../core/evidence.ts";
import { fold } from "../core/fold.ts";
import { diagnose } from "../diagnose/findings.ts";
import { sources } from "./registry.ts";
import type { Host } from "../sources/source.ts";
import { ask } from "./ask.ts";

/** The record of what can be told of the host right now, without a daemon. `requested`: a person asked for a report. */
export async function snapshot(host: Host, { requested }: { readonly requested: boolean }): Promise<Diagnosed> {
  const asked = sources.filter((source) => requested || source.asked !== "on-request");
  const evidence: Evidence[] = [];
  for (const source of asked) evidence.push(...(await ask(source, host)));
  return diagnose(fold(emptyRecord(), evidence).record);
}

/** A record that a daemon gave, with what is asked on request only. */
export async function withRequested(record: BootRecord, host: Host): Promise<Diagnosed> {
  const asked = sources.filter((source) => source.asked === "on-request");
  const answers = await Promise.all(asked.map((source) => ask(source, host)));
  return diagnose(fold(record, answers.flat()).record);
}
