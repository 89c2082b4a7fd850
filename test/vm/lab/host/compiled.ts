import { createHash } from "node:crypto";
import { readFile } from "node:fs/promises";
import { join } from "node:path";
import { cached } from "./cache.ts";
import { runProgram } from "./host-programs.ts";

const WARNINGS = ["-std=c11", "-O1", "-Wall", "-Wextra", "-Wpedantic", "-Werror"];

/**
 * Compiles a program of the lab, NAME.c in `programs`; the path of the program on this host. `options` come last, so
 * they may name libraries.
 */
export async function compiled(name: string, ...options: readonly string[]): Promise<string> {
  const source = join(import.meta.dirname, "../programs", `${name}.c`);
  const recipe = JSON.stringify([await readFile(source, "utf8"), WARNINGS, options]);
  const identity = createHash("sha256").update(recipe).digest("hex").slice(0, 16);
  const entry = await cached(`compiled-${name}-${identity}`, async (directory) => {
    await runProgram("cc", [...WARNINGS, "-o", join(directory, name), source, ...options]);
  });
  return join(entry, name);
}
