import { kernelClock, uptimeIn } from "../platform/clock/time-namespace.ts";
import { printkAhead } from "../platform/clock/stamp-clocks.ts";
import { loadLibc } from "../platform/libc.ts";
import { readTaskMemoryBy } from "../platform/process-memory.ts";
import type { Roots } from "../platform/roots.ts";
import type { Host } from "../sources/source.ts";
import { CommandFailed } from "./verb.ts";

/** The host at `roots`, ready to be observed. A folder has files, but no kernel to ask, and its clock does not run. */
export function hostAt(roots: Roots): Host {
  if (!roots.live)
    return {
      roots,
      libc: null,
      libcProblem: `'${roots.top}' is a folder, not a running kernel`,
      now: () => uptimeIn(roots),
      printkAhead: () => null,
    };
  if (process.platform !== "linux")
    throw new CommandFailed(`This is ${process.platform}: crngwatch observes a Linux kernel`);
  const libc = loadLibc();
  readTaskMemoryBy(typeof libc === "string" ? null : libc);
  let ahead: number | null | undefined;
  const clocks = {
    now: kernelClock(roots),
    printkAhead: () => (ahead === undefined ? (ahead = printkAhead(roots)) : ahead),
  };
  return typeof libc === "string"
    ? { roots, libc: null, libcProblem: libc, ...clocks }
    : { roots, libc, libcProblem: null, ...clocks };
}
