import type { Trouble } from "./trouble.ts";

/** What dracut, initramfs-tools and other scripts of an initramfs print, and the shells into which they fall. */
export const initramfsTrouble: readonly Trouble[] = [
  {
    id: "fips-integrity",
    kind: "fips-integrity",
    gravity: "stops",
    by: "any",
    pattern:
      /^((?:FATAL: )?.{0,40}(?:FIPS integrity (?:test|check) failed|fips(?:check)? .{0,30}failed|FIPS .{0,40}(?:fail|mismatch)|HMAC .{0,40}(?:mismatch|verification failed)|All initrd crypto checks (?:failed|not done)).*)$/i,
    says: "FIPS integrity check: $1",
    source: "dracut's modules.d/01fips/fips.sh, libkcapi",
    examples: ["FATAL: FIPS integrity test failed"],
    near: ["All initrd crypto checks done", "Checking integrity of kernel", "fips mode: enabled"],
  },
  {
    id: "dracut-fatal",
    kind: "dracut-initqueue",
    gravity: "stops",
    by: "program",
    program: /^dracut/,
    pattern: /^(FATAL: (?!Module |Could not load |Error (?:inserting|running) ).*|Refusing to continue)$/,
    says: "dracut: $1",
    source: "dracut's dracut-lib.sh, die()",
    examples: ["FATAL: iscsiroot requested but kernel/initrd does not support iscsi", "Refusing to continue"],
    near: ["FATAL: Module tcrypt not found in directory /lib/modules/6.1.0"],
  },
  {
    id: "dracut-missing-device",
    kind: "root-device",
    gravity: "stops",
    by: "any",
    program: /^(?:$|dracut|initqueue)/,
    pattern:
      /^((?:Warning: )?(?:"?\/dev\/\S+ does not exist|\S{0,80}\/initqueue\/finished\/devexists-|Not all disks have been found).*)$/,
    says: "dracut: $1",
    source: "dracut's wait_for_dev: the reason for the time-out that it reports",
    examples: ["Warning: /dev/mapper/vg-root does not exist", "Warning: /dev/disk/by-label/root does not exist"],
    near: [
      "mount: special device /dev/sdb1 does not exist",
      "Warning: dracut-initqueue timeout - starting timeout scripts",
    ],
  },
  {
    id: "dracut-initqueue",
    kind: "dracut-initqueue",
    gravity: "stops",
    by: "any",
    pattern:
      /^((?:Warning: )?(?:dracut-initqueue[: ].*timeout|dracut-initqueue timeout|Could not boot\b).*|dracut-initqueue.*(?:[Tt]imeout|starting timeout scripts).*|Starting timeout scripts.*|starting timeout scripts)$/,
    says: "dracut: $1",
    source: "dracut's dracut-initqueue.sh and wait_for_dev",
    examples: [
      "Warning: dracut-initqueue: timeout, still waiting for following initqueue hooks:",
      "Warning: Could not boot.",
    ],
    near: ["dhcp: BOND setting eth0", "mount: /dev/sr0 is write-protected, mounting read-only"],
  },
  {
    id: "pool-not-imported",
    kind: "root-device",
    gravity: "notes",
    by: "any",
    pattern:
      /^((?:zpool: )?cannot import '[^']{1,80}': (?:no such pool|more than one matching pool|pool was previously in use|one or more devices|I\/O error|pool is formatted|insufficient replicas).*)$/,
    says: "ZFS: $1",
    source: "OpenZFS, cmd/zpool: scripts try again until the disks are there",
    examples: ["cannot import 'tank': no such pool available"],
    near: ["cannot import 'tank': a pool with that name already exists", 'importing root ZFS pool "tank"...'],
  },
  {
    id: "dataset-not-mounted",
    kind: "filesystem",
    gravity: "breaks",
    by: "any",
    pattern: /^((?:zfs_mount: )?filesystem '[^']{1,120}' can ?not be mounted, unable to open the dataset.*)$/,
    says: "ZFS: $1",
    source: "OpenZFS, cmd/mount_zfs.c",
    examples: ["filesystem 'tank/root' cannot be mounted, unable to open the dataset"],
    near: ["filesystem 'tank/root' is already mounted"],
  },
  {
    id: "no-root-device",
    kind: "root-device",
    gravity: "stops",
    by: "any",
    pattern:
      /^((?:ALERT! +\S.* does not exist|Gave up waiting for root|mount: (?:mounting .* on \/(?:root|sysroot|newroot|new_root|mnt-root\/?) failed|\/(?:new_root|sysroot|root)\b.*)|Target filesystem doesn't have (?:requested )?\/sbin\/init|ERROR: (?:device '.*' not found|Unable to find root device|Failed to mount (?:the real|'.*' on) root)|(?:!! )?(?:Could not find the root|Block device .* is not a valid root)|Mounting root: .*failed|Cannot find (?:the )?root|Unable to find a medium containing a live file system|cannot (?:find|mount) root|Timed out waiting for device .*, trying to mount anyway|Failed to (?:mount|find) (?:\/sysroot|root)|An error occurred in stage 1 of the boot process|switch_root: .*fail|Root device .* not found|Waiting for (?:root )?device .* timed out).*)$/i,
    says: "$1",
    source: "initramfs-tools, mkinitcpio, genkernel, Alpine's init, NixOS' stage 1, live-boot, util-linux",
    examples: [
      "ALERT!  UUID=0123-4567 does not exist.  Dropping to a shell!",
      "Gave up waiting for root file system device.  Common problems:",
      "ERROR: device 'UUID=0123' not found. Skipping fsck.",
    ],
    near: [
      ":: running hook [udev]",
      "Begin: Mounting root file system ... done.",
      "Gave up waiting for suspended disk",
      "Gave up waiting for suspend/resume device",
    ],
  },
  {
    id: "device-given-up",
    kind: "device",
    gravity: "notes",
    by: "any",
    pattern:
      /^((?:Gave up waiting for suspend\/resume device|Volume group ".{1,80}" not found|Cannot process volume group |WARNING: VG .{1,80} is missing PV |WARNING: Couldn't find (?:device with uuid|all devices for LV)|Refusing activation of partial LV |mdadm: failed to (?:start|RUN_ARRAY|add) |Cancelling resume operation|Warning: Cancelling resume operation).*)$/i,
    says: "$1",
    source:
      "initramfs-tools, dracut, lvm2, mdadm: a device that does not come, after half a minute at most; lvm2 is asked " +
      "before the disks and the passphrase are there, too, and the boot goes on",
    examples: [
      "Gave up waiting for suspend/resume device",
      'Volume group "vg0" not found',
      "WARNING: VG vg0 is missing PV nLZ4eO (last written to /dev/sdb1).",
      "Refusing activation of partial LV vg0/root.  Use '--activationmode partial' to override.",
      "mdadm: failed to start array /dev/md/0: Input/output error",
    ],
    near: [
      "Gave up waiting for root device.  Common problems:",
      '2 logical volume(s) in volume group "vg0" now active',
    ],
  },
  {
    id: "bare-shell",
    kind: "emergency-mode",
    gravity: "warns",
    by: "any",
    pattern: /^((?:-?sh|ash|\/bin\/sh|bash): can't access tty.*)$/,
    says: "A shell runs on the console: $1",
    source: "BusyBox, shell/ash.c: of an initramfs's rescue shell, and of each shell that an init starts on a console",
    examples: ["sh: can't access tty; job control turned off", "/bin/sh: can't access tty; job control turned off"],
    near: ["sh: /dev/ttyS1: No such file or directory"],
  },
  {
    id: "emergency-mode",
    kind: "emergency-mode",
    gravity: "stops",
    by: "any",
    pattern:
      /^((?:You are in (?:emergency|rescue) mode|Welcome to (?:emergency|rescue) mode|Generating "\/run\/initramfs\/rdsosreport|Entering (?:emergency|rescue) mode|(?:\[ +OK +\] )?(?:Reached target|Started) .{0,24}(?:Emergency (?:Mode|Shell)|emergency\.(?:target|service)|Dracut Emergency Shell|Rescue (?:Mode|Shell))|Starting .{0,24}(?:Emergency Shell|Dracut Emergency Shell)|Cannot open access to console, the root account is locked|Give root password for maintenance|Press Enter for maintenance|You are now being dropped into an emergency shell|initramfs emergency recovery shell launched|(?:=> )?\w[\w ]{1,40} error, starting (?:an? |the )?(?:emergency|rescue|recovery) shell|dracut:[/\w]*#|\(initramfs\)(?: |$)|\[rootfs [^\]]*\]# ?|Dropping to (?:a|emergency|debug|initramfs) ?shell).*)$/i,
    says: "$1",
    source: "systemd's emergency.service, dracut, initramfs-tools, mkinitcpio, Alpine",
    examples: [
      'You are in emergency mode. After logging in, type "journalctl -xb" to view',
      "=> Init system encountered an error, starting emergency shell.",
      "dracut:/# ls",
      "(initramfs) ",
    ],
    near: ["[  OK  ] Stopped Emergency Shell.", "Reached target Multi-User System"],
  },
];
