import type { Wait } from "../../core/wait.ts";
import { remember } from "../../core/base/bounded-map.ts";
import { microseconds } from "../../core/base/time.ts";
import type { TraceEvent } from "./trace-line.ts";
import { isSameTask, taskOf, traceBounds } from "./trace-tasks.ts";

/** A call that is served at once takes a tenth of a millisecond; seeding takes tens of milliseconds, and more. */
const shortestWait = 0.01;
/** Calls of one task that are no further apart count as one wait, with their number in `times`. */
const sameStretchSeconds = 1;

type GeneratorCall = Pick<Parameters<typeof taskOf>[0], "event" | "line" | "exe">;

/**
 * Finds who waited for the kernel's FIPS generator in the text of a trace with probes on crypto_devrandom_read_iter().
 * Every caller goes through it; one that was in it for long waited for its seeding, for callers in front, or for many
 * bytes.
 */
export class GeneratorCalls {
  readonly #inside = new Map<number, GeneratorCall>();
  /** The wait that a task's next call may continue with. */
  readonly #latest = new Map<number, Wait>();
  #waits: Wait[] = [];
  #dropped = 0;

  /** Waits that were left out because there are too many. */
  get dropped(): number {
    return this.#dropped;
  }

  enter(event: TraceEvent, line: number | null, exe: string | null): void {
    remember(this.#inside, event.pid, { event, line, exe }, traceBounds.tasks);
  }

  /** `caller`: the function that called the generator; null where another's return probe hides it. */
  leave(event: TraceEvent, caller: string | null): void {
    const call = this.#inside.get(event.pid);
    this.#inside.delete(event.pid);
    if (call === undefined || !isSameTask(call.event, event) || event.at - call.event.at < shortestWait) return;
    const wait = waitOf(call, event.at, caller);
    this.#keep(event.pid, { ...wait, to: event.at, ended: "returned" });
  }

  /** The task is gone, or runs another program. */
  endTask(pid: number): void {
    this.#inside.delete(pid);
    this.#latest.delete(pid);
  }

  /** The waits so far, and at the end those that go on; `lastAt`: until when the trace was seen. */
  waits(lastAt: number): readonly Wait[] {
    const open = [...this.#inside.values()].filter(({ event }) => lastAt - event.at >= shortestWait);
    return [...this.#waits, ...open.map((call) => waitOf(call, lastAt, null))];
  }

  #keep(pid: number, wait: Wait): void {
    const before = this.#latest.get(pid);
    const goesOn =
      before !== undefined &&
      before.interface === wait.interface &&
      (wait.from ?? 0) - (before.to ?? 0) <= sameStretchSeconds;
    const whole = goesOn ? joined(before, wait) : wait;
    if (goesOn) this.#waits[this.#waits.lastIndexOf(before)] = whole;
    else if (this.#waits.length < traceBounds.waits) this.#waits.push(whole);
    else return void this.#dropped++;
    remember(this.#latest, pid, whole, traceBounds.tasks);
  }
}

function waitOf({ event, line, exe }: GeneratorCall, until: number, caller: string | null): Wait {
  return {
    ...taskOf({ event, line, exe, call: null, stack: [], registers: null, gatheredJitter: false }),
    gatheredJitter: null,
    interface: caller === null || /sys_getrandom/.test(caller) ? "getrandom" : "dev-random",
    interfaceSeen: caller !== null,
    generator: "drbg",
    from: event.at,
    notBefore: event.at,
    seenAt: until,
    seconds: microseconds(until - event.at),
  };
}

function joined(before: Wait, { to, seenAt, seconds }: Wait): Wait {
  return {
    ...before,
    to,
    seenAt,
    times: before.times + 1,
    seconds: microseconds((before.seconds ?? 0) + (seconds ?? 0)),
  };
}
