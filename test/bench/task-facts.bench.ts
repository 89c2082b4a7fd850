import { type ChildProcess, spawn } from "node:child_process";
import { readFileSync, readlinkSync } from "node:fs";
import { setTimeout as sleep } from "node:timers/promises";
import { afterAll, beforeAll, describe, it } from "vitest";
import { rootsBelow } from "../../src/platform/roots.ts";
import { fipsSwitches } from "../../src/sources/program/fips-switches.ts";
import { suspectsOf } from "../../src/sources/program/suspects.ts";
import { describeProgram, describeTask } from "../../src/sources/program/task-facts.ts";
import { median, printFigure } from "./side-by-side.ts";

const host = { roots: rootsBelow("/") };
const waiters = 200;
const children: ChildProcess[] = [];
const spawned = (command: string, words: readonly string[]): number => {
  const child = spawn(command, words, { stdio: ["pipe", "ignore", "ignore"] });
  children.push(child);
  return child.pid ?? 0;
};
let pids: readonly number[] = [];

beforeAll(async () => {
  pids = Array.from({ length: waiters }, () => spawned("gpgv", ["--keyring", "/dev/null", "-", "/dev/null"]));
  while (!pids.every((pid) => readFileSync(`/proc/${pid}/maps`, "utf8").includes("libgcrypt"))) await sleep(100);
});

afterAll(() => {
  for (const child of children) child.kill("SIGKILL");
});

describe(`a task, Node ${process.version}`, () => {
  it("among 200 that wait at once", () => {
    const switches = fipsSwitches(host.roots);
    const a = (): void => pids.forEach((pid) => void describeTask(host, { pid }, switches));
    const b = (): void => pids.forEach((pid) => void readlinkSync(`/proc/${pid}/exe`));
    const pairs = inTurn(a, b, 15);
    const [ours, theirs] = [0, 1].map((side) => median(pairs.map((pair) => pair[side as 0 | 1])) / waiters);
    printFigure(
      "describeTask / readlink /proc/PID/exe",
      `${median(pairs.map(([x, y]) => x / y)).toFixed(0)} (${ours?.toFixed(0)} µs / ${theirs?.toFixed(1)} µs a task, medians)`,
      "200 waiters within 100 ms",
    );
  });

  it("a program by its file", () => {
    const [both = [0, 0]] = [
      inTurn(
        () => void describeProgram(host, "/usr/bin/gpgv"),
        () => void readFileSync("/usr/bin/gpgv"),
        21,
      ),
    ].map((pairs) => [median(pairs.map(([x]) => x)), median(pairs.map(([, y]) => y))]);
    printFigure(
      "describeProgram gpgv / reading its file",
      `${((both[0] ?? 0) / (both[1] ?? 1)).toFixed(1)} (${both[0]?.toFixed(0)} µs / ${both[1]?.toFixed(0)} µs, medians)`,
      "only afterwards",
    );
  });

  it("the suspects of this host", () => {
    const start = process.hrtime.bigint();
    const found = suspectsOf(host);
    printFigure(
      "suspectsOf",
      `${(Number(process.hrtime.bigint() - start) / 1e6).toFixed(0)} ms, ${found?.length ?? 0} found`,
      "on request only",
    );
  });
});

/** Microseconds of both, A B A B …, after one warm-up each. */
function inTurn(a: () => void, b: () => void, rounds: number): readonly (readonly [number, number])[] {
  const time = (work: () => void): number => {
    const start = process.hrtime.bigint();
    work();
    return Number(process.hrtime.bigint() - start) / 1e3;
  };
  time(a);
  time(b);
  return Array.from({ length: rounds }, () => [time(a), time(b)] as const);
}
