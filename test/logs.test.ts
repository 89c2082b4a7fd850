import { spawnSync } from "node:child_process";
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { gunzipSync } from "node:zlib";
import { afterAll, describe, expect, it } from "vitest";
import type { BootRecord } from "../src/core/boot-record.ts";
import { crngwatch } from "./support/running/program.ts";
import { bootsIn, recordedLogs as logs, truthOf } from "./support/inputs/recorded-logs.ts";

/** What the shipped program prints of logs; test/parse/log/recorded-logs.test.ts says what is right in every format. */
async function printedOf(...paths: readonly string[]): Promise<readonly BootRecord[]> {
  const { code, stdout, stderr } = await crngwatch(["analyze", "--json", ...paths]);
  expect({ code, stderr }).toEqual({ code: 0, stderr: "" });
  return (JSON.parse(stdout) as { readonly boots: readonly BootRecord[] }).boots;
}

describe.concurrent("analyze, as it is shipped", () => {
  it.each([
    "full-6.12/console",
    "full-6.12/journalctl-grep-export",
    "full-6.12/journalctl-grep-json",
    "full-6.12/journalctl-short",
    "full-6.12/trace",
    "hung-6.12/dmesg-frozen",
    "micro-5.10/kmsg",
    "two-boots-6.12/journalctl-notice",
    "waiting-7.2/dmesg-sysrq",
    "waiting-7.2/stack-getrandom",
  ])("prints what is read of %s", async (path) => {
    expect(await printedOf(join(logs, path))).toEqual(JSON.parse(JSON.stringify(bootsIn(join(logs, path)))));
  });
});

describe("a journal file", () => {
  const folder = mkdtempSync(join(tmpdir(), "crngwatch-logs-"));
  const file = join(folder, "system.journal");
  writeFileSync(file, gunzipSync(readFileSync(join(logs, "full-6.12/system.journal.gz"))));
  afterAll(() => rmSync(folder, { recursive: true }));
  const missing =
    spawnSync("journalctl", ["--version"]).error === undefined
      ? null
      : "Skipped: reading journal files needs journalctl (Debian: systemd)";
  if (missing !== null) console.warn(missing);

  it.skipIf(missing !== null).each(["file", "folder"])("is read by journalctl, given as a %s", async (given) => {
    const records = await printedOf(given === "file" ? file : folder);
    expect(records).toHaveLength(1);
    expect(records[0]?.readiness).toMatchObject({ readyAt: truthOf("full-6.12").readyAt, exact: true, line: null });
    expect(records[0]).toMatchObject({ fips: true, bootId: expect.stringMatching(/^[0-9a-f]{8}-/) });
  });
});
