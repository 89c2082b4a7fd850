import { type Wait, unknownWait } from "../../core/wait.ts";
import { askerOf } from "./request-fingerprint.ts";
import { wholeName } from "./ftrace-dump.ts";
import type { RandomRequest } from "../../core/caller.ts";
import type { UserRegisters } from "./kernel-stack-words.ts";
import type { TraceEvent } from "./trace-line.ts";

/** What the readers of one trace keep. */
export const traceBounds = {
  waits: 512,
  /**
   * Tasks that are remembered beside: their program, what they call, and when a wait returned. The oldest are
   * forgotten; that costs a detail, no wait.
   */
  tasks: 4096,
} as const;

/** A call of getrandom(2) that may wait, until it has returned. */
export interface TraceCall extends Pick<Entered, "event" | "line" | "exe" | "stack" | "registers" | "lossesBefore"> {
  readonly request: RandomRequest;
}

/** A wait whose end has not been seen. */
export interface Entered {
  readonly event: TraceEvent;
  readonly line: number | null;
  readonly exe: string | null;
  /** The call that it is part of, where calls were recorded. */
  readonly call: TraceCall | null;
  /** Its frames follow the event. */
  readonly stack: string[];
  /** With which it entered the kernel, where they were recorded. */
  readonly registers: UserRegisters | null;
  /** It gathers jitter entropy: entered by way of the waiting function, or alone. */
  gatheredJitter: boolean;
  /** How many returns, and losses, had been seen then. */
  readonly returnsBefore: number;
  readonly lossesBefore: number;
}

/** What an event, and what was seen before it, shows of its task. */
export function taskOf({
  event: { pid, tgid, comm },
  line,
  exe,
  call,
  stack,
  registers,
  gatheredJitter,
}: Pick<Entered, "event" | "line" | "exe" | "call" | "stack" | "registers" | "gatheredJitter">): Omit<
  Wait,
  "interface"
> {
  const userStack = stack.length > 0 ? stack : (call?.stack ?? []);
  const request = call?.request ?? registers?.request ?? null;
  return {
    ...unknownWait,
    pid: tgid ?? pid,
    tid: pid,
    comm: wholeName(comm, exe),
    exe,
    ...askerOf(userStack, request),
    userStack: [...userStack],
    request,
    gatheredJitter: gatheredJitter ? true : null,
    errorSeconds: 0,
    evidence: "recorder",
    line,
  };
}

/** A call that may or may not have waited. `to`: it had returned by then. */
export function unansweredCall(call: TraceCall, to: number | null): Wait {
  const { at } = call.event;
  return {
    ...taskOf({ ...call, call, gatheredJitter: false }),
    interface: "getrandom",
    from: at,
    notBefore: at,
    seenAt: at,
    to,
    ended: to === null ? null : "returned",
    errorSeconds: null,
  };
}

/** The same pid under another name is another task. A name that the kernel had forgotten shows nothing. */
export function isSameTask(a: TraceEvent, b: TraceEvent): boolean {
  return a.comm === b.comm || a.comm === null || b.comm === null;
}
