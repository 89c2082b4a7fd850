import type { RandomRequest } from "../../core/caller.ts";
import { parseCredit } from "./entropy-credits.ts";
import { type UserRegisters, userRegisters } from "./kernel-stack-words.ts";

/** One line of the text that tracefs gives in `trace` and `trace_pipe` (kernel/trace/trace.c, trace_output.c). */
export type TraceLine =
  | TraceEvent
  | TraceLoss
  | { readonly kind: "header" }
  /** Only inside a header: on its own it may be a shell's prompt. */
  | { readonly kind: "legend" }
  /**
   * Only below an event that announces it. `frame`: a kernel function, or a program's file with an offset, or an
   * address.
   */
  | { readonly kind: "stack"; readonly frame: string };

export interface TraceEvent {
  readonly kind: "event";
  /** As far as the kernel still knew it when the line was read: `<...>` is null. */
  readonly comm: string | null;
  readonly pid: number;
  /** The column of the option record-tgid; null without. */
  readonly tgid: number | null;
  readonly at: number;
  /** The event's text, its name included. */
  readonly text: string;
}

export interface TraceLoss {
  readonly kind: "loss";
  readonly lost: number | null;
}

/** A line comes from one page of the ring buffer's text (TRACE_SEQ_SIZE, 8 KiB). */
export const longestTraceLine = 8192;

/**
 * `COMM-PID (TGID) [CPU] FLAGS SECONDS.MICROSECONDS: EVENT`, trace_print_context(). The name is at most 15 bytes and
 * may hold blanks, dashes and colons; flags are 4 letters up to 5.14, 5 since, more with later options, none with
 * `noirq-info`; trace-cmd's nanoseconds have 9 digits. The clocks `counter` and `x86-tsc` have no point, and are no
 * time.
 */
const event =
  /^(.{0,15}|<\.{3}>)-(\d{1,10}) +(?:\( *(\d{1,10}|-{1,10})\) +)?\[\d{3,5}\]\s+(?:\S{4,12} +)?(\d{1,10}\.\d{6}(?:\d{3})?): +(.*)$/s;
/** print_trace_line(); without a number since 6.1 where the kernel does not know it. */
const lostEvents = /^CPU:\d{1,5} \[LOST (?:(\d{1,15}) )?EVENTS\]$/;
/** test_cpu_buff_start(): printed only of a trace that has lost its oldest events. */
const bufferStarted = /^##### CPU \d{1,5} buffer started ####$/;
/** print_event_info(): how many are left of how many written. */
const entries = /^# entries-in-buffer\/entries-written: (\d{1,15})\/(\d{1,15}) +#P:\d{1,5}$/;
/**
 * print_trace_header() and print_func_help_header(): lines that nothing else looks like, and the drawing around them.
 */
const header = /^#(?: tracer: \S{1,64}$| +TASK-PID )/;
const legend = /^#(?:$|[ |/]*_-+=> | +[|/][ |/]*(?:delay)?$)/;
/** Below `<stack trace>` and `<user stack trace>`. */
const stackFrame = /^=> {1,2}\S/;

/** Parses one line of a trace; null: it is none. */
export function parseTraceLine(line: string): TraceLine | null {
  if (line.length > longestTraceLine) return null;
  const text = line.trim();
  if (text.startsWith("#")) {
    if (bufferStarted.test(text)) return { kind: "loss", lost: null };
    const [, left, written] = entries.exec(text) ?? [];
    const lost = Number(written) - Number(left);
    if (left !== undefined) return lost > 0 ? { kind: "loss", lost } : { kind: "header" };
    if (header.test(text)) return { kind: "header" };
    return legend.test(text) ? { kind: "legend" } : null;
  }
  if (text.startsWith("CPU:")) {
    const match = lostEvents.exec(text);
    return match === null ? null : { kind: "loss", lost: match[1] === undefined ? null : Number(match[1]) };
  }
  if (text.startsWith("=>")) return stackFrame.test(text) ? { kind: "stack", frame: text.slice(2).trimStart() } : null;
  const match = event.exec(text);
  if (match === null) return null;
  const [, comm = "", pid, tgid, at, said = ""] = match;
  return {
    kind: "event",
    comm: comm === "<...>" ? null : comm,
    pid: Number(pid),
    tgid: tgid === undefined || tgid.startsWith("-") ? null : Number(tgid),
    at: Number(at),
    text: said,
  };
}

/** What an event means for waits. */
export type TraceMark =
  | { readonly kind: "call-entered"; readonly request: RandomRequest }
  | { readonly kind: "call-left" }
  | { readonly kind: "user-stack" }
  | {
      readonly kind: "entered";
      readonly wait: WaitFunction;
      /** Those of user space, where the probe took the words of the kernel's stack. */
      readonly registers: UserRegisters | null;
    }
  | {
      readonly kind: "returned";
      readonly wait: WaitFunction;
      /** Null where return probes of others hide it. */
      readonly caller: string | null;
      /** What the function returned; null: the probe does not record it. */
      readonly value: number | null;
    }
  | { readonly kind: "generator-entered" }
  | { readonly kind: "generator-left"; readonly caller: string | null }
  /** Bits were credited towards a ready CRNG, by this function of the kernel. */
  | { readonly kind: "credited"; readonly by: string | null; readonly bits: number | null }
  | { readonly kind: "exec"; readonly pids: readonly number[]; readonly exe: string }
  | { readonly kind: "exit"; readonly pid: number }
  | { readonly kind: "fork"; readonly parent: number; readonly child: number };

export type WaitFunction = "wait_for_random_bytes" | "try_to_generate_entropy";

