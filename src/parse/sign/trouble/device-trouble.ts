import type { Trouble } from "./trouble.ts";

/**
 * What the kernel prints of devices: the root device, file systems, disks, suspend and resume, firmware, the console.
 */
export const deviceTrouble: readonly Trouble[] = [
  {
    id: "no-root",
    kind: "root-device",
    gravity: "stops",
    by: "any",
    pattern:
      /^(VFS: Cannot open root device .*|No filesystem could mount root, tried:.*|VFS: Unable to mount root fs .*)$/,
    says: "$1",
    source: "init/do_mounts.c",
    examples: [
      'VFS: Cannot open root device "sda9" or unknown-block(0,0): error -6',
      "No filesystem could mount root, tried: ",
    ],
    near: ["VFS: Mounted root (ext4 filesystem) readonly on device 8:1.", "VFS: Disk quotas dquot_6.6.0"],
  },
  {
    id: "no-init",
    kind: "root-device",
    gravity: "stops",
    by: "any",
    pattern: /^((?:Warning: )?(?:No working init found|No init found)\b.*|Requested init \S+ failed \(error -\d+\).*)$/,
    says: "$1",
    source: "init/main.c, initramfs-tools",
    examples: [
      "No working init found.  Try passing init= option to kernel. See Linux Documentation/admin-guide/init.rst for guidance.",
    ],
    near: ["Run /sbin/init as init process"],
  },
  {
    id: "filesystem-probed",
    kind: "filesystem",
    gravity: "notes",
    by: "any",
    pattern:
      /^((?:EXT[234]-fs \([^)]*\): VFS: Can't find|XFS \([^)]*\): Invalid superblock magic number|F2FS-fs \([^)]*\): (?:Magic Mismatch|Can't find valid F2FS)|FAT-fs \([^)]*\): (?:bogus|Can't find|invalid media value|Volume was not properly unmounted)|(?:squashfs: )?SQUASHFS error: Can't find a SQUASHFS superblock|isofs_fill_super: bread failed|VFS: Can't find an? |NTFS-fs error \(device [^)]*\): (?:read_ntfs_boot_sector|ntfs_fill_super)|ntfs3?: \S+ Primary boot signature is not NTFS).*)$/,
    says: "$1",
    source:
      "fs/*: what a mount prints of each type that it tries, as os-prober and blkid scripts make it do, and what an " +
      "unclean shutdown leaves; the mount that fails for good is reported by who asked for it",
    examples: [
      "EXT4-fs (mmcblk0p11): VFS: Can't find ext4 filesystem",
      "XFS (sdb1): Invalid superblock magic number",
      "FAT-fs (sda1): bogus number of reserved sectors",
      "FAT-fs (sda1): Volume was not properly unmounted. Some data may be corrupt. Please run fsck.",
      "VFS: Can't find a Minix filesystem V1 | V2 | V3 on device sda1.",
    ],
    near: [
      "FAT-fs (sda1): error, fat_get_cluster: invalid cluster chain (i_pos 0)",
      "XFS (sdb1): Invalid superblock checksum",
      "VFS: Mounted root (ext4 filesystem) readonly on device 8:1.",
    ],
  },
  {
    id: "filesystem",
    kind: "filesystem",
    gravity: "breaks",
    by: "any",
    pattern:
      /^((?:(?!EXT[23]-fs \([^)]*\): error: (?:couldn't mount because|unrecognized mount option))EXT[234]-fs(?: error|\s?\([^)]*\): (?:error(?! count since)|.*(?:corrupt|I\/O error|no journal found|couldn't mount because|failed to (?:open|load)))|.*panic forced)|XFS \([^)]*\): (?:Corruption|Metadata (?:corruption|I\/O)|metadata I\/O|log I\/O|log mount\/recovery failed|Filesystem has been shut down|SB validate failed|Internal error|Log inconsistent|failed to locate log|Invalid superblock(?! magic))|BTRFS(?:: open_ctree failed| (?:critical|error) \(device|: error)|F2FS-fs \([^)]*\): .*(?:[Ee]rror|[Ii]nvalid(?! crc)|[Ff]ailed|Can't (?!find valid F2FS filesystem))|SQUASHFS error(?!: Can't find a SQUASHFS)|UBIFS error|FAT-fs \([^)]*\): (?:error|.*corrupt(?!. Please run fsck))|jffs2: .*[Ee]rror|JFFS2 error|ZFS: .*failed|NTFS-fs error(?! \(device [^)]*\): (?:read_ntfs_boot_sector|ntfs_fill_super))|EROFS.*(?:error|corrupt)).*)$/,
    says: "$1",
    source: "fs/*",
    examples: [
      "EXT4-fs error (device sda1): ext4_lookup:1785: inode #2: comm ls: deleted inode referenced: 12",
      "XFS (dm-0): Corruption detected. Unmount and run xfs_repair",
      "BTRFS error (device vda2): open_ctree failed",
    ],
    near: [
      "EXT4-fs (sda1): mounted filesystem with ordered data mode. Opts: errors=remount-ro",
      "XFS (dm-0): Mounting V5 Filesystem",
      "EXT4-fs (nandblk): couldn't mount as ext3 due to feature incompatibilities",
      // What a daily timer reports of errors in the past, and a mount that tries one type after the other.
      "EXT4-fs (loop13): error count since last fsck: 1",
      "EXT3-fs (mmcblk0p29): error: couldn't mount because of unsupported optional features (40)",
      "BTRFS info (device vda2): using free space tree",
      "XFS (sdb1): Invalid superblock magic number",
      "F2FS-fs (sdb1): Can't find valid F2FS filesystem in 1th superblock",
      "F2FS-fs (dm-9): invalid crc value",
      "SQUASHFS error: Can't find a SQUASHFS superblock on sdb1",
      "FAT-fs (sda1): Volume was not properly unmounted. Some data may be corrupt. Please run fsck.",
    ],
  },
  {
    id: "disk-errors",
    kind: "device",
    gravity: "breaks",
    by: "any",
    pattern:
      /^((?:blk_update_request: |print_req_error: )?(?:critical (?:medium|target|space allocation) error|I\/O error), dev (?!(?:mtdblock|sr|fd|zram)\d).*|Buffer I\/O error on dev(?:ice)? (?!(?:mtdblock|sr|fd|zram)\d).*|end_request: I\/O error, dev (?!(?:mtdblock|sr|fd|zram)\d).*|ata\d+(?:\.\d+)?: (?:failed to IDENTIFY|COMRESET failed|softreset failed|exception Emask|hard resetting link failed|reset failed, giving up|disabled).*|nvme nvme\d+: (?:I\/O \d+.* timeout|controller is down|Device not ready|failed to set (?!APST|host )|Removing after probe failure|.*, disable controller).*|mmc\d+: (?:Timeout waiting for hardware|Card stuck).*|sd \S+: .*(?:rejecting I\/O to offline device|FAILED Result|Medium Error).*)$/,
    says: "$1",
    source: "block/blk-core.c, drivers/ata, drivers/nvme, drivers/mmc, drivers/scsi",
    examples: [
      "blk_update_request: I/O error, dev sda, sector 2048 op 0x0:(READ)",
      "ata1.00: exception Emask 0x0 SAct 0x0 SErr 0x0 action 0x6 frozen",
      "mmc0: Timeout waiting for hardware interrupt.",
    ],
    near: [
      "Buffer I/O error on dev sr0, logical block 0, async page read",
      "I/O error, dev mtdblock5, sector 31360 op 0x0:(READ)",
      "ata1: SATA link down (SStatus 0 SControl 300)",
      "nvme nvme0: 8/0/0 default/read/poll queues",
      "nvme nvme0: failed to set APST feature (2)",
      "mmc0: new DDR MMC card at address 0001",
    ],
  },
  {
    id: "name-taken",
    kind: "device",
    gravity: "warns",
    by: "kernel",
    pattern:
      /^(sysfs: cannot create duplicate filename '.{1,200}'|kobject_add_internal failed for .{1,120} (?:with -EEXIST|\(error: -\d).*|kobject: .{1,120}: (?:tried to init|attempted to be registered) .*)$/,
    says: "A driver sets up a device a second time: $1",
    source: "fs/sysfs/dir.c, lib/kobject.c",
    examples: [
      "sysfs: cannot create duplicate filename '/class/example'",
      "kobject_add_internal failed for example0 with -EEXIST, don't try to register things with the same name in the same directory.",
      "kobject_add_internal failed for example0 (error: -2 parent: module)",
    ],
    near: ["kobject: 'example' (ffff8881): kobject_add_internal: parent: 'devices', set: 'devices'"],
  },
  {
    id: "card-not-set-up",
    kind: "device",
    gravity: "notes",
    by: "kernel",
    pattern:
      /^(mmc\d{1,2}: (?:error -\d{1,3} whilst initiali[sz]ing \S{2,4} card|Failed to initiali[sz]e a non-removable card).*)$/,
    says: "$1",
    source: "drivers/mmc/core: of a slot that may be empty, or hold no card that the boot needs",
    examples: ["mmc0: error -110 whilst initialising SD card", "mmc2: Failed to initialize a non-removable card"],
    near: ["mmc0: new high speed SDHC card at address 0001"],
  },
  {
    id: "medium-unread",
    kind: "device",
    gravity: "notes",
    by: "kernel",
    pattern:
      /^((?:blk_update_request: |print_req_error: |end_request: )?(?:critical medium error|I\/O error), dev (?:mtdblock|sr|fd|zram)\d.*|Buffer I\/O error on dev(?:ice)? (?:mtdblock|sr|fd|zram)\d.*)$/,
    says: "$1",
    source: "block/blk-core.c: what udev and others read of a drive without a medium, and of flash with its own checks",
    examples: [
      "Buffer I/O error on dev sr0, logical block 0, async page read",
      "I/O error, dev mtdblock5, sector 31360 op 0x0:(READ)",
    ],
    near: ["I/O error, dev sda, sector 2048 op 0x0:(READ)"],
  },
  {
    id: "resume-failed",
    kind: "device",
    gravity: "breaks",
    by: "any",
    pattern:
      /^(?!ata\d{1,3}(?:\.\d\d)?: failed to resume link)((?:PM: )?(?:Device )?\S.{0,80}(?:failed to resume|resume failed|failed to suspend|_resume failed|resume of .{1,60} failed).*|.{0,80}PM: (?:dpm_run_callback\(\): .* returns -\d+|Some devices failed to suspend.*))$/,
    says: "$1",
    source: "drivers/base/power/main.c",
    examples: ["usb 1-2: PM: failed to resume async: error -5", "PM: Device 0000:00:14.0 failed to resume: error -110"],
    near: [
      "PM: resume devices took 2.046 seconds",
      "PM: suspend exit",
      // An empty port: drivers/ata/libata-sata.c, sata_link_resume().
      "ata5: failed to resume link (SControl 0)",
    ],
  },
  {
    id: "freezing-failed",
    kind: "device",
    gravity: "breaks",
    by: "any",
    pattern:
      /^(Freezing (?:of tasks|user space processes|remaining freezable tasks) (?:failed|aborted) after \d+\.\d+ seconds.*)$/,
    says: "$1",
    source: "kernel/power/process.c",
    examples: ["Freezing user space processes failed after 20.004 seconds (1 tasks refusing to freeze, wq_busy=0):"],
    near: ["Freezing remaining freezable tasks completed (elapsed 0.001 seconds)", "Freezing user space processes"],
  },
  {
    id: "hypervisor-device",
    kind: "device",
    gravity: "notes",
    pattern: /^\[<[0-9a-f]{1,16}>\] virtio_read\+0x\S{1,24}(?: \[virtio_rng\])?$/,
    by: "kernel",
    says: "a reader of /dev/hwrng waits for the virtio-rng device, which the hypervisor serves; this is not a wait for the CRNG",
    source: "drivers/char/hw_random/virtio-rng.c",
    examples: ["[<ffffffffc03b21c5>] virtio_read+0x85/0x90 [virtio_rng]", "[<0>] virtio_read+0xa1/0x130"],
    near: ["[<0>] virtio_read_config+0x85/0x90 [virtio_pci]", "the stack has virtio_read+0x85/0x90 [virtio_rng]"],
  },
  {
    id: "no-firmware-seed",
    kind: "device",
    gravity: "notes",
    pattern:
      /^EFI stub: (?:ERROR: )?(?:EFI_RNG_PROTOCOL (?:unavailable|not found)\b.*|Failed to obtain random seed\b.*)/,
    by: "kernel",
    says: "the firmware gives no seed for the CRNG (it has no EFI_RNG_PROTOCOL)",
    source: "drivers/firmware/efi/libstub",
    examples: [
      "EFI stub: EFI_RNG_PROTOCOL unavailable",
      "EFI stub: EFI_RNG_PROTOCOL unavailable, KASLR will be disabled",
    ],
    near: ["EFI stub: Booting Linux Kernel...", "efi: EFI_RNG_PROTOCOL unavailable"],
  },
  {
    id: "device-lost",
    kind: "device",
    gravity: "notes",
    by: "kernel",
    pattern: /^(usb \S+: USB disconnect, device number \d+|\S+ \S+ \S+: unregister '\S+' \S.*)$/,
    says: "$1",
    source: "drivers/usb/core/hub.c, drivers/net/usb/usbnet.c",
    examples: [
      "usb 1-1: USB disconnect, device number 2",
      "smsc95xx 1-1.1:1.0 eth0: unregister 'smsc95xx' usb-3f980000.usb-1.1, smsc95xx USB 2.0 Ethernet",
    ],
    near: ["usb 1-1: new high-speed USB device number 2 using xhci_hcd", "smsc95xx v1.0.6"],
  },
  {
    id: "no-console",
    kind: "console",
    // The console alone lacks: the first program runs, and what it does is not shown.
    gravity: "warns",
    by: "any",
    pattern:
      /^((?:Warning: )?unable to open an initial console.*|Warning: Failed to open (?:the initial console|\/dev\/console).*)$/i,
    says: "$1",
    source: "init/main.c, console_on_rootfs()",
    examples: ["Warning: unable to open an initial console."],
    near: ["printk: console [ttyS0] enabled"],
  },
];
