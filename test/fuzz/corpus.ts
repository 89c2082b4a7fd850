import { existsSync, readdirSync, readFileSync } from "node:fs";
import { join, resolve } from "node:path";

/** What once broke a rule of a target. */
export function corpusOf(target: string): readonly Buffer[] {
  const folder = join(resolve(process.cwd()), "test/fuzz/corpus", target);
  if (!existsSync(folder)) return [];
  return readdirSync(folder)
    .toSorted()
    .map((name) => readFileSync(join(folder, name)));
}
