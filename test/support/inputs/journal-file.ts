import { execFileSync } from "node:child_process";
import { writeFileSync } from "node:fs";
import { whyMissing } from "../running/programs.ts";

const remote = "/lib/systemd/systemd-journal-remote";

/** Why no journal files can be made here; null where they can. */
export const whyNoJournalFiles: string | null = whyMissing(remote, "journalctl");

/** One entry: its fields, with the trusted ones of journald (systemd.journal-fields(7)). */
export type Entry = Readonly<Record<string, string>>;

/** The fields of an entry that journald took from /dev/kmsg: a line of the kernel's with its stamp, in seconds. */
export const kernelFields = (seconds: number, text: string): Entry => ({
  _TRANSPORT: "kernel",
  SYSLOG_FACILITY: "0",
  SYSLOG_IDENTIFIER: "kernel",
  PRIORITY: "5",
  _SOURCE_MONOTONIC_TIMESTAMP: String(Math.round(seconds * 1e6)),
  MESSAGE: text,
});

export const journalMachine = "fedcba9876543210fedcba9876543210";

/** A journal file of these entries. Each is stored 1 ms after the one before, unless it says when. */
export function journalFile(path: string, entries: readonly Entry[]): void {
  const parts = entries.map((fields, index) => {
    const stamps = {
      __REALTIME_TIMESTAMP: `${1_700_000_000_000_000 + index * 1000}`,
      __MONOTONIC_TIMESTAMP: `${1_000_000 + index * 1000}`,
      _MACHINE_ID: journalMachine,
    };
    return Buffer.concat([
      ...Object.entries({ ...stamps, ...fields }).map(([name, value]) => exported(name, value)),
      Buffer.from("\n"),
    ]);
  });
  writeFileSync(`${path}.export`, Buffer.concat(parts));
  execFileSync(remote, ["-o", path, `${path}.export`], { stdio: "ignore" });
}

function exported(name: string, text: string): Buffer {
  if (!text.includes("\n")) return Buffer.from(`${name}=${text}\n`);
  const value = Buffer.from(text);
  const size = Buffer.alloc(8);
  size.writeBigUInt64LE(BigInt(value.length));
  return Buffer.concat([Buffer.from(`${name}\n`), size, value, Buffer.from("\n")]);
}
