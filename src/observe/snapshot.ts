import { type BootRecord, type Diagnosed, emptyRecord } from "../core/boot-record.ts";
import type { Evidence } from "../core/evidence.ts";
import { fold } from "../core/fold/fold.ts";
import { diagnose } from "../diagnose/findings.ts";
import { type Host, isUnrequested, type Source } from "../sources/source.ts";
import { ask } from "./ask.ts";

/**
 * The record of what the host shows right now, without a daemon. `requested`: for a report, with on-request sources.
 */
export async function snapshot(
  host: Host,
  { requested, sources }: { readonly requested: boolean; readonly sources: readonly Source[] },
): Promise<Diagnosed> {
  const evidence: Evidence[] = [];
  for (const source of sources) if (isUnrequested(source)) evidence.push(...(await ask(source, host)));
  const { record } = fold(emptyRecord(), evidence);
  return requested ? await withRequested(record, host, sources) : diagnose(record);
}

/** A daemon's record, with the sources that are read on request only. */
export async function withRequested(record: BootRecord, host: Host, sources: readonly Source[]): Promise<Diagnosed> {
  const onRequest = sources.filter((source) => !isUnrequested(source) && source.when?.(record) !== false);
  const answers = await Promise.all(onRequest.map((source) => ask(source, host)));
  return diagnose(fold(record, answers.flat()).record);
}
