import { microseconds } from "../../core/base/time.ts";
import type { BootRecord } from "../../core/boot-record.ts";
import type { Remedy, RemedyPlace, RemedyPrice } from "../../core/finding.ts";
import { type Machine, machineOf } from "./machine.ts";
import type { Recipe } from "./recipe.ts";
import { remedyTable, type RemedyId } from "./table.ts";

/** Those of these remedies that fit the record's machine, in this order. */
export function remediesFor(record: BootRecord, ...ids: readonly RemedyId[]): readonly Remedy[] {
  return remediesOfAll(record, ids, null);
}

/**
 * What would give this machine's CRNG entropy earlier, best first, as far as its supply is known. `shownSeconds`: how
 * long a task waited at the least by other evidence than recorded waits.
 */
export function supplyRemedies(record: BootRecord, shownSeconds: number | null = null): readonly Remedy[] {
  const found = remediesOfAll(record, supplyIds, shownSeconds);
  return found.length > 0 ? found : remediesOfAll(record, ["any-source"], shownSeconds);
}

const supplyIds: readonly RemedyId[] = [
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
];

/** Remedies of the table for the record's machine, but for those that are of no use there or cannot be done. */
function remediesOfAll(record: BootRecord, ids: readonly RemedyId[], shownSeconds: number | null): readonly Remedy[] {
  const machine = machineOf(record);
  return ids.flatMap((id): readonly Remedy[] => {
    const recipe: Recipe | null = remedyTable[id](machine, record);
    if (recipe === null) return [];
    const { text, command, where, price, saves } = recipe;
    const place = where ?? placeOf(machine, price);
    return [{ id, text, command, where: place, price, saves: savingOf(record, saves, shownSeconds) }];
  });
}

/** What takes a boot is the host's in a container: its kernel is. */
function placeOf({ ofLog, container }: Machine, { reboot }: RemedyPrice): RemedyPlace {
  if (ofLog) return "that-machine";
  return container !== null && reboot ? "container-host" : "here";
}

function savingOf(
  { correctedBoot, cost }: BootRecord,
  saves: Recipe["saves"],
  shownSeconds: number | null,
): Remedy["saves"] {
  if (saves === "nothing") return null;
  if (cost.complete && cost.tasks === 0) return { bootSeconds: 0, waitSeconds: 0 };
  if (saves !== "all") return { bootSeconds: null, waitSeconds: null };
  return {
    bootSeconds: correctedBoot === null ? null : microseconds(correctedBoot.finishedAt - correctedBoot.withoutWaitsAt),
    waitSeconds: cost.tasks === 0 || cost.seconds === 0 ? shownSeconds : cost.seconds,
  };
}
