import { mkdirSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, it } from "vitest";
import { temporaryFolder } from "../support/host-folder.ts";
import { crngwatch, type Ended, program, run } from "../support/program.ts";

/** One line on standard error that names the program, nothing on standard output, no stack. */
function expectComplaint({ code, stdout, stderr }: Ended, expectedCode: number): string {
  expect({ code, stdout }).toEqual({ code: expectedCode, stdout: "" });
  expect(stderr).toMatch(/^crngwatch: [^\n]+\n$/);
  expect(stderr).not.toMatch(/defect| at .*:\d+|undefined|\[object/);
  return stderr;
}

describe("a command line that is none", () => {
  it.each<[what: string, words: readonly string[], named: readonly string[]]>([
    ["an unknown verb", ["start"], ["'start'", "status", "daemon"]],
    ["a verb that JavaScript knows", ["constructor"], ["'constructor'"]],
    ["an empty verb", [""], ["''"]],
    ["an unknown option in place of a verb", ["--json"], ["option '--json'", "status"]],
    ["an unknown option", ["status", "--xml"], ["'--xml'", "status", "--json"]],
    ["an unknown short option", ["report", "-f"], ["'-f'", "--format"]],
    ["an option of another verb", ["status", "--timeout", "3"], ["'--timeout'", "status"]],
    ["an option that JavaScript knows", ["status", "--__proto__=1"], ["__proto__"]],
    ["an argument too many", ["status", "now"], ["argument 'now'", "status"]],
    ["a missing value", ["wait", "--timeout"], ["--timeout", "SECONDS"]],
    ["a missing value of a short option", ["report", "-o"], ["--output", "FILE"]],
    ["a value for a switch", ["status", "--json=yes"], ["--json", "'yes'"]],
    ["an empty value for a switch", ["wait", "--callers="], ["--callers", "''"]],
    ["a time-out in words", ["wait", "--timeout", "soon"], ["'soon'", "number"]],
    ["an empty time-out", ["wait", "--timeout="], ["''", "number"]],
    ["a blank time-out", ["wait", "--timeout", " "], ["' '", "number"]],
    ["a negative time-out", ["wait", "--timeout=-1"], ["'-1'", "number"]],
    ["an endless time-out", ["wait", "--timeout", "Infinity"], ["'Infinity'", "number"]],
    ["a time-out that no timer holds", ["wait", "--timeout", "1e9"], ["'1e9'", "2147483"]],
    ["an unknown format", ["report", "--format", "pdf"], ["'pdf'", "text", "json"]],
    ["a format that JavaScript knows", ["report", "--format", "toString"], ["'toString'"]],
    ["a folder that is not there", ["status", "--root", "/nonexistent/host"], ["'/nonexistent/host'", "--root"]],
    ["an empty folder name", ["status", "--root="], ["''", "--root"]],
  ])("%s", async (_what, words, named) => {
    const complaint = expectComplaint(await crngwatch(words), 2);
    for (const word of named) expect(complaint).toContain(word);
  });

  it("names a file that is to be a folder", async () => {
    const file = join(temporaryFolder(), "file");
    writeFileSync(file, "");
    expect(expectComplaint(await crngwatch(["status", "--root", file]), 2)).toContain(file);
  });

  it("is told without what it holds for a terminal", async () => {
    const hostile = "\u001b[31mred\u001b]0;title\u0007\r\nsecond line\u202e\u0000".replaceAll("\0", "\u009b");
    for (const words of [[hostile], [`--${hostile}`], ["status", hostile], ["status", `--${hostile}`], ["wait", "--timeout", hostile], ["report", "--format", hostile], ["status", "--root", `/${hostile}`], ["status", `--json=${hostile}`], ["report", "-o", `/nonexistent/${hostile}`]]) {
      const { stdout, stderr } = await crngwatch(words);
      expect(stdout).toBe("");
      expect(stderr).toMatch(/^crngwatch: [^\p{Cc}\p{Cf}]+\n$/u);
      expect(stderr).toContain(String.raw`\x1b[31mred`);
    }
  });
});

describe("what cannot be done", () => {
  it.each(["/nonexistent/report.txt", "/proc/version", "/", "/dev/null/report.txt"])("a report written to '%s'", async (path) => {
    expect(expectComplaint(await crngwatch(["report", "--output", path]), 1)).toContain(`'${path}'`);
  });

  it("output that finds no room", async () => {
    for (const verb of ["status", "report", "--help"]) expectComplaint(await run("sh", ["-c", 'exec "$0" "$1" >/dev/full', program, verb]), 1);
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
