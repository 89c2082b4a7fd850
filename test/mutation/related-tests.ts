import { existsSync, readdirSync, readFileSync } from "node:fs";
import { basename, dirname, join, resolve } from "node:path";

/**
 * The rooms whose tests may kill: those of the mutated layers, of what shows a record, and the hosts and logs beside
 * them. Of the sources, too, since some parsers are tested there alone. Long hostile inputs find no wrong number, nor
 * do a browser and large files.
 */
const rooms = /^(?:[^/]+|(?:core|parse|diagnose|observe|daemon|render|exporters|sources)\/.+)$/;
const long = /(?:^|\/)(?:hostile[^/]*|browser|log-file|standard-input)\.test\.ts$/;
/** Tests that run the built program or a real service see no change of a source file, or take too long. */
const outside =
  /^import [^;]*(?:\b(?:crngwatch|program)\b[^;]*\/program\.ts|(?:running|\.)\/(?:daemon|metrics-service|prometheus|journald)\.ts)";/m;

/** For each file of `src`, the files of unit tests that import it. Names are relative to the project. */
export class RelatedTests {
  readonly #project: string;
  readonly #reach = new Map<string, ReadonlySet<string>>();

  /** `only`: of the tests, those whose path it fits. */
  constructor(project: string, only: RegExp) {
    this.#project = project;
    const tests = readdirSync(join(project, "test"), { recursive: true, encoding: "utf8" })
      .filter((name) => name.endsWith(".test.ts") && rooms.test(name) && !long.test(name))
      .map((name) => `test/${name}`)
      .filter((name) => only.test(name));
    for (const test of tests) {
      const reach = reachOf(join(project, test));
      const ofTests = [...reach].filter((name) => name.startsWith(join(project, "test/")));
      if (!ofTests.some((name) => outside.test(readFileSync(name, "utf8")))) this.#reach.set(test, reach);
    }
  }

  /** All that may kill a mutant of these files: those of few files first, which are quick and kill most. */
  ofAll(files: readonly string[]): readonly string[] {
    const mutated = files.map((file) => join(this.#project, file));
    return [...this.#reach]
      .filter(([, reach]) => mutated.some((file) => reach.has(file)))
      .toSorted(([, a], [, b]) => a.size - b.size)
      .map(([test]) => test);
  }

  /** The tests that may kill a mutant of this file, the closest first. */
  of(file: string): readonly string[] {
    const mutated = join(this.#project, file);
    return [...this.#reach]
      .filter(([, reach]) => reach.has(mutated))
      .map(([test, reach]) => ({ test, far: distance(file, test), size: reach.size }))
      .toSorted((a, b) => a.far - b.far || a.size - b.size)
      .map(({ test }) => test);
  }
}

/** 0: the file's own test. 1: of its folder. 2: of its layer. */
function distance(file: string, test: string): number {
  const [place, testPlace] = [dirname(file).replace(/^src\b/, "test"), dirname(test)];
  if (place === testPlace) return basename(test, ".test.ts") === basename(file, ".ts") ? 0 : 1;
  return place.split("/")[1] === testPlace.split("/")[1] ? 2 : 3;
}

/** The files that a file imports, and those that they import. */
function reachOf(file: string): ReadonlySet<string> {
  const seen = new Set<string>();
  const open = [file];
  for (let next = open.pop(); next !== undefined; next = open.pop()) {
    if (seen.has(next) || !existsSync(next)) continue;
    seen.add(next);
    for (const [, name = ""] of readFileSync(next, "utf8").matchAll(/^(?:import|export)\b[^;]*?"(\.[^"]+\.ts)";/gms))
      open.push(resolve(dirname(next), name));
  }
  return seen;
}
