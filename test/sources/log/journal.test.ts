import { execFileSync } from "node:child_process";
import { chmodSync, copyFileSync, mkdirSync, readFileSync, truncateSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, it } from "vitest";
import { openLogs } from "../../../src/sources/log/log-input.ts";
import { hostFolder, temporaryFolder } from "../../support/host/host-folder.ts";
import { everything } from "../../support/inputs/logs.ts";
import { type Entry, journalFile } from "../../support/inputs/journal-file.ts";
import { openThings } from "../../support/inputs/packed.ts";
import { whyMissing } from "../../support/running/programs.ts";

const remote = "/lib/systemd/systemd-journal-remote";
const why = whyMissing(remote, "journalctl");
const machine = "fedcba9876543210fedcba9876543210";

/** A journal of this many kernel records, one record of journald about lost ones, and as many of others. */
function journal(path: string, records = 3): void {
  const entry = (index: number, fields: Readonly<Record<string, string>>): string => {
    const stamps = {
      __REALTIME_TIMESTAMP: `${1_700_000_000_000_000 + index * 1000}`,
      __MONOTONIC_TIMESTAMP: `${1_000_000 + index * 1000}`,
      _BOOT_ID: "0123456789abcdef0123456789abcdef",
      _MACHINE_ID: machine,
    };
    return `${Object.entries({ ...stamps, ...fields })
      .map(([key, value]) => `${key}=${value}\n`)
      .join("")}\n`;
  };
  const entries = Array.from(
    { length: records },
    (_, index) =>
      entry(index, {
        _TRANSPORT: "kernel",
        _SOURCE_MONOTONIC_TIMESTAMP: "9",
        PRIORITY: "5",
        MESSAGE: `random: line ${index}`,
        _KERNEL_DEVICE: "+x",
      }) + entry(index, { _TRANSPORT: "stdout", MESSAGE: "other" }),
  );
  entries.push(
    entry(records, {
      _TRANSPORT: "driver",
      MESSAGE_ID: "e9bf28e6e834481bb6f48f548ad13606",
      MESSAGE: "Missed 7 kernel messages",
    }),
  );
  writeFileSync(`${path}.export`, entries.join(""));
  execFileSync(remote, ["-o", path, `${path}.export`], { stdio: "ignore" });
}

const messagesIn = (text: string): readonly unknown[] =>
  text
    .split("\n")
    .slice(0, -1)
    .map((line) => (JSON.parse(line) as { readonly MESSAGE: string }).MESSAGE);
const expected = ["random: line 0", "random: line 1", "random: line 2", "Missed 7 kernel messages"];

