import type { Wait } from "../../core/wait.ts";
import { microseconds } from "../../core/base/time.ts";
import { remember } from "../../core/base/bounded-map.ts";
import type { EntropyCredits } from "../../core/entropy-credits.ts";
import { CreditSums } from "./entropy-credits.ts";
import { GeneratorCalls } from "./generator-calls.ts";
import { mayWait } from "./request-fingerprint.ts";
import type { RandomRequest } from "../../core/caller.ts";
import { interfaceOfCaller, type WaitInterface } from "../stack/stack-frames.ts";
import type { UserRegisters } from "./kernel-stack-words.ts";
import { parseTraceMark, type TraceEvent, type TraceMark, type WaitFunction, TraceLines } from "./trace-line.ts";
import { TracePrograms } from "./trace-programs.ts";
import { askOf, type Asked, type Entered, isSameTask, taskOf } from "./trace-tasks.ts";

const bounds = {
  waits: 512,
  losses: 256,
  /**
   * Tasks that are remembered beside: what they asked, and when a wait returned. The oldest are forgotten; that costs a
   * detail, no wait.
   */
  tasks: 4096,
  /** FTRACE_STACK_ENTRIES of kernel/trace/trace.h; more is no stack. */
  frames: 16,
} as const;

/**
 * A ready CRNG lets its caller through in microseconds, though a read of /dev/random enters the wait always. Who waits,
 * waits longer.
 */
const shortestWait = 0.001;

/**
 * Where only system calls were recorded, a call that lasted this long waited. Below, it may as well have been put aside
 * for others: at boot there is more to run than there are processors.
 */
const shortestWaitingCall = 0.05;

/** Without frame pointers the kernel walks on into whatever is on the stack; no user space reaches as high as this. */
const noUserAddress = /^<(?!00)[0-9a-f]{16}>/;

type Entry = Extract<TraceMark, { readonly kind: "entered" }>;
type Return = Extract<TraceMark, { readonly kind: "returned" }>;

/**
 * Finds the tasks that waited for randomness in the text of a trace with the probes of the flight recorder:
 * `p:crngwatch/wait,wait_for_random_bytes` and `gen,try_to_generate_entropy`, with their returns `waited` and `gend`,
 * and sched_process_exec beside. Since 5.18 a read of /dev/urandom generates without waiting first; any other `gen` is
 * part of a `wait`.
 */
