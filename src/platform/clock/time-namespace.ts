import { microseconds, type MonotonicSeconds } from "../../core/base/time.ts";
import { join } from "../builtins.ts";
import { monotonicNow } from "./monotonic.ts";
import { readLink, textOrNull } from "../pseudo-file.ts";
import type { Roots } from "../roots.ts";

/** By how many seconds a time namespace sets its clocks ahead of the kernel's own; below 0: behind them. */
export interface ClockOffsets {
  readonly monotonic: number;
  /** CLOCK_BOOTTIME, on which /proc shows when processes started, and from which it computes the boot's wall time. */
  readonly boottime: number;
}

const noOffsets: ClockOffsets = { monotonic: 0, boottime: 0 };

/**
 * /proc/PID/timens_offsets (time_namespaces(7)). Linux 5.6 has the clocks' numbers, later ones their names; null: the
 * text has neither.
 */
export function parseClockOffsets(text: string): ClockOffsets | null {
  const of = (clock: string): number | null => {
    const found = new RegExp(`^(?:${clock}) +(-?\\d{1,11}) +(\\d{1,9})$`, "m").exec(text);
    return found === null ? null : Number(found[1]) + Number(found[2]) / 1e9;
  };
  const [monotonic, boottime] = [of("monotonic|1"), of("boottime|7")];
  return monotonic === null || boottime === null ? null : { monotonic, boottime };
}

const known = new WeakMap<Roots, ClockOffsets>();

/** Those of this process, which do not change while it runs. A folder that stands for a host has none. */
export function clockOffsets(roots: Roots): ClockOffsets {
  const offsets = known.get(roots) ?? (roots.live ? ownOffsets(roots) : noOffsets);
  known.set(roots, offsets);
  return offsets;
}

function ownOffsets({ proc }: Roots): ClockOffsets {
  const [own, children] = ["time", "time_for_children"].map((name) => readLink(join(proc, "self/ns", name)));
  // The file is that of the children's namespace, which after unshare(2) is another one than this process'.
  const isOwn = own?.kind === "ok" && children?.kind === "ok" && own.value === children.value;
  return (isOwn ? parseClockOffsets(textOrNull(join(proc, "self/timens_offsets")) ?? "") : null) ?? noOffsets;
}

/** CLOCK_MONOTONIC as the kernel itself has it, whatever the time namespace of this process. */
export function kernelClock(roots: Roots): () => MonotonicSeconds {
  const { monotonic } = clockOffsets(roots);
  return monotonic === 0 ? monotonicNow : () => microseconds(monotonicNow() - monotonic);
}

/** CLOCK_BOOTTIME as the kernel itself has it, of a moment that /proc shows to this process: when a process started. */
export function kernelBootSeconds(roots: Roots, shown: number): number {
  return microseconds(shown - clockOffsets(roots).boottime);
}

/** When a folder that stands for a host was taken, by its /proc/uptime (proc_uptime(5)); 0 where it has none. */
export function uptimeIn(roots: Roots): MonotonicSeconds {
  return Number.parseFloat(textOrNull(join(roots.proc, "uptime")) ?? "") || 0;
}
