/**
 * `npm run mutate`: draws mutants of the pure layers and of the daemon's, runs the unit tests that reach each, and
 * prints how many of them a test kills. `MUTANTS`, `SEED` and `ONLY` (a regular expression for "FILE:LINE") choose
 * others; `TESTS` (one for a test's path) shows what those tests find by themselves. Exit code 1 below the score that
 * CONTRIBUTING.md names.
 *
 * It draws what mutants.ts makes: another comparison, arithmetic or logical operator, the opposite condition, another
 * number or boolean, and a call that is left out. It does not draw what the compiler refuses (no test has to find
 * that), nor what changes types, keys and texts. Nothing else is sorted out: a mutant that behaves as the original
 * counts as a survivor.
 */
import { cpSync, mkdtempSync, readdirSync, readFileSync, rmSync, symlinkSync, writeFileSync } from "node:fs";
import { availableParallelism, tmpdir } from "node:os";
import { join, resolve } from "node:path";
import { firstCompiled } from "./compiled.ts";
import { type Mutant, mutantsOf } from "./mutants.ts";
import { EarlyMutants } from "./early-mutants.ts";
import { RelatedTests } from "./related-tests.ts";
import { type End, runInPlace, runWith } from "./run-tests.ts";
import { type Numbered, switched } from "./switched.ts";

const project = resolve(process.cwd());
const layers = ["core", "parse", "diagnose", "observe", "daemon"];
const leastScore = 0.85;
/** Of tests for one mutant, of processor time. What is left out can only make the score lower. */
const mostMilliseconds = 30_000;
const workers = Math.max(1, Math.min(4, availableParallelism()));

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

/** All mutants, in the order in which they are drawn. */
function mutantsInOrder(): readonly Mutant[] {
  const left = layers
    .flatMap((layer) =>
      readdirSync(join(project, "src", layer), { recursive: true, encoding: "utf8" })
        .filter((name) => name.endsWith(".ts"))
        .toSorted()
        .map((name) => join("src", layer, name)),
    )
    .flatMap((file) => mutantsOf(file, readFileSync(join(project, file), "utf8")))
    .filter(({ file, line }) => only.test(`${file}:${line}`));
  const random = draws(seed);
  const chosen: Mutant[] = [];
  while (left.length > 0) chosen.push(...left.splice(Math.floor(random.next().value * left.length), 1));
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

function switchInto(folder: string, mutants: readonly Numbered[]): void {
  for (const file of new Set(mutants.map(({ mutant }) => mutant.file))) {
    const path = join(folder, file);
    const ofFile = mutants.filter(({ mutant }) => mutant.file === file);
    writeFileSync(path, switched(readFileSync(path, "utf8"), ofFile));
  }
}

const folder = copy();
const began = Date.now();
const minutes = (): string => `${((Date.now() - began) / 60_000).toFixed(1)} min`;
try {
  const mutants = firstCompiled(folder, mutantsInOrder(), drawn).map((mutant, number) => ({ mutant, number }));
  console.log(`${mutants.length} mutants that the compiler accepts after ${minutes()}`);
  switchInto(folder, mutants);

  const related = new RelatedTests(project, new RegExp(process.env["TESTS"] ?? ""));
  const early = new EarlyMutants(related);
  const files = related.ofAll(mutants.map(({ mutant }) => mutant.file));
  const alive = new Set(mutants.map(({ number }) => number));
  const reached = new Set<number>();
  const ends: Record<End, number> = { passed: 0, failed: 0, limit: 0 };
  const end = (number: number, how: End): void => {
    if (!alive.delete(number)) return;
    ends[how]++;
    const { mutant } = mutants[number] as Numbered;
    if (how !== "failed")
      console.log(
        described(mutant, how === "limit" ? "out of time" : reached.has(number) ? "survived" : "reached by no test"),
      );
  };
  await atOnce(parts(files), async (part, index) => {
    await runInPlace(folder, `part${index}`, part, alive, mostMilliseconds, (line) => {
      if (line.kind === "limit") return end(line.mutant, "limit");
      early.add(line);
      if (line.kind === "killed") end(line.mutant, "failed");
      if ("mutants" in line) for (const mutant of line.mutants) reached.add(mutant);
    });
    console.log(`${alive.size} of ${mutants.length} alive after ${minutes()}`);
  });
  console.log(`${early.unfit.length} files of ${files.length} do not pass without a mutant, run together:`);
  for (const name of early.unfit) console.log(`  ${name}`);
  // Their tests ran with the mutant off while their module was imported: now it is on from the start.
  await atOnce([...alive], async (number) => {
    const tests = early.testsOf(mutants[number] as Numbered, mostMilliseconds);
    const isEarly = early.has(number) && tests.files.length > 0;
    end(number, isEarly ? await runWith(folder, number, tests) : "passed");
  });

  const score = (ends.failed + ends.limit) / Math.max(1, mutants.length);
  console.log(
    `${mutants.length} mutants, seed ${seed}: ${ends.failed} killed by a test, ${ends.limit} by the time they took, ` +
      `${ends.passed} survived: ${(100 * score).toFixed(1)} % in ${minutes()}`,
  );
  process.exitCode = score >= leastScore ? 0 : 1;
} finally {
  rmSync(folder, { recursive: true });
}

/** As many tasks at a time as there are processors; the results in the order of the tasks. */
async function atOnce<T, R>(tasks: readonly T[], work: (task: T, index: number) => Promise<R>): Promise<readonly R[]> {
  const results: R[] = [];
  const queue = [...tasks.entries()];
  const one = async (): Promise<void> => {
    for (let next = queue.shift(); next !== undefined; next = queue.shift()) {
      const [index, task] = next;
      results[index] = await work(task, index);
    }
  };
  await Promise.all(Array.from({ length: workers }, one));
  return results;
}

/** In parts of one length, in this order. */
function parts(files: readonly string[]): readonly (readonly string[])[] {
  const length = Math.ceil(files.length / (8 * workers));
  return Array.from({ length: Math.ceil(files.length / length) }, (_, part) =>
    files.slice(part * length, (part + 1) * length),
  );
}

function described({ file, line, start, end: to, text }: Mutant, how: string): string {
  const original = readFileSync(join(project, file), "utf8").slice(start, to);
  const lines = [original, text].map((code) => `\n  ${code.replaceAll(/\s+/g, " ").slice(0, 150)}`);
  return `${how}: ${file}:${line}${lines.join("")}`;
}
