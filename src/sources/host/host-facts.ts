import type systeminformation from "systeminformation";
import { type Host, type Observation, ok, type Source } from "../source.ts";
import { whyNoPrograms } from "./child-programs.ts";

/**
 * What machine this is, for a report. systeminformation starts about twenty short child processes for it, so it is
 * asked only when a report is requested, and never while the CRNG is not ready: each child would be one more user of
 * it.
 */
export const hostFacts: Source = {
  name: "host-facts",
  reads: "distribution, machine, processor and memory, through systeminformation",
  needs: "nothing; the machine's name needs /sys/class/dmi/id",
  without: "the host's description in a report",
  schedule: "on-request",
  observe,
};

async function observe(host: Host): Promise<Observation> {
  const refusal = whyNoPrograms(host);
  if (refusal !== null) return refusal;
  const { default: si }: { default: typeof systeminformation } = await import("systeminformation");
  const [os, machine, cpu, memory] = await Promise.all([si.osInfo(), si.system(), si.cpu(), si.mem()]);
  return ok({
    kind: "host",
    distribution: words(os.distro, os.release),
    hardware: words(machine.manufacturer, machine.model),
    processor: words(cpu.manufacturer, cpu.brand),
    memoryBytes: memory.total > 0 ? memory.total : null,
  });
}

function words(...parts: readonly string[]): string | null {
  const text = parts
    .map((part) => part.trim())
    .filter((part) => part !== "" && part !== "unknown")
    .join(" ");
  return text === "" ? null : text;
}
