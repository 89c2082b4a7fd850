import type { BlockedTask, TaskFacts } from "../core/evidence.ts";
import type { FipsSwitches } from "../parse/process-fips.ts";
import { fipsSwitches } from "./fips-switches.ts";
import { SharedLibraries } from "./shared-libraries.ts";
import type { Host } from "./source.ts";
import { describeProgram, describeTask, type LivingTask } from "./task-facts.ts";

/** Tells who waits. What is the same for all of them, the host's FIPS switches and the libraries read so far, is read once. */
export class Waiters {
  readonly #host: Host;
  #switches: FipsSwitches | null = null;
  #libraries: SharedLibraries | null = null;

  constructor(host: Host) {
    this.#host = host;
  }

  /** What is told of a task that waits, as far as it lives and we may look; at least its number. */
  of(tid: number): Partial<TaskFacts> & Pick<TaskFacts, "pid" | "tid"> {
    const task = describeTask(this.#host, { tid }, this.#fips());
    return task === null ? { pid: tid, tid } : factsOf(task);
  }

  /** A recorded wait with what /proc tells of its task; where that has ended, or another task has its number, with what its program's file tells. */
  attribute(wait: BlockedTask): BlockedTask {
    const task = wait.tid === null ? null : describeTask(this.#host, { tid: wait.tid }, this.#fips());
    if (task !== null && isTaskOf(wait, task)) {
      const { comm, exe, libraries, librariesFrom, fips, fipsWhy, ...facts } = factsOf(task);
      const known = librariesFrom === null ? {} : { libraries, librariesFrom };
      return { ...wait, ...facts, ...known, comm: wait.comm ?? comm, exe: exe ?? wait.exe, ...(fips === null ? {} : { fips, fipsWhy }) };
    }
    if (wait.exe === null || wait.librariesFrom !== null) return wait;
    this.#libraries ??= new SharedLibraries(this.#host.roots);
    const program = describeProgram(this.#host, wait.exe, this.#libraries, this.#fips());
    return program === null ? wait : { ...wait, ...program };
  }

  #fips(): FipsSwitches {
    this.#switches ??= fipsSwitches(this.#host.roots);
    return this.#switches;
  }
}

function factsOf({ pid, tid, comm, exe, commandLine, startedAt, parent, unit, container, libraries, librariesFrom, runtime, fips, fipsWhy }: LivingTask): TaskFacts {
  return { pid, tid, comm, exe, commandLine, startedAt, parent, unit, container, libraries, librariesFrom, runtime, fips, fipsWhy };
}

/** A process that started later has the number of one that is gone; another name is what it was before it started a program. */
function isTaskOf({ from, to, comm }: BlockedTask, task: LivingTask): boolean {
  const began = from ?? to;
  return (began === null || task.startedAt <= began) && (comm === null || comm === task.comm);
}