/**
 * print_kprobe_event() and print_kretprobe_event() of kernel/trace/trace_kprobe.c: `NAME: (FUNCTION+OFFSET/SIZE)` and
 * `NAME: (CALLER+OFFSET/SIZE <- FUNCTION)`. The place decides, not the name: another's event may be called `wait`, and
 * ours is `p_wait_for_random_bytes_0` where it was armed without a name.
 */
const entered =
  /^[\w.-]{1,64}: \((wait_for_random_bytes|try_to_generate_entropy|crypto_devrandom_read(?:_iter)?)(?:\+0x([0-9a-f]{1,4})\/0x[0-9a-f]{1,8})?(?: <[0-9a-f]{1,16}>)?\)/;
const returned =
  /^[\w.-]{1,64}: \((\S{1,512})(?: \[[^\]\s]{1,64}\])?(?: <[0-9a-f]{1,16}>)? <- (wait_for_random_bytes|try_to_generate_entropy|crypto_devrandom_read(?:_iter)?)(?: <[0-9a-f]{1,16}>)?\)/;
/**
 * A landing pad (IBT, BTI) or powerpc's second entry point is before the probed place; further in, it is another
 * probe.
 */
const entryOffset = 0x10;

/** include/trace/events/sched.h. A path may hold anything, so the numbers count from the end. */
const exec = /^sched_process_exec: filename=(.*) pid=(\d{1,10}) old_pid=(\d{1,10})$/s;
const exit = /^sched_process_exit: comm=.{0,64} pid=(\d{1,10}) prio=/s;
const fork = /^sched_process_fork: comm=.{0,64} pid=(\d{1,10}) child_comm=.{0,64} child_pid=(\d{1,10})$/s;

/**
 * print_syscall_enter() and print_syscall_exit() of kernel/trace/trace_syscalls.c. The second argument was `buf, count`
 * before the 2022 rewrite of random.c. Numbers are hexadecimal, without 0x up to 6.17; since 7.0 one without it is
 * below 10, and so the same. trace-cmd prints the event's own name.
 */
const callEntered =
  /^sys_(?:enter_)?getrandom(?:\(|: +)u?buf: (?:0x)?[0-9a-f]{1,16}, (?:len|count): (?:0x)?([0-9a-f]{1,16}), flags: (?:0x)?([0-9a-f]{1,8})\)?$/;
const answered = /^sys_(?:getrandom ->|exit_getrandom:) +(?:0x)?[0-9a-f]{1,16}$/;

/** Null: the event marks nothing that is read. */
export function parseTraceMark({ text }: TraceEvent): TraceMark | null {
  if (text === "<user stack trace>") return { kind: "user-stack" };
  if (text.startsWith("sys_")) {
    const [, bytes, flags] = callEntered.exec(text) ?? [];
    if (bytes !== undefined && flags !== undefined)
      return {
        kind: "call-entered",
        request: { syscall: "getrandom", bytes: Number.parseInt(bytes, 16), flags: Number.parseInt(flags, 16) },
      };
    return answered.test(text) ? { kind: "call-left" } : null;
  }
  if (text.startsWith("sched_process_")) {
    const started = exec.exec(text);
    if (started !== null)
      return { kind: "exec", exe: started[1] ?? "", pids: [Number(started[2]), Number(started[3])] };
    const ended = exit.exec(text);
    if (ended !== null) return { kind: "exit", pid: Number(ended[1]) };
    const forked = fork.exec(text);
    return forked === null ? null : { kind: "fork", parent: Number(forked[1]), child: Number(forked[2]) };
  }
  const credit = parseCredit(text);
  if (credit !== null) return { kind: "credited", ...credit };
  const entry = entered.exec(text);
  if (entry !== null) {
    const inside = Number.parseInt(entry[2] ?? "0", 16) <= entryOffset;
    if (!inside) return null;
    return isGenerator(entry[1])
      ? { kind: "generator-entered" }
      : { kind: "entered", wait: entry[1] as WaitFunction, registers: userRegisters(text.slice(entry[0].length)) };
  }
  const exitOf = returned.exec(text);
  if (exitOf === null) return null;
  const [, place = "", wait] = exitOf;
  const hidden = place.startsWith("[unknown/k");
  const caller = hidden ? null : (place.split("+", 1)[0] ?? place);
  return isGenerator(wait)
    ? { kind: "generator-left", caller }
    : { kind: "returned", wait: wait as WaitFunction, caller, value: valueIn(text.slice(exitOf[0].length)) };
}

/** Our own argument of a return probe, a signed number of 32 bits. */
function valueIn(args: string): number | null {
  const [, digits] = /^ ret=(-?\d{1,10})(?!\S)/.exec(args) ?? [];
  return digits === undefined ? null : Number(digits);
}

/** The door of the kernel's FIPS generator (crypto/rng.c of RHEL and some Fedora kernels). */
function isGenerator(name: string | undefined): boolean {
  return name?.startsWith("crypto_devrandom_read") === true;
}

/** What the line before allows after it: more of a header, or frames of a stack. */
type Inside = "header" | "stack" | null;

/** The lines of a trace, distinguished from similar lines by where they stand. */
export class TraceLines {
  #inside: Inside = null;

  /** Parses the next line; null: it is none of a trace. */
  parse(text: string): TraceLine | null {
    const parsed = parseTraceLine(text);
    const inside = parsed === null ? undefined : insideAfter(parsed, this.#inside);
    this.#inside = inside ?? null;
    return inside === undefined ? null : parsed;
  }
}

/** Undefined: such a line belongs to a trace only in another place. */
function insideAfter(line: TraceLine, before: Inside): Inside | undefined {
  switch (line.kind) {
    case "header":
    case "loss":
      return "header";
    case "event":
      return line.text.endsWith("stack trace>") ? "stack" : null;
    case "legend":
      return before === "header" ? before : undefined;
    case "stack":
      return before === "stack" ? before : undefined;
  }
}
