import { execFileSync } from "node:child_process";
import { closeSync, mkdtempSync, openSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { gzipSync } from "node:zlib";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { noMounts } from "../../support/host/mounted.ts";
import { fileWith, log } from "../../support/inputs/logs.ts";
import { project } from "../../support/running/program.ts";
import { whyMissing } from "../../support/running/programs.ts";

/** Copies the logs at a path to standard output, and the error after them. */
const source = `
  import { writeSync } from "node:fs";
  import { LogUnreadable, openLogs } from ${JSON.stringify(join(project, "src/sources/log/log-input.ts"))};
  try {
    for await (const { chunks } of openLogs(process.argv[2] ?? "")) for await (const chunk of chunks) writeSync(1, chunk);
  } catch (error) {
    if (!(error instanceof LogUnreadable)) throw error;
    writeSync(1, error.message);
  }`;

const folder = mkdtempSync(join(tmpdir(), "crngwatch-"));
const program = join(folder, "copy.mjs");

// The same as one file that every Node runs.
beforeAll(() => {
  writeFileSync(join(folder, "copy.mts"), source);
  const words = [
    join(folder, "copy.mts"),
    "--file",
    program,
    "--format",
    "esm",
    "--platform",
    "node",
    "--logLevel",
    "warn",
  ];
  execFileSync(join(project, "node_modules/.bin/rolldown"), words, { stdio: "ignore" });
});
afterAll(() => rmSync(folder, { recursive: true, force: true }));

/** Runs a shell line in which $0 is Node, $1 that program, and $2 a file with this content. */
function run(line: string, content: string | Buffer): string {
  return execFileSync("sh", ["-c", line, process.execPath, program, fileWith(content, "content")], {
    encoding: "latin1",
    timeout: 20_000,
    stdio: ["ignore", "pipe", "inherit"],
  });
}

/** Why this file is not opened here; null: it is. */
function whyNotOpened(path: string): string | null {
  try {
    closeSync(openSync(path, "r"));
    return null;
  } catch (error) {
    return String(error);
  }
}

/** Starts the program with a pipe of Node's own, which is non-blocking, and fills it late. */
const nonBlocking = `"$0" -e '
  const [program, path] = process.argv.slice(1);
  const child = require("child_process").spawn(process.execPath, [program, "-"], { stdio: ["pipe", "inherit", "inherit"] });
  setTimeout(() => require("fs").createReadStream(path).pipe(child.stdin), 300);' "$1" "$2"`;

describe("standard input", () => {
  it.for([
    ["a file", '"$0" "$1" - < "$2"'],
    ["a file by its other name", '"$0" "$1" /dev/stdin < "$2"'],
    ["a pipe", 'cat "$2" | "$0" "$1" -'],
    ["a pipe by its other name", 'cat "$2" | "$0" "$1" /dev/stdin'],
    ["a pipe that comes in pieces", '{ sleep 0.1; head -c 3 "$2"; sleep 0.1; tail -c +4 "$2"; } | "$0" "$1" -'],
    ["a pipe that somebody made non-blocking", nonBlocking],
  ])("may be %s", ([_, line = ""], context) => {
    const why = whyMissing("sh", "cat", "sleep", "head", "tail");
    if (why !== null) return context.skip(why);
    for (const content of [log, gzipSync(log), ""])
      expect(run(line, content)).toBe(typeof content === "string" ? content : log);
  });

  it.for(["-", "/dev/stdin"])("may be a terminal: %s", (name, context) => {
    const why = whyMissing("script", "sh", "sleep");
    if (why !== null) return context.skip(why);
    const line = `{ sleep 0.5; printf 'one\\ntwo\\n'; sleep 0.2; printf '\\004'; sleep 0.2; } | script -qec "'$0' '$1' ${name}" /dev/null`;
    // Typed, and given back.
    expect(
      run(line, "")
        .match(/one\r\n|two\r\n/g)
        ?.toSorted(),
    ).toEqual(["one\r\n", "one\r\n", "two\r\n", "two\r\n"]);
  });

  it("that is a folder is reported", () => {
    expect(run('"$0" "$1" - < /', "")).toBe("Cannot read standard input: a folder, not a log");
  });

  it.for([
    ["/dev/zero", "Cannot read standard input: a device, not a log; 'crngwatch report' describes this machine"],
    ["/dev/urandom", "Cannot read standard input: a device, not a log; 'crngwatch report' describes this machine"],
    [
      "/proc/kmsg",
      "Cannot read standard input: reading it takes records from others, and waits for more; 'crngwatch report' describes this machine",
    ],
  ])("that never ends is reported before it is read: %s", ([path = "", words = ""], context) => {
    const why = whyNotOpened(path);
    if (why !== null) return context.skip(why);
    expect(run(`"$0" "$1" - < ${path}`, "")).toBe(words);
  });

  it.for([
    ["by its name", '"$2"'],
    ["as standard input", '- < "$2"'],
  ])("is recognised where another name is mounted over it: /proc/kmsg %s", ([_, words = ""], context) => {
    if (noMounts !== null) return context.skip(noMounts);
    const line = `mount --make-rprivate / && mount --bind /proc/kmsg "$2" && exec "$0" "$1" ${words}`;
    expect(run(`unshare --mount sh -c '${line}' "$0" "$1" "$2"`, "")).toMatch(
      /^Cannot read [^:]*: reading it takes records from others, and waits for more; [^\n]*$/,
    );
  });

  it("may be nothing at all", () => {
    expect(run('"$0" "$1" - < /dev/null', "")).toBe("");
    expect(run('"$0" "$1" - <&-', "")).toBe("");
  });
});
