import { clockOffsets } from "../../platform/clock/time-namespace.ts";
import { join } from "../../platform/builtins.ts";
import { textOrNull } from "../../platform/pseudo-file.ts";
import { machineName, parseBootTime, parseMemoryTotal, parseProcessorName } from "../../parse/proc/machine.ts";
import { parseOsRelease } from "../../parse/proc/os-release.ts";
import { ok, type Source } from "../source.ts";

/** What machine this is, for the heading of a report. */
export const hostFacts: Source = {
  name: "host-facts",
  reads:
    "distribution, machine, processor, memory and boot time: /etc/os-release, /sys/class/dmi/id, /proc/device-tree/model, /proc/cpuinfo, /proc/meminfo, /proc/stat",
  needs: "nothing",
  without: "the host's description and wall-clock times in a report",
  schedule: "on-request",
  observe({ roots }) {
    const text = (...parts: readonly [string, ...string[]]): string => textOrNull(join(...parts)) ?? "";
    const dmi = (name: string): string => text(roots.sys, "class/dmi/id", name);
    return ok({
      kind: "host",
      distribution:
        parseOsRelease(text(roots.etc, "os-release"))?.name ??
        parseOsRelease(text(roots.usr, "lib/os-release"))?.name ??
        null,
      hardware:
        machineName(dmi("sys_vendor"), dmi("product_name")) ?? machineName("", text(roots.proc, "device-tree/model")),
      processor: parseProcessorName(text(roots.proc, "cpuinfo")),
      memoryBytes: parseMemoryTotal(text(roots.proc, "meminfo")),
      bootedAt: parseBootTime(text(roots.proc, "stat"), clockOffsets(roots).boottime),
    });
  },
};
