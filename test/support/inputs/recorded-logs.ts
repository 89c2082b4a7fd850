import { readFileSync } from "node:fs";
import { join } from "node:path";
import type { Diagnosed } from "../../../src/core/boot-record.ts";
import { diagnose } from "../../../src/diagnose/findings.ts";
import { LogReader } from "../../../src/parse/log/log-reader.ts";
import { project } from "../running/program.ts";

/** Logs that the lab recorded: a folder each boot, a file each format (test/fixtures/logs/README.md). */
export const recordedLogs = join(project, "test/fixtures/logs");

/** The truth about a boot: its own records in /dev/kmsg, read by nothing of crngwatch's. */
export function truthOf(folder: string): { readonly readyAt: number; readonly release: string } {
  const records = readFileSync(join(recordedLogs, folder, "kmsg"), "utf8").split("\n");
  const line = records.find((record) => /^[0-7],/.test(record) && record.endsWith(";random: crng init done"));
  const release = records.map((record) => /;Linux version (\S+) /.exec(record)?.[1]).find((name) => name !== undefined);
  return { readyAt: Number(line?.split(",")[2]) / 1e6, release: release ?? "" };
}

/** The boots in a log, as `analyze` tells them. */
export function bootsIn(path: string): readonly Diagnosed[] {
  const reader = new LogReader(path);
  reader.push(readFileSync(path));
  return reader.end().map((record) => diagnose(record));
}
