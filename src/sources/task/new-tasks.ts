import type { MonotonicSeconds } from "../../core/base/time.ts";

/** Of more new tasks, the newest are watched. */
const mostTasks = 256;
/**
 * A program that draws randomness as it starts does so within this time of its own start, on a slow and busy machine
 * too.
 */
const newSeconds = 10;
/** The kernel gives a number before its task can be found. */
const bornWithinSeconds = 0.1;

interface NewTask {
  readonly since: MonotonicSeconds;
  lookedAt: MonotonicSeconds;
  /** It has been there. */
  found: boolean;
}

/** Tasks that started a short while ago, by the numbers that the kernel gives: they are sampled more often. */
export class NewTasks {
  readonly #tasks = new Map<number, NewTask>();
  /** The number that the kernel had given last, and when that was. */
  #last: { readonly pid: number; readonly at: MonotonicSeconds } | null = null;

  [Symbol.iterator](): IterableIterator<[number, NewTask]> {
    return this.#tasks.entries();
  }

  get(tid: number): NewTask | undefined {
    return this.#tasks.get(tid);
  }

  forget(tid: number): void {
    this.#tasks.delete(tid);
  }

  /** At `at` the kernel had given `last` as its last number. Returns tasks that are too many, the oldest. */
  meet(last: number, at: MonotonicSeconds): readonly number[] {
    const before = this.#last;
    this.#last = { pid: last, at };
    // Around the end of the numbers the next survey finds them.
    if (before === null || last <= before.pid) return [];
    for (let tid = Math.max(before.pid + 1, last - mostTasks + 1); tid <= last; tid++)
      this.#tasks.set(tid, { since: at, lookedAt: before.at, found: false });
    return [...this.#tasks.keys()].slice(0, Math.max(0, this.#tasks.size - mostTasks));
  }

  /** A sample at `at` found it or not. Returns whether it is no longer new. */
  looked(task: NewTask, at: MonotonicSeconds, isThere: boolean): boolean {
    const age = at - task.since;
    const isPast = age > newSeconds || (!isThere && (task.found || age > bornWithinSeconds));
    task.lookedAt = at;
    task.found = isThere;
    return isPast;
  }
}
