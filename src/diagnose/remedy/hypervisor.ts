import type { HypervisorName } from "../../core/base/hypervisor.ts";
import type { RemedyPlace } from "../../core/finding.ts";

/** What a hypervisor can give its guest: carried out on its host, or with the provider. Null: it cannot. */
interface HypervisorHelp {
  readonly where: Extract<RemedyPlace, "hypervisor" | "provider">;
  /** A device that the guest's kernel reads random bytes from. */
  readonly device: { readonly text: string; readonly command: string | null } | null;
  /** RDRAND in the guest. */
  readonly cpu: { readonly text: string; readonly command: string | null } | null;
}

const libvirt: HypervisorHelp = {
  where: "hypervisor",
  device: {
    text: "give the virtual machine a virtio-rng device (with libvirt; with QEMU alone: -device virtio-rng-pci)",
    command: "virt-xml DOMAIN --add-device --rng /dev/urandom",
  },
  cpu: {
    text: "pass the host's CPU features through, so that the guest has RDRAND",
    command: "virt-xml DOMAIN --edit --cpu host-passthrough",
  },
};

/** A hypervisor that offers something, but that crngwatch has no words for. */
const anyHypervisor: HypervisorHelp = {
  where: "hypervisor",
  device: { text: "give the virtual machine a random number device, if the hypervisor offers one", command: null },
  cpu: { text: "let the virtual machine see RDRAND", command: null },
};

/** Its hypervisor is the provider's: who has the guest chooses among what is offered. */
const anyProvider: HypervisorHelp = {
  where: "provider",
  device: { text: "choose a machine type with a virtio-rng device, if there is one", command: null },
  cpu: { text: "choose a machine type whose CPU has RDRAND", command: null },
};

/**
 * Azure's firmware says no more than any Hyper-V's, and that of a Kata guest no more than QEMU's: `machine.ts`
 * recognises them by their kernels and by their command lines.
 */
const helps: Readonly<Record<HypervisorName | "azure" | "kata", HypervisorHelp>> = {
  kvm: libvirt,
  qemu: libvirt,
  openstack: {
    where: "provider",
    device: {
      text: "allow the flavour a random number generator, and set hw_rng_model=virtio on the image",
      command: "openstack flavor set FLAVOR --property hw_rng:allowed=True",
    },
    cpu: { text: "choose a flavour whose CPU model has RDRAND", command: null },
  },
  vmware: {
    where: "hypervisor",
    device: null,
    cpu: {
      text: "let the virtual machine see RDRAND: an EVC mode of Ivy Bridge (Intel) or Zen (AMD), or newer, and no CPUID mask that hides it",
      command: null,
    },
  },
  virtualbox: {
    where: "hypervisor",
    device: null,
    cpu: {
      text: "give the virtual machine the host's CPU profile",
      command: "VBoxManage modifyvm VM --cpu-profile host",
    },
  },
  "hyper-v": {
    where: "hypervisor",
    device: null,
    cpu: { text: "let the virtual machine see RDRAND: processor compatibility mode must not hide it", command: null },
  },
  xen: {
    where: "hypervisor",
    device: null,
    cpu: { text: "let the guest see RDRAND: no CPUID policy in its configuration may hide it", command: null },
  },
  amazon: {
    where: "provider",
    device: null,
    cpu: { text: "choose an instance type of a current generation, whose CPU has RDRAND", command: null },
  },
  // Hyper-V has no such device.
  azure: {
    where: "provider",
    device: null,
    cpu: { text: "choose a size of a current generation, whose CPU has RDRAND", command: null },
  },
  google: {
    where: "provider",
    device: null,
    cpu: { text: "choose a machine series whose CPU has RDRAND, or a newer minimum CPU platform", command: null },
  },
  bhyve: {
    where: "hypervisor",
    device: { text: "give the virtual machine a virtio-rnd device: bhyve's option -s SLOT,virtio-rnd", command: null },
    cpu: null,
  },
  apple: {
    where: "hypervisor",
    device: {
      text: "give the virtual machine an entropy device (VZVirtioEntropyDeviceConfiguration)",
      command: null,
    },
    cpu: null,
  },
  // The runtime starts it: there is no libvirt, and the guest has the host's CPU.
  kata: {
    where: "hypervisor",
    device: {
      text: "let Kata give its guests a virtio-rng device: entropy_source in the section [hypervisor.…] of its configuration.toml",
      command: null,
    },
    cpu: null,
  },
  parallels: anyHypervisor,
  alibaba: anyProvider,
  digitalocean: anyProvider,
  hetzner: anyProvider,
  linode: anyProvider,
  scaleway: anyProvider,
  tencent: anyProvider,
  upcloud: anyProvider,
  vultr: anyProvider,
};

/** Null: this is no virtual machine, or it is not known to be one. A host may name one that is not in the table. */
export function helpOf(vm: string | null): HypervisorHelp | null {
  if (vm === null || vm === "none") return null;
  return Object.hasOwn(helps, vm) ? helps[vm as keyof typeof helps] : anyHypervisor;
}
