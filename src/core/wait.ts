import type { Caller, RandomRequest } from "./caller.ts";
import { microseconds, type MonotonicSeconds, type Seconds } from "./base/time.ts";
import { fileName } from "./base/file-name.ts";

/** A task that was seen blocked on randomness, and how its wait went. Null: not known. */
export interface Wait extends TaskFacts {
  /** `kernel`: code of the kernel itself waited, on some task's behalf. */
  readonly interface: "getrandom" | "dev-random" | "urandom" | "kernel";
  /**
   * False: that it is this interface is only likely. The entry of a wait is recorded without the way that led to it.
   */
  readonly interfaceSeen: boolean;
  /**
   * What it waits for. `crng`: that the CRNG becomes ready. `drbg`: that the FIPS generator of some kernels, which
   * serves callers in its place, is seeded and has served those before; that happens with a ready CRNG, too.
   */
  readonly generator: "crng" | "drbg";
  /**
   * How often it waited in this stretch of time, at least. More than once: it returned and called again, and `seconds`
   * is what the single waits are known to have lasted together.
   */
  readonly times: number;
  /** It sleeps in poll(2) or its like until /dev/random is readable; that makes the kernel gather nothing. */
  readonly polls: boolean;
  /** What the call requested, if the caller's registers or system calls were recorded. */
  readonly request: RandomRequest | null;
  /** Who called, as far as it is proven; null: not known. */
  readonly caller: Caller | null;
  /** Of PID 1: while it ran the program in which it waited. Null: not recorded, or another task. */
  readonly program: ProgramTime | null;
  /** Where in its program the task was, the innermost first, where the recorder could see. */
  readonly userStack: readonly string[];
  /** The kernel gathered jitter entropy on its behalf (try_to_generate_entropy() of drivers/char/random.c). */
  readonly gatheredJitter: boolean | null;
  /** When it began, or was first sampled; not before `notBefore`. */
  readonly from: Seconds | null;
  readonly notBefore: Seconds | null;
  /** The latest moment at which it was seen to wait. */
  readonly seenAt: Seconds | null;
  readonly to: Seconds | null;
  /**
   * `interrupted`: it returned before the CRNG was ready, so a signal ended the wait, and often the task. `gone`:
   * it was no longer there at `to`, and what became of it was not seen. Null: it waits still, or its end is not shown;
   * with `to`, it was not sampled after that.
   */
  readonly ended: "returned" | "interrupted" | "gone" | null;
  /**
   * `ended` is what the kernel's waiting function returned, as its probe recorded it: 0, or an error where a signal
   * ended the wait. False: it is concluded from when the CRNG became ready, or is null.
   */
  readonly endShown: boolean;
  /**
   * How many seconds `from` and `to` may be wrong: sampling knows only the samples before and after each. 0: the
   * kernel's own event.
   */
  readonly errorSeconds: number | null;
  /** How long it is known to have waited: the whole wait where both ends are known, else at least this. */
  readonly seconds: number | null;
  readonly evidence: WaitEvidence;
  readonly line: number | null;
}

/** From one execve(2) of a task to its next, as the recorder saw them. */
export interface ProgramTime {
  readonly from: Seconds;
  /** Null: it had executed no other program when the trace was read. */
  readonly until: Seconds | null;
}

/** The task that waited: what /proc shows of it while it lives, else its program's file. Null, or none: not known. */
export interface TaskFacts {
  /** The process, getpid(2); where only a thread was named, the thread. */
  readonly pid: number | null;
  /** The thread, gettid(2): what the kernel calls pid. */
  readonly tid: number | null;
  /** Its number within its own PID namespace, where that is not the host's. */
  readonly namespacePid: number | null;
  readonly comm: string | null;
  readonly exe: string | null;
  /** Its arguments with blanks between them, cut at 4096 bytes. */
  readonly commandLine: string | null;
  /** When the process started: it distinguishes two tasks with one number. */
  readonly startedAt: MonotonicSeconds | null;
  readonly parent: { readonly pid: number; readonly comm: string | null } | null;
  readonly unit: string | null;
  /**
   * `cgroup`: its control group says so. `unit-file`: the task was gone before that was read, and this is the only unit
   * of the boot that starts its program.
   */
  readonly unitSource: "cgroup" | "unit-file" | null;
  readonly container: string | null;
  /** Libraries that it may have called through, the likeliest first: candidates. `caller` has what is proven. */
  readonly libraries: readonly string[];
  /**
   * `maps`: mapped while it waited. `elf`: its program needs them. `request`: the length and flags it asked with are
   * theirs.
   */
  readonly librariesSource: "maps" | "elf" | "request" | null;
  readonly runtime: string | null;
  /** FIPS mode of the process, which a library may choose against the kernel's. */
  readonly fips: boolean | null;
  readonly fipsWhy: string | null;
}

