import type { MonotonicSeconds } from "../core/time.ts";

/** CLOCK_MONOTONIC now, which on Linux counts from boot and stops in suspend. */
export function monotonicNow(): MonotonicSeconds {
  return Number(process.hrtime.bigint() / 1000n) / 1e6;
}
