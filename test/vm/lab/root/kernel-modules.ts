import { readFile, readdir } from "node:fs/promises";
import { basename, join } from "node:path";
import { stageFile } from "./archive.ts";
import { readProgram } from "../host/host-programs.ts";
import type { Kernel } from "../kernels.ts";

/** Where the guest's `load` looks: one list of files per module, in the order in which to insert them. */
export const GUEST_MODULES = "/lab/modules";

/**
 * Puts modules and everything they depend on below `root`, so that the guest's `load NAME` inserts them.
 * A module that is built into this kernel becomes an empty list. Throws for a name the kernel does not know.
 */
export async function stageModules(root: string, kernel: Kernel, names: readonly string[]): Promise<void> {
  if (names.length === 0) return;
  if (kernel.modules === null) throw new Error(`The packages of kernel ${kernel.release} hold no modules`);
  const files = await moduleFiles(kernel.modules);
  const builtIn = new Set(
    (await readFile(join(kernel.modules, "modules.builtin"), "utf8")).split("\n").map(moduleName),
  );
  for (const name of names) {
    const chain: string[] = [];
    await resolve(moduleName(name));
    await stageFile(
      root,
      `${GUEST_MODULES}/${name}.list`,
      chain.map((module) => `${GUEST_MODULES}/${module}.ko\n`).join(""),
    );

    // Depth first: a module comes after all that it needs.
    async function resolve(module: string): Promise<void> {
      if (builtIn.has(module) || chain.includes(module)) return;
      const file = files.get(module);
      if (file === undefined) throw new Error(`Kernel ${kernel.release} has no module '${module}'`);
      const content = await readModule(file);
      for (const needed of dependencies(content)) await resolve(needed);
      chain.push(module);
      await stageFile(root, `${GUEST_MODULES}/${module}.ko`, { content });
    }
  }
}

/** Module name to path, for all modules of a kernel. */
async function moduleFiles(directory: string): Promise<Map<string, string>> {
  const files = (await readdir(directory, { recursive: true })).filter((file) => /\.ko(\.xz|\.zst|\.gz)?$/.test(file));
  return new Map(files.map((file) => [moduleName(file), join(directory, file)]));
}

/** The kernel takes `-` and `_` in a module's name for the same; the name of the file may have either. */
function moduleName(file: string): string {
  return basename(file)
    .replace(/\.ko(\.\w+)?$/, "")
    .replaceAll("-", "_");
}

/** The module's bytes. Decompressed here, since not every kernel of the lab does it itself. */
async function readModule(file: string): Promise<Uint8Array> {
  const decompressor = { xz: "xz", zst: "zstd", gz: "gzip" }[/\.ko\.(\w+)$/.exec(file)?.[1] ?? ""];
  if (decompressor === undefined) return await readFile(file);
  return await readProgram(decompressor, ["-dc", file]);
}

/** What the module's own `depends=` line names. */
function dependencies(module: Uint8Array): string[] {
  const line = /\0depends=([^\0]*)\0/.exec(Buffer.from(module).toString("latin1"));
  return (line?.[1] ?? "")
    .split(",")
    .filter((name) => name !== "")
    .map(moduleName);
}
