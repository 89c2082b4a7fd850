import type { Wait } from "../../src/core/wait.ts";
import { expect } from "vitest";
import type { Transcript } from "./lab/boot.ts";

/** What a time in the record may differ from the kernel's own event. */
export const toleranceSeconds = 0.02;

/**
 * Prints the kernel's own record of the waiters, from a tracefs at `tracefs`, and by how much its clock differs from
 * printk's. Without the words of the kernel's stacks: 3 KiB for each waiter take long over a serial line.
 */
export const printTrace = (tracefs = "/sys/kernel/tracing"): string => `
section clocks
for look in 1 2 3 4 5 6; do
  read -r before _ </proc/uptime
  grep "now ts" ${tracefs}/per_cpu/cpu0/stats
  grep se.exec_start /proc/self/sched
done
section trace
sed 's/ a={.*//' ${tracefs}/trace
`;

interface Probed {
  readonly comm: string;
  readonly from: number;
  readonly to: number | null;
}

/** Who waited by the kernel's own probes, in what printTrace() printed, by the kernel log's clock: by thread. */
function probedWaits(guest: Transcript): ReadonlyMap<number, Probed> {
  const looks = [...guest.section("clocks").matchAll(/now ts:\s+([\d.]+)\s*\n\S*se\.exec_start\s*:\s*([\d.]+)/g)];
  // A trace's clock starts elsewhere than printk's; the two lines are printed within some milliseconds of each other,
  // unless another task runs between them: so the least of some looks.
  const ahead = Math.min(...looks.map(([, trace, sched]) => Number(sched) / 1000 - Number(trace)));
  const found = new Map<number, Probed>();
  for (const [, comm = "", pid, stamp, name] of guest
    .section("trace")
    .matchAll(/^\s*(\S+)-(\d+)\s.*\s(\d+\.\d+): (wait|waited|gen|gend|sys_getrandom)(?:: \(| -> )/gm)) {
    const [tid, at] = [Number(pid), Number(stamp) + ahead];
    const known = found.get(tid);
    if (known === undefined && name !== "sys_getrandom") found.set(tid, { comm, from: at, to: null });
    // Who waits gathers within the wait: its last return ends it. Without return probes the end of its first call does.
    else if (
      known !== undefined &&
      (name === "waited" || name === "gend" || (name === "sys_getrandom" && known.to === null))
    )
      found.set(tid, { ...known, to: at });
  }
  return found;
}

/** These waits are those that the kernel's own probes saw, and each is from and to when they did. */
export function expectKernelsOwn(guest: Transcript, waits: readonly Wait[]): void {
  const own = probedWaits(guest);
  expect(new Set(waits.map(({ tid }) => tid))).toEqual(new Set(own.keys()));
  expect(waits).toHaveLength(own.size);
  for (const { tid, comm, from, to, errorSeconds, seconds } of waits) {
    const { from: began, to: over } = own.get(tid ?? 0) ?? { from: Number.NaN, to: null };
    expect(Math.abs((from ?? Infinity) - began), `${comm} began at ${began}`).toBeLessThanOrEqual(toleranceSeconds);
    expect(Math.abs((to ?? Infinity) - (over ?? 0)), `${comm} ended at ${over}`).toBeLessThanOrEqual(toleranceSeconds);
    expect(seconds).toBeCloseTo((to ?? 0) - (from ?? 0), 5);
    // What was sampled may be wrong by that much at each end, and so by twice that in all.
    if (errorSeconds === 0)
      expect(Math.abs((seconds ?? Infinity) - ((over ?? 0) - began))).toBeLessThanOrEqual(toleranceSeconds);
  }
}
