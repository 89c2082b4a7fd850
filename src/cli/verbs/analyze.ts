import type { BootRecord } from "../../core/boot-record.ts";
import { diagnose } from "../../diagnose/findings.ts";
import { LogReader } from "../../parse/log/log-reader.ts";
import { bootsOfReport } from "../../parse/log/report-boots.ts";
import { escapeText } from "../../render/escape.ts";
import { type LogInput, LogUnreadable, openLogs, type SosReport } from "../../sources/log/log-input.ts";
import { Inputs, outputOf } from "../output.ts";
import { complain } from "../print.ts";
import { openProgress, type Progress } from "../progress.ts";
import type { InvocationOf } from "../options.ts";
import { SavedPage } from "../saved-page.ts";
import { exit, type ExitCode } from "../verb.ts";

/** `crngwatch analyze`: the boots in logs of any host. A file that cannot be read costs its own story, no other's. */
export async function analyze(invocation: InvocationOf<"analyze">): Promise<ExitCode> {
  const inputs = new Inputs(invocation);
  const output = outputOf(invocation, inputs);
  const progress = openProgress();
  const records: BootRecord[] = [];
  const failures: LogUnreadable[] = [];
  const failed = (failure: LogUnreadable): void => {
    progress.clear();
    complain(failure.message);
    failures.push(failure);
  };
  for (const path of invocation.operands) records.push(...(await bootsAt(path, inputs, progress, failed)));
  progress.clear();
  if (records.length > 0 || invocation.given.json === true) await output(records.map(diagnose));
  return failures.length === 0 ? exit.ok : exit.failed;
}

type Failed = (failure: LogUnreadable) => void;

/** The boots in all logs at one path. Those of one sosreport are one machine's, and told together. */
async function bootsAt(
  path: string,
  inputs: Inputs,
  progress: Progress,
  failed: Failed,
): Promise<readonly BootRecord[]> {
  const records: BootRecord[] = [];
  let found = 0;
  let failures = 0;
  const failedHere = (failure: LogUnreadable): void => {
    failures++;
    failed(failure);
  };
  const reports = new Map<SosReport, (readonly BootRecord[])[]>();
  try {
    for await (const input of openLogs(path, inputs.add)) {
      found++;
      const boots = await bootsIn(input, progress, failedHere);
      if (input.report === null) records.push(...boots);
      else reports.set(input.report, [...(reports.get(input.report) ?? []), boots]);
    }
  } catch (error) {
    if (!(error instanceof LogUnreadable)) throw error;
    failedHere(error);
  }
  if (found + failures === 0)
    failed(new LogUnreadable(`'${escapeText(path)}' holds no log: name the file in it, or unpack it first`));
  for (const [report, logs] of reports) records.push(...bootsOfReport(logs, report.facts));
  return records;
}

/** The boots of one log; where it breaks off, those before. */
async function bootsIn(input: LogInput, progress: Progress, failed: Failed): Promise<readonly BootRecord[]> {
  const name = escapeText(input.name);
  const reader = new LogReader(input.name, { entries: input.kind === "journal-json" });
  const page = new SavedPage(name, (chunk) => reader.push(chunk));
  let whole = true;
  try {
    for await (const chunk of input.chunks) {
      page.push(chunk);
      progress.tell(input);
    }
    const saved = await page.end();
    if (saved !== null) return saved;
  } catch (error) {
    if (!(error instanceof LogUnreadable)) throw error;
    failed(error);
    whole = false;
  }
  const boots = reader.end();
  if (reader.droppedBoots > 0)
    complain(`'${name}' holds more boots than are kept: the first ${reader.droppedBoots} are not told`);
  // A report has empty logs beside full ones.
  if (reader.isEmpty && whole && input.report === null)
    failed(new LogUnreadable(`'${name}' is empty: there is no log in it`));
  return boots;
}
