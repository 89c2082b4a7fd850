import { mkdirSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, it } from "vitest";
import { parseArguments } from "../../src/cli/arguments.ts";
import { verbs } from "../../src/cli/verbs/registry.ts";
import type { BootRecord } from "../../src/core/boot-record.ts";
import { rootsBelow } from "../../src/platform/roots.ts";
import { temporaryFolder } from "../support/host/host-folder.ts";
import { hostOfStory } from "../support/host/hosts.ts";
import { crngwatch, type Ended, program, run } from "../support/running/program.ts";

/** One line on standard error that names the program, nothing on standard output, no stack. */
function expectComplaint({ code, stdout, stderr }: Ended, expectedCode: number): string {
  expect({ code, stdout }).toEqual({ code: expectedCode, stdout: "" });
  expect(stderr).toMatch(/^crngwatch: [^\n]+\n$/);
  expect(stderr).not.toMatch(/defect| at .*:\d+|undefined|\[object/);
  return stderr;
}

describe("a command line that is none", () => {
  it.each<[what: string, words: readonly string[], named: readonly string[]]>([
    ["an option after '--'", ["report", "--", "--json"], ["Unexpected argument '--json'", "'crngwatch report --help'"]],
    ["a word after the verb of help", ["help", "report", "extra"], ["Unexpected argument 'extra'"]],
    ["a word after the verb of help and '--'", ["help", "--", "report", "extra"], ["Unexpected argument 'extra'"]],
    ["an unknown option of help", ["help", "--json"], ["Unknown option '--json'"]],
    ["a number of lines in words", ["boots", "--lines=some"], ["'some'", "'all'"]],
    ["an unknown verb", ["start"], ["'start'", "crngwatch --help"]],
    ["a verb that JavaScript knows", ["constructor"], ["'constructor'"]],
    ["an empty verb", [""], ["''"]],
    ["an unknown option in place of a verb", ["--json"], ["option '--json'", "crngwatch --help"]],
    ["an unknown option", ["status", "--xml"], ["'--xml'", "'crngwatch status --help'"]],
    ["a verb with a typing error", ["reprot"], ["'reprot'", "did you mean 'report'?"]],
    ["an option with a typing error", ["report", "--formt=json"], ["did you mean '--format'?"]],
    ["an unknown short option", ["report", "-f"], ["'-f'", "crngwatch report --help"]],
    ["an option of another verb", ["status", "--timeout", "3"], ["'--timeout'", "status"]],
    ["an option that JavaScript knows", ["status", "--__proto__=1"], ["__proto__"]],
    ["an argument too many", ["status", "now"], ["argument 'now'", "status"]],
    ["a missing value", ["wait", "--timeout"], ["--timeout", "SECONDS"]],
    ["a missing value of a short option", ["report", "-o"], ["--output", "FILE"]],
    ["a value for a switch", ["status", "--no-daemon=yes"], ["--no-daemon", "'yes'"]],
    ["a word that a switch does not know", ["status", "--json=yes"], ["--json", "'yes'", "pretty or short"]],
    ["an option after a bundled switch's dash", ["report", "-v--json"], ["'-v--json'"]],
    ["a bundle with an unknown switch", ["report", "-vx"], ["'-vx'"]],
    ["a hexadecimal pool", ["lint-alerts", "--pool=0x100", "rules.yml"], ["'0x100'", "256"]],
    ["a pool in another notation", ["lint-alerts", "--pool=4.096e3", "rules.yml"], ["'4.096e3'", "4096"]],
    ["a hexadecimal number of lines", ["boots", "--lines=0x10"], ["'0x10'", "--lines"]],
    ["no lines", ["boots", "-n0"], ["'0'", "--lines"]],
    ["two ways to a format", ["report", "--json", "--format=svg"], ["--json", "--format svg"]],
    ["a folder for a verb that reads none", ["analyze", "--root", "/", "boot.log"], ["'--root'", "analyze"]],
    ["an empty value for a switch", ["wait", "--callers="], ["--callers", "''"]],
    ["a time-out in words", ["wait", "--timeout", "soon"], ["'soon'", "number"]],
    ["a hexadecimal time-out", ["wait", "--timeout", "0x10"], ["'0x10'", "number"]],
    ["a time-out in a unit that systemd does not know", ["wait", "--timeout", "5parsec"], ["'5parsec'", "2min"]],
    ["an empty time-out", ["wait", "--timeout="], ["''", "number"]],
    ["a blank time-out", ["wait", "--timeout", " "], ["' '", "number"]],
    ["a negative time-out", ["wait", "--timeout=-1"], ["'-1'", "number"]],
    ["an endless time-out", ["wait", "--timeout", "Infinity"], ["'Infinity'", "number"]],
    ["a time-out that no timer holds", ["wait", "--timeout", "25d"], ["'25d'", "2147483"]],
    ["an unknown format", ["report", "--format", "pdf"], ["'pdf'", "text", "json"]],
    ["a format that JavaScript knows", ["report", "--format", "toString"], ["'toString'"]],
    ["an operand that is missing", ["analyze"], ["FILE", "'-' is standard input"]],
    ["an operand that is missing after options", ["analyze", "--json"], ["FILE"]],
    ["an operand that is missing after '--'", ["analyze", "--"], ["FILE"]],
    ["an option where a file could be", ["analyze", "-x"], ["'-x'", "crngwatch analyze --help"]],
    ["an option that a verb with operands does not know", ["analyze", "boot.log", "--xml"], ["'--xml'", "analyze"]],
    [
      "an unknown format, before any file is read",
      ["analyze", "/nonexistent/a", "/nonexistent/b", "--format", "pdf"],
      ["'pdf'", "text", "json"],
    ],
    ["an argument after '--' for a verb without operands", ["status", "--", "now"], ["argument 'now'", "status"]],
    ["'-' for a verb without operands", ["status", "-"], ["'-'", "status"]],
    ["an operand for a verb without any", ["report", "boot.log"], ["argument 'boot.log'", "report"]],
    ["a folder that is not there", ["status", "--root", "/nonexistent/host"], ["'/nonexistent/host'", "--root"]],
    ["an empty folder name", ["status", "--root="], ["''", "--root"]],
  ])("%s", async (_what, words, named) => {
    // A pipe would be a log.
    const ended = await run("sh", ["-c", 'exec "$0" "$@" </dev/null', program, ...words]);
    const complaint = expectComplaint(ended, 2);
    for (const word of named) expect(complaint).toContain(word);
  });

  it("parseArguments: never suggests the word that was given", () => {
    const verbNames = verbs.map(({ name }) => name);
    for (const name of [...verbNames, "help"])
      for (const word of ["--help", "--version", "help", "--json", name, `--${name}`])
        for (const words of [[word], [name, word], [name, "--", word], ["help", word], ["help", "--", word]])
          try {
            parseArguments(words, rootsBelow("/"), verbs);
          } catch (error) {
            expect((error as Error).message).not.toContain(`did you mean '${word}'`);
          }
  });

  it("does not compare words of any length: the line is there at once", async () => {
    const long = "x".repeat(100_000);
    for (const words of [[long], ["status", `--${long}`]])
      expect(expectComplaint(await crngwatch(words), 2)).toContain("--help");
  });

  it("names a file that is to be a folder", async () => {
    const file = join(temporaryFolder(), "file");
    writeFileSync(file, "");
    expect(expectComplaint(await crngwatch(["status", "--root", file]), 2)).toContain(file);
  });

  it("is printed without its control sequences for a terminal", async () => {
    const hostile = "\u001b[31mred\u001b]0;title\u0007\r\nsecond line\u202e\u0000".replaceAll("\0", "\u009b");
    for (const words of [
      [hostile],
      [`--${hostile}`],
      ["status", hostile],
      ["status", `--${hostile}`],
      ["wait", "--timeout", hostile],
      ["report", "--format", hostile],
      ["status", "--root", `/${hostile}`],
      ["status", `--json=${hostile}`],
      ["report", "-o", `/nonexistent/${hostile}`],
    ]) {
      const { stdout, stderr } = await crngwatch(words);
      expect(stdout).toBe("");
      expect(stderr).toMatch(/^crngwatch: [^\p{Cc}\p{Cf}]+\n$/u);
      expect(stderr).toContain(String.raw`\x1b[31mred`);
    }
  });
});

describe("a command line as other tools read it", () => {
  it.each<[words: readonly string[], same: readonly string[]]>([
    [
      ["help", "report"],
      ["report", "--help"],
    ],
    [["-V"], ["--version"]],
    [["help", "--help"], ["--help"]],
    [["help", "help"], ["--help"]],
    [["help", "--version"], ["--version"]],
    [
      ["help", "--", "report"],
      ["report", "--help"],
    ],
    [
      ["--", "report", "--help"],
      ["report", "--help"],
    ],
    [
      ["status", "--root", "/nonexistent", "--help", "--"],
      ["status", "--help"],
    ],
    [
      ["lint-alerts", "-h"],
      ["lint-alerts", "--help"],
    ],
  ])("%j is %j", async (words, same) => {
    const [one, other] = [await crngwatch(words), await crngwatch(same)];
    expect(one).toEqual(other);
    expect(one).toMatchObject({ code: 0, stderr: "" });
  });

  it("accepts several short switches after one dash, the last with its value", async () => {
    const root = hostOfStory("may-2018-fips");
    const apart = await crngwatch(["report", "-v", "--color=always", "--root", root]);
    expect(await crngwatch(["report", "--color=always", "-vb9", "--root", root])).toMatchObject({
      code: 1,
      stdout: "",
    });
    expect(await crngwatch(["report", "-vv", "--color=always", "--root", root])).toEqual(apart);
    expect((await crngwatch(["report", "-vV"])).stdout).toMatch(/^crngwatch \d/);
  });

  it("prints JSON in one line with --json=short, the same as with --json", async () => {
    const root = hostOfStory("may-2018-fips");
    for (const words of [["status"], ["report"], ["recorder", "status"]]) {
      const [short, pretty, usual] = await Promise.all(
        ["--json=short", "--json=pretty", "--json"].map((json) => crngwatch([...words, json, "--root", root])),
      );
      expect(short?.stdout.trimEnd()).not.toContain("\n");
      expect(JSON.parse(short?.stdout ?? "")).toEqual(JSON.parse(usual?.stdout ?? ""));
      expect(pretty).toEqual(usual);
    }
  });

  it("prints no answer with --quiet, and ends with its code", async () => {
    for (const story of ["fedora-rdrand-trusted", "forged-ready-line", "rhel-7.3-silent"]) {
      const words = ["status", "--root", hostOfStory(story)];
      const { code } = await crngwatch(words);
      expect(await crngwatch([...words, "-q"])).toEqual({ code, stdout: "", stderr: "" });
    }
    const waited = await crngwatch(["wait", "-q", "--timeout=0", "--root", hostOfStory("forged-ready-line")]);
    expect(waited).toEqual({ code: 3, stdout: "", stderr: "" });
  });

  it("accepts the value of a short option attached to it", async () => {
    const folder = temporaryFolder();
    writeFileSync(join(folder, "boot.log"), "[    3.250000] random: crng init done\n");
    const { code } = await run(program, ["analyze", "--json", "-oout.json", "boot.log"], { cwd: folder });
    expect(code).toBe(0);
    expect(JSON.parse(readFileSync(join(folder, "out.json"), "utf8"))).toMatchObject({ boots: [expect.anything()] });
  });

  it.each(["0", "0s", "0.2 s", "100ms", "0min 0.1s"])("gives up after the time span '%s'", async (span) => {
    const root = hostOfStory("look-alikes");
    expect(await crngwatch(["wait", "--timeout", span, "--root", root])).toMatchObject({ code: 3 });
  });
});

describe("operands", () => {
  const message = "[    3.250000] random: crng init done\n";
  const answered = async (
    words: readonly string[],
    cwd: string,
  ): Promise<readonly (readonly [file: string | null, readyAt: number | null])[]> => {
    const { code, stdout, stderr } = await crngwatch(["analyze", "--json", ...words], { cwd });
    expect({ code, stderr }).toEqual({ code: 0, stderr: "" });
    const { boots } = JSON.parse(stdout) as { readonly boots: readonly BootRecord[] };
    return boots.map(({ file, readiness }) => [file, readiness.readyAt]);
  };

  it("stand among options, in any order, and are reported in theirs", async () => {
    const cwd = temporaryFolder();
    writeFileSync(join(cwd, "a.log"), message);
    writeFileSync(join(cwd, "b.log"), message.replace("3", "4"));
    for (const words of [
      ["a.log", "b.log"],
      ["a.log", "--format", "json", "b.log"],
      ["a.log", "b.log", "--format=json"],
      ["--", "a.log", "b.log"],
      ["a.log", "--", "b.log"],
    ]) {
      expect(await answered(words, cwd)).toEqual([
        ["a.log", 3.25],
        ["b.log", 4.25],
      ]);
    }
  });

  it("after '--' are files, whatever they are called", async () => {
    const cwd = temporaryFolder();
    const names = ["--json", "-x", "--", "--help"];
    for (const name of names) writeFileSync(join(cwd, name), message);
    expect(await answered(["--", ...names], cwd)).toEqual(names.map((name) => [name, 3.25]));
  });

  it("may be '-', which is standard input, and so is a pipe where none is named", async () => {
    for (const words of ["-", "-- -", "", "--"]) {
      const { code, stdout, stderr } = await run("sh", [
        "-c",
        `printf '%s' "$1" | "$0" analyze --json ${words}`,
        program,
        message,
      ]);
      expect({ code, stderr }).toEqual({ code: 0, stderr: "" });
      expect((JSON.parse(stdout) as { readonly boots: readonly BootRecord[] }).boots).toMatchObject([
        { file: "-", readiness: { readyAt: 3.25 } },
      ]);
    }
  });

  it("that cannot be read cost a line each, and no other file's report", async () => {
    const cwd = temporaryFolder();
    writeFileSync(join(cwd, "a.log"), message);
    writeFileSync(join(cwd, "empty.log"), "");
    const { code, stdout, stderr } = await crngwatch(
      ["analyze", "none.log", "a.log", "empty.log", "\u001b[31mred\n.log"],
      { cwd },
    );
    expect(code).toBe(1);
    expect(stdout).toMatch(/^a\.log, lines 1 to 1\n[^\n]+\nCRNG ready at 3\.250000 s \(kernel log\)\n/);
    expect(stderr.split("\n").map((line) => line.replace(/^crngwatch: /, ""))).toEqual([
      "Cannot read 'none.log': no such file",
      "'empty.log' is empty: there is no log in it",
      String.raw`Cannot read '\x1b[31mred\x0a.log': no such file`,
      "",
    ]);
  });

  it("of which none can be read are one empty document as JSON, and no text", async () => {
    const text = await crngwatch(["analyze", "/nonexistent/a.log"]);
    expect({ ...text, stderr: "" }).toEqual({ code: 1, stdout: "", stderr: "" });
    const json = await crngwatch(["analyze", "--json", "/nonexistent/a.log"]);
    expect([json.code, JSON.parse(json.stdout)]).toEqual([1, { schema: "crngwatch.boots/1", boots: [] }]);
  });
});

describe("what cannot be done", () => {
  it.each(["/nonexistent/report.txt", "/proc/version", "/", "/dev/null/report.txt"])(
    "a report written to '%s'",
    async (path) => {
      expect(expectComplaint(await crngwatch(["report", "--output", path]), 1)).toContain(`'${path}'`);
    },
  );

  it("output that finds no room", async () => {
    for (const verb of ["status", "report", "--help"])
      expectComplaint(await run("sh", ["-c", 'exec "$0" "$1" >/dev/full', program, verb]), 1);
  });

  it("a daemon whose folder cannot be made", async () => {
    const folder = temporaryFolder();
    writeFileSync(join(folder, "file"), "");
    mkdirSync(join(folder, "state", "daemon.pid"), { recursive: true });
    for (const path of [join(folder, "file"), join(folder, "file/below"), "/dev/null/below", join(folder, "state")]) {
      expect(expectComplaint(await crngwatch(["daemon", "--state-dir", path]), 1)).toContain(path);
    }
  });
});
