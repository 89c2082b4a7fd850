import type { Gravity, SignKind } from "../../core/sign.ts";

/** One way in which a log shows trouble that is not the CRNG's. */
export interface Trouble {
  readonly id: string;
  readonly kind: SignKind;
  readonly gravity: Gravity;
  /** Matches a line's text without stamp, prefix and program name. The first match of the table counts. */
  readonly pattern: RegExp;
  /** Who prints it. `kernel` lines are not searched for what programs say, nor the other way round; a bare line may be both. */
  readonly by: "kernel" | "program" | "any";
  /** What it shows, in words; `$1` and `$2` are the pattern's groups. */
  readonly says: string;
  /** The group that names the task, unit or device. */
  readonly names?: 1 | 2;
  /** It may come from a wait for something: then it does not rule out a wait for the CRNG. */
  readonly byTimeout?: true;
  /** Source of the wording. */
  readonly source: string;
  readonly examples: readonly string[];
  /** Lines that look like it and are no trouble. */
  readonly near: readonly string[];
}

const fipsWords = String.raw`failed in (?:fips|panic_on_fail) mode|fips_drbg|DRBG|Jitter RNG|jitterentropy|FIPS`;

/** What the kernel prints, the gravest first. */
export const kernelTrouble: readonly Trouble[] = [
  {
    id: "fips-panic",
    kind: "fips-selftest",
    gravity: "stops",
    by: "any",
    pattern: new RegExp(`^Kernel panic - not syncing: (.*(?:${fipsWords}).*)$`),
    says: "Kernel panic in the FIPS self-tests: $1",
    source: "crypto/testmgr.c, crypto/drbg.c, crypto/jitterentropy-kcapi.c, Ubuntu's fips_drbg_init()",
    examples: ["Kernel panic - not syncing: alg: self-tests for rsa-generic (rsa) failed in fips mode!"],
    near: ["Kernel panic - not syncing: Fatal exception", "alg: self-tests for CTR-KDF (hmac(sha256)) passed"],
  },
  {
    id: "panic",
    kind: "panic",
    gravity: "stops",
    by: "any",
    pattern: /^(?:Kernel panic - not syncing|Kernel panic): ?(.*)$/,
    says: "Kernel panic: $1",
    source: "kernel/panic.c",
    examples: ["Kernel panic - not syncing: VFS: Unable to mount root fs on unknown-block(0,0)"],
    near: ["---[ end Kernel panic - not syncing: Fatal exception ]---", "panic=10"],
  },
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
    id: "fips-test-failed",
    kind: "fips-selftest",
    gravity: "stops",
    by: "any",
    pattern:
      /^(alg: \S+: (?:.* )?(?:test failed|self-test failed|encryption failed|hash failed|decryption failed)\b.*|alg: self-tests for .* failed .*|jitterentropy: Initialization failed .*|random: Failed to reset DRBG.*)$/,
    says: "FIPS self-test: $1",
    source: "crypto/testmgr.c, crypto/jitterentropy-kcapi.c",
    examples: [
      "alg: ecdh: test failed on vector 2, err=-14",
      "alg: self-tests for rsa using rsa-generic failed (rc=-22)",
    ],
    near: [
      "alg: self-tests for drbg_nopr_ctr_aes256 (stdrng) passed",
      "alg: No test for fips(ansi_cprng) (fips_ansi_cprng)",
    ],
  },
  {
    id: "hung-task",
    kind: "hung-task",
    gravity: "breaks",
    by: "any",
    pattern: /^INFO: task (.{1,64}):\d{1,10} blocked(?: in I\/O wait)? for more than (\d{1,9}) seconds\.?$/,
    says: "$1 blocked for more than $2 s",
    names: 1,
    source: "kernel/hung_task.c",
    examples: ["INFO: task kworker/0:1:64 blocked for more than 120 seconds."],
    near: [
      "INFO: task cat:612 is blocked on a mutex likely owned by task gpgv:611.",
      "Future hung task reports are suppressed, see sysctl kernel.hung_task_warnings",
    ],
  },
  {
    id: "blocked-task",
    kind: "hung-task",
    gravity: "breaks",
    by: "any",
    pattern: /^task:(\S.{0,63}?) +state(?::D)? +stack: *\d+ +pid: *\d+ .*$/,
    says: "$1 is blocked in the kernel",
    names: 1,
    source: "kernel/sched/core.c, sched_show_task(), in a dump of blocked tasks",
    examples: ["task:smartd          state:D stack:0     pid:1170  tgid:1170  ppid:1      flags:0x00000002"],
    near: ["task:sshd            state:S stack:0     pid:733   ppid:1      flags:0x00000002"],
  },
  {
    id: "soft-lockup",
    kind: "soft-lockup",
    gravity: "breaks",
    by: "any",
    pattern:
      /^(?:NMI )?(?:watchdog: )?(BUG: soft lockup - CPU#\d+ stuck for \d+s!.*|Watchdog detected hard LOCKUP on cpu ?\d+.*|CPU ?\d+: Watchdog detected hard LOCKUP.*|BUG: workqueue lockup.*)$/i,
    says: "$1",
    source: "kernel/watchdog.c, kernel/watchdog_hld.c, kernel/workqueue.c",
    examples: [
      "watchdog: BUG: soft lockup - CPU#0 stuck for 22s! [mkfs.ext4:431]",
      "NMI watchdog: Watchdog detected hard LOCKUP on cpu 3",
    ],
    near: [
      "NMI watchdog: Enabled. Permanently consumes one hw-PMU counter.",
      "watchdog: Delayed init of the lockup detector failed: -19",
    ],
  },
  {
    id: "rcu-stall",
    kind: "rcu-stall",
    gravity: "breaks",
    by: "any",
    pattern:
      /^(?:rcu: )?((?:INFO: )?rcu_\w+ (?:self-)?detected (?:expedited )?stalls? on .*|(?:INFO: )?rcu_\w+ (?:kthread starved|kthread timer wakeup didn't happen) for .*)$/,
    says: "$1",
    source: "kernel/rcu/tree_stall.h, kernel/rcu/tree_exp.h",
    examples: ["rcu: INFO: rcu_sched self-detected stall on CPU", "INFO: rcu_preempt detected stalls on CPUs/tasks:"],
    near: [
      "rcu: Hierarchical RCU implementation.",
      "rcu: RCU calculated value of scheduler-enlistment delay is 25 jiffies.",
    ],
  },
  {
    id: "sanitiser",
    kind: "other",
    gravity: "warns",
    by: "any",
    pattern:
      /^(BUG: (?:KASAN|KMSAN|KFENCE|KCSAN|sleeping function|scheduling while atomic|Bad page|Bad rss|MAX_\w+|spinlock|using __this_cpu|using smp_processor_id)\b.*|UBSAN: .*|kmemleak: \d+ new suspected .*)$/,
    says: "$1",
    source: "mm/kasan, mm/kmsan, mm/kfence, lib/ubsan.c, kernel/sched/core.c",
    examples: [
      "BUG: KASAN: slab-use-after-free in foo_read+0x1/0x2",
      "BUG: scheduling while atomic: swapper/0/1/0x00000002",
    ],
    near: [
      "kasan: KernelAddressSanitizer initialized",
      "kmemleak: Kernel memory leak detector initialized (mem pool available: 15824)",
    ],
  },
  {
    id: "oops",
    kind: "oops",
    gravity: "breaks",
    by: "any",
    pattern:
      /^(?:CPU \d+ )?((?:BUG: (?:unable to handle|kernel NULL pointer|stack guard page|TASK stack)|Unable to handle kernel|Oops(?:[: ]|$)|Internal error: |general protection fault|kernel BUG at |invalid opcode: |divide error: |double fault: |stack segment: |Kernel access of bad area|Unhandled fault: |Bad mode in |SError Interrupt on|Kernel stack is corrupted|Kernel bug detected|Unhandled kernel unaligned access|Machine check in kernel mode|Kernel unaligned access at|Fixing recursive fault).*)$/,
    says: "Kernel crash: $1",
    source: "arch/*/mm/fault.c, arch/*/kernel/traps.c, lib/bug.c",
    examples: [
      "BUG: unable to handle kernel NULL pointer dereference at 0000000000000010",
      "Internal error: Oops: 96000004 [#1] SMP",
      "kernel BUG at mm/slub.c:305!",
      "Oops: general protection fault, probably for non-canonical address 0xdead: 0000 [#1] PREEMPT SMP",
    ],
    near: ["BUG: KASAN: slab-out-of-bounds in foo", "MCE: In-kernel MCE decoding enabled."],
  },
  {
    id: "out-of-memory",
    kind: "oom",
    gravity: "breaks",
    by: "any",
    pattern:
      /^((?:Memory cgroup out|Out) of memory: (?:Kill|kill).*|\S.{0,63} invoked oom-killer: .*|oom-kill:constraint=.*)$/,
    says: "$1",
    source: "mm/oom_kill.c",
    examples: [
      "Out of memory: Killed process 612 (dnf) total-vm:1024kB",
      "systemd invoked oom-killer: gfp_mask=0x140cca(GFP_HIGHUSER_MOVABLE|__GFP_COMP), order=0, oom_score_adj=0",
    ],
    near: ["OOM killer enabled.", "OOM killer disabled."],
  },
  {
    id: "warning",
    kind: "other",
    gravity: "warns",
    by: "any",
    pattern:
      /^((?:WARNING: (?:CPU: \d|at |possible |suspicious |inconsistent |bad unlock|lock held|stack recursion|kernel stack|can't dereference|chroot)|unwind stack type:|INFO: (?:possible|inconsistent|suspicious|trying to register non-static)|======+\[ BUG|\[ INFO: (?:possible|suspicious)).*)$/,
    says: "$1",
    source: "kernel/panic.c, kernel/locking/lockdep.c",
    examples: [
      "WARNING: CPU: 1 PID: 178 at mm/page_alloc.c:534 __alloc+0x59/0xf8",
      "WARNING: possible circular locking dependency detected",
    ],
    near: [
      "Warning: unable to open an initial console.",
      "WARNING! power/level is deprecated; use power/control instead",
    ],
  },
  {
    id: "filesystem",
    kind: "filesystem",
    gravity: "breaks",
    by: "any",
    pattern:
      /^((?:EXT[234]-fs(?: error|\s?\([^)]*\): (?:error|.*(?:corrupt|I\/O error|no journal found|couldn't mount because|failed to (?:open|load)|VFS: Can't find))|.*panic forced)|XFS \([^)]*\): (?:Corruption|Metadata (?:corruption|I\/O)|metadata I\/O|log I\/O|log mount\/recovery failed|Filesystem has been shut down|SB validate failed|Internal error|Log inconsistent|failed to locate log|Invalid superblock)|BTRFS(?:: open_ctree failed| (?:critical|error) \(device|: error)|F2FS-fs \([^)]*\): .*(?:[Ee]rror|[Ii]nvalid|[Ff]ailed|Can't)|SQUASHFS error|UBIFS error|FAT-fs \([^)]*\): (?:error|.*bogus|.*corrupt)|jffs2: .*[Ee]rror|JFFS2 error|ZFS: .*failed|isofs_fill_super: .*failed|NTFS-fs error|EROFS.*(?:error|corrupt)|VFS: Can't find ).*)$/,
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
      "BTRFS info (device vda2): using free space tree",
    ],
  },
  {
    id: "disk-errors",
    kind: "device",
    gravity: "breaks",
    by: "any",
    pattern:
      /^((?:blk_update_request: |print_req_error: )?(?:critical (?:medium|target|space allocation) error|I\/O error), dev .*|Buffer I\/O error on dev.*|end_request: I\/O error.*|ata\d+(?:\.\d+)?: (?:failed to IDENTIFY|COMRESET failed|softreset failed|exception Emask|hard resetting link failed|reset failed, giving up|disabled).*|nvme nvme\d+: (?:I\/O \d+.* timeout|controller is down|Device not ready|failed to set|Removing after probe failure|.*, disable controller).*|mmc\d+: (?:error -\d+ whilst|Timeout waiting for hardware|Card stuck).*|sd \S+: .*(?:rejecting I\/O to offline device|FAILED Result|Medium Error).*)$/,
    says: "$1",
    source: "block/blk-core.c, drivers/ata, drivers/nvme, drivers/mmc, drivers/scsi",
    examples: [
      "blk_update_request: I/O error, dev sda, sector 2048 op 0x0:(READ)",
      "ata1.00: exception Emask 0x0 SAct 0x0 SErr 0x0 action 0x6 frozen",
      "mmc0: error -110 whilst initialising SD card",
    ],
    near: [
      "ata1: SATA link down (SStatus 0 SControl 300)",
      "nvme nvme0: 8/0/0 default/read/poll queues",
      "mmc0: new DDR MMC card at address 0001",
    ],
  },
  {
    id: "resume-failed",
    kind: "device",
    gravity: "breaks",
    by: "any",
    pattern:
      /^((?:PM: )?(?:Device )?\S.{0,80}(?:failed to resume|resume failed|failed to suspend|_resume failed|resume of .{1,60} failed).*|.{0,80}PM: (?:dpm_run_callback\(\): .* returns -\d+|Some devices failed to suspend.*))$/,
    says: "$1",
    source: "drivers/base/power/main.c",
    examples: ["usb 1-2: PM: failed to resume async: error -5", "PM: Device 0000:00:14.0 failed to resume: error -110"],
    near: ["PM: resume devices took 2.046 seconds", "PM: suspend exit"],
  },
  {
    id: "no-console",
    kind: "console",
    gravity: "breaks",
    by: "any",
    pattern:
      /^((?:Warning: )?unable to open an initial console.*|Warning: Failed to open (?:the initial console|\/dev\/console).*)$/i,
    says: "$1",
    source: "init/main.c, console_on_rootfs()",
    examples: ["Warning: unable to open an initial console."],
    near: ["printk: console [ttyS0] enabled"],
  },
];

/** What programs, systemd and initramfs scripts print. */
export const programTrouble: readonly Trouble[] = [
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
    by: "any",
    pattern: /^(FATAL: (?!Module ).*|Refusing to continue)$/,
    says: "dracut: $1",
    source: "dracut's dracut-lib.sh, die()",
    examples: ["FATAL: iscsiroot requested but kernel/initrd does not support iscsi", "Refusing to continue"],
    near: ["FATAL: Module tcrypt not found in directory /lib/modules/6.1.0"],
  },
  {
    id: "dracut-initqueue",
    kind: "dracut-initqueue",
    gravity: "stops",
    by: "any",
    pattern:
      /^((?:Warning: )?(?:dracut-initqueue[: ].*timeout|dracut-initqueue timeout|Could not boot\b|Not all disks have been found|"?\/dev\/\S+ does not exist|\/dev\/\S+ does not exist).*|dracut-initqueue.*(?:[Tt]imeout|starting timeout scripts).*|Starting timeout scripts.*|starting timeout scripts)$/,
    says: "dracut: $1",
    source: "dracut's dracut-initqueue.sh and wait_for_dev",
    examples: [
      "Warning: dracut-initqueue: timeout, still waiting for following initqueue hooks:",
      "Warning: /dev/mapper/vg-root does not exist",
      "Warning: Could not boot.",
    ],
    near: ["dhcp: BOND setting eth0", "mount: /dev/sr0 is write-protected, mounting read-only"],
  },
  {
    id: "no-root-device",
    kind: "root-device",
    gravity: "stops",
    by: "any",
    pattern:
      /^((?:ALERT! +\S.* does not exist|Gave up waiting for (?:root|suspend\/resume)|mount: (?:mounting .* on \/(?:root|sysroot|newroot|new_root) failed|\/(?:new_root|sysroot|root)\b.*)|Target filesystem doesn't have (?:requested )?\/sbin\/init|ERROR: (?:device '.*' not found|Unable to find root device|Failed to mount (?:the real|'.*' on) root)|(?:!! )?(?:Could not find the root|Block device .* is not a valid root)|Mounting root: .*failed|Cannot find (?:the )?root|Unable to find a medium containing a live file system|Volume group ".*" not found|cannot (?:find|mount) root|Timed out waiting for device .*, trying to mount anyway|Failed to (?:mount|find) (?:\/sysroot|root)|An error occurred in stage 1 of the boot process|switch_root: .*fail|Root device .* not found|Waiting for (?:root )?device .* timed out).*)$/i,
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
    ],
  },
  {
    id: "emergency-mode",
    kind: "emergency-mode",
    gravity: "stops",
    by: "any",
    pattern:
      /^((?:You are in (?:emergency|rescue) mode|Welcome to (?:emergency|rescue) mode|Generating "\/run\/initramfs\/rdsosreport|Entering (?:emergency|rescue) mode|(?:\[ +OK +\] )?(?:Reached target|Started) .{0,24}(?:Emergency (?:Mode|Shell)|emergency\.(?:target|service)|Dracut Emergency Shell|Rescue (?:Mode|Shell))|Starting .{0,24}(?:Emergency Shell|Dracut Emergency Shell)|Cannot open access to console, the root account is locked|Give root password for maintenance|Press Enter for maintenance|You are now being dropped into an emergency shell|initramfs emergency recovery shell launched|(?:sh|ash|\/bin\/sh|bash): can't access tty|dracut:[/\w]*#|\(initramfs\)(?: |$)|\[rootfs [^\]]*\]# ?|Dropping to (?:a|emergency|debug|initramfs) ?shell).*)$/i,
    says: "$1",
    source: "systemd's emergency.service, dracut, initramfs-tools, mkinitcpio, Alpine",
    examples: [
      'You are in emergency mode. After logging in, type "journalctl -xb" to view',
      "dracut:/# ls",
      "(initramfs) ",
    ],
    near: ["[  OK  ] Stopped Emergency Shell.", "Reached target Multi-User System"],
  },
  {
    id: "mount-failed",
    kind: "filesystem",
    gravity: "breaks",
    by: "any",
    pattern:
      /^(?:\[FAILED\] )?(Failed to mount .*|.{0,80}UNEXPECTED INCONSISTENCY; RUN fsck MANUALLY.*|fsck(?:\.\w+)? .*failed.*|An error occurred .*fsck.*|.*fsck exited with status code [^01].*)$/i,
    says: "$1",
    source: "systemd, util-linux, e2fsprogs, initramfs-tools",
    examples: ["[FAILED] Failed to mount /srv.", "/dev/sda1: UNEXPECTED INCONSISTENCY; RUN fsck MANUALLY."],
    near: ["Mounted /srv.", "mount: /dev/sr0 is write-protected, mounting read-only", "fsck exited with status code 0"],
  },
  {
    id: "mount-error",
    kind: "filesystem",
    gravity: "notes",
    by: "any",
    pattern:
      /^(mount: .*(?:wrong fs type|can't (?:find|read)|unknown filesystem|special device .* does not exist|failed).*)$/i,
    says: "$1",
    source: "util-linux and busybox mount: of some file system, which a script may try in vain on every boot",
    examples: ["mount: mounting /dev/sdb1 on /mnt failed: No such device"],
    near: ["mount: /dev/sr0 is write-protected, mounting read-only"],
  },
  {
    id: "device-timed-out",
    kind: "device",
    gravity: "breaks",
    by: "any",
    pattern:
      /^(?:\[ ?TIME ?\] )?(Timed out waiting for device .*|dev-\S+\.device: Job \S+ (?:timed out|.*timeout).*|Job dev-\S+\.device\/start (?:timed out|failed).*|Timed out waiting for udev queue.*|Timed out for waiting the udev queue.*)$/,
    says: "$1",
    source: "systemd's device units, udevadm settle",
    examples: [
      "[ TIME ] Timed out waiting for device dev-sdb1.device - /dev/sdb1.",
      "dev-disk-by\\x2dlabel-DATA.device: Job dev-disk-by\\x2dlabel-DATA.device/start timed out.",
    ],
    near: ["Found device /dev/ttyS0.", "Expecting device dev-ttyS0.device - /dev/ttyS0..."],
  },
  {
    id: "unit-timed-out",
    kind: "unit-failed",
    gravity: "breaks",
    by: "program",
    byTimeout: true,
    pattern:
      /^(\S+\.(?:service|mount|swap|socket)): ((?:Start(?:-pre|-post)? |start )?operation timed out.*|Failed with result 'timeout'.*|Job \S+ timed out.*)$/,
    says: "$1: $2",
    names: 1,
    source: "systemd src/core/service.c",
    examples: ["sshd.service: start operation timed out. Terminating.", "foo.service: Failed with result 'timeout'."],
    near: ["foo.service: Failed with result 'exit-code'."],
  },
  {
    id: "dependency-failed",
    kind: "unit-failed",
    gravity: "breaks",
    by: "any",
    byTimeout: true,
    pattern: /^(?:\[DEPEND\] )?Dependency failed for (.*?)\.?$/,
    says: "Dependency failed for $1",
    names: 1,
    source: "systemd src/core/job.c",
    examples: ["[DEPEND] Dependency failed for Local File Systems."],
    near: ["Dependency injection for foo failed over."],
  },
  {
    id: "unit-failed",
    kind: "unit-failed",
    gravity: "breaks",
    by: "any",
    pattern: /^(?:\[FAILED\] )?Failed to start (\S.*?)\.?$/,
    says: "Failed to start $1",
    names: 1,
    source: "systemd src/core/job.c",
    examples: ["[FAILED] Failed to start Apply Kernel Variables.", "Failed to start foo.service - Foo."],
    near: ["Started Foo."],
  },
  {
    id: "unit-result",
    kind: "unit-failed",
    gravity: "breaks",
    by: "program",
    pattern:
      /^(\S+\.(?:service|mount|swap|socket|target)): (Failed with result '(?!timeout)[\w-]+'.*|(?:Main|Control) process exited, code=(?:exited, status=[1-9]\d*|dumped).*|(?:Unit )?entered failed state.*|Start request repeated too quickly.*)$/,
    says: "$1: $2",
    names: 1,
    source: "systemd src/core/service.c, unit.c",
    examples: [
      "foo.service: Main process exited, code=exited, status=1/FAILURE",
      "foo.service: Failed with result 'exit-code'.",
    ],
    near: ["foo.service: Main process exited, code=exited, status=0/SUCCESS", "foo.service: Deactivated successfully."],
  },
  {
    id: "start-job-runs",
    kind: "unit-unfinished",
    gravity: "breaks",
    by: "any",
    byTimeout: true,
    pattern:
      /^(?:\[[ *]+\] )?(?:\(\d+ of \d+\) )?(?:A|An) (?:start|stop) job is running for (.*?) ?\((?:\d+(?:h|min|s) ?)+ ?\/.*$/,
    says: "A job is still running for $1",
    names: 1,
    source: "systemd src/core/manager.c, manager_print_jobs_in_progress()",
    examples: ["[***   ] A start job is running for Wait for Network to be Configured (1min 2s / no limit)"],
    near: ["A start job for unit foo.service has begun execution."],
  },
  {
    id: "selftest-failed",
    kind: "other",
    gravity: "warns",
    by: "any",
    pattern: /^(?:# ?)?((?:not ok \d+ .*|\[FAIL\] .*|#\d+(?:\/\w+)? .* FAIL|#\d+ \S+:FAIL|.{1,80} \[FAIL\]))$/,
    says: "A test failed: $1",
    source: "kselftest and TAP",
    examples: ["not ok 22 selftests: net: foo.sh # exit=1", "[FAIL] 30 selftests net foo"],
    near: ["ok 23 selftests: net: foo.sh", "not okay"],
  },
  {
    id: "network",
    kind: "network",
    gravity: "notes",
    by: "any",
    pattern:
      /^(.{0,200}(?:Temporary failure in name resolution|no such host|Name or service not known|[Nn]etwork is unreachable|No route to host|connection refused|Connection refused|server misbehaving|(?:dhcp|DHCP).{0,60}(?:timed out|failed|No lease)|dial tcp: .*|not responding, (?:still trying|timed out)|IP-Config: (?:Failed|No|Auto-configuration).*|VFS: Unable to mount root fs via NFS).*)$/,
    says: "$1",
    source: "glibc, Go's net, dhclient, net/ipv4/ipconfig.c, fs/nfs",
    examples: [
      "nfs: server 10.0.0.1 not responding, still trying",
      "Get https://a.example/: dial tcp: lookup a.example: no such host",
    ],
    near: ["eth0: Link is Up", "IPv6: ADDRCONF(NETDEV_CHANGE): eth0: link becomes ready"],
  },
];

/** Errors that nearly every machine prints, kernels' and programs'. */
const benign =
  /regulatory\.db|regulatory\.0|ACPI|X\.509|Fast TSC calibration|i8042|floppy0|Speculative|Spectre|ERST|EDAC|EINJ|HEST|BERT|BIOS|errors=|error handling|RAS|error-?correct|Kernel command line|Command line|command line parameters|acpi|hpet|failover|fail-safe|failsafe|FAILSAFE|timeout=|Timeout set|watchdog|Watchdog|shutdown timeout|Shutdown timeout|error recovery|PCIe|pcieport|No soundcards|PKCS|integrity|Lockdown|selinux|SELinux|audit|ima:|IMA|TPM|tpm|urandom|random:|crng/;

/** An error among many: `notes`. */
const anyError =
  /(?:\*ERROR\*|\b(?:failed|failure|Failed|FAILED|error -?\d+|[Ee]rror:|ERROR|timed out|timeout|Timeout|[Uu]nable to|[Cc]annot|[Cc]ould ?n[o']t|not responding|[Nn]o such device|hang(?:s|ed)? up?|stuck|aborted|corrupt(?:ed|ion)?)\b)/;

/** Whether a line is one of those errors, and not one that everybody has. */
export function isSomeError(text: string): boolean {
  return text.length <= 600 && anyError.test(text) && !benign.test(text);
}
