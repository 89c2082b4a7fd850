/**
 * `npm run mutate`: draws mutants of the pure layers and of the daemon's, runs the unit tests that are related to each,
 * and prints how many of them a test kills. `MUTANTS`, `SEED` and `ONLY` (a regular expression for "FILE:LINE") choose
 * others. Exit code 1 below the score that CONTRIBUTING.md names.
 */
import { spawn } from "node:child_process";
import { cpSync, mkdtempSync, readdirSync, readFileSync, rmSync, symlinkSync, writeFileSync } from "node:fs";
import { availableParallelism, tmpdir } from "node:os";
import { join, relative, resolve } from "node:path";
import { type Mutant, mutantsOf } from "./mutants.ts";
import { RelatedTests } from "./related-tests.ts";

const project = resolve(process.cwd());
const layers = ["core", "parse", "diagnose", "observe", "daemon"];
const leastScore = 0.85;
/**
 * Processor time of one run, beside what its tests take without a mutant: one that makes a loop endless is killed by
 * this, and a busy machine kills none.
 */
const [spareSeconds, mostTimes] = [20, 4];
/** Run first, since most mutants are killed by them. */
const closestTests = 6;
/** The closest tests; those further off share no more than a type with the mutant. */
const mostTests = 24;

const drawn = Number(process.env["MUTANTS"] ?? 200);
const seed = Number(process.env["SEED"] ?? 20_180_516);
const only = new RegExp(process.env["ONLY"] ?? "");

/** Mulberry32, by Tommy Ettinger: the same mutants for the same seed. */
function* draws(state: number): Generator<number, never, undefined> {
  for (let next = state; ;) {
    next = (next + 0x6d2b79f5) | 0;
    let mixed = Math.imul(next ^ (next >>> 15), next | 1);
    mixed ^= mixed + Math.imul(mixed ^ (mixed >>> 7), mixed | 61);
    yield ((mixed ^ (mixed >>> 14)) >>> 0) / 2 ** 32;
  }
}

function drawMutants(): readonly Mutant[] {
  const all = layers
    .flatMap((layer) =>
      readdirSync(join(project, "src", layer), { recursive: true, encoding: "utf8" })
        .filter((name) => name.endsWith(".ts"))
        .toSorted()
        .map((name) => join("src", layer, name)),
    )
    .flatMap((file) => mutantsOf(file, readFileSync(join(project, file), "utf8")))
    .filter(({ file, line }) => only.test(`${file}:${line}`));
  const random = draws(seed);
  const left = [...all];
  const chosen: Mutant[] = [];
  while (chosen.length < drawn && left.length > 0)
    chosen.push(...left.splice(Math.floor(random.next().value * left.length), 1));
  return chosen;
}

/** A copy of the project in which files may be changed. */
function copy(): string {
  const folder = mkdtempSync(join(tmpdir(), "crngwatch-mutants-"));
  for (const name of readdirSync(project))
    if (!["node_modules", "dist", ".git"].includes(name))
      cpSync(join(project, name), join(folder, name), { recursive: true });
  symlinkSync(join(project, "node_modules"), join(folder, "node_modules"));
  return folder;
}

/** How a run of tests ended: `time` where the processor time that it may take was spent, as an endless loop does. */
type End = "passed" | "failed" | "time";

/** Runs tests in one process, so that its end is theirs and nothing is left running. */
function run(folder: string, words: readonly string[], seconds: number): Promise<End> {
  const once = ["run", "--project", "unit", "--pool=threads", "--maxWorkers=1", "--no-isolate"];
  // The processor time is bounded, and on a busy machine a clock would fail sound tests.
  const vitest = [...once, "--testTimeout=0", "--hookTimeout=0", ...words];
  const limited = ["-c", `ulimit -t ${seconds}; exec node_modules/.bin/vitest "$@"`, "sh", ...vitest];
  const child = spawn("sh", limited, { cwd: folder, stdio: "ignore" });
  return new Promise((done) =>
    child.once("close", (code, signal) => done(code === 0 ? "passed" : signal === null ? "failed" : "time")),
  );
}

