import type { MonotonicSeconds } from "../core/base/time.ts";
import { join } from "./builtins.ts";
import { textOrNull } from "./pseudo-file.ts";
import type { Roots } from "./roots.ts";

/** CLOCK_MONOTONIC now, which on Linux counts from boot and stops in suspend. */
export function monotonicNow(): MonotonicSeconds {
  return Number(process.hrtime.bigint() / 1000n) / 1e6;
}

/** When a folder that stands for a host was taken, by its /proc/uptime (proc_uptime(5)); 0 where it has none. */
export function uptimeIn(roots: Roots): MonotonicSeconds {
  return Number.parseFloat(textOrNull(join(roots.proc, "uptime")) ?? "") || 0;
}
