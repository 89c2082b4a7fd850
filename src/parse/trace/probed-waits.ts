import type { RandomRequest } from "../../core/caller.ts";
import type { Wait } from "../../core/wait.ts";
import { remember } from "../../core/base/bounded-map.ts";
import { microseconds } from "../../core/base/time.ts";
import { interfaceOfCaller, type WaitInterface } from "../stack/frame-meanings.ts";
import type { UserRegisters } from "./kernel-stack-words.ts";
import type { TraceEvent, TraceMark, WaitFunction } from "./trace-line.ts";
import { type TraceCall, type Entered, isSameTask, taskOf, traceBounds } from "./trace-tasks.ts";

/**
 * A ready CRNG lets its caller through in microseconds, though a read of /dev/random enters the wait always. A wait
 * takes longer.
 */
const shortestWait = 0.001;

type Entry = Extract<TraceMark, { readonly kind: "entered" }>;
type Return = Extract<TraceMark, { readonly kind: "returned" }>;

/** What else the trace shows of the task of an event. */
interface AtEvent {
  readonly event: TraceEvent;
  readonly line: number | null;
  /** The program that it runs. */
  readonly exe: string | null;
  /** The call that it is in. */
  readonly call: TraceCall | null;
}

/**
 * Waits by the probes on the kernel's waiting functions and on their returns. Since 5.18 a read of /dev/urandom
 * generates without waiting first; any other try_to_generate_entropy() is part of a wait_for_random_bytes().
 */
