/** What some units wait for by their nature, which is not random bytes. */
export type Awaited = "network" | "device" | "file-system" | "clock";

interface AwaitedBy {
  readonly awaits: Awaited;
  /** Fits a unit's name or its description, in lower case. */
  readonly pattern: RegExp;
}

/**
 * Units whose start ends with something outside of them, and that draw no keys: a link that comes up, a device that
 * appears, a check of a file system. A network manager itself is none: it may make keys of its own.
 */
const table: readonly AwaitedBy[] = [
  {
    awaits: "network",
    pattern:
      /(?:networkmanager|systemd-networkd|network)-wait-online|^wait for network\b|^network manager wait online|^raise network interfaces|^lsb: raise network|^ifup@|^ifupdown-wait-online|^wait for all network/,
  },
  {
    awaits: "device",
    pattern:
      /\.device$|^(?:\/dev\/|dev-|\/sys\/|sys-)|systemd-udev-settle|^wait for udev|^udev wait for complete device|^device-mapper multipath|^(?:dev-|disk ).{0,120}(?:device|job)$|lvm2-pvscan@/,
  },
  {
    awaits: "file-system",
    pattern:
      /^systemd-fsck|^file system check on |^resume from hibernation|^systemd-hibernate-resume|\.mount$|^systemd-quotacheck|^flush journal to persistent|systemd-journal-flush|^e2scrub_reap|^rebuild (?:hardware database|dynamic linker cache|journal catalog)|systemd-hwdb-update|ldconfig\.service/,
  },
  {
    awaits: "clock",
    pattern:
      /chrony-wait|systemd-time-wait-sync|^wait for (?:chrony|ntp|time|clock)|ntp-wait|^wait until kernel time synchron/,
  },
];

/** What a unit waits for as it starts, by its name or its description; null: not known. */
export function awaitedBy(unit: string): Awaited | null {
  const name = unit.slice(0, 200).toLowerCase();
  return table.find(({ pattern }) => pattern.test(name))?.awaits ?? null;
}

/** Units that take long by what they do themselves, read or compute, or that wait for the boot as a whole. */
const ownWork =
  /^(?:plymouth-quit-wait|apparmor|kdump|man-db|apt-daily|apt-daily-upgrade|dnf-makecache|packagekit|updatedb|mlocate-updatedb|fstrim|logrotate|systemd-modules-load|systemd-sysctl|lvm2-monitor|dracut-[\w-]{1,24}|initrd-[\w-]{1,24}|vboxdrv|dkms|nvidia-[\w-]{1,24}|systemd-backlight@\S{1,80}|systemd-rfkill|keyboard-setup|console-setup|systemd-vconsole-setup|setvtrgb|auditd|zfs-import[\w-]{0,24}|zfs-mount|grub2?-[\w-]{1,32})\.service$/;

export function isOwnWork(unit: string): boolean {
  return ownWork.test(unit);
}

/** Of those, the ones that wait for no other unit and start nothing that may draw random bytes. */
const alone =
  /^(?:apparmor|kdump|man-db|apt-daily|apt-daily-upgrade|dnf-makecache|packagekit|updatedb|mlocate-updatedb|fstrim|logrotate|lvm2-monitor|vboxdrv|dkms|nvidia-[\w-]{1,24}|keyboard-setup|console-setup|setvtrgb|grub2?-[\w-]{1,32})\.service$/;

export function worksAlone(unit: string): boolean {
  return alone.test(unit);
}
