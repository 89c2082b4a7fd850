/** The runner of Vitest for `npm run mutate`: switches a mutant on, runs the named tests, writes what each reaches. */
import { appendFileSync, readFileSync } from "node:fs";
import type { File, Suite, Task, Test } from "@vitest/runner";
import { VitestTestRunner } from "vitest/runners";
import type { Reached, Selected } from "./runs.ts";

const active = Number(process.env["MUTANT"] ?? -1);
const reachedFile = process.env["MUTANT_REACHED"];
const selectedFile = process.env["MUTANT_TESTS"];
const selected = selectedFile === undefined ? [] : (JSON.parse(readFileSync(selectedFile, "utf8")) as Selected);

let reached = new Set<number>();
Object.assign(globalThis, {
  isMutant:
    reachedFile === undefined
      ? (number: number) => number === active
      : (number: number) => {
          reached.add(number);
          return false;
        },
});

export default class MutantRunner extends VitestTestRunner {
  /** Milliseconds. */
  #began = 0;

  onCollected(files: readonly File[]): void {
    for (const file of files) {
      this.#write({ file: file.filepath, mutants: [...reached] });
      const ids = selected.find(({ file: name }) => file.filepath.endsWith(`/${name}`))?.tests;
      if (ids !== undefined) skipOthers(file.tasks, new Set(ids));
    }
  }

  override async onBeforeRunTask(test: Task): Promise<void> {
    await super.onBeforeRunTask(test as Test);
    this.#between(test);
    this.#began = performance.now();
  }

  override onAfterRunTask(test: Task): void {
    super.onAfterRunTask(test as Test);
    const milliseconds = performance.now() - this.#began;
    const passed = test.result?.state === "pass";
    this.#write({ file: test.file.filepath, test: test.id, milliseconds, passed, mutants: [...reached] });
  }

  override async onAfterRunSuite(suite: Suite): Promise<void> {
    await super.onAfterRunSuite(suite);
    if (suite.result?.state === "fail")
      this.#write({ file: suite.file.filepath, passed: false, mutants: [...reached] });
  }

  /** What hooks reach counts as reached by the whole file. */
  #between(test: Task): void {
    if (reached.size > 0) this.#write({ file: test.file.filepath, mutants: [...reached] });
  }

  #write(entry: Reached): void {
    if (reachedFile === undefined) return;
    appendFileSync(reachedFile, `${JSON.stringify(entry)}\n`);
    reached = new Set();
  }
}

function skipOthers(tasks: readonly Task[], ids: ReadonlySet<string>): void {
  for (const task of tasks)
    if (task.type === "suite") skipOthers(task.tasks, ids);
    else if (!ids.has(task.id)) task.mode = "skip";
}
