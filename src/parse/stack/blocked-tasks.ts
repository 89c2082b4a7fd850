import type { Wait } from "../../core/wait.ts";
import { mergeSighting, type SightedWait, type Sighting } from "./blocked-task-sightings.ts";
import { parseFrames, type StackFrame } from "./stack-frames.ts";
import { parseListedTask, parseNameCommand } from "./listed-task.ts";
import { dumpsStack, endMarker, isBottom, type OpenReport, pastedStack, stackOf } from "./open-report.ts";
import { parseShownComm, parseShownStack } from "./stack-paste.ts";
import {
  isOfTaskReport,
  opensDump,
  opensForeignReport,
  parseDumpHead,
  parseHungTask,
  parseTaskHeader,
  traceEnd,
  traceOpener,
} from "./task-reports.ts";

/** A line of one boot, without stamp and other prefixes. */
export interface BootLine {
  readonly text: string;
  readonly at: number | null;
  readonly line: number | null;
}

const bounds = {
  waits: 512,
  comms: 512,
  /** Lines of others that may stand between two of a report: consoles and logs interleave. */
  foreignLines: 4,
  /** Lines of a report in a row that are no frames: two reports' worth of registers and words of the stack. */
  otherLines: 48,
} as const;

/**
 * Finds tasks that waited for randomness, by their stacks in a kernel log: reports of hung tasks (kernel/hung_task.c),
 * sysrq-t and sysrq-w (show_state_filter() of kernel/sched/core.c) and pastes of /proc/PID/stack (fs/proc/base.c). What
 * counts is a stack with a task's header or path to it; stacks of oopses, warnings and stalls show code at work and
 * never count.
 */
export class BlockedTasks {
  #open: OpenReport | null = null;
  #inDump = false;
  #foreignLines = 0;
  #otherLines = 0;
  #seen: readonly SightedWait[] = [];
  #comms = new Map<number, string>();
  /** The next line is the output of `cat /proc/PID/comm`. */
  #commOf: number | null = null;
  #dropped = 0;
  #crngWaiter: { readonly line: number | null; readonly at: number | null } | null = null;

  /** Waits, and pasted names, that were left out because there are too many. */
  get dropped(): number {
    return this.#dropped;
  }

