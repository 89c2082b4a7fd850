import { type BootRecord, bounds } from "../boot-record.ts";
import type { BootLoaderName, CommandLineTool, Distribution } from "../base/administration.ts";
import type { BootloaderSeed, CpuRng, HwRandom, SeedFile, Supply, Virtualization } from "../base/supply.ts";
import type { GeneratorProcess } from "../evidence.ts";
import { flag, list, number, object, optional, text, whole, word } from "./shape.ts";

/** More generators, or like distributions, than any host has. */
const most = { derived: 1024 };

export const supplyShape = object<Supply>("Supply", {
  cpu: optional(
    object<CpuRng>("CpuRng", {
      rdrand: flag,
      rdseed: flag,
      other: optional(text),
      trusted: optional(flag),
      why: text,
    }),
  ),
  hwRandom: optional(
    object<HwRandom>("HwRandom", {
      current: optional(text),
      available: list(text, most.derived),
      quality: optional(whole),
      virtio: flag,
    }),
  ),
  bootloader: optional(
    object<BootloaderSeed>("BootloaderSeed", {
      via: optional(text),
      efi: flag,
      trusted: optional(flag),
      why: text,
    }),
  ),
  seedFile: optional(
    object<SeedFile>("SeedFile", {
      path: text,
      present: optional(flag),
      bytes: optional(whole),
      credited: optional(flag),
    }),
  ),
  virtualization: optional(object<Virtualization>("Virtualization", { vm: optional(text), container: optional(text) })),
});

export const hostShape = object<NonNullable<BootRecord["host"]>>("Host", {
  distribution: optional(text),
  hardware: optional(text),
  processor: optional(text),
  memoryBytes: optional(whole),
  bootedAt: optional(text),
});

export const generatorsShape = object<NonNullable<BootRecord["generators"]>>("Generators", {
  processes: list(
    object<GeneratorProcess>("GeneratorProcess", {
      pid: whole,
      comm: text,
      unit: optional(text),
      container: optional(text),
      startedAt: number,
      generators: list(text, most.derived),
    }),
    bounds.generators,
  ),
  unreadable: whole,
});

export const platformShape = object<NonNullable<BootRecord["platform"]>>("Platform", {
  distribution: optional(
    object<Distribution>("Distribution", { id: text, like: list(text, most.derived), name: optional(text) }),
  ),
  commandLineTool: optional(
    object<CommandLineTool>("CommandLineTool", {
      backEnd: word<BootLoaderName>({
        "rpm-ostree": true,
        bootc: true,
        nixos: true,
        "loader-entries": true,
        "kernel-install": true,
        grubby: true,
        grub: true,
        extlinux: true,
        "raspberry-pi": true,
      }),
      command: optional(text),
      file: optional(text),
    }),
  ),
});
