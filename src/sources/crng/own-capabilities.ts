import { capabilityNames, type CapabilitySet, permittedCapabilities } from "../../parse/proc/capabilities.ts";
import type { OwnCapabilities } from "../../core/evidence.ts";
import { fs, join } from "../../platform/builtins.ts";
import { attempt, textOrNull } from "../../platform/pseudo-file.ts";
import type { Roots } from "../../platform/roots.ts";
import type { Host } from "../source.ts";

/** A thread that another thread started meanwhile has its capabilities, so it may take more than one turn. */
const mostTurns = 3;

interface Threads {
  readonly ids: readonly number[];
  /** Those that still have capabilities. */
  readonly keepers: number;
  /** Of all of them. */
  readonly permitted: CapabilitySet;
}

/**
 * Drops the capabilities of all threads of this process, and reports what is left by what the kernel shows of each.
 * Null: /proc does not show it, and nothing was dropped.
 */
export function dropCapabilities({ roots, libc, libcProblem }: Host): OwnCapabilities | null {
  let threads = ownThreads(roots);
  let problem: string | null = null;
  for (let turn = 0; turn < mostTurns && threads !== null && threads.permitted !== 0n && problem === null; turn++) {
    const others = threads.ids.filter((id) => id !== process.pid);
    problem = libc === null ? (libcProblem ?? "koffi does not load here") : reasonOf(libc.dropCapabilities(others));
    threads = ownThreads(roots);
  }
  if (threads === null) return null;
  const { ids, keepers, permitted } = threads;
  return {
    kind: "own-capabilities",
    left: capabilityNames(permitted),
    problem: problem ?? (permitted === 0n ? null : `${keepers} of ${ids.length} threads did not drop them in time`),
  };
}

function reasonOf(errno: string | null): string | null {
  if (errno === "ENOSYS") return "crngwatch runs without its start object, or with a C library other than glibc";
  return errno === null ? null : `capset(2) is refused with ${errno}`;
}

function ownThreads(roots: Roots): Threads | null {
  const folder = join(roots.proc, "self/task");
  const listed = attempt(() => fs.readdirSync(folder));
  if (listed.kind !== "ok") return null;
  const ids = listed.value.map(Number).filter(Number.isSafeInteger);
  // One that has ended since has none.
  const sets = ids.map((id) => permittedCapabilities(textOrNull(join(folder, `${id}/status`)) ?? "") ?? 0n);
  return { ids, keepers: sets.filter((set) => set !== 0n).length, permitted: sets.reduce((all, set) => all | set, 0n) };
}