  /** Takes the boot's next line. True: it belongs to a report that may hold a wait, and so may the next. */
  take(line: BootLine): boolean {
    const text = line.text.trim();
    if (!this.#takeComm(text)) this.#takeLine(text, line);
    return this.#open !== null && this.#open.kind !== "foreign";
  }

  /** The waits so far, in order of their first lines; that of a report still open, too. */
  waits(): readonly Wait[] {
    const open = this.#sighting();
    const seen = open === null ? this.#seen : (mergeSighting(this.#seen, open, bounds.waits) ?? this.#seen);
    return seen.map(({ wait }) => {
      const comm = wait.comm ?? (wait.pid === null ? null : (this.#comms.get(wait.pid) ?? null));
      return { ...wait, comm };
    });
  }

  #takeLine(text: string, line: BootLine): void {
    if (this.#openReport(text, line) || this.#takeFrames(text, line)) {
      this.#foreignLines = 0;
      this.#otherLines = 0;
      return;
    }
    if (this.#open === null) return;
    if (text === traceEnd) return this.#close();
    if (text === "" && this.#isPaste()) return this.#close();
    this.#otherLines++;
    if (!isOfTaskReport(text)) this.#foreignLines++;
    if (this.#foreignLines <= bounds.foreignLines && this.#otherLines <= bounds.otherLines) return;
    this.#inDump &&= this.#open.kind === "task";
    this.#close();
  }

  /** True: the line begins a report, or the stack of the one that is open. */
  #openReport(text: string, { at, line }: BootLine): boolean {
    const hung = parseHungTask(text);
    if (hung !== null) return this.#start(stackOf({ ...hung, evidence: "hung-task", at, line }));
    const header = parseTaskHeader(text);
    if (header !== null) {
      const { comm, pid, state } = header;
      const open = this.#open;
      // The header is part of a hung task's report; another task's, in between, is not.
      if (
        open?.kind === "task" &&
        open.task.evidence === "hung-task" &&
        open.task.pid === pid &&
        open.state === null &&
        open.reading.frames === 0
      ) {
        this.#open = { ...open, state };
        return true;
      }
      return this.#start(stackOf({ comm, pid, seconds: null, evidence: "task-state", at, line }, state));
    }
    if (opensDump(text)) {
      this.#inDump = true;
      return this.#start({ kind: "dump" });
    }
    const dumped = this.#open?.kind === "foreign" || this.#open?.kind === "task" ? null : parseDumpHead(text);
    if (dumped !== null) {
      const stack = stackOf({ ...dumped, seconds: null, evidence: "stack", at, line });
      return this.#start({ ...stack, proven: false, dumped: "head" });
    }
    if (opensForeignReport(text)) {
      this.#inDump = false;
      return this.#start({ kind: "foreign" });
    }
    if (traceOpener.test(text)) {
      const open = this.#open;
      const ours = open?.kind === "task" && !open.traced && open.reading.frames === 0;
      if (!ours) return this.#start({ kind: "foreign" });
      this.#open = { ...open, traced: true };
      return true;
    }
    const shown = parseShownStack(text);
    if (shown === null) return false;
    if (shown.frame === null) return this.#start({ kind: "shown", pid: shown.pid, name: shown.name });
    const frames = parseFrames(shown.frame, { bare: false });
    if (frames.length === 0) return false;
    if (this.#open?.kind !== "task" || !this.#isPaste() || this.#open.task.pid !== shown.pid)
      this.#start(pastedStack(shown.pid, { at, line }));
    this.#read(frames, text);
    return true;
  }

  /** True: the line is of the stack that is open, or begins a pasted one. */
  #takeFrames(text: string, line: BootLine): boolean {
    const open = this.#open;
    if (open === null && !text.startsWith("[<")) return false;
    const frames = parseFrames(text, { bare: open?.kind === "task" && (open.traced || open.reading.frames > 0) });
    if (frames.length === 0) return false;
    if (open === null || open.kind === "dump" || open.kind === "shown") {
      if (!text.startsWith("[<")) return false;
      const [pid, name] = open?.kind === "shown" ? [open.pid, open.name] : [null, null];
      // Only /proc prints no addresses in this way. With addresses, it differs from the kernel's own stacks by its last
      // line.
      this.#start({ ...pastedStack(pid, line, name), proven: open?.kind === "shown" || text.startsWith("[<0>]") });
    } else if (open.kind === "task" && open.ended && !isBottom(frames, text)) {
      // `cat /proc/PID/task/*/stack` and the like: stack upon stack, and which thread's the second is, is not known.
      this.#start({ ...pastedStack(null, line), proven: open.proven });
    }
    this.#read(frames, text);
    return true;
  }

  #read(frames: readonly StackFrame[], text: string): void {
    const open = this.#open;
    if (open?.kind !== "task") return;
    for (const frame of frames) {
      open.reading.take(frame);
      if (frame.reliable) this.#proveDumped(frame.name);
    }
    const read = this.#open;
    if (read?.kind === "task" && this.#isPaste() && isBottom(frames, text))
      this.#open = { ...read, ended: true, proven: read.proven || endMarker.test(text) };
  }

  /** A call of dump_stack() right in the function that waits: the task came there, and did not crash. */
  #proveDumped(name: string | null): void {
    const open = this.#open;
    if (open?.kind !== "task" || open.dumped === null) return;
    if (name !== null && dumpsStack.test(name)) this.#open = { ...open, dumped: "dump_stack" };
    else if (open.dumped === "dump_stack" && open.reading.isInCrngWait)
      this.#open = { ...open, dumped: null, proven: true };
    // It may be the rest of a crash.
    else this.#open = { kind: "foreign" };
  }

  #isPaste(): boolean {
    return this.#open?.kind === "shown" || (this.#open?.kind === "task" && this.#open.task.evidence === "stack");
  }

  #start(report: OpenReport): true {
    this.#close();
    this.#open = report;
    return true;
  }

  #close(): void {
    const sighting = this.#sighting();
    this.#crngWaiter = this.#openCrngWaiter() ?? this.#crngWaiter;
    this.#open = this.#inDump ? { kind: "dump" } : null;
    this.#foreignLines = 0;
    this.#otherLines = 0;
    if (sighting === null) return;
    const seen = mergeSighting(this.#seen, sighting, bounds.waits);
    if (seen === null) this.#dropped++;
    else this.#seen = seen;
  }

  /** The last task that is in the function that waits until the CRNG is ready. */
  get crngWaiter(): { readonly line: number | null; readonly at: number | null } | null {
    return this.#openCrngWaiter() ?? this.#crngWaiter;
  }

  #openCrngWaiter(): { readonly line: number | null; readonly at: number | null } | null {
    if (this.#open?.kind !== "task" || this.#sighting() === null || !this.#open.reading.isInCrngWait) return null;
    const { line, at } = this.#open.task;
    return { line, at };
  }

  /** What the open report proves. */
  #sighting(): Sighting | null {
    if (this.#open?.kind !== "task" || !this.#open.proven) return null;
    const { task, state, reading } = this.#open;
    const waitsOn = reading.verdict(state);
    return waitsOn === null ? null : { ...task, interface: waitsOn, generator: reading.generator };
  }

  /** True: the line shows a task's name, or the command for it, and nothing else. */
  #takeComm(text: string): boolean {
    const expected = this.#commOf;
    this.#commOf = null;
    const listed = parseListedTask(text);
    // A line of ps is not the end of what is open.
    if (listed !== null && !this.#comms.has(listed.pid)) this.#setComm(listed.pid, listed.name.slice(0, 15));
    const shown = parseShownComm(text);
    if (shown === null) {
      this.#commOf = parseNameCommand(text);
      if (this.#commOf !== null) return true;
      // TASK_COMM_LEN: 15 bytes and an end.
      if (expected === null || text === "" || text.length > 15 || text.startsWith("[<")) return false;
      return this.#setComm(expected, text);
    }
    if (shown.comm !== null) return this.#setComm(shown.pid, shown.comm.trim());
    if (this.#isPaste()) this.#close();
    this.#commOf = shown.pid;
    return true;
  }

  #setComm(pid: number, comm: string): true {
    if (this.#comms.size < bounds.comms || this.#comms.has(pid)) this.#comms.set(pid, comm);
    else this.#dropped++;
    return true;
  }
}
