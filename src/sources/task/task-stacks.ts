import type { MonotonicSeconds } from "../../core/base/time.ts";
import { type LiveStack, parseLiveStack } from "../../parse/stack/live-stack.ts";
import { parseProcessStat, type ProcessStat } from "../../parse/proc/proc-stat.ts";
import { parseTaskStatus } from "../../parse/proc/proc-status.ts";
import { remember } from "../../core/base/bounded-map.ts";
import { KeptFiles } from "../../platform/kept-files.ts";
import { attempt, failure, type Read } from "../../platform/pseudo-file.ts";
import type { Host } from "../source.ts";

const bounds = {
  /** A stack has at most 64 frames (MAX_STACK_TRACE_DEPTH) of some 60 bytes. */
  bytes: 8192,
  /** Files in /proc that are kept open to be read again. */
  kept: 96,
  /** Where this many stacks, the first, may not be read, none may. */
  denials: 16,
  /** Stacks whose meaning is remembered: most tasks sleep in one of a few ways. */
  known: 256,
  /** How often a task is followed that has gone on to another processor when we come to its own. */
  moves: 3,
} as const;

/**
 * What a task's stack shows. `unseen`: none, because it may not be read or the task is on a
 * processor.
 */
export type SeenStack = LiveStack | { readonly kind: "unseen" };

/** What sampling many tasks has shown. */
export interface StackCounts {
  /** Stacks that were read, and that could not be: EACCES or EPERM, as a rule. */
  readonly shown: number;
  readonly hidden: number;
  /** Tasks that ran where we may not go. */
  readonly running: number;
}

/** Reads kernel stacks of tasks, by their folders in /proc. */
export class TaskStacks {
  readonly #libc: Host["libc"];
  readonly #now: Host["now"];
  readonly #buffer = Buffer.allocUnsafe(bounds.bytes);
  readonly #files = new KeptFiles(bounds.kept);
  readonly #known = new Map<string, LiveStack>();
  #seen = { shown: 0, hidden: 0, running: 0 };
  /** A task that runs is not sampled (return-probes.ts). Its return probe records it, where it waits. */
  sparesRunning = false;
  /**
   * When the last stack was read, if to find out what it means has taken a while since: of the first of a kind that may
   * be longer than between two looks. Null: just now.
   */
  readAt: MonotonicSeconds | null = null;

  constructor({ libc, now }: Pick<Host, "libc" | "now">) {
    this.#libc = libc;
    this.#now = now;
  }

  /** What was seen since this was last called; the next call starts from 0. */
  drainCounts(): StackCounts {
    const seen = this.#seen;
    this.#seen = { shown: 0, hidden: 0, running: 0 };
    return seen;
  }

  /** Some stack was for us, since drainCounts() was last called. */
  get shows(): boolean {
    return this.#seen.shown > 0;
  }

  /** Stacks may not be read. */
  get denied(): boolean {
    return !this.shows && this.#seen.hidden >= bounds.denials;
  }

  /** Null: there is no such task. `keep`: it will be sampled again soon. */
  of(folder: string, keep: boolean): SeenStack | null {
    const path = `${folder}/stack`;
    this.readAt = null;
    if (this.sparesRunning) {
      const stat = this.statOf(folder);
      if (stat === null) return null;
      if (stat.state === "R") return { kind: "unseen" };
    }
    const read = this.read(path, keep);
    if (read.kind === "absent") return null;
    if (read.kind !== "ok") {
      this.#seen.hidden++;
      return { kind: "unseen" };
    }
    this.#seen.shown++;
    return read.value === "" ? this.#putAside(folder, path, keep) : this.#meaningOf(read.value);
  }

  #meaningOf(stack: string): LiveStack {
    const known = this.#known.get(stack);
    if (known !== undefined) return known;
    this.readAt = this.#now();
    const meaning = parseLiveStack(stack);
    remember(this.#known, stack, meaning, bounds.known);
    return meaning;
  }

  /** Null: there is no such task. */
  statOf(folder: string): ProcessStat | null {
    const read = this.read(`${folder}/stat`);
    return read.kind === "ok" ? parseProcessStat(read.value) : null;
  }

  /** How often the task has gone to sleep by itself; null where that cannot be read. */
  voluntarySwitches(folder: string): number | null {
    const read = this.read(`${folder}/status`);
    return read.kind === "ok" ? (parseTaskStatus(read.value)?.voluntarySwitches ?? null) : null;
  }

  /** One read of a small file in /proc. */
  read(path: string, keep = false): Read<string> {
    if (keep || this.#libc === null) return attempt(() => this.#text(this.#files.read(path, this.#buffer, keep)));
    const count = this.#libc.readOnce(path, this.#buffer);
    return typeof count === "number" ? { kind: "ok", value: this.#text(count) } : failure(count);
  }

  #text(bytes: number): string {
    return this.#buffer.toString("latin1", 0, bytes);
  }

  /** It will not be sampled again soon. */
  forget(folder: string): void {
    this.#files.close(`${folder}/stack`);
  }

  close(): void {
    this.#files.closeAll();
  }

  /**
   * The kernel shows no stack of a task that is on a processor (__unwind_start() of arch/x86/kernel/unwind_orc.c), and
   * one that spins for the CRNG nearly always is, where we have another. So we go to its processor: while this thread
   * runs there, the task does not.
   */
  #putAside(folder: string, path: string, keep: boolean): SeenStack | null {
    for (let move = 0; move < bounds.moves; move++) {
      const stat = this.statOf(folder);
      if (stat === null) return null;
      // A task that has ended has no stack either. A thread of the kernel comes through no door; real-time ones do not
      // make way for us.
      if (stat.state !== "R" || stat.kernelThread || stat.realTime || stat.processor === null) return { kind: "other" };
      const read = this.#libc?.onProcessor(stat.processor, () => this.read(path, keep)) ?? null;
      if (read === null) {
        this.#seen.running++;
        break;
      }
      if (read.kind === "ok" && read.value !== "") return this.#meaningOf(read.value);
    }
    return { kind: "unseen" };
  }
}
