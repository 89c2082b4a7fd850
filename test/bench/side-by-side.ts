import { type ChildProcess, spawnSync } from "node:child_process";
import { readFileSync } from "node:fs";

/** The environment of both sides: without what makes plain Node slower than it is. */
export const plainEnvironment: NodeJS.ProcessEnv = { ...process.env, NODE_OPTIONS: "", NODE_EXTRA_CA_CERTS: "" };

/**
 * Runs two commands in turn, A B A B …, after one warm-up each, and gives the median of the pairwise ratios of wall
 * time A/B.
 */
export function ratioOfWallTime(
  a: readonly string[],
  b: readonly string[],
  rounds: number,
): { readonly ratio: number; readonly a: number; readonly b: number } {
  const time = ([program = "", ...words]: readonly string[]): number => {
    const start = process.hrtime.bigint();
    const { status } = spawnSync(program, words, { stdio: "ignore", env: plainEnvironment });
    if (status !== 0) throw new Error(`'${program}' ended with ${status}`);
    return Number(process.hrtime.bigint() - start) / 1e6;
  };
  time(a);
  time(b);
  const pairs = Array.from({ length: rounds }, () => [time(a), time(b)] as const);
  return {
    ratio: median(pairs.map(([one, other]) => one / other)),
    a: median(pairs.map(([one]) => one)),
    b: median(pairs.map(([, other]) => other)),
  };
}

/**
 * The median ratio of processor time (all threads, user and system, as GNU time counts it) of two commands in turn:
 * what a second thread saves of wall time it does not save here.
 */
export function ratioOfProcessorTime(a: readonly string[], b: readonly string[], rounds: number): number {
  const seconds = (command: readonly string[]): number => {
    const words = ["-f", "%U %S", ...command];
    const { stderr } = spawnSync("/usr/bin/time", words, {
      encoding: "utf8",
      stdio: ["ignore", "ignore", "pipe"],
      env: plainEnvironment,
    });
    const [user = Number.NaN, system = Number.NaN] = (stderr.trim().split("\n").at(-1) ?? "").split(" ").map(Number);
    return user + system;
  };
  return median(Array.from({ length: rounds }, () => seconds(a) / seconds(b)));
}

export function median(values: readonly number[]): number {
  return values.toSorted((a, b) => a - b)[Math.floor(values.length / 2)] ?? Number.NaN;
}

/** One line of the benchmark's table. */
export function printFigure(what: string, measured: string, goal: string): void {
  process.stdout.write(`${what.padEnd(44)} ${measured.padEnd(48)} goal ${goal}\n`);
}

/** What a process has in memory now, in MiB. */
export function residentMegabytes({ pid }: ChildProcess): number {
  return Number(/^VmRSS:\s+(\d+)/m.exec(readFileSync(`/proc/${pid}/status`, "utf8"))?.[1]) / 1024;
}
