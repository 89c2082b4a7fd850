import { remember } from "./remember.ts";
import type { TraceEvent } from "./trace-line.ts";

/** The oldest are forgotten; that costs a name, no wait. */
const mostPrograms = 4096;

/** Which program each task runs, by the events of a trace: a task that is forked runs its parent's until it starts another one. */
export class TracePrograms {
  readonly #programs = new Map<number, string>();

  of({ pid, tgid }: TraceEvent): string | null {
    return this.#programs.get(pid) ?? (tgid === null ? null : this.#programs.get(tgid)) ?? null;
  }

  started(pid: number, exe: string | null): void {
    // A program that starts itself again, as busybox and container runtimes do, says /proc/self/exe: that is no program's name.
    if (exe === null || /^\/proc\/(?:thread-)?self\//.test(exe)) this.#programs.delete(pid);
    else remember(this.#programs, pid, exe, mostPrograms);
  }

  forked(parent: number, child: number): void {
    this.started(child, this.#programs.get(parent) ?? null);
  }

  ended(pid: number): void {
    this.#programs.delete(pid);
  }
}
