import type { MonotonicSeconds } from "../../core/base/time.ts";

/**
 * CLOCK_MONOTONIC now, which stops in suspend. It counts from boot, except in a time namespace: what is compared with
 * the kernel's own stamps needs `kernelClock`. Not performance.now(), since to load `performance` takes Node 1 ms.
 */
export function monotonicNow(): MonotonicSeconds {
  return Number(process.hrtime.bigint() / 1000n) / 1e6;
}
