import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { describe, expect, it } from "vitest";
import { hostOfStory } from "../support/host/hosts.ts";
import { type Entry, journalFile, whyNoJournalFiles, kernelFields } from "../support/inputs/journal-file.ts";
import { crngwatch, type Ended, program, run } from "../support/running/program.ts";

const host = hostOfStory("may-2018-fips");
const escape = String.fromCodePoint(0x1b);
const sgr = new RegExp(`${escape}\\[[0-9;]*m`, "g");

/** On a pseudo-terminal of that size. script(1) hands over what is printed, with the terminal's line ends. */
async function onTerminal(
  words: readonly string[],
  { columns = 80, rows = 24, ...environment }: Readonly<Record<string, string | number>>,
  cwd?: string,
): Promise<Ended> {
  const settings = Object.entries({ TERM: "xterm", ...environment }).map(([name, value]) => `${name}='${value}'`);
  const line = `stty rows ${rows} cols ${columns}; exec env -u SUDO_UID ${settings.join(" ")} ${[program, ...words].join(" ")} 2>/dev/null`;
  const ended = await run("script", ["-qec", line, "/dev/null"], cwd === undefined ? {} : { cwd });
  return { ...ended, stdout: ended.stdout.replaceAll("\r\n", "\n") };
}

function traceLine(pid: number, at: number, event: string): string {
  return `  task-${pid}-${pid} [000] d....   ${at.toFixed(6)}: ${event}`;
}

/** The lines of a kernel's log as entries of a journal. */
function entriesOf(log: string): readonly Entry[] {
  const lines = log.trimEnd().split("\n");
  return lines.map((line) => ({
    _BOOT_ID: "ab".repeat(16),
    ...kernelFields(Number(/[\d.]+/.exec(line)?.[0]), line.slice(line.indexOf("] ") + 2)),
  }));
}

/** Runs a part of a test in a folder with these files; for concurrent tests. */
async function inFolder(
  files: Readonly<Record<string, string>>,
  part: (folder: string) => Promise<void>,
): Promise<void> {
  const folder = mkdtempSync(join(tmpdir(), "crngwatch-"));
  try {
    for (const [name, text] of Object.entries(files)) writeFileSync(join(folder, name), text);
    await part(folder);
  } finally {
    rmSync(folder, { recursive: true });
  }
}

