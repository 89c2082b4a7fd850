import { cpSync, mkdirSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, it } from "vitest";
import { type BootRecord, type Diagnosed, emptyRecord } from "../../../src/core/boot-record.ts";
import type { BootComparison } from "../../../src/core/comparison.ts";
import { fold } from "../../../src/core/fold/fold.ts";
import { bootNamed } from "../../../src/cli/journal-place.ts";
import { rootsBelow } from "../../../src/platform/roots.ts";
import { journalPlace, listBoots } from "../../../src/sources/log/past-boots.ts";
import { dashedBootId } from "../../../src/parse/log/entry/journal-entry.ts";
import type { EntryFields } from "../../../src/render/journal/journal-datagram.ts";
import { summaryFields } from "../../../src/render/journal/journal-fields.ts";
import { readyLine } from "../../support/records/evidence-of.ts";
import { hostFolder, temporaryFolder } from "../../support/host/host-folder.ts";
import {
  type Entry,
  journalFile,
  journalMachine,
  whyNoJournalFiles,
  kernelFields,
} from "../../support/inputs/journal-file.ts";
import { crngwatch, run } from "../../support/running/program.ts";
import { aWait } from "../../support/records/waits.ts";
import { diagnose } from "../../../src/diagnose/findings.ts";

/**
 * Boots of one machine: of the first there is the kernel's log, of the second a daemon's summary, of the third neither,
 * of the fourth both.
 */
const [logged, summed, silent, both] = ["a1", "b2", "c3", "d4"].map((pair) => pair.repeat(16)) as [
  string,
  string,
  string,
  string,
];

let clock = 0;
const at = (boot: string): Entry => ({
  __REALTIME_TIMESTAMP: `${1_700_000_000_000_000 + clock++ * 1_000_000}`,
  _BOOT_ID: boot,
});
const kernel = (boot: string, seconds: number, text: string): Entry => ({
  ...at(boot),
  ...kernelFields(seconds, text),
});
/** What systemd itself logs about a unit. */
const ofPid1 = (boot: string, seconds: number, unit: string, text: string): Entry => ({
  ...at(boot),
  __MONOTONIC_TIMESTAMP: String(seconds * 1e6),
  _TRANSPORT: "journal",
  _PID: "1",
  _COMM: "systemd",
  SYSLOG_IDENTIFIER: "systemd",
  UNIT: unit,
  MESSAGE: text,
});
const summaryEntry = (boot: string, fields: EntryFields, uid = "0"): Entry => ({
  ...at(boot),
  _TRANSPORT: "journal",
  _UID: uid,
  MESSAGE: "This boot",
  ...(Object.fromEntries(Object.entries(fields).filter(([, value]) => typeof value === "string")) as Entry),
});

const recordOf = (boot: string, readyAt: number, facts: Partial<BootRecord> = {}): Diagnosed => ({
  ...diagnose(
    fold(emptyRecord(), [
      readyLine(readyAt),
      {
        kind: "kernel",
        bootId: dashedBootId(boot),
        release: "4.16.2-300.fc28",
        version: "#1 SMP",
        buildId: null,
        commandLine: null,
      },
    ]).record,
  ),
  ...facts,
});
type JsonBoots = { readonly boots: readonly BootRecord[] };
const hostile = 'a\n\u001b[31m"><script>';

function journal(): string {
  clock = 0;
  const folder = temporaryFolder();
  journalFile(join(folder, "system.journal"), [
    kernel(
      logged,
      0,
      "Linux version 4.16.1-300.fc28.x86_64 (mockbuild@bkernel) (gcc version 8.0.1) #1 SMP Mon Apr 9 2018",
    ),
    kernel(logged, 6.1, "random: crng init done"),
    // Any user can write this.
    summaryEntry(logged, summaryFields(recordOf(logged, 0.5)), "1000"),
    summaryEntry(summed, summaryFields(recordOf(summed, 30))),
    summaryEntry(
      summed,
      summaryFields(recordOf(summed, 41.2, { waits: [aWait({ comm: hostile, to: 41.2, seconds: 40.2 })] })),
    ),
    // Root of a container, say, with a record that is another boot's.
    summaryEntry(summed, summaryFields(recordOf(logged, 0.5))),
    { ...at(silent), _TRANSPORT: "stdout", MESSAGE: "other" },
    kernel(
      both,
      0,
      "Linux version 4.16.3-301.fc28.x86_64 (mockbuild@bkernel) (gcc version 8.0.1) #1 SMP Mon Apr 23 2018",
    ),
    kernel(both, 1.5, "random: crng init done"),
    summaryEntry(both, summaryFields(recordOf(both, 1.5))),
  ]);
  return folder;
}

