import { membersOf } from "../../core/base/members.ts";
import type { BootloaderSeed, CpuRng, HwRandom, SeedFile, Supply, Virtualization } from "../../core/base/supply.ts";
import type { BootRecord } from "../../core/boot-record.ts";
import { escapeText } from "../escape.ts";
import { seconds } from "../verdict.ts";
import type { Detail } from "./detail.ts";
import { columnLines, type TextLine } from "./layout.ts";

/** What is printed of each part of the supply, in the order of the rows; null: it is not known. */
const rows: Readonly<Record<keyof Supply, { name: string; words: (supply: Supply) => string | null }>> = {
  cpu: { name: "CPU", words: ({ cpu }) => cpu && cpuWords(cpu) },
  hwRandom: { name: "hw_random", words: ({ hwRandom }) => hwRandom && hwRandomWords(hwRandom) },
  bootloader: { name: "boot loader", words: ({ bootloader }) => bootloader && bootloaderWords(bootloader) },
  seedFile: { name: "seed file", words: ({ seedFile }) => seedFile && seedFileWords(seedFile) },
  virtualization: { name: "machine", words: ({ virtualization }) => virtualization && machineWords(virtualization) },
};

/** What gives the CRNG entropy. `full`: with the fill of the pool. */
export function supplyLines(
  supply: Supply,
  { observed: { pool } }: Pick<BootRecord, "observed">,
  detail: Detail,
): readonly TextLine[] {
  const known = membersOf(rows).flatMap((part): [string, string][] => {
    const words = rows[part].words(supply);
    return words === null ? [] : [[rows[part].name, words]];
  });
  if (pool === null || detail !== "full") return columnLines(known);
  return columnLines([
    ...known,
    ["pool", `${pool.latest.bits} of ${pool.poolBits} bits at ${seconds(pool.latest.at)}`],
  ]);
}

function cpuWords({ rdrand, rdseed, other, trusted, why }: CpuRng): string {
  const instructions = [rdrand ? "RDRAND" : null, rdseed ? "RDSEED" : null, other].filter((name) => name !== null);
  return instructions.length === 0
    ? "no random number instructions"
    : `${escapeText(instructions.join(", "))}, ${trustWords(trusted, why)}`;
}

function hwRandomWords({ current, quality }: HwRandom): string {
  if (current === null) return "none";
  return `${escapeText(current)}${quality === null ? "" : `, quality ${quality} of 1024`}`;
}

function bootloaderWords({ via, trusted, why }: BootloaderSeed): string {
  return via === null ? "no seed found" : `${escapeText(via)}, ${trustWords(trusted, why)}`;
}

function trustWords(trusted: boolean | null, why: string): string {
  return `${trusted === null ? "trust unknown" : trusted ? "trusted" : "not trusted"}: ${escapeText(why)}`;
}

function seedFileWords({ present, bytes, credited }: SeedFile): string {
  if (present === null) return "not visible";
  return present ? `${bytes ?? "?"} bytes, ${credited === true ? "credited" : "mixed in, not credited"}` : "none";
}

function machineWords({ vm, container }: Virtualization): string {
  const machine = vm === null ? "unknown" : vm === "none" ? "no hypervisor" : escapeText(vm);
  return container === null
    ? machine
    : `${machine}, in a container (${escapeText(container)}): the log and the CRNG are the host's`;
}
