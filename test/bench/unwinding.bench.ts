import { type ChildProcess, execFileSync, spawn, spawnSync } from "node:child_process";
import { mkdtempSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join, resolve } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { afterAll, beforeAll, describe, it } from "vitest";
import { median, plainEnvironment, printFigure } from "./side-by-side.ts";
import type { UnwoundStacks } from "./unwound.ts";

const tasks = 40;
const project = resolve(import.meta.dirname, "../..");
const folder = mkdtempSync(join(tmpdir(), "crngwatch-bench-"));
/** Where koffi is found. */
const bundles = join(project, "dist/bench");
const children: ChildProcess[] = [];
const reason = whyNotMeasured();

beforeAll(async () => {
  if (reason !== null) return;
  const program = join(folder, "blocked-in-library");
  const source = join(import.meta.dirname, "blocked-in-library.c");
  execFileSync("cc", ["-O2", "-s", "-fomit-frame-pointer", source, "-o", program, "-l:libcrypto.so.3"]);
  const script = join(import.meta.dirname, "unwound.ts");
  const words = ["--format", "esm", "--entryFileNames", "unwound.mjs", "--platform", "node", "--external", "koffi"];
  execFileSync(join(project, "node_modules/.bin/rolldown"), [script, "--dir", bundles, ...words], { stdio: "ignore" });
  for (let count = 0; count < tasks; count++)
    children.push(spawn(program, [], { stdio: ["pipe", "ignore", "ignore"] }));
  const isAsleep = ({ pid }: ChildProcess): boolean =>
    readFileSync(`/proc/${pid}/syscall`, "utf8").startsWith("0 0x0 ");
  while (!children.every(isAsleep)) await sleep(100);
});

afterAll(() => {
  for (const child of children) child.kill("SIGKILL");
  rmSync(folder, { recursive: true });
  rmSync(bundles, { recursive: true, force: true });
});

describe(`the stacks of ${tasks} tasks that sleep below libcrypto, Node ${process.version}`, () => {
  it.each([
    ["as the daemon runs", ["--jitless", "--max-semi-space-size=1", "--no-memory-reducer"]],
    ["as status runs", []],
  ] as const)("%s", (how, options) => {
    if (reason !== null) return printFigure(how, `not measured: ${reason}`, "-");
    const output = execFileSync(
      process.execPath,
      [...options, join(bundles, "unwound.mjs"), ...children.map(({ pid }) => String(pid))],
      { encoding: "utf8", env: plainEnvironment, stdio: ["ignore", "pipe", "ignore"] },
    );
    const { milliseconds, libraries, frames } = JSON.parse(output) as UnwoundStacks;
    const named = libraries.filter((library) => library !== null);
    process.stdout.write(`${how}: ${frames} frames, in ${[...new Set(named)].join(", ")}\n`);
    const [first = Number.NaN, ...further] = milliseconds.slice(0, named.length);
    printFigure("the first task's stack", `${first.toFixed(1)} ms of a processor`, "100 ms or less");
    printFigure("each further one", `${median(further).toFixed(1)} ms of a processor (median)`, "20 ms or less");
    printFigure("stacks unwound, of as many tasks", `${named.length} of ${libraries.length}`, "32 or fewer");
  });
});

function whyNotMeasured(): string | null {
  if (process.arch !== "x64") return "stacks are unwound on x86-64 alone";
  return spawnSync("cc", ["--version"]).error === undefined ? null : "there is no C compiler 'cc'";
}
