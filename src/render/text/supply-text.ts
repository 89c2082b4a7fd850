import type { BootRecord, Supply } from "../../core/boot-record.ts";
import { escapeText } from "../escape.ts";
import { seconds } from "../verdict.ts";
import type { Detail } from "./detail.ts";
import { columnLines, type TextLine } from "./layout.ts";

/** What the CRNG is fed by. `full`: with the fill of the pool. */
export function supplyLines(
  { cpu, hwRandom, bootloader, seedFile, virtualization }: Supply,
  { observed }: Pick<BootRecord, "observed">,
  detail: Detail,
): readonly TextLine[] {
  const rows: [string, string][] = [];
  const trust = (trusted: boolean | null, why: string): string =>
    `${trusted === null ? "trust unknown" : trusted ? "trusted" : "not trusted"}: ${escapeText(why)}`;
  if (cpu !== null) {
    const instructions = [cpu.rdrand ? "RDRAND" : null, cpu.rdseed ? "RDSEED" : null, cpu.other].filter(
      (name) => name !== null,
    );
    rows.push([
      "CPU",
      instructions.length === 0
        ? "no random number instructions"
        : `${escapeText(instructions.join(", "))}, ${trust(cpu.trusted, cpu.why)}`,
    ]);
  }
  if (hwRandom !== null) {
    const quality = hwRandom.quality === null ? "" : `, quality ${hwRandom.quality} of 1024`;
    rows.push(["hw_random", hwRandom.current === null ? "none" : `${escapeText(hwRandom.current)}${quality}`]);
  }
  if (bootloader !== null) {
    rows.push([
      "boot loader",
      bootloader.via === null
        ? "no seed found"
        : `${escapeText(bootloader.via)}, ${trust(bootloader.trusted, bootloader.why)}`,
    ]);
  }
  if (seedFile !== null) {
    const file =
      seedFile.present === null
        ? "not visible"
        : seedFile.present
          ? `${seedFile.bytes ?? "?"} bytes, ${seedFile.credited === true ? "credited" : "mixed in, not credited"}`
          : "none";
    rows.push(["seed file", file]);
  }
  if (virtualization !== null) {
    const { vm, container } = virtualization;
    rows.push([
      "machine",
      `${vm === null ? "unknown" : vm === "none" ? "no hypervisor" : escapeText(vm)}${container === null ? "" : `, in a container (${escapeText(container)}): the log and the CRNG are the host's`}`,
    ]);
  }
  if (observed.pool !== null && detail === "full")
    rows.push([
      "pool",
      `${observed.pool.latest.bits} of ${observed.pool.poolBits} bits at ${seconds(observed.pool.latest.at)}`,
    ]);
  return columnLines(rows);
}
