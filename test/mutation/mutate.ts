/**
 * `npm run mutate`: draws mutants of the pure layers and of the daemon's, runs the unit tests that are related to each,
 * and prints how many of them a test kills. `MUTANTS`, `SEED` and `ONLY` (a regular expression for "FILE:LINE") choose
 * others. Exit code 1 below the score that CONTRIBUTING.md names.
 */
import { spawn } from "node:child_process";
import { cpSync, mkdtempSync, readdirSync, readFileSync, rmSync, symlinkSync, writeFileSync } from "node:fs";
import { availableParallelism, tmpdir } from "node:os";
import { join, resolve } from "node:path";
import { type Mutant, mutantsOf } from "./mutants.ts";
import { RelatedTests } from "./related-tests.ts";

const project = resolve(process.cwd());
const layers = ["core", "parse", "diagnose", "observe", "daemon"];
const leastScore = 0.85;
/** A mutant that makes a loop endless is killed by this. */
const mostMilliseconds = 120_000;
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

/** Whether some related test fails with the mutant in place. */
async function isKilled(
  folder: string,
  { file, start, end, text }: Mutant,
  tests: readonly string[],
): Promise<boolean> {
  const path = join(folder, file);
  const source = readFileSync(path, "utf8");
  writeFileSync(path, source.slice(0, start) + text + source.slice(end));
  try {
    return (await exitCode(folder, tests)) !== 0;
  } finally {
    writeFileSync(path, source);
  }
}

function exitCode(folder: string, tests: readonly string[]): Promise<number | null> {
  const words = ["run", "--project", "unit", "--bail=1", "--maxWorkers=1", "--no-isolate", "--reporter=dot", ...tests];
  const child = spawn(join(folder, "node_modules/.bin/vitest"), words, {
    cwd: folder,
    stdio: "ignore",
    timeout: mostMilliseconds,
    killSignal: "SIGKILL",
    detached: true,
  });
  return new Promise((done) => child.once("close", (code) => done(code)));
}

const related = new RelatedTests(project);
const mutants = drawMutants();
const queue = [...mutants.entries()];
const survivors: Mutant[] = [];
const began = Date.now();
let done = 0;

async function work(): Promise<void> {
  const folder = copy();
  try {
    for (let next = queue.shift(); next !== undefined; next = queue.shift()) {
      const [, mutant] = next;
      const tests = related.of(mutant.file).slice(0, mostTests);
      const names = tests.map((test) => test.slice(project.length + 1));
      const killed = tests.length > 0 && (await isKilled(folder, mutant, names));
      done++;
      if (done % 20 === 0) console.log(`${done} of ${mutants.length}, ${survivors.length} survived`);
      if (killed) continue;
      survivors.push(mutant);
      const original = readFileSync(join(folder, mutant.file), "utf8").slice(mutant.start, mutant.end);
      console.log(
        `survived: ${mutant.file}:${mutant.line}\n  ${original.replaceAll(/\s+/g, " ").slice(0, 150)}\n  ${mutant.text.replaceAll(/\s+/g, " ").slice(0, 150)}`,
      );
    }
  } finally {
    rmSync(folder, { recursive: true });
  }
}

await Promise.all(Array.from({ length: Math.max(1, Math.min(4, availableParallelism())) }, work));
const score = (mutants.length - survivors.length) / Math.max(1, mutants.length);
const minutes = ((Date.now() - began) / 60_000).toFixed(1);
console.log(
  `${mutants.length} mutants, seed ${seed}: ${mutants.length - survivors.length} killed, ${survivors.length} survived: ${(100 * score).toFixed(1)} % in ${minutes} min`,
);
process.exitCode = score >= leastScore ? 0 : 1;
