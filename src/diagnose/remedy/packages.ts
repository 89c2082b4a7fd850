import type { DistributionFamily, Machine } from "./machine.ts";

/** The commands of a distribution that remedies need; null: crngwatch knows none that helps. */
interface Commands {
  readonly updateKernel: string | null;
  /** A daemon that gathers entropy in user space, for kernels that do not. */
  readonly entropyDaemon: string | null;
  readonly rebuildInitramfs: string | null;
}

const rpm = {
  updateKernel: "dnf upgrade kernel",
  entropyDaemon: "dnf install rng-tools && systemctl enable --now rngd",
  rebuildInitramfs: "dracut --force",
} as const;
/** RHEL 7 and Amazon Linux 2, and those before them, have no dnf. */
const yum = {
  updateKernel: "yum update kernel",
  entropyDaemon: "yum install rng-tools && systemctl enable --now rngd",
  rebuildInitramfs: "dracut --force",
} as const;
const deb = {
  updateKernel: "apt-get update && apt-get dist-upgrade",
  entropyDaemon: "apt-get install haveged",
  rebuildInitramfs: "update-initramfs -u",
} as const;

const commands: Readonly<Record<DistributionFamily, Commands>> = {
  fedora: rpm,
  rhel: rpm,
  amazon: rpm,
  debian: deb,
  ubuntu: deb,
  suse: {
    updateKernel: "zypper patch",
    entropyDaemon: "zypper install haveged && systemctl enable --now haveged",
    rebuildInitramfs: "dracut --force",
  },
  arch: {
    updateKernel: "pacman -Syu",
    entropyDaemon: "pacman -S rng-tools && systemctl enable --now rngd",
    rebuildInitramfs: "mkinitcpio -P",
  },
  alpine: {
    updateKernel: "apk upgrade",
    entropyDaemon: "apk add haveged && rc-update add haveged boot",
    rebuildInitramfs: "mkinitfs",
  },
  // Packages and services are its configuration's.
  nixos: { updateKernel: "nixos-rebuild boot --upgrade", entropyDaemon: null, rebuildInitramfs: null },
  // Its kernel is an image's, which sysupgrade writes.
  openwrt: { updateKernel: null, entropyDaemon: "opkg update && opkg install urngd", rebuildInitramfs: null },
};

const unknown: Commands = { updateKernel: null, entropyDaemon: null, rebuildInitramfs: null };
const rpmOstree: Commands = {
  updateKernel: "rpm-ostree upgrade",
  entropyDaemon: "rpm-ostree install rng-tools",
  rebuildInitramfs: null,
};
/** What an image holds is changed where it is built. */
const bootc: Commands = { updateKernel: "bootc upgrade", entropyDaemon: null, rebuildInitramfs: null };

/** The commands for a machine; of an image, those of the tool that keeps it. */
export function commandsOf({ family, release, image, tool }: Machine): Commands {
  const mostWithYum = family === "rhel" ? 7 : family === "amazon" ? 2 : 0;
  if (release !== null && release <= mostWithYum) return yum;
  if (image) return tool?.backEnd === "bootc" ? bootc : rpmOstree;
  return family === null ? unknown : commands[family];
}

/** Families whose system log is the journal; of others only dmesg is sure to be there. */
export function hasJournal({ family }: Machine): boolean {
  return family !== null && family !== "alpine" && family !== "openwrt";
}
