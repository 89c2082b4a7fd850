import { spawnSync } from "node:child_process";
import { readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import type { Mutant } from "./mutants.ts";

/** An unused name or import is no error of types. */
const options = ["-p", ".", "--pretty", "false", "--noUnusedLocals", "false", "--noUnusedParameters", "false"];

/**
 * The first `most` mutants that the compiler accepts: it finds the others, no test has to. Mutants of different files
 * are compiled together, and an error is put down to the mutant of its file.
 */
export function firstCompiled(folder: string, mutants: readonly Mutant[], most: number): readonly Mutant[] {
  const accepted = new Set<Mutant>();
  for (let at = 0; at < mutants.length && accepted.size < most;) {
    // Somewhat more than are wanted, since about one in five is refused.
    const some = mutants.slice(at, at + Math.ceil(1.4 * (most - accepted.size)));
    at += some.length;
    for (const group of groupsOf(some)) for (const mutant of compiledOf(folder, group)) accepted.add(mutant);
  }
  return mutants.filter((mutant) => accepted.has(mutant)).slice(0, most);
}

/** Groups in which each file has one mutant at most. */
function groupsOf(mutants: readonly Mutant[]): readonly (readonly Mutant[])[] {
  const groups: Mutant[][] = [];
  const counts = new Map<string, number>();
  for (const mutant of mutants) {
    const count = counts.get(mutant.file) ?? 0;
    counts.set(mutant.file, count + 1);
    (groups[count] ??= []).push(mutant);
  }
  return groups;
}

function compiledOf(folder: string, group: readonly Mutant[]): readonly Mutant[] {
  const originals = group.map(({ file, start, end, text }) => {
    const path = join(folder, file);
    const source = readFileSync(path, "utf8");
    // The parentheses are those of the switch.
    writeFileSync(path, `${source.slice(0, start)}${text === ";" ? text : `(${text})`}${source.slice(end)}`);
    return { path, source };
  });
  const { stdout } = spawnSync("node_modules/.bin/tsc", options, { cwd: folder, encoding: "utf8" });
  for (const { path, source } of originals) writeFileSync(path, source);
  const wrong = new Set(Array.from(stdout.matchAll(/^(\S+)\(\d+,\d+\): error /gm), ([, file]) => file));
  const known = new Set(group.map(({ file }) => file));
  if (group.length > 1 && [...wrong].some((file) => file === undefined || !known.has(file)))
    return group.flatMap((mutant) => compiledOf(folder, [mutant]));
  return wrong.size > 0 && group.length === 1 ? [] : group.filter(({ file }) => !wrong.has(file));
}