interface TestFile {
  readonly name: string;
  readonly status: string;
  /** Milliseconds since 1970. */
  readonly startTime: number;
  readonly endTime: number;
}

/** Seconds of each test that passes with nothing changed: run together in one thread, some disturb each other. */
async function secondsOf(folder: string, tests: readonly string[]): Promise<ReadonlyMap<string, number>> {
  const report = join(folder, "without-mutant.json");
  await run(folder, ["--reporter=json", `--outputFile=${report}`, ...namesOf(tests)], 1800);
  const { testResults } = JSON.parse(readFileSync(report, "utf8")) as { readonly testResults: readonly TestFile[] };
  return new Map(
    testResults
      .filter(({ status }) => status === "passed")
      .map(({ name, startTime, endTime }) => [join(project, relative(folder, name)), (endTime - startTime) / 1000]),
  );
}

/** How the related tests end with the mutant in place: the closest first, since most mutants end with those. */
async function endWith(
  folder: string,
  { file, start, end, text }: Mutant,
  spent: ReadonlyMap<string, number>,
): Promise<End> {
  const path = join(folder, file);
  const source = readFileSync(path, "utf8");
  writeFileSync(path, source.slice(0, start) + text + source.slice(end));
  try {
    const tests = related.of(file);
    for (const some of [tests.slice(0, closestTests), tests.slice(closestTests, mostTests)]) {
      const seconds = some.reduce((sum, test) => sum + (spent.get(test) ?? 0), 0);
      const most = Math.ceil(spareSeconds + mostTimes * seconds);
      const outcome =
        some.length === 0 ? "passed" : await run(folder, ["--bail=1", "--reporter=dot", ...namesOf(some)], most);
      if (outcome !== "passed") return outcome;
    }
    return "passed";
  } finally {
    writeFileSync(path, source);
  }
}

function namesOf(tests: readonly string[]): readonly string[] {
  return tests.map((test) => relative(project, test));
}

const related = new RelatedTests(project);
const mutants = drawMutants();
const queue = [...mutants];
const ends: Record<End, number> = { passed: 0, failed: 0, time: 0 };
const began = Date.now();

async function work(folder: string, spent: ReadonlyMap<string, number>): Promise<void> {
  for (let mutant = queue.shift(); mutant !== undefined; mutant = queue.shift()) {
    const outcome = await endWith(folder, mutant, spent);
    ends[outcome]++;
    const done = ends.passed + ends.failed + ends.time;
    if (done % 20 === 0) console.log(`${done} of ${mutants.length}, ${ends.passed} survived`);
    if (outcome === "failed") continue;
    const original = readFileSync(join(folder, mutant.file), "utf8").slice(mutant.start, mutant.end);
    const lines = [original, mutant.text].map((code) => `\n  ${code.replaceAll(/\s+/g, " ").slice(0, 150)}`);
    console.log(`${outcome === "time" ? "out of time" : "survived"}: ${mutant.file}:${mutant.line}${lines.join("")}`);
  }
}

const folders = Array.from({ length: Math.max(1, Math.min(4, availableParallelism())) }, copy);
try {
  const needed = new Set(mutants.flatMap(({ file }) => related.of(file).slice(0, mostTests)));
  const spent = await secondsOf(folders[0]!, [...needed]);
  const unfit = [...needed].filter((test) => !spent.has(test));
  related.forget(unfit);
  console.log(`${spent.size} tests may kill; ${unfit.length} fail together without a mutant and may not:`);
  for (const name of namesOf(unfit)) console.log(`  ${name}`);
  await Promise.all(folders.map((folder) => work(folder, spent)));
} finally {
  for (const folder of folders) rmSync(folder, { recursive: true });
}
const score = (ends.failed + ends.time) / Math.max(1, mutants.length);
const minutes = ((Date.now() - began) / 60_000).toFixed(1);
console.log(
  `${mutants.length} mutants, seed ${seed}: ${ends.failed} killed by a test, ${ends.time} by the time they took, ${ends.passed} survived: ${(100 * score).toFixed(1)} % in ${minutes} min`,
);
process.exitCode = score >= leastScore ? 0 : 1;
