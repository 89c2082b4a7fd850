import { kernelClock } from "./time-namespace.ts";
import { join } from "../builtins.ts";
import { textOrNull } from "../pseudo-file.ts";
import type { Roots } from "../roots.ts";

/** How often a clock is read; the best reading counts. */
const looks = 5;

/**
 * How many seconds the clock that stamps the kernel log, local_clock(), is ahead of CLOCK_MONOTONIC now.
 * /proc/self/sched shows when the scheduler last put this thread on a processor, `se.exec_start` by that clock
 * (kernel/sched/debug.c): right after a sleep that is now. Null: the kernel was built without SCHED_DEBUG.
 */
export function printkAhead(roots: Roots): number | null {
  const now = kernelClock(roots);
  let ahead: number | null = null;
  for (let look = 0; look < looks; look++) {
    Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0, 1);
    const started = /^se\.exec_start\s*:\s*(\d+\.\d+)$/m.exec(textOrNull(join(roots.proc, "self/sched")) ?? "")?.[1];
    if (started === undefined) return null;
    // What was a moment ago on the one clock is now on the other: the true figure is this or a little more.
    const atLeast = Number(started) / 1000 - now();
    ahead = ahead === null ? atLeast : Math.max(ahead, atLeast);
  }
  return ahead;
}

/**
 * The same for the clock of a trace, `local` by default: its "now ts" in the buffer's statistics (kernel/trace/trace.c,
 * tracing_stats_read()).
 */
export function traceAhead(roots: Roots, instance: string): number | null {
  const now = kernelClock(roots);
  let [ahead, width] = [Number.NaN, Infinity];
  for (let look = 0; look < looks; look++) {
    const before = now();
    const text = textOrNull(join(instance, "per_cpu/cpu0/stats"));
    const after = now();
    const stamp = /^now ts:\s*(\d+\.\d+)$/m.exec(text ?? "")?.[1];
    if (stamp === undefined) return null;
    // It was somewhere in between: the sample that was interrupted the least is the best.
    if (after - before < width) [ahead, width] = [Number(stamp) - (before + after) / 2, after - before];
  }
  return ahead;
}