/** A wait with nothing known; sources fill in what they saw. */
export const unknownWait: Omit<Wait, "interface" | "evidence"> = {
  pid: null,
  tid: null,
  namespacePid: null,
  comm: null,
  exe: null,
  commandLine: null,
  startedAt: null,
  parent: null,
  unit: null,
  unitSource: null,
  container: null,
  libraries: [],
  librariesSource: null,
  runtime: null,
  fips: null,
  fipsWhy: null,
  interfaceSeen: true,
  generator: "crng",
  times: 1,
  polls: false,
  request: null,
  caller: null,
  program: null,
  userStack: [],
  gatheredJitter: null,
  from: null,
  notBefore: null,
  seenAt: null,
  to: null,
  ended: null,
  endShown: false,
  errorSeconds: null,
  seconds: null,
  line: null,
};

/**
 * Whether its end was not observed. In the record of a live host such a wait lasts now; in a log's, its end may lie
 * after the log.
 */
export function isOpen({ to, ended }: Wait): boolean {
  return to === null && ended === null;
}

/** The kernel keeps this many letters of a task's name (TASK_COMM_LEN). */
export const commLength = 15;

/** Its name, whole where the kernel has cut it: "systemd-random-seed" for "systemd-random-". Null: not known. */
export function nameOf({ comm, exe }: Pick<Wait, "comm" | "exe">): string | null {
  const file = exe === null ? "" : fileName(exe);
  return comm !== null && comm.length === commLength && file.startsWith(comm) ? file : comm;
}

/** The wait that lasted the longest, as far as it is known. */
export function longestOf(waits: readonly Wait[]): Wait | null {
  return waits.toSorted((a, b) => (b.seconds ?? 0) - (a.seconds ?? 0))[0] ?? null;
}

/**
 * The waits that blocked a task. A task that polls /dev/random has chosen to wait, as another crngwatch does, and
 * may do other work: it is in the record and has a finding of its own, but counts nowhere as a task that was delayed.
 */
export function blockedOf(waits: readonly Wait[]): readonly Wait[] {
  return waits.filter(({ polls }) => !polls);
}

/** Whether both its ends are known: `seconds` is its whole length. Any other wait lasted at least that. */
export function isWhole({ from, to, ended }: Wait): boolean {
  return from !== null && to !== null && ended !== null;
}

/** How long a wait lasted that was seen from `from` to `until`; null where either is not known. */
export function lastedSeconds(from: Seconds | null, until: Seconds | null): number | null {
  return from === null || until === null ? null : microseconds(Math.max(0, until - from));
}

/** The wait by a clock that is `ahead` of the one that its times are by. */
export function byClockAhead(wait: Wait, ahead: number): Wait {
  const moved = (at: Seconds | null): Seconds | null => (at === null ? null : microseconds(at + ahead));
  return {
    ...wait,
    from: moved(wait.from),
    notBefore: moved(wait.notBefore),
    seenAt: moved(wait.seenAt),
    to: moved(wait.to),
    program:
      wait.program === null
        ? null
        : { from: microseconds(wait.program.from + ahead), until: moved(wait.program.until) },
  };
}

/**
 * `recorder`: a probe in the kernel saw it. The others are stacks: `live`, sampled again and again while it waited;
 * of a hung task's report, of sysrq-t or -w, of a paste of /proc/PID/stack.
 */
export type WaitEvidence = "recorder" | "live" | "hung-task" | "task-state" | "stack";
