import { type BlockedTask, unknownWait } from "../core/blocked-task.ts";
import { microseconds, type MonotonicSeconds } from "../core/time.ts";
import { type LiveStack, parseLiveStack } from "../parse/live-stack.ts";
import { fs, join } from "../platform/builtins.ts";
import { isDenied, isVanished } from "../platform/errno.ts";
import { KeptFiles } from "../platform/kept-files.ts";
import { attempt } from "../platform/pseudo-file.ts";
import type { Host } from "./source.ts";
import { Waiters } from "./waiter.ts";

const bounds = {
  /** Tasks that are watched closely because they are new; of more, the newest. */
  young: 256,
  /** Waits that are followed at once. */
  waits: 512,
  /** A stack has at most 64 frames (MAX_STACK_TRACE_DEPTH) of some 60 bytes. */
  stackBytes: 8192,
  /** Open files of one process that are looked through for /dev/random. */
  descriptors: 1024,
  /** Files in /proc that are kept open to be read again. */
  kept: 96,
} as const;

/** A program that asks for randomness as it starts does so within this time of its own start, on a slow and busy machine too. */
const youngSeconds = 10;
/** The kernel gives a number before its task can be found. */
const bornWithinSeconds = 0.1;
/** A process that sleeps in poll(2) is asked what for this often. */
const askPollersSeconds = 5;
/** What goes on is told again this often: it still waits. */
const tellAgainSeconds = 1;

/** What one look found. */
export interface Look {
  readonly waits: readonly BlockedTask[];
  /** Somebody waits who was not known to: to find out who that is took time of its own. */
  readonly met: boolean;
  /** EACCES or EPERM: stacks are not for us. */
  readonly denied: boolean;
}

interface Young {
  readonly since: MonotonicSeconds;
  lookedAt: MonotonicSeconds;
}

interface Followed {
  wait: BlockedTask;
  toldAt: MonotonicSeconds;
}

/**
 * Finds tasks that wait for randomness by their stacks, again and again. The first waiter spins inside the kernel: state R, no wchan,
 * "running" in /proc/PID/syscall. Only the stack shows it. What is new is looked at at each `glance`, all tasks at each `survey`.
 */
export class TaskScan {
  readonly #host: Host;
  readonly #buffer = Buffer.allocUnsafe(bounds.stackBytes);
  readonly #young = new Map<number, Young>();
  readonly #followed = new Map<number, Followed>();
  /** When a process that polls was last asked for its open files. */
  #asked = new Map<number, MonotonicSeconds>();
  readonly #waiters: Waiters;
  readonly #files = new KeptFiles(bounds.kept);
  #lastPid: number | null = null;
  #surveyedAt: MonotonicSeconds | null = null;
  #denied = false;

  constructor(host: Host) {
    this.#host = host;
    this.#waiters = new Waiters(host);
  }

  /** Closes what is open. */
  close(): void {
    this.#files.closeAll();
  }

  /** Whether somebody waits whose end has not been seen. */
  get follows(): boolean {
    return this.#followed.size > 0;
  }

