import type { TaskFacts } from "../core/evidence.ts";
import type { Host } from "./source.ts";
import { describeTask } from "./task-facts.ts";

/** What is told of a task that waits, as far as it lives and we may look; at least its number. */
export function waiterOf(host: Host, tid: number): Partial<TaskFacts> & Pick<TaskFacts, "tid"> {
  const task = describeTask(host, { tid });
  if (task === null) return { pid: tid, tid };
  const { pid, comm, exe, commandLine, startedAt, parent, unit, container, libraries, librariesFrom, runtime, fips, fipsWhy } = task;
  return { pid, tid, comm, exe, commandLine, startedAt, parent, unit, container, libraries, librariesFrom, runtime, fips, fipsWhy };
}