describe.skipIf(whyNoJournalFiles !== null)(`past boots ${whyNoJournalFiles ?? ""}`, () => {
  it("are drawn as a page that analyze reads again, and as a picture", async () => {
    const page = join(temporaryFolder(), "boots.html");
    const folder = journal();
    const words = ["boots", "--directory", folder, "--format"];
    expect(await crngwatch([...words, "html", "-o", page])).toEqual({ code: 0, stdout: "", stderr: "" });
    const listed = JSON.parse((await crngwatch(["boots", "--json", "--directory", folder])).stdout) as JsonBoots;
    const again = JSON.parse((await crngwatch(["analyze", "--json", page])).stdout) as JsonBoots;
    expect(again.boots.map(({ bootId, readiness }) => [bootId, readiness])).toEqual(
      listed.boots.map(({ bootId, readiness }) => [bootId, readiness]),
    );
    const { code, stdout } = await crngwatch([...words, "svg"]);
    expect(code).toBe(0);
    expect(stdout).toContain("Largest rise: 35.100 s later in boot -2");
    expect(stdout).not.toContain("<script>");
    expect(await crngwatch([...words, "html", "-o", join(folder, "system.journal")])).toMatchObject({
      code: 2,
      stdout: "",
    });
  });

  it("are listed by their summaries, else by the kernel's log, each against the one before", async () => {
    const { code, stdout, stderr } = await crngwatch(["boots", "--directory", journal()]);
    expect({ code, stderr }).toEqual({ code: 0, stderr: "" });
    expect(stdout.split("\n").map((line) => line.split(/ {2,}/))).toEqual([
      ["boot", "first entry (UTC)", "kernel", "verdict", "ready", "change", "waits", "longest wait", "source"],
      ["-3", "2023-11-14 22:13:20", "4.16.1-300.fc28.x86_64", "?", "6.100 s", "?", "kernel-log"],
      [
        "-2",
        "2023-11-14 22:13:23",
        "4.16.2-300.fc28",
        "blocked on the CRNG",
        "41.200 s",
        "+35.1 s, new kernel",
        "1",
        'a\\x0a\\x1b[31m"><script>[612] 40.2 s',
        "crngwatch",
      ],
      ["-1", "2023-11-14 22:13:26", "?", "?", "?", "?", "-"],
      ["0", "2023-11-14 22:13:27", "4.16.2-300.fc28", "likely not the CRNG", "1.500 s", "?", "crngwatch"],
      [""],
    ]);
  });

  it("are no more than --lines, --since and --until leave, with or without a heading", async () => {
    const folder = journal();
    const listed = async (...words: readonly string[]): Promise<readonly (string | undefined)[]> => {
      const { code, stdout, stderr } = await crngwatch(["boots", "--directory", folder, ...words]);
      expect({ code, stderr }).toEqual({ code: 0, stderr: "" });
      return stdout
        .trimEnd()
        .split("\n")
        .map((line) => line.split(/ +/)[0]);
    };
    expect(await listed("-n2")).toEqual(["boot", "-1", "0"]);
    expect(await listed("--lines", "9", "--no-legend")).toEqual(["-3", "-2", "-1", "0"]);
    expect(await listed("--since", "2023-11-14 22:13:26 UTC")).toEqual(["boot", "-1", "0"]);
    expect(await listed("-S@1700000003", "-U", "2023-11-14 22:13:26 UTC", "-n", "1")).toEqual(["boot", "-1"]);
    const none = await crngwatch(["boots", "--directory", folder, "--until", "2001-01-01"]);
    expect(none).toMatchObject({ code: 1, stdout: "", stderr: expect.stringMatching(/^crngwatch: No boot [^\n]+\n$/) });
    const soon = await crngwatch(["boots", "--directory", folder, "--since", "soon"]);
    expect(soon).toMatchObject({ code: 2, stdout: "", stderr: expect.stringMatching(/'soon' of --since: [^\n]+\n$/) });
  });

  it("have the verdict of systemd-random-seed's wait, which the list shows as the report does", async () => {
    clock = 0;
    const folder = temporaryFolder();
    const systemd = (seconds: number, text: string): Entry =>
      ofPid1(logged, seconds, "systemd-random-seed.service", text);
    journalFile(join(folder, "system.journal"), [
      { ...kernel(logged, 0, "Linux version 6.1.0 (a@b) (gcc) #1 SMP"), __MONOTONIC_TIMESTAMP: "1000" },
      systemd(1.5, "Starting Load/Save Random Seed..."),
      { ...kernel(logged, 41.2, "random: crng init done"), __MONOTONIC_TIMESTAMP: "41201000" },
      systemd(41.21, "Finished Load/Save Random Seed."),
    ]);
    const list = await crngwatch(["boots", "--no-legend", "--directory", folder]);
    expect(list.stdout).toMatch(/ {2}blocked on the CRNG {2}41\.200 s/);
    const { stdout } = await crngwatch(["report", "--boot", "0", "--directory", folder]);
    expect(stdout).toMatch(
      /^Blocked on the CRNG: systemd-random-seed\.service \(Load\/Save Random Seed\) for 39\.7 s/m,
    );
    expect(stdout).not.toContain("a silence of");
  });

  it.each([
    ["kernel's log", false],
    ["daemon's summary", true],
  ])("are pointed to the unit that held them up, whether described by the %s", async (_by, summarised) => {
    clock = 0;
    const folder = temporaryFolder();
    const failed = (seconds: number, unit: string, text: string): Entry => ({
      ...ofPid1(both, seconds, unit, text),
      MESSAGE_ID: "be02cf6855d2428ba40df7e9d022f03d",
    });
    journalFile(join(folder, "system.journal"), [
      { ...kernel(both, 0, "Linux version 6.1.0 (a@b) (gcc) #1 SMP"), __MONOTONIC_TIMESTAMP: "1000" },
      { ...kernel(both, 1.5, "random: crng init done"), __MONOTONIC_TIMESTAMP: "1501000" },
      failed(92, "dev-vdb1.device", "Timed out waiting for device /dev/vdb1."),
      failed(92.1, "srv.mount", "Dependency failed for /srv."),
      ...(summarised ? [summaryEntry(both, summaryFields(recordOf(both, 1.5)))] : []),
    ]);
    const { stdout } = await crngwatch(["report", "--boot", "0", "--directory", folder]);
    expect(stdout).toMatch(/^Not the CRNG: [^\n]*; look at Dependency failed for \/srv$/m);
    expect(stdout).toMatch(/^Look at\n(?: .*\n)* +device: Timed out waiting for device \/dev\/vdb1\.\n/m);
    expect(stdout.match(/Timed out waiting/g)).toHaveLength(1);
  });

  it("are compared by report --compare, the likeliest reason first", async () => {
    const words = ["report", "--directory", journal(), "--boot", "-2", "--compare"];
    const { code, stdout, stderr } = await crngwatch([...words, "-3"]);
    expect({ code, stderr }).toEqual({ code: 0, stderr: "" });
    expect(stdout).toMatch(/^The CRNG became ready 35\.1 s later: at 41\.200 s instead of at 6\.100 s/);
    expect(stdout).toContain("kernel: 4.16.1-300.fc28.x86_64 → 4.16.2-300.fc28");
    expect(stdout).toContain("waiter: not recorded → sshd-keygen@rsa.service");
    const json = JSON.parse((await crngwatch([...words, "-3", "--json"])).stdout) as BootComparison;
    expect(json).toMatchObject({ schema: "crngwatch.comparison/1", after: { bootId: dashedBootId(summed) } });
    const unknown = await crngwatch([...words, "-9"]);
    expect(unknown).toMatchObject({ code: 1, stdout: "" });
    expect(unknown.stderr).toMatch(/^crngwatch: The journal has no boot '-9'[^\n]*\n$/);
  });

  it("are boot records in JSON", async () => {
    const { stdout } = await crngwatch(["boots", "--json", "--directory", journal()]);
    const { schema, boots } = JSON.parse(stdout) as {
      readonly schema: string;
      readonly boots: readonly (BootRecord & { readonly index: number })[];
    };
    expect(schema).toBe("crngwatch.boots/1");
    expect(boots.map(({ index, bootId }) => [index, bootId])).toEqual(
      [logged, summed, silent, both].map((id, place) => [place - 3, dashedBootId(id)]),
    );
    expect(boots[1]).toMatchObject({
      describedBy: "crngwatch",
      firstEntryAt: "2023-11-14T22:13:23Z",
      change: { readySeconds: 35.1, kernel: true },
      waits: [{ comm: hostile }],
      readiness: { readyAt: 41.2 },
    });
    expect(boots[2]).toMatchObject({
      describedBy: null,
      readiness: { level: "unknown" },
      change: { readySeconds: null, kernel: null },
    });
  });

  it("are described in full by their place or ID", async () => {
    const folder = journal();
    for (const boot of ["-2", summed, dashedBootId(summed) ?? ""]) {
      const { code, stdout } = await crngwatch(["report", "--boot", boot, "--directory", folder]);
      expect(code).toBe(0);
      expect(stdout).toMatch(/\nCRNG ready at 41\.200000 s \(kernel log\)\nLinux 4\.16\.2-300\.fc28, boot b2b2b2b2-/);
      expect(stdout).toContain('"><script>[612]');
      expect(stdout).toContain("warning: The CRNG became ready only at 41.2 s");
    }
    const { stdout } = await crngwatch(["report", "--boot=-3", "--directory", folder]);
    expect(stdout).toContain("CRNG ready at 6.100000 s (kernel log)");
    const root = hostFolder({ "etc/machine-id": `${journalMachine}\n` });
    mkdirSync(join(root, "var/log/journal"), { recursive: true });
    cpSync(folder, join(root, "var/log/journal", journalMachine), { recursive: true });
    const status = await crngwatch(["status", "-b-2", "--root", root]);
    expect(status).toMatchObject({ code: 0, stderr: "" });
    expect(status.stdout).toMatch(
      /\nCRNG ready at 41\.200000 s [^]*\nremedy[^\n]*: [^]*\ndetails: crngwatch report --boot -2\n$/,
    );
    const json = await crngwatch(["status", "--json", "-b", "-2", "--root", root]);
    expect(JSON.parse(json.stdout)).toMatchObject({ boots: [{ readiness: { readyAt: 41.2 } }] });
  });

  it("report --boot: names the boots that journalctl names so, and none where it names none", async () => {
    const folder = journal();
    const known = await listBoots(journalPlace(rootsBelow("/"), folder));
    const numbers = ["0", "-0", "+0", "-1", "-3", "-4", "1", "+1", "2", "4", "5", "+9", "--1", "1.0", "", "x"];
    const ids = [summed, `${summed}+0`, `${summed}-0`, `${summed}-1`, `${summed}+2`, `${summed}+3`, `${summed}-2`];
    for (const boot of [...numbers, ...ids, `${summed}x`, `${summed}1`, "0123456789abcdef0123456789abcdef"]) {
      const named = ["--directory", folder, "--output=json", "--quiet", "--lines=1", `--boot=${boot}`];
      const { code, stdout } = boot === "" ? { code: 1, stdout: "" } : await run("journalctl", named);
      const { _BOOT_ID: id = null } =
        code === 0 && stdout !== "" ? (JSON.parse(stdout) as { readonly _BOOT_ID?: string }) : {};
      expect([boot, bootNamed(boot, known)?.bootId.replaceAll("-", "") ?? null]).toEqual([boot, id]);
    }
    const dashed = dashedBootId(summed) ?? "";
    expect(bootNamed(`${dashed}-1`, known)).toEqual(known[0]);
  });

  it("report --boot, boots --lines: use the next word only if it is such a value", async () => {
    const folder = journal();
    const last = await crngwatch(["report", "--boot", "0", "--directory", folder]);
    expect(last).toMatchObject({ code: 0, stderr: "" });
    for (const words of [
      ["-b", "-D", folder],
      ["-D", folder, "--boot"],
      ["-vb", "-D", folder],
    ])
      expect((await crngwatch(["report", ...words])).stdout).toContain(last.stdout.split("\n")[0]);
    const first = await crngwatch(["report", "-b", "1", "--directory", folder]);
    expect(await crngwatch(["report", "-b", "-3", "--directory", folder])).toEqual(first);
    const lines = async (...words: readonly string[]): Promise<readonly string[]> =>
      (await crngwatch(["boots", "--no-legend", "-D", folder, ...words])).stdout.split("\n").slice(0, -1);
    const all = await lines();
    expect(all).toHaveLength(4);
    expect(await lines("-n", "all")).toEqual(all);
    expect(await lines("-n")).toEqual(all);
    expect(await lines("-n", "-q")).toEqual(all);
    expect((await lines("-n", "2")).map((line) => line.slice(0, 2))).toEqual(["-1", "0 "]);
    expect((await lines("-n", "+2")).map((line) => line.slice(0, 2))).toEqual(["-3", "-2"]);
    expect(await crngwatch(["boots", "-n", "now", "-D", folder])).toMatchObject({
      code: 2,
      stderr: expect.stringContaining("Unexpected argument 'now'"),
    });
  }, 120_000);

  it("that are not in the journal, or of which it has no record, are named", async () => {
    const folder = journal();
    expect(await crngwatch(["report", "--boot", "-9", "--directory", folder])).toMatchObject({
      code: 1,
      stderr: "crngwatch: The journal has no boot '-9': 'crngwatch boots' lists its boots\n",
    });
    expect(await crngwatch(["report", "--boot", "-1", "--directory", folder])).toMatchObject({
      code: 1,
      stderr: expect.stringMatching(/^crngwatch: The journal has no record of boot '-1': [^\n]+\n$/),
    });
    expect(await crngwatch(["boots", "--directory", temporaryFolder()])).toMatchObject({
      code: 1,
      stderr: expect.stringMatching(/^crngwatch: No boot can be read from journal '[^']+': [^\n]+\n$/),
    });
    expect(await crngwatch(["boots", "--directory", "/nowhere"])).toMatchObject({
      code: 1,
      stderr: expect.stringMatching(/^crngwatch: Cannot read journal '\/nowhere': journalctl says '[^\n]+'\n$/),
    });
  });

  it("are those of the host that --root names", async () => {
    const root = hostFolder({ "etc/machine-id": `${journalMachine}\n` });
    const folder = join(root, "var/log/journal", journalMachine);
    mkdirSync(folder, { recursive: true });
    clock = 0;
    journalFile(join(folder, "system.journal"), [summaryEntry(summed, summaryFields(recordOf(summed, 30)))]);
    const { code, stdout, stderr } = await crngwatch(["boots", "--root", root]);
    expect({ code, stderr }).toEqual({ code: 0, stderr: "" });
    expect(stdout.split("\n")[1]).toMatch(/^0 .* 30\.000 s .* crngwatch$/);
  });

  it("of an older crngwatch, whose record lacks today's fields, are listed", async () => {
    const folder = temporaryFolder();
    const { supply: _, ...older } = recordOf(summed, 30);
    journalFile(join(folder, "system.journal"), [
      summaryEntry(summed, { ...summaryFields(recordOf(summed, 30)), CRNGWATCH_RECORD: JSON.stringify(older) }),
    ]);
    const { stdout } = await crngwatch(["boots", "--json", "--directory", folder]);
    expect((JSON.parse(stdout) as { readonly boots: readonly unknown[] }).boots).toMatchObject([
      { describedBy: "crngwatch", supply: { cpu: null } },
    ]);
  });
});
