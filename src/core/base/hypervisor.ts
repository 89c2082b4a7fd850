/** What the firmware of common hypervisors calls itself, as systemd-detect-virt(1) knows it. */
const vendors = [
  // Xen of its older instances names it in the version of the firmware.
  [/\bAmazon EC2\b|\bXen\b.{0,40}\.amazon\b/i, "amazon"],
  [/\bGoogle Compute Engine\b/i, "google"],
  [/\bOpenStack\b/i, "openstack"],
  [/^Alibaba Cloud\b/i, "alibaba"],
  [/^DigitalOcean\b/i, "digitalocean"],
  [/^Hetzner vServer\b/i, "hetzner"],
  [/^(?:Linode|Akamai)\b/i, "linode"],
  [/^Scaleway\b/i, "scaleway"],
  [/^Tencent Cloud\b/i, "tencent"],
  [/^UpCloud\b/i, "upcloud"],
  [/^Vultr\b/i, "vultr"],
  [/\bKVM\b|KubeVirt/i, "kvm"],
  // With KVM or in emulation: only the CPUID instruction would show which.
  [/\bQEMU\b|linux,dummy-virt/i, "qemu"],
  [/\bVMware\b/i, "vmware"],
  [/innotek|VirtualBox/i, "virtualbox"],
  [/\bXen\b/i, "xen"],
  [/Microsoft Corporation/i, "hyper-v"],
  [/Parallels/i, "parallels"],
  [/BHYVE/i, "bhyve"],
  [/Apple Virtualization/i, "apple"],
] as const;

/** A hypervisor, or the cloud whose firmware names itself. `diagnose/remedy/hypervisor.ts` has what each can do. */
export type HypervisorName = (typeof vendors)[number][1];

/**
 * The hypervisor that a vendor and product name of DMI, or a device tree's model, stand for; null: none that is known.
 */
export function hypervisorOf(hardware: string): HypervisorName | "none" | null {
  const name = vendors.find(([pattern]) => pattern.test(hardware))?.[1] ?? null;
  // Two expressions each: in one, the first half would be looked for again at each place, up to the end.
  if (name === "amazon") return /\.metal\b/i.test(hardware) ? "none" : name;
  if (name === "hyper-v") return /Virtual Machine/i.test(hardware) ? name : null;
  return name;
}

/** Names of the kernel's line "Hypervisor detected: …" (arch/x86/kernel/cpu/hypervisor.c). */
const detected: readonly (readonly [pattern: RegExp, name: HypervisorName])[] = [
  [/^KVM/, "kvm"],
  [/^VMware/, "vmware"],
  [/^Microsoft Hyper-V/, "hyper-v"],
  [/^Xen/, "xen"],
];

/** The hypervisor that the kernel names there, by the name that firmware gives it. */
export function hypervisorDetected(name: string): HypervisorName | "unnamed hypervisor" {
  return detected.find(([pattern]) => pattern.test(name))?.[1] ?? "unnamed hypervisor";
}
