import { fs, join } from "../../platform/builtins.ts";
import type { Libc } from "../../platform/libc.ts";
import { attempt } from "../../platform/pseudo-file.ts";

/**
 * Keeps another daemon of this host, one with a state folder of its own, away from our trace instance and our probes:
 * it would take them for those of a daemon that was killed, and remove them. The lock is on tracefs' folder of
 * instances, where the kernel releases it with the process that has it. "taken": another process has it.
 */
export function lockInstances(tracefs: string, libc: Libc | null): { readonly release: () => void } | "taken" {
  const opened = attempt(() =>
    fs.openSync(join(tracefs, "instances"), fs.constants.O_RDONLY | fs.constants.O_DIRECTORY),
  );
  if (opened.kind !== "ok") return { release: () => undefined };
  const release = (): void => fs.closeSync(opened.value);
  // Where the lock cannot be taken at all, no other daemon has it.
  if (libc?.lock(opened.value) !== "EAGAIN") return { release };
  release();
  return "taken";
}
