import type { Sighting } from "./blocked-task-sightings.ts";
import { type StackFrame, StackReading } from "./stack-frames.ts";

/** The report that the present line is in. */
export type OpenReport =
  /**
   * A stack of another report: an oops, a warning, a stall. It is followed to its end so that its frames are no wait.
   */
  | { readonly kind: "foreign" }
  /** sysrq-t or -w, between two tasks. */
  | { readonly kind: "dump" }
  /** A command that shows a stack, or its head: frames may follow. */
  | { readonly kind: "shown"; readonly pid: number | null; readonly name: string | null }
  | TaskStack;

/** A task's stack, as far as it has been read. */
interface TaskStack {
  readonly kind: "task";
  readonly task: Omit<Sighting, "interface" | "generator">;
  readonly state: string | null;
  readonly reading: StackReading;
  /** `Call Trace:` was there: a second one is another's. */
  readonly traced: boolean;
  /** The bottom of a pasted stack was there: a further frame is another task's. */
  readonly ended: boolean;
  /** False: it may as well be the rest of an oops whose head is lost. */
  readonly proven: boolean;
  /** dump_stack() printed it: what has called that, so far. Null: another report. */
  readonly dumped: "head" | "dump_stack" | null;
}

/** A stack whose header or head was just read. */
export function stackOf(task: TaskStack["task"], state: string | null = null): TaskStack {
  return {
    kind: "task",
    task,
    state,
    reading: new StackReading(),
    traced: false,
    ended: false,
    proven: true,
    dumped: null,
  };
}

/** A stack of /proc/PID/stack, or of a thread's. */
export function pastedStack(
  pid: number | null,
  { at, line }: Pick<Sighting, "at" | "line">,
  comm: string | null = null,
): TaskStack {
  return stackOf({ comm, pid, seconds: null, evidence: "stack", at, line });
}

/** The frames that dump_stack() itself leaves on top. */
export const dumpsStack = /^(?:dump_stack|dump_stack_lvl|show_stack|dump_backtrace|unwind_backtrace)$/;

/** The marker that save_stack_trace_tsk() puts at the end of a stack up to 5.1 (ULONG_MAX). */
export const endMarker = /\] 0xf{8}(?:f{8})?$/;

/** The last lines of a stack in /proc: that marker, or where the kernel was entered. */
export function isBottom(frames: readonly StackFrame[], text: string): boolean {
  return (
    endMarker.test(text) ||
    frames.some(
      ({ name }) => name !== null && /^(?:entry_|ret_from_fork|el0t?_|ret_fast_syscall|system_call)/.test(name),
    )
  );
}
