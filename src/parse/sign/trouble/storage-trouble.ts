import type { Trouble } from "./trouble.ts";

/** What the kernel and fsck print of disks that do not answer, of arrays and mappings, and of damaged file systems. */
export const storageTrouble: readonly Trouble[] = [
  {
    id: "disk-does-not-answer",
    kind: "device",
    gravity: "breaks",
    by: "kernel",
    pattern:
      /^(nvme nvme\d{1,3}: (?:I\/O tag \d{1,6} .{0,80}timeout|Identify Controller failed|Abort status|failed to mark controller).*|nvme\d{1,3}n\d{1,3}: I\/O Cmd\(0x.{1,80}I\/O Error .*|ata\d{1,3}(?:\.\d{1,2})?: (?:qc timeout |failed command: |SRST failed |revalidation failed |failed to set xfermode |lost interrupt).*|sd \d{1,3}:\d{1,3}:\d{1,3}:\d{1,6}: (?:Device offlined|timing out command, waited|\[\w{1,12}\] tag#\d{1,6} uas_eh_).*|scsi host\d{1,4}: uas_eh_device_reset_handler FAILED.*|(?:sd|scsi) \S{1,24}: (?:attempting task abort|task abort: |\[\w{1,12}\] (?:Synchronize Cache\(\d{1,2}\) failed|tag#\d{1,6} timing out)).*|hpsa \S{1,24}: controller lockup detected.*|mpt\dsas_cm\d{1,3}: (?:SAS host is non-operational|_base_\w{1,60}: failed due to timeout|fault_state).*|megaraid_sas \S{1,24}: (?:\[ *\d{1,4}\]waiting for \d{1,6} commands|pending commands remain after waiting|.{0,40}FW in FAULT state).*|aacraid: Host adapter (?:abort|reset) request.*|arcmsr\S{0,12}: .{0,40}(?:timeout|abort).*|hd[a-z]: (?:lost interrupt|dma_timer_expiry|irq timeout|dma_intr: ).*|mmcblk\d{1,2}\w{0,6}: (?:error -\d{1,3} |timed out sending |unable to |recovery failed).*|mmc_host mmc\d{1,2}: Timeout sending command.*|mmc\d{1,2}: (?:cache flush error|running CQE recovery|Card removed during|.{0,24}card never left busy state).*)$/,
    says: "$1",
    source: "drivers/nvme/host, drivers/ata/libata-eh.c, drivers/scsi, drivers/mmc, drivers/ide",
    examples: [
      "nvme nvme0: I/O tag 128 (1080) opcode 0x2 (I/O Cmd) QID 3 timeout, aborting req_op:READ(0) size:4096",
      "ata1.00: failed command: READ FPDMA QUEUED",
      "sd 6:0:0:0: Device offlined - not ready after error recovery",
      "mmcblk0: error -110 sending status command, retrying",
      "hda: lost interrupt",
    ],
    near: [
      "nvme nvme0: pci function 0000:01:00.0",
      "ata1.00: configured for UDMA/133",
      "sd 6:0:0:0: Attached scsi generic sg0 type 0",
      "mmcblk0: mmc0:0001 EXAMPL 14.6 GiB",
    ],
  },
  {
    id: "disk-driver",
    kind: "device",
    gravity: "warns",
    by: "kernel",
    pattern:
      /^((?:nvme|ahci|sdhci\S{0,16}|mpt[23]sas|megaraid_sas|hpsa|virtio_blk|virtio_scsi|ufshcd\S{0,16}|dwmmc_\w{1,16}|sata_\w{1,16}|vmw_pvscsi|hv_storvsc|xhci[-_]\w{1,12}|ata_piix)(?: \S{1,40})?: (?:probe with driver \S{1,40} failed|probe of \S{1,40} failed|probe failed|.{0,24}init(?:ialization)? failed).*|connection\d{1,4}:\d{1,4}: detected conn error.*|ata\d{1,3}(?:\.\d{1,2})?: (?:link is slow to respond, please be patient|limiting SATA link speed).*|EDAC MC\d{1,3}: \d{1,6} UE .*)$/,
    says: "$1",
    source: "drivers/base/dd.c, drivers/scsi/libiscsi.c, drivers/edac",
    examples: [
      "nvme 0000:01:00.0: probe with driver nvme failed with error -12",
      "ahci: probe of 0000:00:17.0 failed with error -22",
      "connection1:0: detected conn error (1020)",
      "ata1: link is slow to respond, please be patient (ready=0)",
    ],
    near: ["ahci 0000:00:17.0: version 3.0", "connection1:0 is operational now"],
  },
  {
    id: "array-or-mapping",
    kind: "device",
    gravity: "breaks",
    by: "kernel",
    pattern:
      /^(md\/raid\S{0,8}:\w{1,16}: (?:not enough operational (?:devices|mirrors)|failed to run raid set|cannot start dirty degraded array).*|md: pers->run\(\) failed.*|md: \w{1,16}: raid array is not clean.*|device-mapper: (?:thin|thin metadata|cache|raid|verity|integrity|verity-fec|space map metadata): .{0,80}(?:corrupt|[Cc]ouldn't|failed|not enough).*|dm-verity: device corruption.*)$/,
    says: "$1",
    source: "drivers/md",
    examples: [
      "md/raid:md127: not enough operational devices (2/4 failed)",
      "device-mapper: verity: 179:5: data block 1 is corrupted",
      "device-mapper: thin: Couldn't read superblock",
    ],
    near: [
      "md/raid1:md0: active with 2 out of 2 mirrors",
      "device-mapper: uevent: version 1.0.3",
      "device-mapper: raid: Superblocks created for new raid set",
    ],
  },
  {
    id: "array-or-mapping-part",
    kind: "device",
    gravity: "notes",
    by: "kernel",
    pattern:
      /^(md\/raid\S{0,8}:\w{1,16}: Disk failure on .*|device-mapper: (?:table|ioctl): .{0,80}(?:[Ee]rror|failed|unknown target type).*)$/,
    says: "$1",
    source: "drivers/md: a disk of an array, or one mapping of many",
    examples: [
      "md/raid1:md0: Disk failure on sdb1, disabling device.",
      "device-mapper: table: 253:0: linear: Device lookup failed",
    ],
    near: ["device-mapper: ioctl: 4.48.0-ioctl (2023-03-01) initialised: dm-devel@redhat.com"],
  },
  {
    id: "filesystem-damaged",
    kind: "filesystem",
    gravity: "breaks",
    by: "kernel",
    pattern:
      /^(EXT[234]-fs \([^)]*\): (?:ext4_check_descriptors: |bad geometry|unable to read superblock|Remounting filesystem read-only|[Cc]ouldn't mount because|invalid journal inode|no journal found|I\/O error while writing superblock).*|JBD2: (?:Error -\d{1,3} |Failed to read block|no valid journal superblock|journal file too short|Invalid checksum recovering).*|Aborting journal on device .*|XFS \([^)]*\): (?:Filesystem has duplicate UUID|log recovery write I\/O error|Please u[n]?mount the filesystem and rectify|failed to read root inode|Unmount and run xfs_repair).*|BTRFS(?::| error \(device [^)]*\):) (?:failed to read |bad tree block|parent transid verify failed).*|UBI error: .{0,40}(?:attach|volume table|[Nn]ot enough).*|ubi\d{1,2} error: .{0,40}(?:attach|volume table|[Nn]ot enough).*|RAMDISK: Couldn't find valid RAM disk image.*|reiserfs: .{0,40}(?:corrupt|failed).*)$/,
    says: "$1",
    source: "fs/ext4, fs/jbd2, fs/xfs, fs/btrfs, fs/ubifs, drivers/mtd/ubi, init/do_mounts_rd.c",
    examples: [
      "EXT4-fs (sda1): unable to read superblock",
      "EXT4-fs (sda1): Remounting filesystem read-only",
      "Aborting journal on device sda1-8.",
      "XFS (sda1): Filesystem has duplicate UUID 12-34 - can't mount",
      "ubi0 error: ubi_attach_mtd_dev: failed to attach mtd2, error -22",
    ],
    near: [
      "EXT4-fs (sda1): mounted filesystem with ordered data mode. Quota mode: none.",
      "XFS (sda1): Ending clean mount",
      'UBIFS (ubi0:0): background thread "ubifs_bgt0_0" started, PID 64',
      "JBD2: journal transaction 12 on sda1-8 is corrupt-free",
    ],
  },
  {
    id: "flash-unread",
    kind: "device",
    gravity: "warns",
    by: "kernel",
    pattern:
      /^((?:UBI error|ubi\d{1,2} error|UBI: error):? (?:\(pid \d{1,10}\): )?(?:ubi_io_(?:read|write)|erase_worker|do_sync_erase|wear_leveling_worker|self_check_\w{1,24}): .*)$/,
    says: "Flash memory that is not read back as it was written: $1",
    source: "drivers/mtd/ubi/io.c and wl.c: of one block, whose content may not be needed",
    examples: [
      "UBI error: ubi_io_read: error -74 (ECC error) while reading 64 bytes from PEB 12:0, read 64 bytes",
      "ubi0 error: ubi_io_write: error -5 while writing 2048 bytes to PEB 40:0, written 0 bytes",
    ],
    near: [
      "UBI warning: ubi_io_read: error -74 (ECC error) while reading 64 bytes from PEB 12:0, read only 64 bytes, retry",
      'ubi0: attached mtd3 (name "ubi", size 118 MiB)',
      "UBI: fixable bit-flip detected at PEB 273",
    ],
  },
  {
    id: "check-ends-the-boot",
    kind: "filesystem",
    gravity: "stops",
    by: "any",
    pattern:
      /^(\*{3} (?:An error occurred during the (?:RAID initialization|file ?system check)|Dropping you to a shell).*|The root filesystem on \S{1,120} requires a manual fsck.*|(?:\* ?)?(?:Filesystems couldn't be fixed|rc: Aborting!).*)$/,
    says: "$1",
    source: "Red Hat's rc.sysinit, initramfs-tools, OpenRC",
    examples: [
      "*** An error occurred during the file system check.",
      "The root filesystem on /dev/sda2 requires a manual fsck",
    ],
    near: ["*** Resetting hostname ***"],
  },
  {
    id: "check-failed",
    kind: "filesystem",
    gravity: "notes",
    by: "any",
    pattern:
      /^((?:e2fsck|fsck\.\w{1,12}|fsck\.ext4|xfs_repair): (?:No such file or directory|Bad magic number|Superblock invalid|Unable to |unable to |Attempt to read block).*|The superblock could not be read or does not describe a valid.*|mount\.(?:nfs4?|cifs): .*|mount error\(\d{1,3}\): .*|CIFS: (?:VFS: )?(?:Error connecting|.{0,80}has not responded).*|NFS: .{0,60}(?:failed|denied|unreachable).*|RPC: server \S{1,120} requires stronger authentication.*)$/,
    says: "$1",
    source: "e2fsprogs, nfs-utils, cifs-utils, fs/nfs, fs/smb: of some file system, which need not be the root's",
    examples: [
      "fsck.ext4: Bad magic number in super-block while trying to open /dev/sdb1",
      "mount.nfs: Connection timed out",
      "mount error(115): Operation now in progress",
    ],
    near: ["fsck.fat 4.2 (2021-01-31)", "NFS: Registering the id_resolver key type"],
  },
];
