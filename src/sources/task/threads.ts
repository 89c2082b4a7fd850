import { fs, join } from "../../platform/builtins.ts";
import { confined } from "../../platform/confined.ts";
import { attempt } from "../../platform/pseudo-file.ts";
import type { Roots } from "../../platform/roots.ts";

/** Every thread of every process but our own, which polls /dev/random. */
export function* threads({ proc, live }: Roots): Generator<readonly [pid: number, tid: number], void, undefined> {
  const processes = attempt(() => fs.readdirSync(confined(proc)));
  if (processes.kind !== "ok") return;
  for (const name of processes.value) {
    const pid = Number(name);
    if (!Number.isInteger(pid) || (live && pid === process.pid)) continue;
    const tasks = attempt(() => fs.readdirSync(confined(join(proc, name, "task"))));
    if (tasks.kind !== "ok") yield [pid, pid];
    else for (const task of tasks.value) yield [pid, Number(task)];
  }
}

/**
 * A thread's folder is there by its number alone, though no list of /proc shows it; in a folder that stands for a host
 * it is not.
 */
export function threadFolder({ proc, live }: Roots, pid: number, tid: number): string {
  // As join() would have it, which takes a sixth of a survey's time.
  return live || pid === tid ? `${proc}/${tid}` : `${proc}/${pid}/task/${tid}`;
}
