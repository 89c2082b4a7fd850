import { spawnSync } from "node:child_process";

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

export function median(values: readonly number[]): number {
  return values.toSorted((a, b) => a - b)[Math.floor(values.length / 2)] ?? Number.NaN;
}

/** One line of the benchmark's table. */
export function tell(what: string, measured: string, goal: string): void {
  process.stdout.write(`${what.padEnd(44)} ${measured.padEnd(48)} goal ${goal}\n`);
}
