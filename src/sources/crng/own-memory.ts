import { join } from "../../platform/builtins.ts";
import { cleanMappings } from "../../parse/proc/smaps.ts";
import { readLink, textOrNull } from "../../platform/pseudo-file.ts";
import type { Host } from "../source.ts";

/**
 * Gives back the pages of Node's own file that the start has used: half of the daemon's resident memory, most of it
 * code that an idle daemon never runs. What it does run is mapped again from the page cache when it is touched. Nothing
 * is lost where this fails.
 */
export function forgetStart({ roots, libc }: Pick<Host, "roots" | "libc">): void {
  const executable = readLink(join(roots.proc, "self/exe"));
  const smaps = textOrNull(join(roots.proc, "self/smaps"));
  if (libc === null || executable.kind !== "ok" || smaps === null) return;
  for (const { start, bytes } of cleanMappings(smaps, executable.value)) libc.forgetPages(start, bytes);
}
