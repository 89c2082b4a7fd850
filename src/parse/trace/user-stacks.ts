import { remember } from "../../core/base/bounded-map.ts";
import { traceBounds } from "./trace-tasks.ts";

/** FTRACE_STACK_ENTRIES of kernel/trace/trace.h; more is no stack. */
const mostFrames = 16;

/** Without frame pointers the kernel walks on into whatever is on the stack; no user space reaches as high as this. */
const noUserAddress = /^<(?!00)[0-9a-f]{16}>/;

/** Stacks of user space in a trace: each follows the event that it is of, in a `<user stack trace>` of its own. */
export class UserStacks {
  readonly #expected = new Map<number, string[]>();
  #current: string[] | null = null;

  /** The stack of the event that has just come, which fills as its frames come. */
  expect(pid: number): string[] {
    const stack: string[] = [];
    remember(this.#expected, pid, stack, traceBounds.tasks);
    return stack;
  }

  /** The frames that come next are those of this task. */
  begin(pid: number): void {
    this.#current = this.#expected.get(pid) ?? null;
    this.#expected.delete(pid);
  }

  take(frame: string): void {
    if (this.#current === null) return;
    if (this.#current.length < mostFrames && !noUserAddress.test(frame)) this.#current.push(frame);
    else this.#current = null;
  }

  /** Another event has come: no frames follow. */
  end(): void {
    this.#current = null;
  }
}
