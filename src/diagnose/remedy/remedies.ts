import type { BootRecord, Remedy } from "../../core/boot-record.ts";

/** What would give this machine's CRNG entropy earlier, best first, as far as its supply is known. */
export function supplyRemedies({ supply, observed }: BootRecord): readonly Remedy[] {
  const { cpu, hwRandom, bootloader, virtualization } = supply;
  const hasCpuRng = cpu !== null && (cpu.rdrand || cpu.rdseed || cpu.other !== null);
  const isVm = virtualization?.vm != null && virtualization.vm !== "none";
  const remedies: (Remedy | null)[] = [
    hasCpuRng && cpu.trusted === false
      ? {
          text: "Let the kernel credit the CPU's generator",
          command: "grubby --update-kernel=ALL --args=random.trust_cpu=on",
        }
      : null,
    isVm && hwRandom?.virtio !== true
      ? {
          text: "Give the virtual machine a virtio-rng device (libvirt; for QEMU itself: -device virtio-rng-pci)",
          command: "virt-xml DOMAIN --add-device --rng /dev/urandom",
        }
      : null,
    isVm && !hasCpuRng
      ? {
          text: "Pass the host's CPU features through, so that the guest has RDRAND",
          command: "virt-xml DOMAIN --edit --cpu host-passthrough",
        }
      : null,
    bootloader !== null && bootloader.efi && bootloader.via === null
      ? { text: "Let systemd-boot pass a random seed, where it is the boot loader", command: "bootctl random-seed" }
      : null,
    observed.pool?.poolBits === 4096
      ? {
          text: "Update the kernel: since the rewrite of 2022 the first caller that waits ends the wait in about a second",
          command: null,
        }
      : null,
  ];
  return remedies.filter((remedy) => remedy !== null);
}
