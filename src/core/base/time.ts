/**
 * Seconds since this boot's start, with the clock that counted them in the type.
 *
 * - `printk`: the kernel log's stamp, local_clock() of kernel/printk/printk.c. It starts a little before
 *   timekeeping does, reads 0 until the scheduler clock runs, and is not disciplined by NTP.
 * - `monotonic`: CLOCK_MONOTONIC, clock_gettime(2). Starts with timekeeping; like printk's it stops in suspend.
 *
 * Both count from the start of the boot, so a record may hold them side by side; what they may differ by is
 * `clockSkew`, and no two moments on different clocks are ordered more finely than that.
 */
declare const clock: unique symbol;
export type Clock = "printk" | "monotonic";
export type Seconds<C extends Clock = Clock> = number & { readonly [clock]?: C };
export type PrintkSeconds = Seconds<"printk">;
export type MonotonicSeconds = Seconds<"monotonic">;

/** How far apart the two clocks start, at most, on the kernels of the VM lab (measured there: 0.03-0.11 s). */
const startSkewSeconds = 0.25;
/** Drift between a raw and an NTP-disciplined clock: NTP slews by at most 500 ppm (adjtimex(2)). */
const driftPerSecond = 500e-6;

/**
 * The difference in seconds up to which two moments on different clocks, `at` seconds into the boot, may be the same
 * one.
 */
export function clockSkew(at: Seconds): number {
  return startSkewSeconds + driftPerSecond * Math.max(0, at);
}

/**
 * A difference of two stamps. They have microseconds; differences of floating-point numbers have noise in further
 * decimals.
 */
export function microseconds(difference: number): number {
  return Math.round(difference * 1e6) / 1e6;
}

/** The earlier of two moments; one that is not known does not count. */
export function earliest(a: Seconds | null, b: Seconds | null): Seconds | null {
  return a === null || b === null ? (a ?? b) : Math.min(a, b);
}

/** The later of two moments; one that is not known does not count. */
export function latest(a: Seconds | null, b: Seconds | null): Seconds | null {
  return a === null || b === null ? (a ?? b) : Math.max(a, b);
}
