import { microseconds } from "../../core/base/time.ts";
import type { ProgramTime } from "../../core/wait.ts";
import { remember } from "../../core/base/bounded-map.ts";
import type { TraceEvent } from "./trace-line.ts";
import { traceBounds } from "./trace-tasks.ts";

/** PID 1 executes a handful: the initrd's, the running system's, and systemd again where it is updated. */
const mostOfFirstProcess = 64;

/**
 * Which program each task runs, by the events of a trace: a task that is forked runs its parent's until it starts
 * another one.
 */
export class TracePrograms {
  readonly #started = new Map<number, { readonly exe: string | null; readonly at: number }>();

  readonly #ofFirstProcess: number[] = [];

  /** PID 1 executed a program. */
  firstProcessExecuted(at: number): void {
    if (this.#ofFirstProcess.length < mostOfFirstProcess) this.#ofFirstProcess.push(at);
  }

  /** While PID 1 ran the program that it was in at this moment; null: its start was not recorded, or too many were. */
  programOfFirstProcess(at: number): ProgramTime | null {
    const starts = this.#ofFirstProcess;
    const next = starts.findIndex((start) => start > at);
    const from = starts[(next === -1 ? starts.length : next) - 1];
    const until = starts[next];
    if (from === undefined || (until === undefined && starts.length === mostOfFirstProcess)) return null;
    return { from: microseconds(from), until: until === undefined ? null : microseconds(until) };
  }

  of({ pid, tgid }: TraceEvent): string | null {
    return this.#exeOf(pid) ?? (tgid === null ? null : this.#exeOf(tgid));
  }

  /** When the task last started a program, or was itself started; -Infinity where the trace does not show it. */
  lastStart(pid: number): number {
    return this.#started.get(pid)?.at ?? -Infinity;
  }

  started(pid: number, exe: string | null, at: number): void {
    // A program that starts itself again, as busybox and container runtimes do, says /proc/self/exe: that is no
    // program's name.
    const isName = exe !== null && !/^\/proc\/(?:thread-)?self\//.test(exe);
    remember(this.#started, pid, { exe: isName ? exe : null, at }, traceBounds.tasks);
  }

  forked(parent: number, child: number, at: number): void {
    this.started(child, this.#exeOf(parent), at);
  }

  ended(pid: number): void {
    this.#started.delete(pid);
  }

  #exeOf(pid: number): string | null {
    return this.#started.get(pid)?.exe ?? null;
  }
}
