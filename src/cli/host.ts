import { monotonicNow, uptimeIn } from "../platform/clock.ts";
import { loadLibc } from "../platform/libc.ts";
import type { Roots } from "../platform/roots.ts";
import type { Host } from "../sources/source.ts";
import { CommandFailed } from "./verb.ts";

/** The host at `roots`, ready to be observed. A folder has files, but no kernel to ask, and its clock stands still. */
export function hostAt(roots: Roots): Host {
  if (!roots.live) return { roots, libc: null, libcProblem: `'${roots.top}' is a folder: there is no kernel to ask`, now: () => uptimeIn(roots) };
  if (process.platform !== "linux") throw new CommandFailed(`This is ${process.platform}: crngwatch observes a Linux kernel`);
  const libc = loadLibc();
  return typeof libc === "string" ? { roots, libc: null, libcProblem: libc, now: monotonicNow } : { roots, libc, libcProblem: null, now: monotonicNow };
}
