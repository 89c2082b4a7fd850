import type { Wait } from "../../core/wait.ts";
import type { EntropyCredits } from "../../core/entropy-credits.ts";
import { CreditSums } from "./entropy-credits.ts";
import { GeneratorCalls } from "./generator-calls.ts";
import type { UserRegisters } from "./kernel-stack-words.ts";
import { ProbedWaits } from "./probed-waits.ts";
import { TraceCalls } from "./trace-calls.ts";
import { parseTraceMark, type TraceEvent, type TraceMark, TraceLines } from "./trace-line.ts";
import { TracePrograms } from "./trace-programs.ts";
import { traceBounds } from "./trace-tasks.ts";
import { UserStacks } from "./user-stacks.ts";

const mostLosses = 256;

/**
 * Finds the tasks that waited for randomness in the text of a trace with the probes of the flight recorder:
 * `p:crngwatch/wait,wait_for_random_bytes` and `gen,try_to_generate_entropy`, with their returns `waited` and `gend`,
 * and sched_process_exec beside; or, on kernels before 5.3, with system calls. Each kind of event has its own reader.
 */
export class TraceWaits {
  readonly #lines = new TraceLines();
  readonly #programs = new TracePrograms();
  readonly #stacks = new UserStacks();
  readonly #generator = new GeneratorCalls();
  readonly #credits = new CreditSums();
  readonly #probed = new ProbedWaits((wait) => this.#keep(wait));
  readonly #calls = new TraceCalls(() => this.#probed.seen);
  #found: Wait[] = [];
  #losses: { readonly line: number | null; readonly lost: number | null }[] = [];
  #lossCount = 0;
  #lastAt = 0;
  #entries = 0;
  #dropped = 0;

  /** Takes the next line; true: it is one of a trace. */
  take(text: string, line: number | null): boolean {
    const parsed = this.#lines.parse(text);
    if (parsed === null) return false;
    if (parsed.kind === "loss") {
      this.#lossCount++;
      if (this.#losses.length < mostLosses) this.#losses.push({ line, lost: parsed.lost });
      else this.#dropped++;
    }
    if (parsed.kind === "stack") this.#stacks.take(parsed.frame);
    if (parsed.kind !== "event") return true;
    this.#lastAt = Math.max(this.#lastAt, parsed.at);
    this.#stacks.end();
    const mark = parseTraceMark(parsed);
    if (mark !== null) this.#takeMark(parsed, mark, line);
    return true;
  }

  /**
   * Calls that may have waited, where nothing but beginnings was recorded. Whether one did depends on when the CRNG let
   * callers through. `to`, where it is known: the latest moment at which it had returned, by what its task did next.
   */
  asks(): readonly Wait[] {
    return this.#calls.asks();
  }

  /** The waits so far: those that ended, in order of their ends, then those that have not. */
  waits(): readonly Wait[] {
    return this.#all()
      .slice(0, traceBounds.waits)
      .map((wait) => this.#withProgram(wait));
  }

  /** What was credited towards a ready CRNG, where that is probed. */
  get credits(): EntropyCredits {
    return this.#credits.all;
  }

  /** With which registers a task entered the kernel that began to wait then; null: they were not recorded. */
  registersOf(tid: number, from: number): UserRegisters | null {
    return this.#probed.registersOf(tid, from);
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
    const tooMany = Math.max(0, this.#all().length - traceBounds.waits);
    return this.#dropped + this.#probed.dropped + this.#generator.dropped + tooMany;
  }

  /** Where the trace itself reports that events are missing; `lost` is null where it does not report how many. */
  get losses(): readonly { readonly line: number | null; readonly lost: number | null }[] {
    return this.#losses;
  }

  #takeMark(event: TraceEvent, mark: TraceMark, line: number | null): void {
    const { pid, at } = event;
    const exe = this.#programs.of(event);
    switch (mark.kind) {
      case "call-entered": {
        const call = { request: mark.request, event, line, exe, registers: null, lossesBefore: this.#lossCount };
        this.#calls.begin(call, () => this.#stacks.expect(pid));
        return;
      }
      case "call-left": {
        const wait = this.#calls.end(event);
        if (wait !== null) this.#keep(wait);
        return;
      }
      case "user-stack":
        return this.#stacks.begin(pid);
      case "entered":
        this.#entries++;
        return this.#probed.enter(mark, { event, line, exe, call: this.#calls.of(pid) }, this.#lossCount, () =>
          this.#stacks.expect(pid),
        );
      case "returned":
        if (this.#probed.return(mark, { event, line, exe, call: this.#calls.of(pid) }, this.#lossCount))
          this.#calls.forget(pid);
        return;
      case "credited":
        return this.#credits.take(event, mark);
      case "generator-entered":
        this.#entries++;
        return this.#generator.enter(event, line, exe);
      case "generator-left":
        return this.#generator.leave(event, mark.caller);
      case "exec":
        if (pid === 1) this.#programs.firstProcessExecuted(at);
        for (const one of mark.pids) this.#endTask(one, at);
        for (const one of mark.pids) this.#programs.started(one, mark.exe, at);
        return;
      case "exit":
        this.#endTask(mark.pid, at);
        return this.#programs.ended(mark.pid);
      case "fork":
        // A new task: the task that had its number before is gone, and it runs its parent's program.
        this.#endTask(mark.child, at);
        return this.#programs.forked(mark.parent, mark.child, at);
    }
  }

  /** The task of this number is in no call and no wait any more. */
  #endTask(pid: number, at: number): void {
    this.#generator.endTask(pid);
    this.#calls.endTask(pid, at);
    this.#probed.endTask(pid, this.#lossCount);
  }

  /** Where events were lost, PID 1 may have executed a program that is not in the trace. */
  #withProgram(wait: Wait): Wait {
    if (wait.tid !== 1 || wait.from === null || this.#lossCount > 0) return wait;
    return { ...wait, program: this.#programs.programOfFirstProcess(wait.from) };
  }

  #keep(wait: Wait): void {
    if (this.#found.length < traceBounds.waits) this.#found.push(wait);
    else this.#dropped++;
  }

  #all(): readonly Wait[] {
    return [
      ...this.#found,
      ...this.#calls.waits(this.#lastAt, this.#lossCount),
      ...this.#probed.open(this.#lastAt, this.#lossCount),
      ...this.#generator.waits(this.#lastAt),
    ];
  }
}
