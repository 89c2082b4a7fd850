import { remember } from "./remember.ts";
import type { TraceEvent } from "./trace-line.ts";

/** The oldest are forgotten; that costs a name, no wait. */
const mostPrograms = 4096;

/** Which program each task runs, by the events of a trace: a task that is forked runs its parent's until it starts another one. */
export class TracePrograms {
  readonly #programs = new Map<number, string>();
  readonly #starts = new Map<number, number>();

  of({ pid, tgid }: TraceEvent): string | null {
    return this.#programs.get(pid) ?? (tgid === null ? null : this.#programs.get(tgid)) ?? null;
  }

  /** When the task last started a program, or was itself started; -Infinity where the trace does not tell. */
  lastStart(pid: number): number {
    return this.#starts.get(pid) ?? -Infinity;
  }

  started(pid: number, exe: string | null, at: number): void {
    remember(this.#starts, pid, at, mostPrograms);
    // A program that starts itself again, as busybox and container runtimes do, says /proc/self/exe: that is no program's name.
    if (exe === null || /^\/proc\/(?:thread-)?self\//.test(exe)) this.#programs.delete(pid);
    else remember(this.#programs, pid, exe, mostPrograms);
  }

  forked(parent: number, child: number, at: number): void {
    this.started(child, this.#programs.get(parent) ?? null, at);
  }

  ended(pid: number): void {
    this.#programs.delete(pid);
    this.#starts.delete(pid);
  }
}
