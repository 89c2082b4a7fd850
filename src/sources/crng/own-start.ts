import { join } from "../../platform/builtins.ts";
import { parseProcessStat, ticksPerSecond } from "../../parse/proc/proc-stat.ts";
import { kernelBootSeconds } from "../../platform/clock/time-namespace.ts";
import { readText, textOrNull } from "../../platform/pseudo-file.ts";
import { ok, type Source, unable } from "../source.ts";
import { dropCapabilities } from "./own-capabilities.ts";
import { forgetStart } from "./own-memory.ts";

/**
 * Whether crngwatch itself may have waited: if the start object is not loaded, Node's own start calls getrandom(2) and
 * waits.
 */
export const ownStart: Source = {
  name: "own-start",
  reads: "/proc/self/maps, /proc/self/stat, /proc/self/task/*/status, /proc/self/smaps",
  needs: "nothing",
  without: "whether crngwatch itself waited, and for how long at most",
  schedule: "once",
  observe({ roots, now }) {
    if (!roots.live) return unable("absent", "the host is a folder");
    const maps = readText(join(roots.proc, "self/maps"));
    if (maps.kind !== "ok") return unable(maps.kind, `Cannot read '${join(roots.proc, "self/maps")}'`);
    const sinceBootstrap = performance.now() - performance.nodeTiming.bootstrapComplete;
    const runningAt = now() - sinceBootstrap / 1000;
    const stat = parseProcessStat(textOrNull(join(roots.proc, "self/stat")) ?? "");
    return ok({
      kind: "own-start",
      pid: process.pid,
      nonblocking: maps.value.includes("/nonblocking-start.so"),
      startedAt: stat === null ? null : kernelBootSeconds(roots, stat.startTicks / ticksPerSecond),
      runningAt,
    });
  },
  /** What the daemon needed its capabilities and most of its code for is over. */
  finish(host) {
    if (host.roots.live) forgetStart(host);
    const dropped = host.roots.live ? dropCapabilities(host) : null;
    if (dropped === null) return ok();
    const { left, problem } = dropped;
    return {
      health: "ok",
      detail: problem === null ? null : `${left.join(", ")} could not be dropped: ${problem}`,
      evidence: [dropped],
    };
  },
};
