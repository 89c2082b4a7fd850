import { describe, expect, it } from "vitest";
import { type BootRecord, emptyRecord } from "../../../src/core/boot-record.ts";
import type { Evidence, SupplyEvidence } from "../../../src/core/evidence.ts";
import { fold } from "../../../src/core/fold/fold.ts";
import { supplyRemedies } from "../../../src/diagnose/remedy/remedies.ts";
import { pool } from "../../core/evidence-of.ts";

const recordOf = (supply: Omit<SupplyEvidence, "kind">, ...evidence: readonly Evidence[]): BootRecord =>
  fold(emptyRecord(), [{ kind: "supply", ...supply }, ...evidence]).record;
const commands = (...parameters: Parameters<typeof recordOf>): string =>
  supplyRemedies(recordOf(...parameters))
    .map(({ text, command }) => command ?? text)
    .join("; ");

const vm = { vm: "kvm", container: null };
const metal = { vm: "none", container: null };
const virtio = { current: "virtio_rng.0", available: ["virtio_rng.0"], quality: 1000, virtio: true };
const cpu = (rdrand: boolean, trusted: boolean | null) => ({ rdrand, rdseed: false, other: null, trusted, why: "" });

describe("what would give entropy earlier", () => {
  it("in a virtual machine: a virtio-rng device, and the host's CPU", () => {
    expect(commands({ virtualization: vm, cpu: cpu(false, true) })).toBe(
      "virt-xml DOMAIN --add-device --rng /dev/urandom; virt-xml DOMAIN --edit --cpu host-passthrough",
    );
    expect(commands({ virtualization: vm, cpu: cpu(true, true) })).toBe(
      "virt-xml DOMAIN --add-device --rng /dev/urandom",
    );
    expect(commands({ virtualization: vm, cpu: cpu(true, true), hwRandom: virtio })).toBe("");
  });

  it("is nothing for a hypervisor on bare metal, nor where it is not known", () => {
    expect(commands({ virtualization: metal, cpu: cpu(false, null) })).toBe("");
    expect(commands({})).toBe("");
  });

  it("on a CPU that is not trusted: to trust it, and only then", () => {
    const trust = "grubby --update-kernel=ALL --args=random.trust_cpu=on";
    expect(commands({ virtualization: metal, cpu: cpu(true, false) })).toBe(trust);
    expect(commands({ virtualization: metal, cpu: cpu(true, null) })).toBe("");
    expect(commands({ virtualization: metal, cpu: cpu(false, false) })).toBe("");
    expect(commands({ virtualization: metal, cpu: { ...cpu(false, false), other: "rng" } })).toBe(trust);
  });

  it("on EFI without a seed: systemd-boot's", () => {
    const bootloader = { via: null, efi: true, trusted: true, why: "" };
    expect(commands({ bootloader })).toBe("bootctl random-seed");
    expect(commands({ bootloader: { ...bootloader, efi: false } })).toBe("");
    expect(commands({ bootloader: { ...bootloader, via: "systemd-boot, through EFI" } })).toBe("");
  });

  it("on an old pool: a newer kernel", () => {
    expect(commands({}, pool(5, 4, 4096))).toMatch(/^Update the kernel/);
    expect(commands({}, pool(5, 4))).toBe("");
  });
});