export class TraceWaits {
  readonly #lines = new TraceLines();
  readonly #entered: Readonly<Record<WaitFunction, Map<number, Entered>>> = {
    wait_for_random_bytes: new Map(),
    try_to_generate_entropy: new Map(),
  };
  readonly #programs = new TracePrograms();
  readonly #generator = new GeneratorCalls();
  readonly #credits = new CreditSums();
  readonly #lastReturn = new Map<string, number>();
  readonly #asked = new Map<number, Asked>();
  /** Whose stack comes next, by the event before it; and that which is being read. */
  readonly #stackOf = new Map<number, string[]>();
  #stack: string[] | null = null;
  /** Events of the waiting functions, and ends of calls, are recorded in this trace. */
  #probed = false;
  #answered = false;
  /** When calls returned, of any task: before the first of them no wait can have ended. */
  #returns: number[] = [];
  readonly #registers = new Map<string, UserRegisters>();
  #found: Wait[] = [];
  #pastAsks: Wait[] = [];
  #losses: { readonly line: number | null; readonly lost: number | null }[] = [];
  #lossCount = 0;
  #lastAt = 0;
  #entries = 0;
  #dropped = 0;

  /** Takes the next line; true: it is one of a trace. */
  take(text: string, line: number | null): boolean {
    const parsed = this.#lines.take(text);
    if (parsed === null) return false;
    if (parsed.kind === "loss") {
      this.#lossCount++;
      if (this.#losses.length < bounds.losses) this.#losses.push({ line, lost: parsed.lost });
      else this.#dropped++;
    }
    if (parsed.kind === "stack" && this.#stack !== null) this.#takeFrame(this.#stack, parsed.frame);
    if (parsed.kind !== "event") return true;
    this.#lastAt = Math.max(this.#lastAt, parsed.at);
    this.#stack = null;
    const mark = parseTraceMark(parsed);
    if (mark !== null) this.#takeMark(parsed, mark, line);
    return true;
  }

  /**
   * Calls that may have waited, where nothing but beginnings was recorded. Whether one did depends on when the CRNG let
   * callers through. `to`, where it is known: the latest moment at which it had returned, by what its task did next.
   */
  asks(): readonly Wait[] {
    if (this.#probed || this.#answered) return [];
    return [...this.#pastAsks, ...[...this.#asked.values()].map((asked) => askOf(asked, null))];
  }

  /** The waits so far: those that ended, in order of their ends, then those that have not. */
  waits(): readonly Wait[] {
    return [...this.#found, ...this.#openWaits(), ...this.#generator.waits(this.#lastAt)].slice(0, bounds.waits);
  }

  /** What was credited towards a ready CRNG, where that is probed. */
  get credits(): EntropyCredits {
    return this.#credits.all;
  }

  /** With which registers a task entered the kernel that began to wait then; null: they were not recorded. */
  registersOf(tid: number, from: number): UserRegisters | null {
    return this.#registers.get(`${tid} ${from}`) ?? null;
  }

  /** Entries into the probed functions, those included that returned at once. */
  get entries(): number {
    return this.#entries;
  }

  /** Whether a task has started another program since, though that may have the same name. */
  hasGoneOn(tid: number, since: number): boolean {
    return this.#programs.lastStart(tid) > since;
  }

  /** Waits and losses that were left out because there are too many. */
  get dropped(): number {
    const waits = this.#found.length + this.#openWaits().length + this.#generator.waits(this.#lastAt).length;
    return this.#dropped + this.#generator.dropped + Math.max(0, waits - bounds.waits);
  }

  /** Where the trace itself says that events are missing; `lost` is null where it does not say how many. */
  get losses(): readonly { readonly line: number | null; readonly lost: number | null }[] {
    return this.#losses;
  }

  #takeFrame(stack: string[], frame: string): void {
    if (stack.length < bounds.frames && !noUserAddress.test(frame)) stack.push(frame);
    else this.#stack = null;
  }

  #takeMark(event: TraceEvent, mark: TraceMark, line: number | null): void {
    switch (mark.kind) {
      case "asked":
        return this.#ask(mark.request, event, line);
      case "answered":
        return this.#answer(event);
      case "user-stack":
        this.#stack = this.#stackOf.get(event.pid) ?? null;
        this.#stackOf.delete(event.pid);
        return;
      case "entered":
        return this.#enter(mark, event, line);
      case "returned":
        return this.#return(mark, event, line);
      case "credited":
        return this.#credits.take(event, mark);
      case "generator-entered":
        this.#entries++;
        return this.#generator.enter(event, line, this.#programs.of(event));
      case "generator-left":
        return this.#generator.leave(event, mark.caller);
      case "exec":
        for (const pid of mark.pids) this.#endTask(pid, event.at);
        for (const pid of mark.pids) this.#programs.started(pid, mark.exe, event.at);
        return;
      case "exit":
        this.#endTask(mark.pid, event.at);
        this.#programs.ended(mark.pid);
        return;
      case "fork": {
        // A new task: the task that had its number before is gone, and it runs its parent's program.
        this.#endTask(mark.child, event.at);
        this.#programs.forked(mark.parent, mark.child, event.at);
        return;
      }
    }
  }

  #ask(request: RandomRequest, event: TraceEvent, line: number | null): void {
    this.#endAsk(event.pid, event.at);
    if (!mayWait(request)) return;
    const stack: string[] = [];
    remember(
      this.#asked,
      event.pid,
      { request, event, line, exe: this.#programs.of(event), stack, registers: null, lossesBefore: this.#lossCount },
      bounds.tasks,
    );
    remember(this.#stackOf, event.pid, stack, bounds.tasks);
  }

  #endAsk(pid: number, at: number): void {
    const asked = this.#asked.get(pid);
    this.#asked.delete(pid);
    if (asked !== undefined && !this.#probed && !this.#answered && this.#pastAsks.length < bounds.waits)
      this.#pastAsks.push(askOf(asked, at));
  }

  #answer(event: TraceEvent): void {
    this.#answered = true;
    const asked = this.#asked.get(event.pid);
    this.#asked.delete(event.pid);
    const lasted = asked === undefined ? 0 : microseconds(event.at - asked.event.at);
    // Where the waiting functions are probed, those events show the waits.
    if (asked === undefined || this.#probed || !isSameTask(asked.event, event) || lasted < shortestWaitingCall) return;
    const from = asked.event.at;
    this.#keep({
      ...taskOf({ ...asked, asked, gatheredJitter: false }),
      interface: "getrandom",
      from,
      notBefore: from,
      seenAt: event.at,
      to: event.at,
      ended: "returned",
      seconds: lasted,
    });
  }

  #enter({ wait, registers }: Entry, event: TraceEvent, line: number | null): void {
    this.#probed = true;
    this.#entries++;
    const entered = this.#entered[wait];
    const before = entered.get(event.pid);
    const around = wait === "try_to_generate_entropy" ? this.#entered.wait_for_random_bytes.get(event.pid) : undefined;
    if (around !== undefined) around.gatheredJitter = true;
    // Two probes at one place, one armed at boot and one at run time, both report the same entry.
    if (before !== undefined && isSameMoment(before.event.at, event.at) && isSameTask(before.event, event)) return;
    if (before !== undefined) this.#lose(wait, before);
    if (entered.size >= bounds.waits) {
      this.#dropped++;
      return;
    }
    const asked = this.#asked.get(event.pid);
    const stack: string[] = [];
    remember(this.#stackOf, event.pid, stack, bounds.tasks);
    if (registers !== null) remember(this.#registers, `${event.pid} ${event.at}`, registers, bounds.waits);
    entered.set(event.pid, {
      event,
      line,
      exe: this.#programs.of(event),
      asked: asked !== undefined && isSameTask(asked.event, event) ? asked : null,
      stack,
      registers,
      gatheredJitter: wait === "try_to_generate_entropy",
      returnsBefore: this.#returns.length,
      lossesBefore: this.#lossCount,
    });
  }

  #return({ wait, caller }: Return, event: TraceEvent, line: number | null): void {
    const { pid, at } = event;
    this.#probed = true;
    const key = `${wait} ${pid}`;
    const last = this.#lastReturn.get(key);
    remember(this.#lastReturn, key, at, bounds.tasks);
    const before = this.#entered[wait].get(pid);
    this.#entered[wait].delete(pid);
    const paired = before !== undefined && isSameTask(before.event, event) && at >= before.event.at ? before : null;
    if (before !== undefined && paired === null) this.#lose(wait, before);
    if (paired === null && last !== undefined && isSameMoment(last, at)) return;
    const door = caller === null ? likeliest[wait] : interfaceOfCaller(caller);
    // Part of a wait, which its own events report.
    if (wait === "try_to_generate_entropy" && (door === null || this.#entered.wait_for_random_bytes.has(pid))) return;
    if (this.#returns.length < bounds.tasks) this.#returns.push(at);
    if (paired !== null && microseconds(at - paired.event.at) < shortestWait) return;
    const from = paired?.event.at ?? null;
    const task = paired ?? {
      event,
      line,
      exe: this.#programs.of(event),
      asked: this.#asked.get(pid) ?? null,
      stack: [],
      registers: null,
      gatheredJitter: wait === "try_to_generate_entropy",
    };
    // A read of a device is no part of a call of getrandom(2), whose end was then not recorded.
    const through = door ?? likeliest[wait];
    const asked = through === "getrandom" ? task.asked : null;
    const registers = syscallOf[through] === task.registers?.request?.syscall ? task.registers : null;
    this.#asked.delete(pid);
    this.#keep({
      ...taskOf({ ...task, asked, registers }),
      interface: through,
      interfaceSeen: door !== null,
      from,
      notBefore: from,
      seenAt: at,
      to: at,
      ended: "returned",
      seconds: from === null ? null : microseconds(at - from),
    });
  }

  /** Whatever this task was in, it is in it no more: it went on to something else, or is another task now. */
  #endTask(pid: number, at: number): void {
    this.#generator.endTask(pid);
    this.#endAsk(pid, at);
    for (const wait of ["wait_for_random_bytes", "try_to_generate_entropy"] as const) {
      const entered = this.#entered[wait].get(pid);
      if (entered === undefined) continue;
      const inside = wait === "try_to_generate_entropy" && this.#entered.wait_for_random_bytes.has(pid);
      this.#entered[wait].delete(pid);
      if (!inside) this.#lose(wait, entered);
    }
  }

  /**
   * Keeps a wait whose return went by unseen. A return probe fires for so many tasks at a time only: as many as there
   * are processors on kernels without CONFIG_PREEMPTION, 10 or more with it (register_kretprobe() of kernel/kprobes.c).
   */
  #lose(wait: WaitFunction, entered: Entered): void {
    this.#keep({ ...this.#openWait(wait, entered, null), ended: "returned" });
  }

  #keep(wait: Wait): void {
    if (this.#found.length < bounds.waits) this.#found.push(wait);
    else this.#dropped++;
  }

  #openWaits(): readonly Wait[] {
    const { wait_for_random_bytes: waiting, try_to_generate_entropy: generating } = this.#entered;
    const alone = [...generating].filter(([pid]) => !waiting.has(pid));
    // Of a call alone its end must be sure to be recorded.
    const calls =
      this.#answered && !this.#probed
        ? [...this.#asked.values()].filter(
            ({ event, lossesBefore }) =>
              lossesBefore === this.#lossCount && this.#lastAt - event.at >= shortestWaitingCall,
          )
        : [];
    return [
      ...calls.map((asked): Wait => ({
        ...taskOf({ ...asked, asked, gatheredJitter: false }),
        interface: "getrandom",
        from: asked.event.at,
        notBefore: asked.event.at,
        seenAt: this.#lastAt,
        seconds: microseconds(this.#lastAt - asked.event.at),
      })),
      ...[...waiting.values()].map((entered) => this.#openWait("wait_for_random_bytes", entered, this.#lastAt)),
      ...alone.map(([, entered]) => this.#openWait("try_to_generate_entropy", entered, this.#lastAt)),
    ];
  }

  /** `surelyUntil`: a moment at which it had not ended, as far as its own events show. */
  #openWait(wait: WaitFunction, entered: Entered, surelyUntil: number | null): Wait {
    // Its own return may have gone by unseen, and others' show that waiters were let through: it surely lasted until
    // the first.
    const until = this.#returns[entered.returnsBefore] ?? surelyUntil;
    const from = entered.event.at;
    const certain =
      until !== null &&
      until > from &&
      entered.lossesBefore === this.#lossCount &&
      entered.returnsBefore < bounds.tasks;
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

/** Only a return names its caller. Of those that wait without one, nearly all are in getrandom(2). */
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
