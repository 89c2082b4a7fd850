import { execFileSync, spawn } from "node:child_process";
import { once } from "node:events";
import { accessSync, constants, readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, it, onTestFinished } from "vitest";
import { ask } from "../../../src/observe/ask.ts";
import { loadLibc } from "../../../src/platform/libc.ts";
import { rootsBelow } from "../../../src/platform/roots.ts";
import { readTaskFile, readTaskMemoryBy, takeTaskMemoryProblem } from "../../../src/platform/process-memory.ts";
import { describeTask } from "../../../src/sources/program/task-facts.ts";
import { ok, type Host, type Source } from "../../../src/sources/source.ts";
import { temporaryFolder } from "../../support/host/host-folder.ts";
import { whyMissing } from "../../support/running/programs.ts";

const sourceFolder = new URL("../../../src/", import.meta.url).pathname;

/** Why no memory can be made unreadable here; null: it can. */
function whyNot(): string | null {
  try {
    accessSync("/dev/fuse", constants.R_OK | constants.W_OK);
  } catch {
    return "/dev/fuse cannot be opened";
  }
  return process.geteuid?.() === 0 ? whyMissing("cc", "umount") : "only root may mount a FUSE file system";
}

/** The pid of a task of which the kernel reads no memory until the test is over. Null: it could not be made. */
async function unreadableTask(): Promise<number | null> {
  const folder = temporaryFolder();
  const mounted = join(folder, "mounted");
  const built = join(folder, "silent-memory");
  execFileSync("mkdir", [mounted]);
  execFileSync("cc", [
    "-pthread",
    "-o",
    built,
    new URL("../../support/host/silent-memory.c", import.meta.url).pathname,
  ]);
  const child = spawn(built, [mounted], { stdio: ["pipe", "pipe", "ignore"] });
  onTestFinished(async () => {
    child.stdin.end();
    if (child.exitCode === null && child.signalCode === null) await once(child, "close");
    execFileSync("sh", ["-c", 'umount -l "$1" 2>/dev/null || :', "sh", mounted]);
  });
  const first = await Promise.race([once(child.stdout, "data"), once(child, "close")]);
  return Buffer.isBuffer(first[0]) ? Number(first[0].toString()) : null;
}

const host: Host = {
  roots: rootsBelow("/"),
  libc: null,
  libcProblem: null,
  now: () => 0,
  printkAhead: () => null,
};

describe("a task whose memory does not answer", () => {
  it("blocks this process once, for a limited time; after that no task's memory is read, and the record says so", async (context) => {
    const libc = loadLibc();
    const why = whyNot();
    if (typeof libc === "string") return context.skip(libc);
    if (why !== null) return context.skip(why);
    readTaskMemoryBy(libc);
    expect(describeTask(host, { pid: process.pid })?.commandLine).toContain("node");
    const pid = await unreadableTask();
    if (pid === null) return context.skip("FUSE cannot be mounted here");

    const reader: Source = {
      name: "reader",
      reads: "",
      needs: "",
      without: "",
      schedule: "once",
      observe(seen) {
        expect(describeTask(seen, { pid })).toMatchObject({ pid, comm: "silent-memory", commandLine: null });
        return ok();
      },
    };
    const problem = `Reading '/proc/${pid}/cmdline' did not return within 1 s: tasks' memory is not read any more, and programs' arguments and libraries are not known from here on`;
    expect(await ask(reader, host)).toEqual([
      { kind: "source", name: "reader", health: "ok", detail: null },
      { kind: "source", name: "task-memory", health: "failed", detail: problem },
    ]);
    expect(readTaskFile(`/proc/${process.pid}/cmdline`, 4096)).toEqual({ kind: "failed", errno: "ETIMEDOUT" });
    expect(describeTask(host, { pid: process.pid })).toMatchObject({ pid: process.pid, commandLine: null });
    expect(takeTaskMemoryProblem()).toBeNull();
  });

  it("affects no other read: files that the kernel reads from a task's memory are read within a limited time", () => {
    const files = readdirSync(sourceFolder, { recursive: true, encoding: "utf8" }).filter((name) =>
      name.endsWith(".ts"),
    );
    const reads = files.flatMap((name) =>
      readFileSync(join(sourceFolder, name), "utf8")
        .split("\n")
        .filter((line) =>
          /(?:read\w*|text\w*|openProcessMemory)\(.*["`/](?:cmdline|environ|s?maps|mem|auxv|fdinfo)\b/.test(line),
        )
        .map((line) => `${name}: ${line.trim()}`),
    );
    const inTime = /readTaskFile\(|readTaskMemory\(/;
    // The kernel's own command line, and this process's memory, which nobody else holds.
    const harmless = /proc, "(?:cmdline|self\/)|openProcessMemory\(/;
    expect(reads.length).toBeGreaterThan(5);
    expect(reads.filter((line) => !inTime.test(line) && !harmless.test(line))).toEqual([]);
  });
});
