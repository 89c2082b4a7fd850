import { type ChildProcess, execFileSync, spawn, spawnSync } from "node:child_process";
import { once } from "node:events";
import { mkdtempSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join, resolve } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { afterAll, beforeAll, describe, it } from "vitest";
import type { LookCosts } from "./looks.ts";
import { median, plainEnvironment, printFigure } from "./side-by-side.ts";

const [processes, threads] = [100, 100];
/** The time from one survey of that many tasks to the next. */
const lookSeconds = 60;
const project = resolve(import.meta.dirname, "../..");
const folder = mkdtempSync(join(tmpdir(), "crngwatch-bench-"));
/** Where koffi is found. */
const bundles = join(project, "dist/bench");
const children: ChildProcess[] = [];
const reason = whyNotMeasured();

beforeAll(async () => {
  if (reason !== null) return;
  for (const name of ["sleepers", "read-stacks"])
    execFileSync("cc", ["-O2", "-pthread", join(import.meta.dirname, `${name}.c`), "-o", join(folder, name)]);
  execFileSync(
    join(project, "node_modules/.bin/rolldown"),
    [
      join(import.meta.dirname, "looks.ts"),
      "--dir",
      bundles,
      "--format",
      "esm",
      "--entryFileNames",
      "looks.mjs",
      "--platform",
      "node",
      "--external",
      "koffi",
      "--logLevel",
      "warn",
    ],
    { stdio: "ignore" },
  );
  const sleepers = spawn(join(folder, "sleepers"), [String(processes), String(threads)], {
    stdio: ["ignore", "pipe", "ignore"],
  });
  children.push(sleepers);
  await once(sleepers.stdout, "data");
  while (threadsBelow(sleepers.pid) < processes * threads) await sleep(100);
  // Tasks that start and exit, for the samples of new tasks.
  children.push(spawn("sh", ["-c", "while :; do true & sleep 0.02; wait; done"], { stdio: "ignore" }));
});

afterAll(() => {
  for (const child of children) child.kill("SIGKILL");
  rmSync(folder, { recursive: true });
  rmSync(bundles, { recursive: true, force: true });
});

describe(`${processes * threads} tasks, Node ${process.version}`, () => {
  it.each([
    ["as the daemon runs", ["--jitless", "--max-semi-space-size=1", "--no-memory-reducer"], lookSeconds],
    ["as status runs", [], 0],
  ] as const)("%s", (how, options, seconds) => {
    if (reason !== null) return printFigure(how, `not measured: ${reason}`, "-");
    const output = execFileSync(
      process.execPath,
      [...options, join(bundles, "looks.mjs"), join(folder, "read-stacks"), String(seconds)],
      { encoding: "utf8", env: plainEnvironment, stdio: ["ignore", "pipe", "ignore"] },
    );
    const { first, surveys, shown, hidden, looks } = JSON.parse(output) as LookCosts;
    const [wall, cpu, inC] = [
      median(surveys.map(({ ours }) => ours.wall)),
      median(surveys.map(({ ours }) => ours.cpu)),
      median(surveys.map((each) => each.inC)),
    ];
    process.stdout.write(`${how}: ${shown} stacks, ${hidden} not for us\n`);
    printFigure(
      "a survey",
      `${wall.toFixed(0)} ms, median of 15 (the first ${first.wall.toFixed(0)} ms)`,
      "250 ms where C takes 150",
    );
    printFigure(
      "a survey / the same stacks read in C",
      `${median(surveys.map((each) => each.ours.cpu / each.inC)).toFixed(2)} (${cpu.toFixed(0)} ms / ${inC.toFixed(0)} ms of a processor, medians)`,
      "1.65 or less",
    );
    if (seconds > 0)
      printFigure(
        `the daemon's looks in ${seconds} s`,
        `${((looks.cpu / looks.wall) * 100).toFixed(1)} % of a processor (${looks.count} looks)`,
        "5 % or less",
      );
  });
});

function whyNotMeasured(): string | null {
  if (spawnSync("cc", ["--version"]).error !== undefined) return "there is no C compiler 'cc'";
  try {
    readFileSync("/proc/self/stack");
    return null;
  } catch (error) {
    return `stacks may not be read here (${String(error)})`;
  }
}

/** How many threads the children of a process have. */
function threadsBelow(pid: number | undefined): number {
  const below = readFileSync(`/proc/${pid}/task/${pid}/children`, "utf8").trim().split(" ");
  return below.reduce(
    (sum, child) => sum + Number(/^Threads:\t(\d+)$/m.exec(readFileSync(`/proc/${child}/status`, "utf8"))?.[1] ?? 0),
    0,
  );
}
