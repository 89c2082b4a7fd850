import type { Caller } from "../../core/caller.ts";
import type { Wait } from "../../core/wait.ts";
import { parseProcessStat } from "../../parse/proc/proc-stat.ts";
import { parseSleepingCall } from "../../parse/proc/sleeping-call.ts";
import type { UserRegisters } from "../../parse/trace/kernel-stack-words.ts";
import { provenCaller } from "../../parse/unwind/proven-caller.ts";
import { SearchedParts } from "../../parse/unwind/searched-parts.ts";
import { unwindStack } from "../../parse/unwind/unwind-stack.ts";
import { join } from "../../platform/builtins.ts";
import { textOrNull } from "../../platform/pseudo-file.ts";
import { openProcessMemory, type ProcessMemory } from "../../platform/process-memory.ts";
import { isUnready } from "../crng/unready.ts";
import type { Host } from "../source.ts";
import { FileNames } from "./file-names.ts";
import { readableProcess } from "./process-image.ts";

/**
 * How many stacks are unwound, and how much of one is compared. The limit is processor time: a boot leaves the daemon
 * little of it. Elapsed time has a higher limit.
 */
const bounds = {
  stacks: 32,
  processorMilliseconds: 1_000,
  milliseconds: 5_000,
  comparedBytes: 1 << 20,
} as const;

/** `startTicks`: when its process started, which distinguishes it from another with that number. */
type WaitingTask = Readonly<Record<"pid" | "tid" | "startTicks", number>>;

/**
 * Unwinds the stacks of tasks that wait, without stopping them: a task that is in the kernel does not touch its stack.
 * A result counts only if the task did not continue meanwhile.
 */
export class CallStacks {
  readonly #host: Host;
  readonly #names = new FileNames();
  readonly #searched = new SearchedParts();
  #unwound = 0;
  #spentMilliseconds = 0;
  #spentProcessorMilliseconds = 0;

  constructor(host: Host) {
    this.#host = host;
  }

  /** How often tables of symbols were searched: once for each program. */
  get searches(): number {
    return this.#searched.searches + this.#names.searches;
  }

  /**
   * The caller of a task that waits for the CRNG with these registers. Null: it no longer waits, its memory may not be
   * read, or the stack does not show the caller.
   */
  callerOf(task: WaitingTask, registers: UserRegisters): Caller | null {
    // No task that waits for the CRNG has continued while it is not ready, but by a signal, which would have used the
    // stack.
    return this.#whileBlocked(task, registers, () => isUnready(this.#host));
  }

  /**
   * The same, with the request, for a task that sleeps in the call and whose registers were not recorded:
   * /proc/PID/syscall shows them. Null: it runs, or is in another call.
   */
  callOfSleeper(task: WaitingTask): Pick<Wait, "caller" | "request"> | null {
    const text = this.#callText(task.tid);
    const registers = text === null ? null : parseSleepingCall(text);
    if (registers === null) return null;
    // A task that returned and sleeps in the same call again has the same stack.
    const caller = this.#whileBlocked(task, registers, () => this.#callText(task.tid) === text);
    return { caller, request: registers.request };
  }

  /** The request of a task that sleeps in its call. */
  requestOfSleeper(tid: number): Wait["request"] {
    return parseSleepingCall(this.#callText(tid) ?? "")?.request ?? null;
  }

  #callText(tid: number): string | null {
    return process.arch === "x64" ? textOrNull(join(this.#host.roots.proc, String(tid), "syscall")) : null;
  }

  #whileBlocked(task: WaitingTask, registers: UserRegisters, isBlocked: () => boolean): Caller | null {
    if (registers.machine !== "x86-64" || process.arch !== "x64" || !this.#mayGoOn()) return null;
    const [began, before] = [performance.now(), process.cpuUsage()];
    const memory = openProcessMemory(join(this.#host.roots.proc, String(task.tid), "mem"));
    if (memory.kind !== "ok") return null;
    try {
      return this.#unwind(task, registers, memory.value, isBlocked);
    } finally {
      memory.value.close();
      this.#unwound++;
      this.#spentMilliseconds += performance.now() - began;
      const { user, system } = process.cpuUsage(before);
      this.#spentProcessorMilliseconds += (user + system) / 1_000;
    }
  }

  #mayGoOn(): boolean {
    return (
      this.#unwound < bounds.stacks &&
      this.#spentProcessorMilliseconds < bounds.processorMilliseconds &&
      this.#spentMilliseconds < bounds.milliseconds
    );
  }

  #unwind(
    { pid, tid, startTicks }: WaitingTask,
    { values, request }: UserRegisters,
    memory: ProcessMemory,
    isBlocked: () => boolean,
  ): Caller | null {
    const { roots } = this.#host;
    const readable = readableProcess(roots, tid, memory, { searched: this.#searched, names: this.#names });
    if (readable === null) return null;
    const { image, program, covers } = readable;
    const stack = unwindStack(image, values);
    const [from, to] = [stack.frames[0]?.stackPointer ?? 0, stack.frames.at(-1)?.stackPointer ?? 0];
    const isSame =
      to - from <= bounds.comparedBytes &&
      covers(from, to) &&
      memory.isUnchanged(from, to) &&
      isBlocked() &&
      parseProcessStat(textOrNull(join(roots.proc, String(pid), "stat")) ?? "")?.startTicks === startTicks;
    // Tables of symbols do not change, and to read those of a large library takes longer than some waits last.
    return isSame ? provenCaller(stack, program, image, request) : null;
  }
}