describe.concurrent("a terminal", () => {
  it("terminal: text is wrapped to its width, 20 columns included, and says the same as in a pipe", async () => {
    const { stdout: piped } = await crngwatch(["status", "--root", host]);
    for (const columns of [20, 60, 80]) {
      const { stdout } = await onTerminal(["status", "--root", host], { columns });
      const rows = stdout.replace(sgr, "").trimEnd().split("\n");
      // A command that a person copies is in one line.
      const broken = rows.filter((row) => !row.startsWith("    "));
      expect(broken.filter((row) => row.length > columns && row.trim().includes(" "))).toEqual([]);
      expect(stdout.replace(sgr, "").split(/\s+/)).toEqual(piped.split(/\s+/));
    }
  });

  it.each(["status", "report", "analyze", "boots", "recorder", "lint-alerts", "--help", "wait --help"])(
    "terminal: the text of %s is wrapped to 80, 60 and 20 columns, and says the same as in a pipe",
    async (verb) => {
      const log =
        "[    0.000000] Linux version 6.12.9-200.fc41.x86_64 (a@b) #1\n[    3.500000] random: crng init done\n";
      const rule = "groups:\n- rules:\n  - alert: Low\n    expr: node_entropy_available_bits < 1000\n";
      await inFolder({ "boot.log": log, "rule.yml": rule }, async (cwd) => {
        if (verb === "boots" && whyNoJournalFiles !== null) return;
        if (verb === "boots") journalFile(join(cwd, "a.journal"), entriesOf(log));
        const words =
          {
            status: ["status", "--root", host],
            report: ["report", "--no-pager", "--root", host],
            analyze: ["analyze", "--no-pager", "boot.log"],
            boots: ["boots", "--no-pager", "--no-daemon", "-D", "."],
            recorder: ["recorder", "status", "--root", host],
            "lint-alerts": ["lint-alerts", "--pool=256", "rule.yml"],
          }[verb] ?? verb.split(" ");
        const { stdout: piped } = await crngwatch(words, { cwd });
        expect(piped).not.toBe("");
        for (const columns of [80, 60, 20]) {
          const { stdout } = await onTerminal(words, { columns }, cwd);
          const text = stdout.replace(sgr, "");
          // A command that a person copies is in one line.
          const copied = verb === "boots" ? /^$/ : /^ {2}(?: {2,4}\S|instead: )/;
          const broken = text.split("\n").filter((row) => !copied.test(row));
          expect(broken.filter((row) => row.length > Math.max(columns, 24) && row.trim().includes(" "))).toEqual([]);
          // A picture is drawn to the width.
          const said = (whole: string): readonly string[] => whole.split(/\s+/).filter((word) => !/^[#█]+$/.test(word));
          expect(said(text)).toEqual(said(piped));
        }
      });
    },
    120_000,
  );

  it("terminal: severities have colour there, and not in a pipe, with NO_COLOR, on a dumb one or with --color=never", async () => {
    const words = ["status", "--root", host];
    expect((await onTerminal(words, {})).stdout).toContain(`${escape}[1;31mcritical:${escape}[0m`);
    expect((await onTerminal(words, { NO_COLOR: "1" })).stdout).not.toContain(escape);
    expect((await onTerminal(words, { TERM: "dumb" })).stdout).not.toContain(escape);
    expect((await onTerminal([...words, "--color=never"], {})).stdout).not.toContain(escape);
    expect((await crngwatch(words)).stdout).not.toContain(escape);
    expect((await crngwatch([...words, "--color=always"])).stdout).toContain(escape);
  });

  it("terminal: a long report goes through the pager that the user names, a short one and --no-pager do not", async () => {
    const words = ["report", "--root", host];
    const pager = { SYSTEMD_PAGER: "sed s/^/paged:/" };
    expect((await onTerminal(words, pager)).stdout).toMatch(/^paged:/);
    expect((await onTerminal(words, { PAGER: "sed s/^/paged:/" })).stdout).toMatch(/^paged:/);
    for (const [more, environment] of [
      [["--no-pager"], pager],
      [[], { ...pager, rows: 900 }],
      [[], { ...pager, TERM: "dumb" }],
      [[], { SYSTEMD_PAGER: "", PAGER: "sed s/^/paged:/" }],
      [[], { SYSTEMD_PAGER: "cat" }],
    ] as const)
      expect((await onTerminal([...words, ...more], environment)).stdout).not.toContain("paged:");
  });

  it("terminal: a pager that leaves at once, or before the end, is no failure", async () => {
    const words = ["report", "--verbose", "--root", host];
    expect(await onTerminal(words, { SYSTEMD_PAGER: "true" })).toMatchObject({ code: 0, stdout: "" });
    const first = await onTerminal(words, { SYSTEMD_PAGER: "head -n 1" });
    expect(first).toMatchObject({ code: 0, stdout: expect.stringMatching(/^[^\n]*Undecided[^\n]*\n$/) });
  });

  it.each([
    [60, "C.UTF-8", "█", 10_000],
    [100, "C", "#", 40],
    [20, "C.UTF-8", null, 40],
  ] as const)(
    "terminal: of many waits a few are shown in rows of %i columns, with bars that %s can show",
    async (columns, LC_ALL, bar, count) => {
      const waits = Array.from({ length: count }, (_, index) => ({ pid: 1000 + index, from: 2 + index / 1000 }));
      const trace = [
        ...waits.map(({ pid, from }) => traceLine(pid, from, "wait: (wait_for_random_bytes+0x0/0x100)")),
        ...waits.map(({ pid }) =>
          traceLine(pid, 42.5, "waited: (__x64_sys_getrandom+0x50/0xd0 <- wait_for_random_bytes)"),
        ),
      ];
      await inFolder({ "waits.txt": trace.join("\n") }, async (cwd) => {
        const { code, stdout } = await onTerminal(["analyze", "--no-pager", "waits.txt"], { columns, LC_ALL }, cwd);
        expect(code).toBe(0);
        const rows = stdout.replace(sgr, "").trimEnd().split("\n");
        const bars = rows.filter((row) => /[█#]{3}/.test(row));
        expect(bars).toHaveLength(bar === null ? 0 : 10);
        for (const row of bars) expect(row).toMatch(new RegExp(`^.{1,40}${bar}{20,} {2}\\d+\\.\\d{3} s$`));
        expect(bars.filter((row) => row.length !== columns)).toEqual([]);
        // A command that a person copies is in one line.
        const broken = rows.filter((row) => !row.startsWith("      "));
        expect(broken.filter((row) => row.length > Math.max(columns, 24) && row.trim().includes(" "))).toEqual([]);
        expect(rows.length).toBeLessThan(400);
      });
    },
    60_000,
  );

  it("terminal: a name of 4 KiB is printed whole, and breaks no other line", async () => {
    const name = "n".repeat(4_096);
    const line = `[    1.420117] random: ${name}: uninitialized urandom read (16 bytes read)\n[    6.100000] random: crng init done\n`;
    await inFolder({ "long.log": line }, async (cwd) => {
      const { code, stdout } = await onTerminal(
        ["analyze", "--no-pager", "--verbose", "long.log"],
        { columns: 60 },
        cwd,
      );
      expect(code).toBe(0);
      const rows = stdout.replace(sgr, "").split("\n");
      expect(rows.filter((row) => row.length > 60 && !row.includes("nnnn"))).toEqual([]);
    });
  });

  it.each<readonly [words: readonly string[], named: string]>([
    [["recorder", "status", "--yes"], "--yes"],
    [["recorder", "status", "--dry-run"], "--dry-run"],
    [["report", "--directory", "/nowhere"], "--directory"],
    [["report", "--color=red"], "'red'"],
    [["status", "--color="], "''"],
    [["status", "--json", "--color=always"], "--color"],
    [["report", "--json", "--no-pager"], "--no-pager"],
    [["report", "--format", "svg", "--verbose"], "--verbose"],
    [["report", "-o", "/tmp/none", "--no-pager"], "--no-pager"],
  ])("terminal: %j would be ignored or is none, and is refused", async (words, named) => {
    const { code, stdout, stderr } = await crngwatch(words);
    expect({ code, stdout }).toEqual({ code: 2, stdout: "" });
    expect(stderr).toContain(named);
  });
});
