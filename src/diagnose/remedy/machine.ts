import type { BootRecord } from "../../core/boot-record.ts";
import type { BootLoaderName, CommandLineTool } from "../../core/base/administration.ts";
import { hypervisorOf, hypervisorDetected } from "../../core/base/hypervisor.ts";

/** Distributions that differ in the commands that an administrator types. */
export type DistributionFamily =
  | "fedora"
  | "rhel"
  | "amazon"
  | "debian"
  | "ubuntu"
  | "suse"
  | "arch"
  | "alpine"
  | "nixos"
  | "openwrt";

/** The machine that remedies are for, as far as the record shows it. */
export interface Machine {
  /** The record is of a log, so its machine is another one, or this one at another time. */
  readonly ofLog: boolean;
  readonly family: DistributionFamily | null;
  /** A release of RHEL or Amazon Linux: "el8" is 8. */
  readonly release: number | null;
  /** This boot's kernel command line; of a container, its host's. */
  readonly commandLine: string | null;
  /** The running system is an image: libostree or bootc keeps it. */
  readonly image: boolean;
  /** What changes the kernel command line; null: not known. */
  readonly tool: CommandLineTool | null;
  /** On this host `crngwatch recorder arm` changes nothing, but prints what a person has to. */
  readonly armedByHand: boolean;
  /** The hypervisor's name, or the cloud's; "none" on bare metal; null where nothing shows it. */
  readonly vm: string | null;
  readonly container: string | null;
}

/** The machine of a record: this host or, of a log, the one that the log shows. */
export function machineOf(record: BootRecord): Machine {
  const { covers, platform, kernel, supply } = record;
  const container = supply.virtualization?.container ?? null;
  // The files in a container are its image's: what administers the kernel is its host, which the kernel's name shows.
  const family = container === null ? familyOf(record) : familyOfKernel(record);
  const wasAsked = platform !== null && covers === null && container === null;
  const tool = wasAsked ? platform.commandLineTool : likelyTool(record, family);
  const isImage = /\b(?:ostree|composefs)=/.test(kernel.commandLine ?? "");
  return {
    ofLog: covers !== null,
    family,
    release: releaseOf(kernel.release),
    commandLine: kernel.commandLine,
    image: isImage || tool?.backEnd === "rpm-ostree" || tool?.backEnd === "bootc",
    tool,
    armedByHand:
      wasAsked && (tool === null || byHand.has(tool.backEnd) || (tool.backEnd === "bootc" && tool.command === null)),
    vm: kataGuest.test(kernel.commandLine ?? "")
      ? "kata"
      : ofCloud(supply.virtualization?.vm ?? loggedHypervisor(record), kernel),
    container,
  };
}

/** What Kata Containers puts on the kernel command line of the virtual machine that each of its pods is. */
const kataGuest =
  /(?:^|\s)(?:systemd\.unit=kata-\S|scsi_mod\.scan=none(?:\s|$)|agent\.(?:log|log_vport|debug_console|debug_console_vport|hotplug_timeout|container_pipe_size|server_addr|unified_cgroup_hierarchy|cdh_api_timeout)(?:[=\s]|$))/;

const byHand: ReadonlySet<BootLoaderName> = new Set(["nixos", "extlinux"]);

/** os-release(5)'s IDs, first its own and then those that it is like. */
const families: Readonly<Record<string, DistributionFamily>> = {
  fedora: "fedora",
  rhel: "rhel",
  centos: "rhel",
  rocky: "rhel",
  almalinux: "rhel",
  ol: "rhel",
  amzn: "amazon",
  ubuntu: "ubuntu",
  debian: "debian",
  raspbian: "debian",
  suse: "suse",
  opensuse: "suse",
  "opensuse-leap": "suse",
  "opensuse-tumbleweed": "suse",
  sles: "suse",
  arch: "arch",
  alpine: "alpine",
  nixos: "nixos",
  openwrt: "openwrt",
};

