/** The runner of Vitest for `npm run mutate`: switches a mutant on, runs the named tests, writes what each reaches. */
import { appendFileSync, readFileSync } from "node:fs";
import type { RunnerTask, RunnerTestFile, RunnerTestSuite } from "vitest";
import { VitestTestRunner } from "vitest/runners";
import type { Reached, Selected } from "./runs.ts";

const active = Number(process.env["MUTANT"] ?? -1);
const reachedFile = process.env["MUTANT_REACHED"];
const selectedFile = process.env["MUTANT_TESTS"];
const selected = selectedFile === undefined ? [] : (JSON.parse(readFileSync(selectedFile, "utf8")) as Selected);

/** One for each mutant since the last line was written: a mutant in a loop is asked for millions of times. */
const reached = new Uint8Array(4096);
Object.assign(globalThis, {
  isMutant:
    reachedFile === undefined
      ? (number: number) => number === active
      : (number: number) => {
          reached[number] = 1;
          return false;
        },
});

/** The numbers of those mutants, once. */
function takeReached(): readonly number[] {
  const numbers = [...reached.keys()].filter((number) => reached[number] === 1);
  reached.fill(0);
  return numbers;
}

export default class MutantRunner extends VitestTestRunner {
  /** Milliseconds. */
  #began = 0;

  onCollected(files: readonly RunnerTestFile[]): void {
    for (const file of files) {
      this.#write({ file: file.filepath });
      const ids = selected.find(({ file: name }) => file.filepath.endsWith(`/${name}`))?.tests;
      if (ids !== undefined) skipOthers(file.tasks, new Set(ids));
    }
  }

  override async onBeforeRunTask(test: RunnerTask): Promise<void> {
    await super.onBeforeRunTask(test);
    this.#between(test);
    this.#began = performance.now();
  }

  override onAfterRunTask(test: RunnerTask): void {
    super.onAfterRunTask(test);
    const milliseconds = performance.now() - this.#began;
    const passed = test.result?.state === "pass";
    this.#write({ file: test.file.filepath, test: test.id, milliseconds, passed });
  }

  override async onAfterRunSuite(suite: RunnerTestSuite): Promise<void> {
    await super.onAfterRunSuite(suite);
    if (suite.result?.state === "fail") this.#write({ file: suite.file.filepath, passed: false });
  }

  /** What hooks reach counts as reached by the whole file. */
  #between(test: RunnerTask): void {
    this.#write({ file: test.file.filepath });
  }

  #write(entry: Omit<Reached, "mutants">): void {
    if (reachedFile === undefined) return;
    const mutants = takeReached();
    if (mutants.length > 0 || entry.passed !== undefined)
      appendFileSync(reachedFile, `${JSON.stringify({ ...entry, mutants } satisfies Reached)}\n`);
  }
}

function skipOthers(tasks: readonly RunnerTask[], ids: ReadonlySet<string>): void {
  for (const task of tasks)
    if (task.type === "suite") skipOthers(task.tasks, ids);
    else if (!ids.has(task.id)) task.mode = "skip";
}
