import type { BootRecord } from "../../core/boot-record.ts";
import type { Remedy } from "../../core/finding.ts";
import { machineOf } from "./machine.ts";
import { remedyFor, type RemedyId } from "./table.ts";

/** Those of these remedies that fit the record's machine, in this order. */
export function remediesFor(record: BootRecord, ...ids: readonly RemedyId[]): readonly Remedy[] {
  const machine = machineOf(record);
  return ids.map((id) => remedyFor(id, machine, record)).filter((remedy) => remedy !== null);
}

/** What would give this machine's CRNG entropy earlier, best first, as far as its supply is known. */
export function supplyRemedies(record: BootRecord): readonly Remedy[] {
  return remediesFor(
    record,
    "take-off-argument",
    "trust-cpu",
    "credit-hwrng",
    "virtio-rng",
    "cpu-of-host",
    "bootloader-seed",
    "device-tree-seed",
    "update-kernel",
    "entropy-daemon",
    "credit-seed-file",
  );
}
