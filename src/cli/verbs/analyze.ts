import type { BootRecord, Diagnosed } from "../../core/boot-record.ts";
import { compareBoots } from "../../diagnose/compare.ts";
import { diagnose } from "../../diagnose/findings.ts";
import { noLog } from "../../diagnose/verdict/undecided.ts";
import { LogReader } from "../../parse/log/log-reader.ts";
import { bootsOfReport } from "../../parse/log/report-boots.ts";
import { escapeText } from "../../render/escape.ts";
import { type LogInput, LogUnreadable, openLogs, quoted, type SosReport } from "../../sources/log/log-input.ts";
import { Inputs } from "../output-file.ts";
import { comparisonOutputOf, recordsOutputOf } from "../output.ts";
import { complain } from "../print.ts";
import { openProgress, type Progress } from "../progress.ts";
import type { InvocationOf } from "../options.ts";
import { SavedRecords } from "../saved-records.ts";
import { CommandFailed, exit, type ExitCode } from "../verb.ts";

/** `crngwatch analyze`: the boots in logs of any host. A file that cannot be read does not affect the others. */
export async function analyze(invocation: InvocationOf<"analyze">): Promise<ExitCode> {
  const inputs = new Inputs(invocation);
  const output = invocation.given.compare === true ? comparing(invocation, inputs) : describing(invocation, inputs);
  const progress = openProgress();
  const read: (readonly Diagnosed[])[] = [];
  const failures: LogUnreadable[] = [];
  const failed = (failure: LogUnreadable): void => {
    progress.clear();
    complain(failure.message);
    failures.push(failure);
  };
  for (const path of invocation.operands)
    read.push((await bootsAt(path, inputs, progress, failed)).map((record) => diagnose(record)));
  progress.clear();
  const isPartOnly = failures.length > 0 && read.some((boots) => boots.length === 0);
  const isWorthPrinting =
    invocation.given.compare === true
      ? !isPartOnly
      : read.some((boots) => boots.length > 0) || invocation.given.json !== undefined;
  if (isWorthPrinting) await output(read);
  return failures.length === 0 ? exit.ok : exit.failed;
}

/** Writes what the boots at each operand come to. */
type Output = (read: readonly (readonly Diagnosed[])[]) => Promise<void>;

function describing(invocation: InvocationOf<"analyze">, inputs: Inputs): Output {
  const output = recordsOutputOf(invocation, inputs);
  return async (read) => output(read.flat());
}

/** Compares the last boots of two files, or the last two of one. Throws CommandFailed where there are not two. */
function comparing(invocation: InvocationOf<"analyze">, inputs: Inputs): Output {
  const { length } = invocation.operands;
  if (length > 2) throw new CommandFailed(`--compare takes one or two files, and ${length} were given`, exit.usage);
  const output = comparisonOutputOf(invocation, inputs);
  return async ([first = [], second]) => {
    const [before, after] = second === undefined ? first.slice(-2) : [first.at(-1), second.at(-1)];
    if (before === undefined || after === undefined)
      throw new CommandFailed(
        second === undefined
          ? "Cannot compare: the file holds only one boot, name a second file"
          : "Cannot compare: one of the two files holds no boot",
      );
    await output(compareBoots(before, after));
  };
}

type Failed = (failure: LogUnreadable) => void;

/** The boots in all logs at one path. Those of one sosreport are of one machine, and are reported together. */
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
  const name = quoted(input.name);
  const reader = new LogReader(input.name, { entries: input.kind === "journal-json" });
  const records = new SavedRecords(input.name, (chunk) => reader.push(chunk));
  let whole = true;
  try {
    for await (const chunk of input.chunks) {
      records.push(chunk);
      progress.report(input);
    }
    const saved = records.end();
    if (saved !== null) return saved;
  } catch (error) {
    if (!(error instanceof LogUnreadable)) throw error;
    failed(error);
    whole = false;
  }
  const boots = reader.end();
  if (reader.droppedBoots > 0)
    complain(`${name} holds more boots than are kept: the first ${reader.droppedBoots} are not shown`);
  // A report has empty logs beside full ones.
  if (!whole || input.report !== null) return boots;
  if (reader.isEmpty) {
    failed(new LogUnreadable(`${name} is empty: there is no log in it`));
    return [];
  }
  if (!boots.every(isNoLog)) return boots;
  failed(new LogUnreadable(`${name} holds no line of a kernel's or a program's log`));
  return [];
}

/** The text has no line of a log, and nothing else that a person pasted decides anything. */
function isNoLog(record: BootRecord): boolean {
  return record.course?.logLines === 0 && diagnose(record).verdict.rule === noLog;
}
