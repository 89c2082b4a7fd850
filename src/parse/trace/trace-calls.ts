import type { Wait } from "../../core/wait.ts";
import { remember } from "../../core/base/bounded-map.ts";
import { microseconds } from "../../core/base/time.ts";
import { mayWait } from "./request-fingerprint.ts";
import type { TraceEvent } from "./trace-line.ts";
import { unansweredCall, type TraceCall, isSameTask, taskOf, traceBounds } from "./trace-tasks.ts";

/**
 * Where only system calls were recorded, a call that lasted this long waited. Below, it may as well have been
 * preempted: at boot there is more to run than there are processors.
 */
const shortestWaitingCall = 0.05;

/** Calls of getrandom(2) in a trace: their beginnings, and their ends where those are recorded. */
export class TraceCalls {
  readonly #open = new Map<number, TraceCall>();
  readonly #isProbed: () => boolean;
  /** Calls whose task did something else later, where no ends are recorded. */
  #past: Wait[] = [];
  /** Ends of calls are recorded in this trace. */
  #answered = false;

  /** `isProbed`: the waiting functions are probed in this trace, and those events show the waits. */
  constructor(isProbed: () => boolean) {
    this.#isProbed = isProbed;
  }

  /** A call begins. `expectStack` is called where it may wait: its stack follows. */
  begin(call: Omit<TraceCall, "stack">, expectStack: () => string[]): void {
    const { pid, at } = call.event;
    this.endTask(pid, at);
    if (mayWait(call.request)) remember(this.#open, pid, { ...call, stack: expectStack() }, traceBounds.tasks);
  }

  /** A call returns; its wait, where it was long enough for one and nothing else shows it. */
  end(event: TraceEvent): Wait | null {
    this.#answered = true;
    const call = this.#open.get(event.pid);
    this.#open.delete(event.pid);
    const lasted = call === undefined ? 0 : microseconds(event.at - call.event.at);
    if (call === undefined || this.#isProbed() || !isSameTask(call.event, event) || lasted < shortestWaitingCall)
      return null;
    return { ...waitOf(call, event.at, lasted), to: event.at, ended: "returned" };
  }

  /** The task of this number is in no call any more: it began another one, or is another task now. */
  endTask(pid: number, at: number): void {
    const call = this.#open.get(pid);
    this.#open.delete(pid);
    if (call !== undefined && this.#isAlone() && this.#past.length < traceBounds.waits)
      this.#past.push(unansweredCall(call, at));
  }

  /** The call that the task of this number is in, as far as its beginning was recorded. */
  of(pid: number): TraceCall | null {
    return this.#open.get(pid) ?? null;
  }

  /** Forgets the call that the task of this number is in: its wait is known by other events. */
  forget(pid: number): void {
    this.#open.delete(pid);
  }

  /** Calls that may have waited, where nothing but beginnings was recorded. */
  asks(): readonly Wait[] {
    return this.#isAlone()
      ? [...this.#past, ...[...this.#open.values()].map((call) => unansweredCall(call, null))]
      : [];
  }

  /** Calls that have lasted long enough for a wait by `lastAt`. Only where their ends are sure to be recorded. */
  waits(lastAt: number, losses: number): readonly Wait[] {
    if (!this.#answered || this.#isProbed()) return [];
    return [...this.#open.values()]
      .filter(({ event, lossesBefore }) => lossesBefore === losses && lastAt - event.at >= shortestWaitingCall)
      .map((call) => waitOf(call, lastAt, microseconds(lastAt - call.event.at)));
  }

  /** Nothing but beginnings of calls is recorded. */
  #isAlone(): boolean {
    return !this.#isProbed() && !this.#answered;
  }
}

function waitOf(call: TraceCall, seenAt: number, seconds: number): Wait {
  const from = call.event.at;
  return {
    ...taskOf({ ...call, call, gatheredJitter: false }),
    interface: "getrandom",
    from,
    notBefore: from,
    seenAt,
    seconds,
  };
}
