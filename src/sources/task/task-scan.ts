import { type Wait, lastedSeconds, unknownWait } from "../../core/wait.ts";
import { microseconds, type MonotonicSeconds } from "../../core/base/time.ts";
import type { LiveStack } from "../../parse/stack/live-stack.ts";
import { join } from "../../platform/builtins.ts";
import { GeneratorQueue } from "./generator-queue.ts";
import { NewTasks } from "./new-tasks.ts";
import { RandomPollers } from "./random-pollers.ts";
import { threadFolder, threads } from "./threads.ts";
import { hasReturnProbes } from "../trace/return-probes.ts";
import type { Host } from "../source.ts";
import { type StackCounts, TaskStacks } from "./task-stacks.ts";
import { Waiters } from "../program/waiter.ts";

/** Waits that are followed at once. */
const mostWaits = 512;
/** How often a task that sleeps in poll(2) is examined for what it polls. */
const askPollersSeconds = 5;
/** A wait that has not ended is reported again at this interval. What a poller polls is read at the same interval. */
const reportAgainSeconds = 1;
/** A survey can be interrupted after this many tasks. */
const tasksPerStep = 16;

/** What one sample found. */
export interface Look extends StackCounts {
  readonly waits: readonly Wait[];
}

interface FollowedTask {
  readonly folder: string;
  /** When it started, to distinguish it from another task with its number. */
  readonly startTicks: number | null;
  wait: Wait;
  seenAt: MonotonicSeconds;
  reportedAt: MonotonicSeconds;
  /** Of a task that waits for the kernel's FIPS generator. */
  readonly queue: GeneratorQueue | null;
}

/** The stack of a task that waits. What a poller polls is known by its open files. */
type Waits = Extract<LiveStack, { readonly kind: "waiting" | "polling" }>;

/**
 * Finds tasks that wait for randomness by their stacks, again and again. The first waiter spins inside the kernel:
 * state R, no wchan, "running" in /proc/PID/syscall. Only the stack shows it. What is new is sampled at each
 * `glance`, all tasks in a `survey`.
 */
export class TaskScan {
  readonly #host: Host;
  readonly #stacks: TaskStacks;
  readonly #new = new NewTasks();
  readonly #followed = new Map<number, FollowedTask>();
  readonly #pollers: RandomPollers;
  readonly #waiters: Waiters;
  /** When the last whole survey began. */
  #surveyedAt: MonotonicSeconds | null = null;
  /** That is under way. */
  #survey: Iterator<void, void> | null = null;
  /** What has been seen of waits since this was last reported. */
  #found: Wait[] = [];

  constructor(host: Host) {
    this.#host = host;
    this.#stacks = new TaskStacks(host);
    this.#stacks.sparesRunning = hasReturnProbes(host.roots);
    this.#pollers = new RandomPollers(host);
    this.#waiters = new Waiters(host);
  }

  /** Closes what is open. */
  close(): void {
    this.#stacks.close();
  }

  /** Whether a task waits whose end has not been seen. */
  get follows(): boolean {
    return this.#followed.size > 0;
  }

  /** Whether a survey is under way. */
  get surveys(): boolean {
    return this.#survey !== null;
  }