  /** Looks at every task of the host. */
  survey(): Look {
    const at = this.#host.now();
    const seen = new Set<number>();
    const found: BlockedTask[] = [];
    this.#denied = false;
    for (const [pid, tid] of this.#tasks()) {
      seen.add(tid);
      this.#look(pid, tid, this.#young.get(tid)?.lookedAt ?? this.#surveyedAt, found);
      if (this.#denied) break;
    }
    for (const tid of this.#followed.keys()) if (!seen.has(tid) && !this.#denied) this.#end(tid, found);
    for (const pid of this.#asked.keys()) if (!seen.has(pid)) this.#asked.delete(pid);
    this.#surveyedAt = at;
    return { waits: found, met: found.some(({ seconds }) => seconds === null), denied: this.#denied };
  }

  /** Looks at those that wait and at those that are new, whose number the kernel gave after the last look. */
  glance(): Look {
    const at = this.#host.now();
    this.#meetNew(at);
    const found: BlockedTask[] = [];
    for (const tid of this.#followed.keys()) this.#look(null, tid, null, found);
    for (const [tid, young] of this.#young) {
      if (this.#followed.has(tid)) continue;
      const isThere = this.#look(null, tid, young.lookedAt, found);
      young.lookedAt = at;
      const age = at - young.since;
      if (age > youngSeconds || (!isThere && age > bornWithinSeconds)) this.#forget(tid);
    }
    return { waits: found, met: found.some(({ seconds }) => seconds === null), denied: this.#denied };
  }

  /** Every thread of every process but our own, which polls /dev/random. */
  *#tasks(): Generator<readonly [pid: number, tid: number], void, undefined> {
    const { proc } = this.#host.roots;
    const processes = attempt(() => fs.readdirSync(proc));
    if (processes.is !== "ok") return;
    for (const name of processes.value) {
      const pid = Number(name);
      if (!Number.isInteger(pid) || (this.#host.roots.live && pid === process.pid)) continue;
      const threads = attempt(() => fs.readdirSync(join(proc, name, "task")));
      if (threads.is !== "ok") yield [pid, pid];
      else for (const thread of threads.value) yield [pid, Number(thread)];
    }
  }

  /** The last field of /proc/loadavg is the number given last (proc_loadavg(5)): one small read tells that nobody is new. */
  #meetNew(at: MonotonicSeconds): void {
    const last = Number(this.#read(join(this.#host.roots.proc, "loadavg"))?.trim().split(" ").at(-1) ?? Number.NaN);
    if (!Number.isInteger(last)) return;
    const before = this.#lastPid;
    this.#lastPid = last;
    // Around the end of the numbers the next survey finds them.
    if (before === null || last <= before) return;
    for (let tid = Math.max(before + 1, last - bounds.young + 1); tid <= last; tid++) this.#young.set(tid, { since: at, lookedAt: at });
    for (const tid of this.#young.keys()) {
      if (this.#young.size <= bounds.young) break;
      this.#forget(tid);
    }
  }

  #forget(tid: number): void {
    this.#young.delete(tid);
    if (!this.#followed.has(tid)) this.#files.close(this.#stackPath(tid, tid));
  }

  /** Looks at one task; false: it is not there. */
  #look(pid: number | null, tid: number, notBefore: MonotonicSeconds | null, found: BlockedTask[]): boolean {
    const text = this.#read(this.#stackPath(pid ?? tid, tid), this.#young.has(tid) || this.#followed.has(tid));
    // Between the look and what it comes to, which takes a while.
    const at = this.#host.now();
    const stack = text === null ? null : parseLiveStack(text);
    const known = this.#followed.get(tid);
    if (stack === null || stack.is === "other" || (stack.is === "polling" && !this.#pollsRandom(pid ?? tid, tid, at))) {
      if (known !== undefined) this.#end(tid, found);
      return stack !== null;
    }
    const polls = stack.is === "polling";
    if (known !== undefined && known.wait.polls === polls) {
      this.#goOn(known, at, stack, found);
      return true;
    }
    if (known !== undefined) this.#end(tid, found);
    if (this.#followed.size >= bounds.waits) return true;
    const wait: BlockedTask = {
      ...unknownWait,
      ...this.#waiters.of(tid),
      interface: stack.is === "polling" ? "dev-random" : stack.interface,
      polls,
      gathers: stack.is === "waiting" && stack.gathers ? true : null,
      // Somewhere between the last look that did not show it and this one.
      from: notBefore === null ? at : microseconds((notBefore + at) / 2),
      notBefore,
      seenAt: at,
      error: notBefore === null ? null : microseconds((at - notBefore) / 2),
      evidence: "live",
    };
    this.#followed.set(tid, { wait, toldAt: at });
    found.push(wait);
    return true;
  }

  #goOn(known: Followed, at: MonotonicSeconds, stack: LiveStack, found: BlockedTask[]): void {
    const gathers = known.wait.gathers === true || (stack.is === "waiting" && stack.gathers) ? true : null;
    const news = gathers !== known.wait.gathers;
    known.wait = { ...known.wait, seenAt: at, gathers, seconds: lasted(known.wait, at) };
    if (!news && at - known.toldAt < tellAgainSeconds) return;
    known.toldAt = at;
    found.push(known.wait);
  }

  #end(tid: number, found: BlockedTask[]): void {
    const known = this.#followed.get(tid);
    if (known === undefined) return;
    this.#followed.delete(tid);
    this.#files.close(this.#stackPath(tid, tid));
    const at = this.#host.now();
    // Whoever is still there has come back from its call.
    const there = attempt(() => fs.statSync(join(this.#host.roots.proc, String(tid)))).is === "ok";
    const seenAt = known.wait.seenAt ?? at;
    const to = microseconds((seenAt + at) / 2);
    found.push({ ...known.wait, to, ended: there ? "returned" : "gone", error: Math.max(known.wait.error ?? 0, microseconds(at - to)), seconds: lasted(known.wait, to) });
  }

  /** A thread's folder is there by its number alone, though no list of /proc shows it; in a folder that stands for a host it is not. */
  #stackPath(pid: number, tid: number): string {
    const { proc, live } = this.#host.roots;
    return live || pid === tid ? join(proc, String(tid), "stack") : join(proc, String(pid), "task", String(tid), "stack");
  }

  /** Null: the task has ended, or we may not look. */
  #read(path: string, keep = true): string | null {
    try {
      return this.#buffer.toString("latin1", 0, this.#files.read(path, this.#buffer, keep));
    } catch (error) {
      if (isDenied(error)) this.#denied = true;
      else if (!isVanished(error)) throw error;
      return null;
    }
  }

  /** Whether one of its open files is /dev/random: what a task polls for is known to it alone. Asked of a process now and then. */
  #pollsRandom(pid: number, tid: number, at: MonotonicSeconds): boolean {
    if (this.#followed.get(tid)?.wait.polls === true) return true;
    if (at - (this.#asked.get(pid) ?? -Infinity) < askPollersSeconds) return false;
    this.#asked.set(pid, at);
    const folder = join(this.#host.roots.proc, String(pid), "fd");
    const names = attempt(() => fs.readdirSync(folder).slice(0, bounds.descriptors));
    if (names.is !== "ok") return false;
    const device = join(this.#host.roots.dev, "random");
    return names.value.some((name) => {
      const target = attempt(() => fs.readlinkSync(join(folder, name)));
      return target.is === "ok" && target.value === device;
    });
  }
}

function lasted({ from }: BlockedTask, at: MonotonicSeconds): number {
  return microseconds(at - (from ?? at));
}
