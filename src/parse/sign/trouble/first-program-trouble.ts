import type { Trouble } from "./trouble.ts";

/** What initramfs scripts and the first program print where the boot cannot go on to its services. */
export const firstProgramTrouble: readonly Trouble[] = [
  {
    id: "no-real-root",
    kind: "root-device",
    gravity: "stops",
    by: "any",
    pattern:
      /^((?:dracut(?:-[\w-]{1,24})? )?(?:Warning: |ERROR: )?(?:Can't mount root filesystem|No root device ".{1,160}" found|Boot has failed\. To debug|No root device found|LVM \S{1,120} not found|Failed to mount '.{1,120}' on real root|Root device mounted successfully, but \S{1,80} does not exist|There's no '\/dev' on rootfs|No root device specified\. Boot arguments|Failed to mount \S{1,120} as root file ?system|Failed to switch root: |Failed to mount the real root|Cannot find rootfs\.img file|There is no init script to run|stage 2 init script \(.{1,200}\) not found|\/sbin\/init not found in new root\.|Mounting boot media: failed|Bailing out, you are on your own|Please append a correct "root=" boot option|Disabling rootwait; root= is invalid|VFS: Insert root floppy|Root-NFS: (?:no NFS server|Unable to |Server returned error|No NFS server)).*)$/,
    says: "$1",
    source:
      "dracut, mkinitcpio, initramfs-tools, Yocto's initramfs, NixOS' stage 1, Alpine's init, systemd, init/do_mounts.c, " +
      "fs/nfs/nfsroot.c",
    examples: [
      'dracut Warning: No root device "block:/dev/disk/by-uuid/12-34" found',
      "ERROR: Failed to mount 'UUID=12-34' on real root",
      "ERROR: Root device mounted successfully, but /sbin/init does not exist.",
      "Failed to switch root: Specified switch root path '/sysroot' does not seem to be an OS tree.",
      "stage 2 init script (/mnt-root//nix/store/abc/init) not found",
      'Please append a correct "root=" boot option; here are the available partitions:',
      "Root-NFS: Server returned error -13 while mounting /srv/root",
    ],
    near: [
      ":: mounting 'LABEL=root' on real root",
      "Failed to mount /srv.",
      "Root-NFS: nfsroot=/srv/root",
      "dracut Warning: Signal caught!",
    ],
  },
  {
    id: "first-program-fails",
    kind: "root-device",
    gravity: "stops",
    by: "any",
    pattern:
      /^((?:run-init|switch_root): .{0,80}(?:No such file or directory|Permission denied|can't execute|Exec format error).*|(?:\/sbin\/init|\/init|\/bin\/init|\/lib\/systemd\/systemd|\/usr\/lib\/systemd\/systemd): (?:error while loading shared libraries: |symbol lookup error: |.{0,40}GLIBC_\S{1,12}' not found|.{0,40}not found).*|INIT: No inittab file found.*|FATAL: kernel too old.*)$/,
    says: "The first program does not run: $1",
    source: "klibc, util-linux, busybox, glibc's ld.so, sysvinit",
    examples: [
      "run-init: /sbin/init: No such file or directory",
      "switch_root: can't execute '/sbin/init': Permission denied",
      "/sbin/init: error while loading shared libraries: libexample.so.1: cannot open shared object file",
      "INIT: No inittab file found",
    ],
    near: ["switch_root: mounting /run", "INIT: version 3.06 booting", "/sbin/init is a symbolic link"],
  },
  {
    id: "service-manager-ended",
    kind: "other",
    gravity: "stops",
    by: "any",
    program: /^(?:systemd|init|)$/,
    pattern:
      /^(\[!!!!!!\] .*|Freezing execution\.?|Caught <(?:SEGV|ABRT|ILL|FPE|BUS|QUIT|SYS|TRAP)>[,.].*|Caught <(?:SEGV|ABRT|ILL|FPE|BUS|QUIT)> from .*|Failed to allocate manager object.*|Failed to isolate default target, freezing.*|Assertion '.{1,160}' failed at .{0,12}src\/core\/.*|Failed to load SELinux policy\. Freezing.*|Unable to load SELinux Policy\. Machine is in enforcing mode.*|SELinux: +Could not load policy: .*|InitFatalReboot: .*|(?:critical process|process with updatable components) '.{1,80}' exited \d{1,3} times.*|Failed to (?:mount required partitions early|fs_mgr_mount_all).*)$/,
    says: "The first program of user space gave up: $1",
    source: "systemd src/core/main.c, crash-handler.c and selinux-setup.c; Android's system/core/init",
    examples: [
      "Freezing execution.",
      "[!!!!!!] Failed to mount API filesystems.",
      "Caught <SEGV>, dumped core as pid 123.",
      "Failed to load SELinux policy. Freezing.",
      "Failed to allocate manager object: Operation not permitted",
      "process with updatable components 'exampled' exited 4 times before boot completed",
      "critical process 'exampled' exited 4 times in 4 minutes; rebooting into recovery mode",
    ],
    near: ["Caught <TERM>, stopping", "Freezing user space processes", "Successfully loaded SELinux policy in 1.5s."],
  },
  {
    id: "firmware-does-not-hand-over",
    kind: "other",
    gravity: "stops",
    by: "any",
    program: /^$/,
    pattern:
      /^((?:EFI stub: ERROR: )?(?:exit_boot\(\) failed!|efi_main\(\) failed!|Exit boot services failed\.?|Failed to relocate kernel).*)$/,
    says: "The firmware does not hand over to the kernel: $1",
    source: "drivers/firmware/efi/libstub",
    examples: ["exit_boot() failed!", "EFI stub: ERROR: Exit boot services failed."],
    near: ["EFI stub: Exiting boot services...", "EFI stub: ERROR: Failed to handle fs_proto"],
  },
  {
    id: "reboot-by-panic",
    kind: "panic",
    gravity: "stops",
    by: "any",
    pattern: /^(Rebooting in \d{1,6} seconds\.\.)/,
    says: "The kernel ends: $1",
    source: "kernel/panic.c: the line after a panic that may not be in the log",
    examples: ["Rebooting in 10 seconds.."],
    near: ["Rebooting.", "reboot: Restarting system"],
  },
  {
    id: "policy-not-loaded",
    kind: "other",
    gravity: "notes",
    by: "any",
    pattern:
      /^(SELinux: {1,2}(?:policydb version \d{1,3} does not match|Could not open policy file |policydb \S{1,24} is invalid).*|(?:\/bin\/mount|mount) for \S{1,120} exited with exit status [1-9].*)$/,
    says: "$1",
    source: "security/selinux/ss/policydb.c, libselinux, systemd-remount-fs",
    examples: [
      "SELinux:  policydb version 33 does not match my version range 15-32",
      "mount for / exited with exit status 32.",
    ],
    near: ["SELinux:  policy capability network_peer_controls=1"],
  },
  {
    id: "first-program-respawns",
    kind: "other",
    gravity: "notes",
    by: "any",
    pattern: /^((?:INIT: |init: )?Id "\w{1,8}" respawning too fast: disabled for \d{1,3} minutes.*)$/,
    says: "$1",
    source: "sysvinit: of a console that is not there, on many machines",
    examples: ['INIT: Id "S0" respawning too fast: disabled for 5 minutes'],
    near: ["INIT: Entering runlevel: 2"],
  },
];
