import { hasFipsHook } from "../../parse/proc/kallsyms.ts";
import { join } from "../../platform/builtins.ts";
import { readBytes } from "../../platform/pseudo-file.ts";
import type { Roots } from "../../platform/roots.ts";

/** A distribution's kernel has some 200 000 symbols, 12 MB. */
const mostSymbolBytes = 64 << 20;

const known = new WeakMap<Roots, boolean | null>();

/**
 * Whether this kernel has a generator that may serve callers instead of the CRNG. Null: /proc/kallsyms does not show
 * it. The kernel takes a tenth of a second to print its symbols, so they are read once.
 */
export function fipsHook(roots: Roots): boolean | null {
  const before = known.get(roots);
  if (before !== undefined) return before;
  const read = readBytes(join(roots.proc, "kallsyms"), mostSymbolBytes);
  const answer = read.kind === "ok" && read.value.length > 0 ? hasFipsHook(read.value) : null;
  known.set(roots, answer);
  return answer;
}
