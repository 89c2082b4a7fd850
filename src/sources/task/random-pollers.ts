import type { MonotonicSeconds } from "../../core/base/time.ts";
import { fs, join } from "../../platform/builtins.ts";
import { attempt } from "../../platform/pseudo-file.ts";
import { polledFiles } from "./polled-files.ts";
import type { Host } from "../source.ts";
import { pollWouldSleep } from "../crng/unready.ts";

/** Open files of one process that are searched for /dev/random. */
const mostDescriptors = 1024;

/** What an examination of a task showed, and when the one before it was: what changed, changed between the two. */
export interface PollAnswer {
  readonly isForRandom: boolean;
  readonly askedBefore: MonotonicSeconds | null;
}

/**
 * Decides of tasks that sleep in poll(2) or its like whether they wait for /dev/random. Their stacks are all the same,
 * and reading its files costs more than its stack.
 */
export class RandomPollers {
  readonly #host: Host;
  readonly #askedAt = new Map<number, MonotonicSeconds>();

  constructor(host: Host) {
    this.#host = host;
  }

  /** Null: it was sampled a moment ago, and what it polls now is not known. */
  ask(tid: number, folder: string, at: MonotonicSeconds, everySeconds: number): PollAnswer | null {
    const askedBefore = this.#askedAt.get(tid) ?? null;
    if (askedBefore !== null && at - askedBefore < everySeconds) return null;
    this.#askedAt.set(tid, at);
    return { isForRandom: this.#isForRandom(folder), askedBefore };
  }

  /** Forgets tasks that were not examined since then: they no longer poll, or are gone. */
  forgetBefore(then: MonotonicSeconds): void {
    for (const [tid, askedAt] of this.#askedAt) if (askedAt <= then) this.#askedAt.delete(tid);
  }

  /** Where what it polls may not be read, that it has it open must do. */
  #isForRandom(folder: string): boolean {
    // A program may keep it open for ever; a task that sleeps in a poll that would return sleeps for something else.
    if (!pollWouldSleep(this.#host)) return false;
    const open = this.#openedRandom(folder);
    if (open.length === 0) return false;
    const polled = polledFiles(folder);
    return polled === null || open.some((descriptor) => polled.has(descriptor));
  }

  /** Its descriptors of /dev/random. */
  #openedRandom(folder: string): readonly number[] {
    const names = attempt(() => fs.readdirSync(`${folder}/fd`).slice(0, mostDescriptors));
    if (names.kind !== "ok") return [];
    const device = join(this.#host.roots.dev, "random");
    return names.value
      .filter((name) => {
        const target = attempt(() => fs.readlinkSync(`${folder}/fd/${name}`));
        return target.kind === "ok" && target.value === device;
      })
      .map(Number);
  }
}