describe.skipIf(why !== null)(`a journal ${why ?? ""}`, () => {
  it("gives the kernel's records and journald's word on lost ones, whatever its name", async () => {
    const path = join(temporaryFolder(), "a'b[1]{c,d}*?\\~\nx");
    journal(join(path, "../x.journal"));
    copyFileSync(join(path, "../x.journal"), path);
    const { logs, inputs, error } = await everything(path);
    expect([logs.length, logs[0]?.name, logs[0]?.kind, logs[0]?.error, error]).toEqual([
      1,
      path,
      "journal-json",
      null,
      null,
    ]);
    expect(messagesIn(logs[0]?.text ?? "")).toEqual(expected);
    expect(JSON.parse(logs[0]?.text.split("\n")[0] ?? "")).toMatchObject({
      _TRANSPORT: "kernel",
      _SOURCE_MONOTONIC_TIMESTAMP: "9",
      _BOOT_ID: "0123456789abcdef0123456789abcdef",
      __MONOTONIC_TIMESTAMP: "1000000",
      PRIORITY: "5",
    });
    expect(logs[0]?.text).not.toContain("_KERNEL_DEVICE");
    expect(inputs[0]?.totalBytes).toBe(readFileSync(path).length);
  });

  it("gives what shows a wait of systemd-random-seed: its own lines and PID 1's on it, of no other unit or program", async () => {
    const path = join(temporaryFolder(), "x.journal");
    const entry = (index: number, fields: Readonly<Record<string, string>>): Entry => ({
      _BOOT_ID: "0123456789abcdef0123456789abcdef",
      _TRANSPORT: "journal",
      ...fields,
      MESSAGE: `line ${index}`,
    });
    const unit = "systemd-random-seed.service";
    journalFile(
      path,
      [
        { _PID: "1", UNIT: unit },
        { _PID: "1", UNIT: "sshd.service" },
        // Whoever writes an entry chooses the fields without "_".
        { _PID: "900", UNIT: unit, SYSLOG_IDENTIFIER: "systemd" },
        { _PID: "231", _SYSTEMD_UNIT: unit, SYSLOG_IDENTIFIER: "systemd-random-seed" },
        { _PID: "1", UNIT: unit },
      ].map((fields, index) => entry(index, fields)),
    );
    const { logs } = await everything(path);
    expect(messagesIn(logs[0]?.text ?? "")).toEqual(["line 0", "line 3", "line 4"]);
  });

  it("gives systemd's lines on how any unit starts, fails and ends, by their message IDs, and on no other user's word", async () => {
    const path = join(temporaryFolder(), "x.journal");
    const [starting, started, failed, result, booted, reloading] = [
      "7d4958e842da4a758f6c1cdc7b36dcc5",
      "39f53479d3a045ac8e11786248231fbf",
      "be02cf6855d2428ba40df7e9d022f03d",
      "d9b373ed55a64feb8242e02dbe79a49c",
      "b07a249cd024414a82dd00cd181378ff",
      "d34d037fff1847e6ae669a370e694725",
    ] as const;
    const ofUnit = (MESSAGE_ID: string, _PID = "1") => ({ _PID, UNIT: "sshd.service", MESSAGE_ID });
    journalFile(
      path,
      [
        ...[starting, started, failed, result, booted, reloading].map((id) => ofUnit(id)),
        ofUnit(failed, "900"),
        { _PID: "1", UNIT: "sshd.service" },
      ].map((fields, index) => ({
        _BOOT_ID: "0123456789abcdef0123456789abcdef",
        _TRANSPORT: "journal",
        ...fields,
        MESSAGE: `line ${index}`,
      })),
    );
    const { logs } = await everything(path);
    expect(messagesIn(logs[0]?.text ?? "")).toEqual(["line 0", "line 1", "line 2", "line 3", "line 4"]);
  });

  it("may be a folder of them, or one of machines' folders", async () => {
    const folder = temporaryFolder();
    mkdirSync(join(folder, "machines", machine), { recursive: true });
    journal(join(folder, "x.journal"));
    copyFileSync(join(folder, "x.journal"), join(folder, "machines", machine, "system.journal"));
    for (const path of [folder, join(folder, "machines")]) {
      const { logs } = await everything(path);
      expect(logs).toMatchObject([{ name: path, kind: "journal-json", error: null }]);
      expect(messagesIn(logs[0]?.text ?? "")).toEqual(expected);
    }
  });

  it("may lie in a sosreport", async () => {
    const top = hostFolder({ "sos_commands/kernel/dmesg": "x", "var/log/journal/x": "" });
    journal(join(top, "var/log/journal/x.journal"));
    const { logs, inputs } = await everything(top);
    expect(logs.map(({ name, kind }) => [name, kind])).toEqual([
      [join(top, "sos_commands/kernel/dmesg"), "text"],
      [join(top, "var/log/journal"), "journal-json"],
    ]);
    expect(inputs[1]?.report?.name).toBe(top);
  });

  it("that is damaged is reported", async () => {
    const path = join(temporaryFolder(), "x.journal");
    journal(path);
    const folder = join(path, "..");
    truncateSync(path, 20_000);
    const error = `Cannot read '${path}': a damaged journal: it has 20000 of 8388608 bytes, copy it again`;
    expect((await everything(path)).logs).toMatchObject([{ text: "", error }]);
    // Of a folder, journalctl leaves such a file out with exit code 0.
    expect((await everything(folder)).logs).toMatchObject([{ text: "", error }]);
    journal(join(folder, "y.journal"));
    const { logs } = await everything(folder);
    expect(logs[0]).toMatchObject({ text: "", error });
    expect(messagesIn(logs[1]?.text ?? "")).toEqual(expected);
  });

  it("may be left at any time", async () => {
    const path = join(temporaryFolder(), "x.journal");
    journal(path, 2000);
    const before = openThings();
    for await (const { chunks } of openLogs(path)) {
      for await (const _ of chunks) break;
      break;
    }
    expect(openThings()).toEqual(before);
  });
});

describe("an old journalctl", () => {
  const missing = whyMissing("sh");

  it.skipIf(missing !== null)(`that knows no --output-fields is asked again without it ${missing ?? ""}`, async () => {
    const { path, PATH } = {
      path: join(hostFolder({ "x.journal": "LPKSHHRH" }), "x.journal"),
      PATH: process.env["PATH"],
    };
    const bin = hostFolder({
      journalctl:
        '#!/bin/sh\nfor word; do case $word in --output-fields=*) echo "journalctl: unrecognized option" >&2; exit 1;; esac; done\necho "$LC_ALL $*"\necho "it ends" >&2\nexit 3\n',
    });
    chmodSync(join(bin, "journalctl"), 0o755);
    try {
      process.env["PATH"] = bin;
      expect((await everything(path)).logs).toMatchObject([
        {
          text: expect.stringMatching(
            /^C --file=\S+ --output=json --all --quiet --no-pager _TRANSPORT=kernel(?: \+(?: [A-Z_]+[\d=]\S*)+)+\n$/,
          ),
          error: `Cannot read all of journal '${path}': journalctl says 'it ends'`,
        },
      ]);
    } finally {
      process.env["PATH"] = PATH;
    }
  });
});
