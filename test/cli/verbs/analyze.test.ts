import { cpSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { gzipSync } from "node:zlib";
import { afterAll, describe, expect, it } from "vitest";
import type { BootRecord } from "../../../src/core/boot-record.ts";
import { logLines, packed, packings } from "../../support/inputs/packed.ts";
import { archive, member } from "../../support/inputs/tar-archive.ts";
import { crngwatch } from "../../support/running/program.ts";

const folder = mkdtempSync(join(tmpdir(), "crngwatch-analyze-"));
afterAll(() => rmSync(folder, { recursive: true }));
const recorded = join(import.meta.dirname, "../../fixtures/logs/full-6.12");
const dmesg = join(recorded, "dmesg");
const at = (name: string): string => join(folder, name);
const boots = (stdout: string): readonly BootRecord[] =>
  (JSON.parse(stdout) as { readonly boots: readonly BootRecord[] }).boots;

describe("analyze", () => {
  it("reports the other files where one cannot be read, with a line for it and exit code 1", async () => {
    const { code, stdout, stderr } = await crngwatch(["analyze", "--json", at("missing"), dmesg]);
    expect({ code, stderr }).toEqual({ code: 1, stderr: `crngwatch: Cannot read '${at("missing")}': no such file\n` });
    expect(boots(stdout).map(({ file, readiness }) => [file, readiness.level])).toEqual([[dmesg, "ready"]]);
  });

  it("keeps what was read before a file breaks off", async () => {
    const whole = gzipSync(readFileSync(dmesg));
    writeFileSync(at("cut.gz"), whole.subarray(0, whole.length / 2));
    const { code, stdout, stderr } = await crngwatch(["analyze", "--json", at("cut.gz")]);
    expect({ code, lines: stderr.split("\n").length - 1 }).toEqual({ code: 1, lines: 1 });
    expect(stderr).toContain("cut short");
    expect(boots(stdout)[0]).toMatchObject({
      kernel: { release: expect.stringContaining("6.12") },
      readiness: { level: "unknown" },
      covers: { fromStart: true },
    });
  });

  it("says that an empty file holds no log", async () => {
    writeFileSync(at("empty"), "");
    const { code, stdout, stderr } = await crngwatch(["analyze", at("empty")]);
    expect({ code, stdout, stderr }).toEqual({
      code: 1,
      stdout: "",
      stderr: `crngwatch: '${at("empty")}' is empty: there is no log in it\n`,
    });
  });

  it("says of a text without a line of a log that it is none", async () => {
    writeFileSync(at("list"), "milk\nbread\n");
    const { code, stdout, stderr } = await crngwatch(["analyze", at("list")]);
    expect({ code, stdout, stderr }).toEqual({
      code: 1,
      stdout: "",
      stderr: `crngwatch: '${at("list")}' holds no line of a kernel's or a program's log\n`,
    });
  });

  it.each([
    ["npm's lock file", '{\n  "name": "x",\n  "dependencies": {\n    "yaml": "2.9.1"\n  }\n}\n'],
    ["a certificate's bytes", "[ ca ]\n# basicConstraints= critical, DER:30:03:01:01:FF\n"],
    ["prose about waits", "# Design\n\nTasks that wait for the CRNG are blocked in wait_for_random_bytes.\n"],
    ["prose with a time", "Dear list,\n\nmy board hung at 12:00:01.\nWhat is it?\n"],
    ["source code", "export interface Names {\n  /** The name. */\n  kernel: string;\n  build: number;\n}\n"],
    ["a greeting", "Welcome to the program!\n\nIt adds users.\nRead on.\n"],
    ["a date", "Author:\n  someone\n\nFri, 17 Jan 2003 14:57:28 +0900.\nMIT\n"],
    ["a shell script", "#!/bin/sh\n# Starts it so that it does not itself wait for the CRNG.\nexec node x\n"],
  ])("says of %s in one line that it is no log", async (_, text) => {
    writeFileSync(at("no log"), text);
    expect(await crngwatch(["analyze", at("no log")])).toEqual({
      code: 1,
      stdout: "",
      stderr: `crngwatch: '${at("no log")}' holds no line of a kernel's or a program's log\n`,
    });
  });

  it.each([
    ["a pasted line of the kernel", "My board hangs:\n\n> [    6.100000] random: crng init done\n\nWhat now?\n"],
    ["a pasted stack", "It is stuck:\n\n[<0>] wait_for_random_bytes+0x52/0x80\n[<0>] __x64_sys_getrandom+0x80/0xd0\n"],
    [
      "a pasted line of a program",
      "It hangs.\n\nsshd[71]: Server listening on 0.0.0.0 port 22.\n\nThen nothing.\nHelp.\n",
    ],
    [
      "a pasted table of systemd-analyze",
      "Slow:\n\n     40.000s systemd-random-seed.service\n      1.002s x.service\n\nWhy?\n",
    ],
    [
      "a refused call in strace",
      "Hm.\n\ngetrandom(0x7ffe, 16, GRND_NONBLOCK) = -1 EAGAIN (Resource temporarily unavailable)\n",
    ],
  ])("reads %s among prose as a log", async (_, text) => {
    writeFileSync(at("report"), text);
    expect(await crngwatch(["analyze", at("report")])).toMatchObject({ code: 0, stderr: "" });
  });

  it("does not say so of a log whose form it does not know", async () => {
    writeFileSync(
      at("other"),
      "- 1131566461 2005.11.09 node1 Nov 9 12:01:01 node1/node1 crond(pam_unix)[7]: session opened\n",
    );
    const { code, stdout } = await crngwatch(["analyze", at("other")]);
    expect({ code, decided: stdout.includes("Undecided") }).toEqual({ code: 0, decided: true });
  });

  it("says that an archive holds no log", async () => {
    writeFileSync(
      at("pictures.tar"),
      archive(member({ path: "x/README" }, "none"), member({ path: "x/y.png" }, "none")),
    );
    expect(await crngwatch(["analyze", at("pictures.tar")])).toEqual({
      code: 1,
      stdout: "",
      stderr: `crngwatch: '${at("pictures.tar")}' holds no log: name the file in it, or unpack it first\n`,
    });
  });

  it.each(packings.filter(({ why }) => why === null).map(({ compression }) => compression))(
    "says that a damaged archive, packed by %s, is damaged, wherever a byte is wrong",
    async (compression) => {
      const whole = packed(
        compression,
        archive(member({ path: "x/dmesg" }, logLines(400)), member({ path: "z" }, "z")),
      );
      // Not in the head, where a name or a time of the file may stand.
      for (const part of [0.2, 0.5, 0.8, 0.99]) {
        const bytes = Buffer.from(whole);
        const place = Math.floor(bytes.length * part);
        bytes[place] = (bytes[place] as number) ^ 0x10;
        writeFileSync(at("damaged"), bytes);
        const { code, stderr } = await crngwatch(["analyze", "--json", at("damaged")]);
        expect({ part, code, lines: stderr.split("\n").length - 1 }).toEqual({ part, code: 1, lines: 1 });
        expect(stderr).toContain("damaged'");
      }
    },
  );

  it("lets no escape of a log or of a file's name reach the terminal", async () => {
    const name = at("a\u001b]0;name\u0007.log");
    writeFileSync(
      name,
      "[    0.000000] Linux version 5.1.0\u009b31m (a) #1\n[    1.000000] random: e\u0007\u202evil: uninitialized urandom read (16 bytes read)\n",
    );
    const { stdout, stderr } = await crngwatch(["analyze", name]);
    expect(stderr).toBe("");
    expect(stdout).toContain("e\\x07\\u{202e}vil");
    expect(stdout.replaceAll("\n", "")).not.toMatch(/[\p{Cc}\p{Cf}]/u);
  });

  it("compares the last boots of two files, or the last two of one", async () => {
    const [fast, slow] = [at("fast.log"), at("slow.log")];
    const boot = (line: string, ready: string): string =>
      `[    0.000000] Linux version 6.1.0 (a@b) #1 SMP\n[    0.000000] Kernel command line: ro${line}\n[   ${ready}] random: crng init done\n`;
    writeFileSync(fast, boot("", " 0.500000"));
    writeFileSync(slow, `${boot("", " 0.500000")}${boot(" random.trust_cpu=off", "40.500000")}`);
    const sentence =
      "The CRNG became ready 40.0 s later: at 40.500 s instead of at 0.500 s; likeliest reason: command line: random.trust_cpu=off is new";
    for (const files of [[fast, slow], [slow]]) {
      const { code, stdout, stderr } = await crngwatch(["analyze", "--compare", ...files]);
      expect({ code, stderr, first: stdout.split("\n", 1)[0] }).toEqual({ code: 0, stderr: "", first: sentence });
    }
  });

  it.each<[what: string, files: readonly string[], code: number, words: RegExp]>([
    ["one boot only", ["one.log"], 1, /Cannot compare: the file holds only one boot/],
    ["three files", ["one.log", "one.log", "one.log"], 2, /--compare takes one or two files, and 3 were given/],
    ["a file that is not there", ["one.log", "none.log"], 1, /none\.log/],
  ])("compares nothing of %s, and says why in one line", async (_what, files, expected, words) => {
    writeFileSync(at("one.log"), "[    0.000000] Linux version 6.1.0 (a@b) #1 SMP\n");
    const { code, stdout, stderr } = await crngwatch(["analyze", "--compare", ...files.map((name) => at(name))]);
    expect({ code, stdout }).toEqual({ code: expected, stdout: "" });
    expect(stderr).toMatch(/^crngwatch: [^\n]+\n$/);
    expect(stderr).toMatch(words);
  });

  it("reports the logs of a sosreport as one machine's, each boot once, with what its other files say", async () => {
    const report = at("sosreport-host");
    for (const path of ["sos_commands/kernel", "sos_commands/logs", "proc"])
      mkdirSync(join(report, path), { recursive: true });
    cpSync(dmesg, join(report, "sos_commands/kernel/dmesg"));
    cpSync(join(recorded, "journalctl-short"), join(report, "sos_commands/logs/journalctl_--no-pager_--boot"));
    writeFileSync(join(report, "proc/cmdline"), "root=/dev/sda1 fips=1\n");
    const { code, stdout } = await crngwatch(["analyze", "--json", report]);
    expect(code).toBe(0);
    expect(boots(stdout)).toHaveLength(1);
    expect(boots(stdout)[0]).toMatchObject({
      file: join(report, "sos_commands/kernel/dmesg"),
      readiness: { exact: true },
      kernel: { commandLine: "root=/dev/sda1 fips=1" },
    });
  });
});
