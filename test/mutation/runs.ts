import { spawn } from "node:child_process";
import { readFileSync, rmSync, writeFileSync } from "node:fs";
import { join, relative } from "node:path";

/** What runner.ts writes, a line for each test and for what a file reaches outside of its tests. */
export interface Reached {
  readonly file: string;
  /** Vitest's number of the test. Absent: the file's import, its tables of cases, its hooks. */
  readonly test?: string;
  readonly milliseconds?: number;
  readonly passed?: boolean;
  /** The numbers of the mutants. */
  readonly mutants: readonly number[];
}

/** The tests of a run, file by file, in this order. */
export type Selected = readonly {
  readonly file: string;
  /** Absent: all tests of the file. */
  readonly tests?: readonly string[];
}[];

/** How a run of tests ended: `limit` where the processor time that it may take was spent, as an endless loop does. */
export type End = "passed" | "failed" | "limit";

/** Runs Vitest once with one mutant, up to the first test that fails. */
export function runWith(folder: string, number: number, tests: Selected, seconds: number): Promise<End> {
  return vitest(folder, ["--bail=1"], tests, { MUTANT: String(number) }, `${number}`, seconds);
}

/** Runs the files without a mutant. */
export async function reachedBy(folder: string, files: readonly string[], part: string): Promise<readonly Reached[]> {
  const reached = join(folder, `reached-${part}.jsonl`);
  writeFileSync(reached, "");
  const tests = files.map((file) => ({ file }));
  await vitest(folder, [], tests, { MUTANT_REACHED: reached }, part, 3600);
  return readFileSync(reached, "utf8")
    .split("\n")
    .filter((line) => line !== "")
    .map((line) => JSON.parse(line) as Reached)
    .map((entry) => ({ ...entry, file: relative(folder, entry.file) }));
}

async function vitest(
  folder: string,
  options: readonly string[],
  tests: Selected,
  environment: Readonly<Record<string, string>>,
  part: string,
  seconds: number,
): Promise<End> {
  const selected = join(folder, `tests-${part}.json`);
  writeFileSync(selected, JSON.stringify(tests));
  const words = ["run", "--config", "test/mutation/vitest.config.ts", "--reporter=dot", ...options];
  const names = tests.map(({ file }) => file);
  const limited = ["-c", `ulimit -t ${seconds}; exec node_modules/.bin/vitest "$@"`, "sh", ...words, ...names];
  const env = { ...process.env, ...environment, MUTANT_TESTS: selected };
  const child = spawn("sh", limited, { cwd: folder, stdio: "ignore", env });
  const end = await new Promise<End>((done) =>
    child.once("close", (code, signal) => done(code === 0 ? "passed" : signal === null ? "failed" : "limit")),
  );
  rmSync(selected);
  return end;
}
