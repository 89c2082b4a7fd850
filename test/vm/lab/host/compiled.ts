import { createHash } from "node:crypto";
import { readFile, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { cached } from "./cache.ts";
import { runProgram } from "./host-programs.ts";

const WARNINGS = ["-std=c11", "-O1", "-Wall", "-Wextra", "-Wpedantic", "-Werror"];

/**
 * Compiles a program of the lab, NAME.c in `programs`; the path of the program on this host. `options` come last, so
 * they may name libraries.
 */
export async function compiled(name: string, ...options: readonly string[]): Promise<string> {
  const entry = await built(name, "", options, async (program, source) => {
    await runProgram("cc", [...WARNINGS, "-o", program, source, ...options]);
  });
  return join(entry, name);
}

/**
 * The same, stripped as Fedora's packages are: functions that it does not export are named by a packed table alone,
 * .gnu_debugdata, made as find-debuginfo(1) makes it.
 */
export async function withMiniDebugInfo(name: string, ...options: readonly string[]): Promise<string> {
  const entry = await built(name, "-minidebug", options, async (program, source) => {
    const part = (suffix: string): string => `${program}.${suffix}`;
    await runProgram("cc", [...WARNINGS, "-o", part("whole"), source, ...options]);
    const symbols = await runProgram("nm", ["--format=posix", "--defined-only", part("whole")]);
    const functions = [...symbols.matchAll(/^(\S+) [Tt] /gm)].map(([, symbol]) => `${symbol}\n`);
    await writeFile(part("keep"), functions.join(""));
    await runProgram("objcopy", ["--only-keep-debug", part("whole"), part("debug")]);
    const keep = ["--strip-all", "--remove-section=.comment", `--keep-symbols=${part("keep")}`];
    await runProgram("objcopy", [...keep, part("debug"), part("mini")]);
    await runProgram("xz", [part("mini")]);
    const add = `--add-section=.gnu_debugdata=${part("mini.xz")}`;
    await runProgram("objcopy", ["--strip-all", add, part("whole"), program]);
  });
  return join(entry, name);
}

async function built(
  name: string,
  variant: string,
  options: readonly string[],
  build: (program: string, source: string) => Promise<void>,
): Promise<string> {
  const source = join(import.meta.dirname, "../programs", `${name}.c`);
  const recipe = JSON.stringify([await readFile(source, "utf8"), WARNINGS, options]);
  const identity = createHash("sha256").update(recipe).digest("hex").slice(0, 16);
  return await cached(`compiled-${name}${variant}-${identity}`, (directory) => build(join(directory, name), source));
}
