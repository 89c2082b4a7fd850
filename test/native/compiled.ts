import { execFileSync, spawnSync } from "node:child_process";
import { cpSync, mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll } from "vitest";

export const root = join(import.meta.dirname, "../..");

/** What the object is built from, and by. */
export const sources: readonly string[] = [
  "build.sh",
  "drop-capabilities.c",
  "kernel-call.h",
  "nonblocking-start.c",
  "unix-socket.c",
];

export type Compiled =
  | { readonly object: string; readonly harness: string; readonly reason: null }
  | { readonly reason: string };

/**
 * The object, as native/build.sh makes it, and the program that checks it, in a folder of their own for the length of a
 * test file.
 */
export function compile(): Compiled {
  const compiler = process.env["CC"] ?? "cc";
  if (spawnSync(compiler, ["--version"]).error !== undefined) return { reason: `there is no C compiler '${compiler}'` };
  if (process.arch !== "x64" && process.arch !== "arm64")
    return { reason: `the object does not serve '${process.arch}'` };

  const folder = mkdtempSync(join(tmpdir(), "crngwatch-native-"));
  afterAll(() => rmSync(folder, { recursive: true }));
  for (const name of sources) cpSync(join(root, "native", name), join(folder, name));
  execFileSync("sh", [join(folder, "build.sh")], { env: { ...process.env, CFLAGS: "-Werror" } });
  const harness = join(folder, "harness");
  const options = ["-std=c11", "-O1", "-Wall", "-Wextra", "-Wpedantic", "-Werror", "-pthread"];
  execFileSync(compiler, [...options, "-o", harness, join(import.meta.dirname, "harness.c"), "-ldl"]);
  return { object: join(folder, "nonblocking-start.so"), harness, reason: null };
}
