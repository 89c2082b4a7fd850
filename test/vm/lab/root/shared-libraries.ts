import { stat } from "node:fs/promises";
import { basename } from "node:path";
import { stageFile } from "./archive.ts";
import { findProgram, runProgram } from "../host/host-programs.ts";

/**
 * Puts a host program and the libraries it is linked with below `root`. `as` gives it another path in the guest;
 * libraries whose file name is in `present` are left out.
 */
export async function stageProgram(
  root: string,
  name: string,
  as?: string,
  present: ReadonlySet<string> = new Set(),
): Promise<void> {
  const program = findProgram(name);
  if (program === null) throw new Error(`Cannot give the guest the program '${name}': this host has none`);
  await stageFile(root, as ?? program, { from: program });
  for (const library of await sharedLibraries(program)) {
    if (!present.has(basename(library))) await stageFile(root, library, { from: library });
  }
}

/**
 * The libraries and the loader of a program, as the loader itself would find them: absolute paths, links not
 * followed. Empty for a static program. What a program opens later by itself (dlopen) is not among them.
 */
async function sharedLibraries(program: string): Promise<string[]> {
  let listing: string;
  try {
    listing = await runProgram("ldd", [program]);
  } catch (error) {
    if (error instanceof Error && error.message.includes("not a dynamic executable")) return [];
    throw error;
  }
  const missing = /^\s*(\S+) => not found/m.exec(listing);
  if (missing !== null)
    throw new Error(`Cannot give the guest '${program}': this host lacks its library '${missing[1]}'`);
  return [...listing.matchAll(/(?:=>\s*|^\s*)(\/\S+)(?: \(0x[0-9a-f]+\))/gm)].map((match) => match[1] ?? "");
}

/** Changes whenever the file at `path` is replaced; for the names of cache entries. */
export async function fileIdentity(path: string): Promise<string> {
  const { size, mtimeMs } = await stat(path);
  return `${path} ${size} ${mtimeMs}`;
}
