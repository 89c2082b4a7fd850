/**
 * The runner of Vitest for `npm run mutate`. Each test runs once as it is; then again with each mutant that it reached
 * and that no test before has killed. What it finds goes to a file, line by line, which run-tests.ts reads.
 */
import { appendFileSync, readFileSync } from "node:fs";
import type { RunnerTask, RunnerTestCase, RunnerTestFile, RunnerTestSuite } from "vitest";
import { VitestTestRunner } from "vitest/runners";
import type { Line, Order } from "./order.ts";

const order = JSON.parse(readFileSync(process.env["MUTATION_ORDER"] ?? "", "utf8")) as Order;
const alive = new Set(order.alive);
/** Milliseconds of processor time that each mutant's tests have taken. */
const spent = new Map<number, number>();
/** A mutant that is reached this many times as often as without it makes a loop endless. */
const [spareCalls, mostTimes] = [1_000_000, 100];
/** With nothing left to do for this long, what the test waits for does not come. */
const idleMilliseconds = 3_000;

const none = -1;
/** The mutant that is on; `always` for the run of one from the start. */
let active = order.always ?? none;
let mostCalls = Infinity;
const calls = new Uint32Array(8192);
Object.assign(globalThis, {
  isMutant(number: number): boolean {
    const count = (calls[number] = (calls[number] ?? 0) + 1);
    if (number !== active) return false;
    if (count > mostCalls) throw new Error("An endless loop");
    return true;
  },
});
/** A test with a clock of its own replaces these. */
const everySoOften = setInterval;
const utilization = performance.eventLoopUtilization.bind(performance);

function write(line: Line): void {
  appendFileSync(order.found, `${JSON.stringify(line)}\n`);
}

/** The mutants that were asked for since the last time. */
function takeReached(): readonly number[] {
  const numbers = [...calls.keys()].filter((number) => (calls[number] ?? 0) > 0);
  calls.fill(0);
  return numbers;
}

type Ran = "passed" | "failed" | "hangs";

export default class MutantRunner extends VitestTestRunner {
  onCollected(files: readonly RunnerTestFile[]): void {
    for (const file of files) {
      this.#early(file);
      const ids = order.files.find(({ file: name }) => file.filepath.endsWith(`/${name}`))?.tests;
      if (ids !== undefined) skipOthers(file.tasks, new Set(ids));
    }
  }

  override async onBeforeRunTask(test: RunnerTask): Promise<void> {
    await super.onBeforeRunTask(test);
    this.#early(test.file);
  }

  async runTask(test: RunnerTestCase): Promise<void> {
    const run = VitestTestRunner.getTestFn(test);
    if (order.always !== null) {
      await run();
      return;
    }
    calls.fill(0);
    const began = process.cpuUsage();
    await run();
    const { user, system } = process.cpuUsage(began);
    const milliseconds = (user + system) / 1000;
    const before = calls.slice();
    const mutants = takeReached();
    write({ kind: "test", file: test.file.filepath, test: test.id, milliseconds, mutants });
    const mutantsHere = mutants.filter((number) => alive.has(number) && !this.#isSpent(number, milliseconds));
    if (mutantsHere.length === 0) return;
    // What a test leaves behind may make it fail the second time, whatever the mutant.
    if ((await ranOf(run)) !== "passed") return;
    for (const number of mutantsHere) {
      write({ kind: "begun", mutant: number, milliseconds });
      calls.fill(0);
      [active, mostCalls] = [number, spareCalls + mostTimes * (before[number] ?? 0)];
      const ran = await ranOf(run);
      [active, mostCalls] = [none, Infinity];
      if (ran === "passed") continue;
      alive.delete(number);
      // A mutant may leave behind what a later test fails by: then the rest is run in a new process.
      const isClean = ran === "failed" && (await ranOf(run)) === "passed";
      write({ kind: "killed", mutant: number, isClean });
      if (!isClean) await new Promise(() => undefined);
    }
    calls.fill(0);
  }

  override async onAfterRunSuite(suite: RunnerTestSuite): Promise<void> {
    await super.onAfterRunSuite(suite);
    if (suite.result?.state === "fail") write({ kind: "unfit", file: suite.file.filepath });
  }

  /** Reached by an import, a table of cases, a hook: not by a test alone. */
  #early(file: RunnerTestFile): void {
    const mutants = takeReached();
    if (mutants.length > 0) write({ kind: "early", file: file.filepath, mutants });
  }

  #isSpent(number: number, milliseconds: number): boolean {
    const sum = (spent.get(number) ?? 0) + milliseconds;
    if (sum > order.mostMilliseconds) return true;
    spent.set(number, sum);
    return false;
  }
}

async function ranOf(run: () => unknown): Promise<Ran> {
  const from = utilization();
  let timer: NodeJS.Timeout | undefined;
  const hangs = new Promise<Ran>((done) => {
    timer = everySoOften(() => {
      if (utilization(from).idle > idleMilliseconds) done("hangs");
    }, 500);
  });
  try {
    return await Promise.race([outcome(run), hangs]);
  } finally {
    clearInterval(timer);
  }
}

async function outcome(run: () => unknown): Promise<Ran> {
  try {
    await run();
    return "passed";
  } catch (error) {
    // A test with a clock of its own fails on a busy machine without any mutant.
    return String(error).includes("Test timed out") ? "passed" : "failed";
  }
}

function skipOthers(tasks: readonly RunnerTask[], ids: ReadonlySet<string>): void {
  for (const task of tasks)
    if (task.type === "suite") skipOthers(task.tasks, ids);
    else if (!ids.has(task.id)) task.mode = "skip";
}
