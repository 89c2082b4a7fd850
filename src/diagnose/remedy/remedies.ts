import { microseconds } from "../../core/base/time.ts";
import type { BootRecord } from "../../core/boot-record.ts";
import type { Remedy, RemedyPlace, RemedyPrice } from "../../core/finding.ts";
import { type Machine, machineOf } from "./machine.ts";
import { type Recipe, remedyTable, type RemedyId } from "./table.ts";

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

/** One remedy of the table for the record's machine; null where it is of no use there or cannot be done. */
function remedyFor(id: RemedyId, machine: Machine, record: BootRecord): Remedy | null {
  const recipe: Recipe | null = remedyTable[id](machine, record);
  if (recipe === null) return null;
  const { text, command, where, price, saves } = recipe;
  return {
    id,
    text,
    command,
    where: where ?? placeOf(machine, price),
    price,
    saves: savingOf(record, saves),
  };
}

/** What takes a boot is the host's in a container: its kernel is. */
function placeOf({ ofLog, container }: Machine, { reboot }: RemedyPrice): RemedyPlace {
  if (ofLog) return "that-machine";
  return container !== null && reboot ? "container-host" : "here";
}

function savingOf({ correctedBoot, cost }: BootRecord, saves: Recipe["saves"]): Remedy["saves"] {
  if (saves === "nothing") return null;
  if (cost.complete && cost.tasks === 0) return { bootSeconds: 0, waitSeconds: 0 };
  if (saves !== "all") return { bootSeconds: null, waitSeconds: null };
  return {
    bootSeconds: correctedBoot === null ? null : microseconds(correctedBoot.finishedAt - correctedBoot.withoutWaitsAt),
    waitSeconds: cost.tasks === 0 || cost.seconds === 0 ? null : cost.seconds,
  };
}
