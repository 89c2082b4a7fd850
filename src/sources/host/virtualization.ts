import { hypervisorOf } from "../../core/base/hypervisor.ts";
import { join } from "../../platform/builtins.ts";
import { parseCpuinfo } from "../../parse/proc/cpuinfo.ts";
import { parseKeyValue } from "../../parse/proc/key-value.ts";
import { exists, textOrEmpty, textOrNull } from "../../platform/pseudo-file.ts";
import { readTaskFile } from "../../platform/process-memory.ts";
import type { Roots } from "../../platform/roots.ts";
import { ok, type Source, unable } from "../source.ts";

/**
 * Whether this is a virtual machine, which a hypervisor could feed with virtio-rng, or a container, which has no CRNG
 * of its own.
 */
export const virtualization: Source = {
  name: "virtualization",
  reads:
    "/sys/class/dmi/id, /sys/hypervisor/type, /proc/cpuinfo, /run/systemd/container, /run/.containerenv, /.dockerenv, /proc/1/environ",
  needs: "CAP_SYS_PTRACE for /proc/1/environ",
  without: "remedies for a virtual machine; whether this is a container that reads its host's log",
  schedule: "once",
  observe({ roots }) {
    const found = { vm: hypervisor(roots), container: containerOf(roots) };
    return found.vm === null && found.container === null
      ? unable("absent", "neither the firmware nor the CPU's features show a hypervisor")
      : ok({ kind: "supply", virtualization: found });
  },
};

function hypervisor(roots: Roots): string | null {
  const type = textOrNull(join(roots.sys, "hypervisor/type"));
  if (type !== null && type !== "") return type;
  const dmi = ["sys_vendor", "product_name"]
    .map((name) => textOrNull(join(roots.sys, "class/dmi/id", name)) ?? "")
    .join(" ");
  const vendor = hypervisorOf(dmi);
  if (vendor !== null) return vendor;
  const features = parseCpuinfo(textOrNull(join(roots.proc, "cpuinfo")) ?? "");
  if (features === null) return null;
  return features.hypervisor ? "unnamed hypervisor" : dmi.trim() === "" ? null : "none";
}

const environmentBytes = 1 << 18;

/**
 * What kind of container this is; null: none. https://systemd.io/CONTAINER_INTERFACE: `container=` in PID 1's
 * environment, kept by systemd in /run/systemd/container.
 */
export function containerOf(roots: Roots): string | null {
  const bySystemd = textOrNull(join(roots.run, "systemd/container"));
  if (bySystemd !== null && bySystemd !== "") return bySystemd;
  if (exists(join(roots.run, ".containerenv")) === true) return "podman";
  if (exists(join(roots.top, ".dockerenv")) === true) return "docker";
  const environment = textOrEmpty(readTaskFile(join(roots.proc, "1/environ"), environmentBytes));
  return parseKeyValue(environment.replaceAll("\0", "\n")).get("container") ?? null;
}
