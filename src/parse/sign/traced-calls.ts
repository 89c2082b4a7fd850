import type { ReportedWait } from "../../core/sign.ts";
import { parseListedTask, parseNameCommand } from "../stack/listed-task.ts";
import type { At } from "./line/at.ts";
import type { ReportedWaits } from "./reported-waits.ts";
import {
  isLongCall,
  openedDevice,
  parseTracedCall,
  type TracedCall,
  tracedPid,
  tracedProgram,
  tracedThread,
  withDevice,
} from "./paste/strace.ts";

const mostNames = 512;
/** A call, or the end of one, after one that strace shows as unfinished. */
const isLaterCall = /^(?:\[pid +\d+\] )?(?:\w{2,32}\(|<\.\.\. \w{2,32} resumed>).*\) += /;

/** The calls that strace(1) shows, by the program that makes them. */
export class TracedCalls {
  readonly #waits: ReportedWaits;
  /** The number by which the traced program has /dev/random open. */
  #device: string | null = null;
  #strace: { readonly thread: string | null; readonly wait: ReportedWait } | null = null;
  /** The process that strace was attached to, and the names of processes that other commands show. */
  #tracedPid: number | null = null;
  readonly #names = new Map<number, string>();
  #nameOf: number | null = null;
  /** The program that is traced or debugged, as far as the text has named it. */
  program: string | null = null;
  /** Where getrandom(2) was refused because the CRNG was not ready. */
  refusedLine: number | null = null;

  constructor(waits: ReportedWaits) {
    this.#waits = waits;
  }

  /** What strace prints; true where it is a call that waits for random bytes. */
  take(text: string, now: At): boolean {
    this.program = tracedProgram(text) ?? this.program;
    this.#tracedPid = tracedPid(text) ?? this.#tracedPid;
    this.#device = openedDevice(text) ?? this.#device;
    if (this.#device !== null && text.includes(`close(${this.#device})`)) this.#device = null;
    const call = parseTracedCall(this.#device === null ? text : withDevice(text, this.#device));
    if (call !== null) this.#takeCall(call, text, now);
    // strace shows other calls after it: that one has returned.
    else if (this.#strace !== null && this.#isSameThread(text) && isLaterCall.test(text)) this.#strace = null;
    return call !== null;
  }

  /** A call of getrandom(2) that strace shows and that has not returned. */
  open(): readonly ReportedWait[] {
    if (this.#strace === null) return [];
    const { wait } = this.#strace;
    return [{ ...wait, name: wait.name ?? this.#nameOfTraced() }];
  }

  /** A command that asks for a process's name, its answer, or a row of ps(1). */
  takeName(text: string): void {
    const expected = this.#nameOf;
    this.#nameOf = parseNameCommand(text);
    const listed = parseListedTask(text);
    if (listed !== null) this.#setName(listed.pid, listed.name);
    else if (expected !== null && /^[\w./@+-]{1,64}$/.test(text)) this.#setName(expected, text);
  }

  /** Of a process that strace was attached to, another command shows the name. */
  #nameOfTraced(): string | null {
    return this.#tracedPid === null ? null : (this.#names.get(this.#tracedPid) ?? null);
  }

  #setName(pid: number, name: string): void {
    if (this.#names.size < mostNames || this.#names.has(pid)) this.#names.set(pid, name);
  }

  /** Whether a line of strace may be of the thread whose call has not returned. */
  #isSameThread(text: string): boolean {
    const thread = this.#strace?.thread ?? null;
    return thread === null || thread === tracedThread(text);
  }

  #takeCall(call: TracedCall, text: string, now: At): void {
    // Another thread's call does not end that one.
    if (this.#isSameThread(text)) this.#strace = null;
    const what = call.ofDevice ? "a wait for /dev/random" : "getrandom()";
    if (call.refused) this.refusedLine = now.line;
    const wait = {
      by: "strace",
      name: this.program ?? this.#nameOfTraced(),
      line: now.line,
      at: null,
      proof: call.ofDevice ? "likely" : "shown",
      text: `strace shows ${what}`,
    } as const;
    if (call.unfinished && call.mayBlock)
      this.#strace ??= {
        thread: tracedThread(text),
        wait: { ...wait, seconds: null, open: true, text: `strace shows ${what} that has not returned` },
      };
    else if (isLongCall(call))
      this.#waits.add({
        ...wait,
        seconds: call.seconds,
        open: false,
        text: `strace shows ${what} that took ${call.seconds?.toFixed(1)} s`,
      });
  }
}