/** What distributions write into the names of their kernels: the release, and the version line. */
const kernelMarks: readonly (readonly [pattern: RegExp, family: DistributionFamily])[] = [
  [/\.fc\d{1,3}\b/, "fedora"],
  [/\.el\d{1,2}(?:_|\.|\b)/, "rhel"],
  [/\.amzn\d{1,4}\b/, "amazon"],
  [/-Ubuntu\b/, "ubuntu"],
  [/\bDebian \d|[+-]deb\d{1,2}|debian-kernel@/, "debian"],
  [/-arch\d/, "arch"],
  [/geeko@|\bSUSE\b|^\S+-default /, "suse"],
  [/^\S+ #\d{1,4}-NixOS\b/, "nixos"],
  // Its builds are not counted: KBUILD_BUILD_VERSION is 0.
  [/^\S+ #0 (?:SMP |PREEMPT )?[A-Z][a-z]{2} /, "openwrt"],
  [/-alpine\b|-\d+-(?:lts|virt)\b.*Alpine/, "alpine"],
];

/** The first programs of OpenWrt, which read random bytes as they start. */
const ofOpenWrt = /^(?:procd|ubusd?|jshn|netifd|urngd|urandom[-_]seed)$/;

function familyOf(record: BootRecord): DistributionFamily | null {
  const distribution = record.platform?.distribution ?? null;
  if (distribution === null)
    return familyOfKernel(record) ?? (record.earlyUses.some(({ name }) => ofOpenWrt.test(name)) ? "openwrt" : null);
  const id = [distribution.id, ...distribution.like].find((name) => families[name] !== undefined);
  return id === undefined ? null : (families[id] ?? null);
}

function familyOfKernel({ kernel }: BootRecord): DistributionFamily | null {
  const names = `${kernel.release ?? ""} ${kernel.version ?? ""}`;
  return kernelMarks.find(([pattern]) => pattern.test(names))?.[1] ?? null;
}

function releaseOf(release: string | null): number | null {
  const [, major] = /\.(?:el|amzn)(\d{1,4})(?:_|\.|\b)/.exec(release ?? "") ?? [];
  return major === undefined ? null : Number(major);
}

/** Where the host's files were not read: by what the boot loader itself put on the command line. */
function likelyTool({ kernel }: BootRecord, family: DistributionFamily | null): Machine["tool"] {
  const line = kernel.commandLine ?? "";
  const mark = lineMarks.find(([pattern]) => pattern.test(line));
  if (mark !== undefined) return { backEnd: mark[1], command: mark[2], file: null };
  // GRUB adds it; that of Fedora and its kin is grubby's.
  if (family === null || !/(?:^|\s)BOOT_IMAGE=/.test(line)) return null;
  return grubOf[family];
}

/** What a boot loader, or what made its configuration, leaves on the command line. */
const lineMarks: readonly (readonly [pattern: RegExp, backEnd: BootLoaderName, command: string | null])[] = [
  [/\bcomposefs=/, "bootc", null],
  [/\bostree=/, "rpm-ostree", "rpm-ostree"],
  [/(?:^|\s)init=\/nix\/store\//, "nixos", "nixos-rebuild boot"],
  // kernel-install has a folder for each machine and kernel.
  [/(?:^|\s)initrd=\\[^\s\\]{1,64}\\[^\s\\]{1,128}\\/, "kernel-install", "kernel-install"],
  [/(?:^|\s)initrd=\\/, "loader-entries", null],
  // A path is GRUB's.
  [/(?:^|\s)BOOT_IMAGE=vmlinuz-(?:lts|virt|hardened|vanilla|rpi)\b/, "extlinux", "update-extlinux"],
  [/(?:^|\s)(?:bcm270\d_fb\.|vc_mem\.mem_)/, "raspberry-pi", null],
];

const grubby = { backEnd: "grubby", command: "grubby", file: null } as const;
const updateGrub = { backEnd: "grub", command: "update-grub", file: null } as const;
const mkconfig = { backEnd: "grub", command: "grub-mkconfig -o /boot/grub/grub.cfg", file: null } as const;
const grubOf: Readonly<Record<DistributionFamily, Machine["tool"]>> = {
  fedora: grubby,
  rhel: grubby,
  amazon: grubby,
  debian: updateGrub,
  ubuntu: updateGrub,
  suse: { backEnd: "grub", command: "grub2-mkconfig -o /boot/grub2/grub.cfg", file: null },
  arch: mkconfig,
  alpine: mkconfig,
  nixos: null,
  openwrt: null,
};

/** Azure's firmware says no more than any Hyper-V's; its kernels bear its name. */
function ofCloud(vm: string | null, { release }: BootRecord["kernel"]): string | null {
  return vm === "hyper-v" && /[-.]azure\b/.test(release ?? "") ? "azure" : vm;
}

function loggedHypervisor({ observed }: BootRecord): string | null {
  const { hardware, hypervisor } = observed.machine;
  return (
    (hardware === null ? null : hypervisorOf(hardware)) ?? (hypervisor === null ? null : hypervisorDetected(hypervisor))
  );
}