  /** Looks at every task of the host, for about this long; the next call continues with those that are left. */
  survey(milliseconds = Infinity): Look {
    const survey = (this.#survey ??= this.#surveyInSteps());
    const until = performance.now() + milliseconds;
    do if (survey.next().done === true) this.#survey = null;
    while (this.surveys && performance.now() < until);
    return this.#lookBack();
  }

  *#surveyInSteps(): Generator<void, void> {
    const began = this.#host.now();
    this.#stacks.sparesRunning = hasReturnProbes(this.#host.roots);
    const unmet = new Set(this.#followed.keys());
    let [looks, shows] = [0, false];
    for (const [pid, tid] of threads(this.#host.roots)) {
      unmet.delete(tid);
      this.#lookInSurvey(pid, tid);
      if (this.#stacks.denied && !shows) return;
      if (++looks % tasksPerStep !== 0) continue;
      shows ||= this.#stacks.shows;
      yield;
    }
    for (const tid of unmet) this.#end(tid);
    this.#pollers.forgetBefore(began - askPollersSeconds);
    this.#surveyedAt = began;
  }

  #lookInSurvey(pid: number, tid: number): void {
    const task = this.#new.get(tid);
    if (task === undefined) return void this.#look(pid, tid, this.#surveyedAt);
    const at = this.#host.now();
    this.#look(pid, tid, task.lookedAt);
    task.lookedAt = at;
  }

  /** Samples the tasks that wait and those that are new: with a number that the kernel gave after the last sample. */
  glance(): Look {
    const at = this.#host.now();
    this.#meetNew(at);
    for (const tid of this.#followed.keys()) this.#look(null, tid, null);
    for (const [tid, task] of this.#new) {
      if (this.#followed.has(tid)) continue;
      const isThere = this.#look(null, tid, task.lookedAt);
      if (this.#new.looked(task, at, isThere)) this.#forget(tid);
    }
    return this.#lookBack();
  }

  #lookBack(): Look {
    const waits = this.#found;
    this.#found = [];
    return { waits, ...this.#stacks.drainCounts() };
  }

  /**
   * The last field of /proc/loadavg is the number given last (proc_loadavg(5)): one small read shows that no task is
   * new.
   */
  #meetNew(at: MonotonicSeconds): void {
    const read = this.#stacks.read(join(this.#host.roots.proc, "loadavg"), true);
    const last = Number(read.kind === "ok" ? read.value.trim().split(" ").at(-1) : Number.NaN);
    if (Number.isInteger(last)) for (const tid of this.#new.meet(last, at)) this.#forget(tid);
  }

  #forget(tid: number): void {
    this.#new.forget(tid);
    if (!this.#followed.has(tid)) this.#stacks.forget(threadFolder(this.#host.roots, tid, tid));
  }

  /** Looks at one task; false: it is not there. */
  #look(pid: number | null, tid: number, notBefore: MonotonicSeconds | null): boolean {
    const known = this.#followed.get(tid);
    if (known?.queue != null) return this.#lookInQueue(tid, known, known.queue);
    const folder = known?.folder ?? threadFolder(this.#host.roots, pid ?? tid, tid);
    const stack = this.#stacks.of(folder, known !== undefined || this.#new.get(tid)?.found === true);
    if (stack?.kind === "unseen" || (stack?.kind === "other" && known === undefined)) return true;
    const at = this.#stacks.readAt ?? this.#host.now();
    const knownPolls = known?.wait.polls === true;
    const polls =
      stack?.kind === "polling"
        ? this.#pollers.ask(tid, folder, at, knownPolls ? reportAgainSeconds : askPollersSeconds)
        : null;
    // It sleeps as before, and is not shown to wait until it is sampled again.
    if (knownPolls && stack?.kind === "polling" && polls === null) return true;
    const waits =
      stack?.kind === "waiting" || (stack?.kind === "polling" && polls?.isForRandom === true) ? stack : null;
    if (known !== undefined) {
      if (waits !== null && known.wait.polls === (waits.kind === "polling") && this.#goOn(known, at, waits))
        return true;
      this.#end(tid, at);
    }
    if (waits !== null && this.#followed.size < mostWaits)
      this.#begin(tid, folder, waits, { at, notBefore: known?.seenAt ?? polls?.askedBefore ?? notBefore });
    return stack !== null;
  }

  /** A task that was in the queue for the FIPS generator; false: it is not there. */
  #lookInQueue(tid: number, known: FollowedTask, queue: GeneratorQueue): boolean {
    const stack = this.#stacks.of(known.folder, true);
    const at = this.#stacks.readAt ?? this.#host.now();
    const isThere = this.#isThere(known);
    const isIn =
      isThere &&
      stack?.kind === "waiting" &&
      stack.generator === "drbg" &&
      this.#stacks.statOf(known.folder)?.state !== "R";
    if (isIn) {
      queue.isIn(at, known.seenAt, this.#stacks.voluntarySwitches(known.folder));
      this.#goOn(known, at, stack);
    } else if (queue.isOut(at) || !isThere) this.#end(tid, queue.leftAt ?? at);
    return stack !== null;
  }

  #begin(
    tid: number,
    folder: string,
    stack: Waits,
    { at, notBefore }: { readonly at: MonotonicSeconds; readonly notBefore: MonotonicSeconds | null },
  ): void {
    const stat = this.#stacks.statOf(folder);
    if (stack.kind === "waiting" && stack.unlessRunning && stat?.state === "R") return;
    const wait: Wait = {
      ...unknownWait,
      ...this.#waiters.of(tid),
      interface: stack.kind === "waiting" ? stack.interface : "dev-random",
      generator: stack.kind === "waiting" ? stack.generator : "crng",
      polls: stack.kind === "polling",
      gatheredJitter: stack.kind === "waiting" && stack.gatheredJitter ? true : null,
      // Somewhere between the last sample that did not show it and this one.
      from: notBefore === null ? at : microseconds((notBefore + at) / 2),
      notBefore,
      seenAt: at,
      errorSeconds: notBefore === null ? null : microseconds((at - notBefore) / 2),
      evidence: "live",
    };
    const queue = wait.generator === "drbg" ? new GeneratorQueue(this.#stacks.voluntarySwitches(folder)) : null;
    const called = this.#waiters.withCall(wait);
    this.#followed.set(tid, {
      folder,
      startTicks: stat?.startTicks ?? null,
      wait: called,
      seenAt: at,
      reportedAt: at,
      queue,
    });
    this.#found.push(called);
  }

  /** A known wait still lasts; false: it is another task's, which has its number. */
  #goOn(known: FollowedTask, at: MonotonicSeconds, stack: Waits): boolean {
    const gatheredJitter =
      known.wait.gatheredJitter === true || (stack.kind === "waiting" && stack.gatheredJitter) ? true : null;
    const news = gatheredJitter !== known.wait.gatheredJitter;
    const isDue = news || at - known.reportedAt >= reportAgainSeconds;
    if (isDue && !this.#isThere(known)) return false;
    known.seenAt = at;
    known.wait = { ...known.wait, seenAt: at, gatheredJitter, ...lasted(known, at) };
    if (!isDue) return true;
    known.reportedAt = at;
    // A task that has gathered for a second without success sleeps for one.
    if (known.wait.request === null) known.wait = this.#waiters.withCall(known.wait);
    this.#found.push(known.wait);
    return true;
  }

  #end(tid: number, at = this.#host.now()): void {
    const known = this.#followed.get(tid);
    if (known === undefined) return;
    this.#followed.delete(tid);
    this.#stacks.forget(known.folder);
    const to = microseconds((known.seenAt + at) / 2);
    // A task that is still there has returned from its call.
    const ended = this.#isThere(known) ? "returned" : "gone";
    this.#found.push({
      ...known.wait,
      to,
      ended,
      errorSeconds: Math.max(known.wait.errorSeconds ?? 0, microseconds(at - to)),
      ...lasted(known, to),
    });
  }

  /** Whether it lives: another may have its number, and a killed task is there until its parent waits for it. */
  #isThere({ folder, startTicks }: FollowedTask): boolean {
    const stat = this.#stacks.statOf(folder);
    return stat !== null && stat.startTicks === startTicks && !/^[ZX]/.test(stat.state);
  }
}

/** What is known by `at` of how long it waited, and of how often. */
function lasted({ wait: { from }, queue }: FollowedTask, at: MonotonicSeconds): Pick<Wait, "seconds" | "times"> {
  if (queue !== null && queue.times > 1) return { seconds: queue.sleptSeconds, times: queue.times };
  return { seconds: lastedSeconds(from, at), times: 1 };
}