export class ProbedWaits {
  readonly #entered: Readonly<Record<WaitFunction, Map<number, Entered>>> = {
    wait_for_random_bytes: new Map(),
    try_to_generate_entropy: new Map(),
  };
  readonly #keep: (wait: Wait) => void;
  readonly #lastReturn = new Map<string, number>();
  readonly #registers = new Map<string, UserRegisters>();
  /** When calls returned, of any task: before the first of them no wait can have ended. */
  #returns: number[] = [];
  #seen = false;
  #dropped = 0;

  /** `keep` takes each wait that has ended, in order of their ends. */
  constructor(keep: (wait: Wait) => void) {
    this.#keep = keep;
  }

  /** Events of the waiting functions are recorded in this trace. */
  get seen(): boolean {
    return this.#seen;
  }

  /** Waits that were left out because too many were open. */
  get dropped(): number {
    return this.#dropped;
  }

  /** With which registers a task entered the kernel that began to wait then; null: they were not recorded. */
  registersOf(tid: number, from: number): UserRegisters | null {
    return this.#registers.get(`${tid} ${from}`) ?? null;
  }

  /** `losses`: how many had been seen until then. `expectStack` is called where the wait is kept: its stack follows. */
  enter({ wait, registers }: Entry, at: AtEvent, losses: number, expectStack: () => string[]): void {
    const { event, line, exe, call } = at;
    this.#seen = true;
    const entered = this.#entered[wait];
    const before = entered.get(event.pid);
    const around = wait === "try_to_generate_entropy" ? this.#entered.wait_for_random_bytes.get(event.pid) : undefined;
    if (around !== undefined) around.gatheredJitter = true;
    // Two probes at one place, one armed at boot and one at run time, both report the same entry.
    if (before !== undefined && isSameMoment(before.event.at, event.at) && isSameTask(before.event, event)) return;
    if (before !== undefined) this.#lose(wait, before, losses);
    if (entered.size >= traceBounds.waits) {
      this.#dropped++;
      return;
    }
    if (registers !== null) remember(this.#registers, `${event.pid} ${event.at}`, registers, traceBounds.waits);
    entered.set(event.pid, {
      event,
      line,
      exe,
      call: call !== null && isSameTask(call.event, event) ? call : null,
      stack: expectStack(),
      registers,
      gatheredJitter: wait === "try_to_generate_entropy",
      returnsBefore: this.#returns.length,
      lossesBefore: losses,
    });
  }

  /** True: it was a wait, so that the call of its task is known by it. */
  return({ wait, caller, value }: Return, at: AtEvent, losses: number): boolean {
    const { event, line, exe } = at;
    const { pid } = event;
    this.#seen = true;
    const key = `${wait} ${pid}`;
    const last = this.#lastReturn.get(key);
    remember(this.#lastReturn, key, event.at, traceBounds.tasks);
    const before = this.#entered[wait].get(pid);
    this.#entered[wait].delete(pid);
    const paired =
      before !== undefined && isSameTask(before.event, event) && event.at >= before.event.at ? before : null;
    if (before !== undefined && paired === null) this.#lose(wait, before, losses);
    if (paired === null && last !== undefined && isSameMoment(last, event.at)) return false;
    const door = caller === null ? likeliest[wait] : interfaceOfCaller(caller);
    // Part of a wait, which its own events report.
    if (wait === "try_to_generate_entropy" && (door === null || this.#entered.wait_for_random_bytes.has(pid)))
      return false;
    if (this.#returns.length < traceBounds.tasks) this.#returns.push(event.at);
    if (paired !== null && microseconds(event.at - paired.event.at) < shortestWait) return false;
    const from = paired?.event.at ?? null;
    const task = paired ?? {
      event,
      line,
      exe,
      call: at.call,
      stack: [],
      registers: null,
      gatheredJitter: wait === "try_to_generate_entropy",
    };
    // A read of a device is no part of a call of getrandom(2), whose end was then not recorded.
    const through = door ?? likeliest[wait];
    const call = through === "getrandom" ? task.call : null;
    const registers = syscallOf[through] === task.registers?.request?.syscall ? task.registers : null;
    this.#keep({
      ...taskOf({ ...task, call, registers }),
      interface: through,
      interfaceSeen: door !== null,
      from,
      notBefore: from,
      seenAt: event.at,
      to: event.at,
      ended: value !== null && value < 0 ? "interrupted" : "returned",
      endShown: value !== null,
      seconds: from === null ? null : microseconds(event.at - from),
    });
    return true;
  }

  /** The task of this number is in no wait any more: it does something else, or is another task now. */
  endTask(pid: number, losses: number): void {
    for (const wait of ["wait_for_random_bytes", "try_to_generate_entropy"] as const) {
      const entered = this.#entered[wait].get(pid);
      if (entered === undefined) continue;
      const inside = wait === "try_to_generate_entropy" && this.#entered.wait_for_random_bytes.has(pid);
      this.#entered[wait].delete(pid);
      if (!inside) this.#lose(wait, entered, losses);
    }
  }

  /** The waits that have not ended by `lastAt`. */
  open(lastAt: number, losses: number): readonly Wait[] {
    const { wait_for_random_bytes: waiting, try_to_generate_entropy: generating } = this.#entered;
    const alone = [...generating].filter(([pid]) => !waiting.has(pid));
    return [
      ...[...waiting.values()].map((entered) => this.#openWait("wait_for_random_bytes", entered, lastAt, losses)),
      ...alone.map(([, entered]) => this.#openWait("try_to_generate_entropy", entered, lastAt, losses)),
    ];
  }

  /**
   * Keeps a wait whose return was not recorded. A return probe fires for a limited number of tasks at a time: as many
   * as there are processors on kernels without CONFIG_PREEMPTION, 10 or more with it (register_kretprobe() of
   * kernel/kprobes.c).
   */
  #lose(wait: WaitFunction, entered: Entered, losses: number): void {
    this.#keep({ ...this.#openWait(wait, entered, null, losses), ended: "returned" });
  }

  /** `surelyUntil`: a moment at which it had not ended, as far as its own events show. */
  #openWait(wait: WaitFunction, entered: Entered, surelyUntil: number | null, losses: number): Wait {
    // Its own return may not have been recorded, and returns of others show that waiters were let through: it surely
    // lasted until the first.
    const until = this.#returns[entered.returnsBefore] ?? surelyUntil;
    const from = entered.event.at;
    const certain =
      until !== null && until > from && entered.lossesBefore === losses && entered.returnsBefore < traceBounds.tasks;
    const seenAt = certain ? until : from;
    const syscall = entered.registers?.request?.syscall;
    const isRead = syscall === "read" && wait === "wait_for_random_bytes";
    return {
      ...taskOf(entered),
      interface: isRead ? "dev-random" : likeliest[wait],
      interfaceSeen: syscall === "getrandom",
      from,
      notBefore: from,
      seenAt,
      seconds: certain ? microseconds(until - from) : null,
    };
  }
}

/** Only a return names its caller. Of the waits without one, nearly all are in getrandom(2). */
const likeliest: Readonly<Record<WaitFunction, WaitInterface>> = {
  wait_for_random_bytes: "getrandom",
  try_to_generate_entropy: "urandom",
};

/** The system call of each interface, where the kernel itself does not wait. */
const syscallOf: Readonly<Partial<Record<WaitInterface, RandomRequest["syscall"]>>> = {
  getrandom: "getrandom",
  "dev-random": "read",
  urandom: "read",
};

function isSameMoment(before: number, at: number): boolean {
  return at >= before && microseconds(at - before) < shortestWait;
}
