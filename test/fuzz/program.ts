import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { join, resolve } from "node:path";
import { pathToFileURL } from "node:url";
import { rolldown } from "rolldown";
import type { FuzzTarget } from "./fuzzer.ts";
import { instrumented } from "./instrument.ts";

/** All targets, and the counters of what they run. */
export interface FuzzProgram {
  readonly targets: readonly FuzzTarget[];
  readonly hits: Uint32Array;
  /** Paths of all modules of which it has code. */
  readonly modules: ReadonlySet<string>;
}

/** Builds the targets with all that they read with as one module, with counters in it. */
export async function fuzzProgram(): Promise<FuzzProgram> {
  const cwd = resolve(process.cwd());
  const bundle = await rolldown({
    cwd,
    input: join(cwd, "test/fuzz/targets.ts"),
    platform: "node",
    external: [/^node:/, "yaml", "@rgrove/parse-xml", "koffi"],
    logLevel: "warn",
  });
  const { output } = await bundle.generate({ format: "esm", codeSplitting: false });
  await bundle.close();
  // Where the packages that stay outside are found.
  const folder = mkdtempSync(join(cwd, "node_modules/.fuzz-"));
  try {
    const file = join(folder, "targets.mjs");
    writeFileSync(file, instrumented(output[0].code).code);
    const { targets, hits } = (await import(pathToFileURL(file).href)) as Omit<FuzzProgram, "modules">;
    return { targets, hits, modules: new Set(output[0].moduleIds) };
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}
