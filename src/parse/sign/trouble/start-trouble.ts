import type { Trouble } from "./trouble.ts";

/** What init scripts and service managers print of what they start: programs, jobs, udev, encrypted disks. */
export const startTrouble: readonly Trouble[] = [
  {
    id: "script-step-failed",
    kind: "unit-failed",
    gravity: "notes",
    by: "any",
    program: /^(?:rc|init|openrc|rcS|)$/,
    pattern:
      /^((?:\* ?)?(?:(?:Starting|Initiali[sz]ing|Loading|Mounting|Configuring|Running|Bringing up|Setting|Saving|Generating) (\S.{0,80}?) ?(?::|\.{3}) {0,40}(?:FAIL(?:ED)?|failed!?|\[ ?FAILED ?\]|\[ !! \]|ERROR)\.?)|\/?\S{1,80} start: failed\.?|can't run '\S{1,120}': No such file or directory)$/,
    says: "A step of the boot failed: $1",
    names: 2,
    source:
      "init scripts of Buildroot, Yocto, Debian and Red Hat, BusyBox's init: the boot goes on with the next step, which " +
      "may wait for the CRNG",
    examples: [
      "Starting network: FAIL",
      "Starting example daemon ... failed!",
      "can't run 'rcS': No such file or directory",
    ],
    near: ["Starting network: OK", "Starting example daemon...", "* Starting networking ... [ ok ]"],
  },
  {
    id: "program-died",
    kind: "other",
    gravity: "warns",
    by: "any",
    program: /^$/,
    pattern:
      /^((?:\S{1,64}: (?:.{1,60}: )?)?(?:Segmentation fault|Bus error|Illegal instruction|Bad address|Bad system call|Exec format error)(?: \(core dumped\))?)$/,
    says: "A program that the boot runs ended: $1",
    source: "the shell that runs an init script, and strsignal(3)",
    examples: ["Segmentation fault", "Illegal instruction (core dumped)", "agent: OVERRUN: Bad address"],
    near: ["Segmentation fault handler installed", "Bus error at 0x10"],
  },
  {
    id: "program-of-script-died",
    kind: "other",
    gravity: "notes",
    by: "any",
    program: /^$/,
    pattern:
      /^(\S{1,80}: line \d{1,5}: {1,12}\d{1,10} (?:Aborted|Segmentation fault|Bus error|Illegal instruction|Trace\/breakpoint trap)(?: {1,40}\S.*)?)$/,
    says: "A program that a script runs ended: $1",
    source: "bash, jobs.c: the script goes on with its next line",
    examples: ["/etc/init.d/S50example: line 15:   124 Aborted                 /usr/bin/$DAEMON"],
    near: ["/etc/init.d/S50example: line 15: 124 done"],
  },
  {
    id: "script-error",
    kind: "other",
    gravity: "notes",
    by: "any",
    pattern:
      /^(\S{1,120}: (?:line )?\d{1,5}: (?:.{1,160}: )?(?:not found|[Pp]ermission denied|No such file or directory|can't (?:create|open) .*|syntax error.*|command not found)|\S{0,4}sysctl: (?:cannot stat|error: |permission denied).*|can't open \/dev\/\S{1,40}: No such (?:file or directory|device)|process '.{1,120}' \(pid \d{1,10}\) exited\. Scheduling for restart\.)$/,
    says: "A script: $1",
    source: "the shells that run init scripts, procps, BusyBox's init: many machines print such a line on every boot",
    examples: [
      "rcS: line 20: can't create file: nonexistent directory",
      "S50example: 12: example: not found",
      "sysctl: cannot stat net/ipv6: No such file or directory",
      "process 'getty 38400 tty1' (pid 2750) exited. Scheduling for restart.",
    ],
    near: ["rcS: started", "sysctl: applied 12 settings"],
  },
  {
    id: "library-missing",
    kind: "other",
    gravity: "notes",
    by: "any",
    pattern:
      /^(\S{1,160}: (?:error while loading shared libraries: .*|symbol lookup error: .*)|Inconsistency detected by ld\.so: .*)$/,
    says: "A program does not start: $1",
    source: "glibc, elf/",
    examples: [
      "/usr/sbin/exampled: error while loading shared libraries: libexample.so.1: cannot open shared object file",
      "/usr/bin/example: symbol lookup error: /usr/lib/libexample.so.2: undefined symbol: example_new",
    ],
    near: ["loading shared libraries from /usr/lib"],
  },
  {
    id: "program-or-module-missing",
    kind: "other",
    gravity: "notes",
    by: "any",
    program: /^(?:procd|init|)$/,
    pattern:
      /^(Failed to execute \/\S{1,120}(?! \(error)(?: .{0,60})?|(?:insmod|modprobe): (?:cannot open module|can't (?:insert|load module)|ERROR: could not (?:insert|load)) .*)$/,
    says: "$1",
    source: "procd, inittab.c; kmod and BusyBox: of a login program or a module that the boot may do without",
    examples: [
      "Failed to execute /usr/libexec/login",
      "insmod: cannot open module `/lib/modules/2.6.31/kernel/example.ko': No such file or directory",
      "insmod: can't insert '/lib/example.ko': invalid module format",
    ],
    near: ["Failed to execute /init (error -2)", "modprobe: loading example"],
  },
  {
    id: "udev-worker-blocked",
    kind: "device",
    gravity: "breaks",
    by: "program",
    byTimeout: true,
    program: /^(?:systemd-)?udevd$/,
    pattern:
      /^((?:seq \d{1,10} '.{1,200}' (?:is taking a long time|killed)|.{1,120}: Worker \[\d{1,10}\] processing SEQNUM=\d{1,10} (?:is taking a long time|killed)|worker \[\d{1,10}\] .{1,200} (?:timeout; kill it|is taking a long time)|worker \[\d{1,10}\] (?:failed|terminated by signal).{0,200}|timeout: killing .{1,200}|timeout '.{1,200}'|Spawned process '.{1,200}' \[\d{1,10}\] (?:is taking longer than|timed out after).{1,80}))$/,
    says: "udev: $1",
    source: "systemd src/udev/udevd.c and udev-event.c: a module or a rule's program that does not return",
    examples: [
      "seq 1234 '/devices/pci0000:00/0000:00:01.0' is taking a long time",
      "0000:01:00.0: Worker [312] processing SEQNUM=1234 killed",
      "timeout: killing '/sbin/modprobe -b pci:v00001234' [130]",
    ],
    near: ["Network interface NamePolicy= disabled on kernel command line."],
  },
  {
    id: "labels-are-set",
    kind: "other",
    gravity: "warns",
    by: "any",
    pattern:
      /^(\*{3} (?:Warning -- SELinux .{1,40} policy relabel is required|Relabeling could take a very long time).*)$/,
    says: "All files get their SELinux labels, and the machine starts again afterwards: $1",
    source: "policycoreutils, selinux-autorelabel",
    examples: ["*** Warning -- SELinux targeted policy relabel is required."],
    near: ["SELinux:  policy capability network_peer_controls=1"],
  },
  {
    id: "passphrase-refused",
    kind: "prompt",
    gravity: "warns",
    by: "any",
    pattern:
      /^((?:cryptsetup(?: ERROR)?: )?(?:ERROR: )?(?:\S{1,80}: )?(?:cryptsetup failed, bad password or options|maximum number of tries exceeded|Failed to activate with specified passphrase|Too many attempts to activate; giving up|No key available with this passphrase|Timed out reaching agent|Failed to (?:unseal secret|activate) .{0,24}TPM2?).*)$/,
    says: "An encrypted disk is not unlocked: $1",
    source: "cryptsetup-initramfs, systemd-cryptsetup, cryptsetup",
    examples: [
      "cryptsetup: ERROR: sda5_crypt: cryptsetup failed, bad password or options?",
      "Failed to activate with specified passphrase. (Passphrase incorrect?)",
    ],
    near: ["cryptsetup: sda5_crypt: set up successfully"],
  },
];
