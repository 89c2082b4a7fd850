import { emptyRecord } from "../../../src/core/boot-record.ts";
import type { BootRecord } from "../../../src/core/boot-record.ts";
import type { Evidence } from "../../../src/core/evidence.ts";
import { fold } from "../../../src/core/fold/fold.ts";
import { LogReader } from "../../../src/parse/log/log-reader.ts";
import { fips, pool, probe, readyLine, wait } from "../../support/records/evidence-of.ts";
import { aRecorder } from "../../support/records/full-record.ts";

/** A record in which a rule decides, and one that differs in a detail and in which it does not. */
export interface RuleCase {
  readonly fires: BootRecord;
  readonly near: BootRecord;
  /** Which rule decides the second one. */
  readonly nearRule: string;
}

/** The only boot of a log of these lines. */
function recordOfLog(lines: readonly string[]): BootRecord {
  const reader = new LogReader("boot.log");
  reader.push(Buffer.from(`${lines.join("\n")}\n`));
  const boots = reader.end();
  if (boots.length > 1) throw new Error(`one boot, not ${boots.length}`);
  return boots[0] ?? emptyRecord();
}

/** A log, and the same with one passage replaced. */
function ofLog(lines: readonly string[], [from, to]: readonly [string, string], nearRule: string): RuleCase {
  const text = lines.join("\n");
  if (!text.includes(from)) throw new Error(`'${from}' is not in the log`);
  return { fires: recordOfLog(lines), near: recordOfLog(text.replace(from, () => to).split("\n")), nearRule };
}

function mixed(record: BootRecord): BootRecord {
  return { ...record, course: record.course === null ? null : { ...record.course, interleaved: true } };
}

const live = (...evidence: readonly Evidence[]): BootRecord => fold(emptyRecord(), evidence).record;
const recorder = (problem: string | null): Evidence => ({ kind: "recorder", ...aRecorder({ problem }) });

const version = "[    0.000000] Linux version 6.9.3-100.fc40.x86_64 (mockbuild@builder) #1 SMP PREEMPT_DYNAMIC";
const old = "[    0.000000] Linux version 4.19.0-9-arm64 (mockbuild@builder) #1 SMP";
const init = "[    1.900000] systemd[1]: systemd 247.3 running in system mode";
const early = "[    1.950000] random: systemd: uninitialized urandom read (16 bytes read)";
const ready = (at: string): string => `[${at.padStart(12)}] random: crng init done`;
const usb = (at: string): string => `[${at.padStart(12)}] usb 1-1: new high-speed USB device number 3 using xhci_hcd`;
const trace = (seconds: string): string => `getrandom("\\x01\\x02"..., 32, 0) = 32 <${seconds}>`;

const unit = (name: string, startedAt: number, doneAt: number | null) => ({ name, startedAt, doneAt, after: [] });

/** systemd's stamps of a boot in which this unit is started at 3 s and done at `doneAt`. */
function units(name: string, doneAt: number): Evidence {
  const all = [unit("local-fs.target", 2.5, 2.9), unit(name, 3, doneAt), unit("multi-user.target", 61.5, 61.5)];
  return { kind: "unit-times", initrdAt: null, userspaceAt: 2, finishedAt: 62, units: all, silences: null };
}

/** For each rule of the verdict, by its name. */
export const ruleCases: Readonly<Record<string, RuleCase>> = {
  "blocked-now": {
    fires: live(probe(5, "would-wait"), wait(2, 3, { pid: 612, comm: "sshd", evidence: "live" })),
    // It polls, and does other things meanwhile.
    near: live(probe(5, "would-wait"), wait(2, 3, { pid: 612, comm: "sshd", evidence: "live", polls: true })),
    nearRule: "not-ready-and-nobody-seen",
  },
  "served-by-fips-generator": {
    fires: live(fips(true), pool(31, 40), wait(7, 2.867, { pid: 1, generator: "drbg", to: 9.867 })),
    // It waited for the CRNG.
    near: live(fips(true), pool(31, 40), wait(7, 2.867, { pid: 1, to: 9.867 })),
    nearRule: "waited",
  },
  "likely-served-by-fips-generator": {
    fires: live(fips(true, true), probe(40, "returned"), readyLine(27), pool(40, 256)),
    near: live(fips(true, false), probe(40, "returned"), readyLine(27), pool(40, 256)),
    nearRule: "late-and-waits-unknown",
  },
  waited: {
    fires: live(wait(2, 31.5, { pid: 612, comm: "gpgv", to: 33.5 }), readyLine(33.4)),
    // Long after readiness: it waited for something else.
    near: live(wait(62, 31.5, { pid: 612, comm: "gpgv", to: 93.5 }), readyLine(33.4)),
    nearRule: "late-and-waits-unknown",
  },
  "own-words-reports": ofLog(
    [
      version,
      "[    2.104211] systemd-random-seed[231]: Kernel entropy pool is not initialized yet, waiting until it is.",
      ready("78.201211"),
    ],
    ["is not initialized yet, waiting until it is.", "is initialized."],
    "silence-ends-at-ready",
  ),
  "unit-reports": ofLog(
    [
      version,
      "[    2.100000] systemd[1]: Starting Load/Save Random Seed...",
      "[    2.300000] systemd[1]: Mounted /boot.",
      ready("14.100000"),
      "[   14.120000] systemd[1]: Started Load/Save Random Seed.",
    ],
    // It was done before, so the silence alone speaks.
    ["systemd[1]: Mounted /boot.", "systemd[1]: Started Load/Save Random Seed."],
    "silence-ends-at-ready",
  ),
  "systemd-analyze-reports": ofLog(
    [version, ready("41.000000"), "1min 38.101s systemd-random-seed.service", "      2.310s NetworkManager.service"],
    ["1min 38.101s", "38.101ms"],
    "late-and-waits-unknown",
  ),
  "strace-reports": ofLog(
    [version, ready("41.000000"), 'execve("/usr/sbin/sshd", ["sshd"], 0x7ff) = 0', trace("18.201331")],
    ["18.201331", "0.000031"],
    "late-and-waits-unknown",
  ),
  "strace-suggests": ofLog(
    [version, ready("41.000000"), "poll([{fd=6</dev/random>, events=POLLIN}], 1, -1) = 1 <18.201331>"],
    ["18.201331", "0.000031"],
    "late-and-waits-unknown",
  ),
  "silence-ends-at-ready": ofLog(
    [
      version,
      init,
      "[    2.300000] systemd[1]: Mounted /boot.",
      ready("94.100000"),
      "[   94.200000] systemd[1]: Started OpenSSH server daemon.",
    ],
    // Nothing goes on with it.
    ["94.200000", "99.200000"],
    "late-and-waits-unknown",
  ),
  "step-ends-at-ready": ofLog(
    [version, usb("4.721658"), "starting the volume manager...", ready("9.948977"), "checking the file system"],
    ["9.948977", "5.148977"],
    "ready-and-waits-unknown",
  ),
  "console-continues-at-ready": ofLog(
    ["[    0.044120] Run /init as init process", ready("4.127331"), "agent: control plane is up"],
    ["agent: control plane", "control plane"],
    "ready-and-waits-unknown",
  ),
  "same-fault-before-and-after": ofLog(
    [
      "random: fast init done",
      "dracut-initqueue[19]: eth0: Declining DHCPv4 lease with address 192.0.2.1",
      "dracut-initqueue[19]: eth0: Declining DHCPv4 lease with address 192.0.2.2",
      "random: crng init done",
      "dracut-initqueue[19]: eth0: Declining DHCPv4 lease with address 192.0.2.3",
      "dracut-initqueue[19]: eth0: Declining DHCPv4 lease with address 192.0.2.4",
    ],
    // Once after it: that may be what was under way.
    ["Declining DHCPv4 lease with address 192.0.2.4", "Acquired DHCPv4 lease with address 192.0.2.4"],
    "ready-and-waits-unknown",
  ),
  "seed-unit-was-quick": ofLog(
    ["graphical.target @4.447s", "└─sysinit.target @3.722s", "  └─systemd-random-seed.service @2.771s +950ms"],
    ["+950ms", "+3.950s"],
    "nothing-about-it",
  ),
  "seed-unit-was-done-soon": ofLog(
    [
      early,
      "[    2.892994] systemd[1]: Finished Load/Save Random Seed.",
      "[    2.894414] systemd[1]: Reached target Swaps.",
      "[    2.943176] loop3: detected capacity change from 0 to 641088",
    ],
    // By a systemd with which that unit may only have written its file.
    ["Finished", "Started"],
    "not-shown",
  ),
  "own-words-suggests": ofLog(
    [version, init, "[    8.000000] keymaker[311]: waiting for entropy", usb("40.500000"), ready("41.000000")],
    ["waiting for entropy", "waiting for the disk"],
    "late-and-waits-unknown",
  ),
  "unit-suggests": ofLog(
    [
      version,
      init,
      "[    2.100000] systemd[1]: Starting OpenSSH Server Key Generation...",
      early,
      "[    2.300000] systemd[1]: Started Getty on tty1.",
      "[    7.400000] systemd[1]: Started Login Service.",
    ],
    ["Login Service", "OpenSSH Server Key Generation"],
    "not-shown",
  ),
  "systemd-analyze-suggests": ofLog(
    [version, ready("41.000000"), "38.101s sshd-keygen@rsa.service"],
    ["sshd-keygen@rsa", "NetworkManager"],
    "late-and-waits-unknown",
  ),
  "debugger-suggests": ofLog(
    [version, init, early, "#0  0x00007f1122334455 in getrandom () from /lib64/libc.so.6"],
    ["in getrandom ()", "in poll ()"],
    "not-shown",
  ),
  "wchan-suggests": ofLog(
    [version, init, early, "  231 ?        Ds     0:00 wait_for_random_bytes gpg-agent"],
    ["wait_for_random_bytes", "do_sys_poll"],
    "not-shown",
  ),
  "no-unit-was-slow": ofLog(
    ["  7.146s mailer.service", "   783ms example-fan.service", "   454ms srv.mount"],
    ["7.146s", "17.146s"],
    "nothing-about-it",
  ),
  "experiment-suggests": ofLog(
    ["It hangs there. When I move the mouse the boot continues.", version, init, usb("1.500000")],
    ["the boot continues", "the picture is gone"],
    "nothing-about-it",
  ),
  "writer-suggests": ofLog(
    [
      "The board hangs: dockerd waits until the crng is initialised.",
      version,
      init,
      usb("60.500000"),
      ready("61.000000"),
    ],
    ["dockerd waits until", "dockerd does not wait until"],
    "late-and-waits-unknown",
  ),
  reseeded: ofLog(
    ["[ 9120.400000] PM: suspend exit", "[ 9120.500000] random: crng reseeded on system resumption"],
    ["reseeded on system resumption", "init done"],
    "late-and-waits-unknown",
  ),
  "nobody-waited": {
    fires: live(readyLine(12.11), recorder(null)),
    near: live(readyLine(12.11), recorder("somebody emptied its trace")),
    nearRule: "late-and-waits-unknown",
  },
  "waited-briefly": {
    fires: live(wait(0.2, 0.004, { to: 0.204 }), readyLine(0.203)),
    near: live(wait(0.2, 0.104, { to: 0.304 }), readyLine(0.303)),
    nearRule: "waited",
  },
  "trusted-cpu": ofLog(
    [version, "[    0.000000] random: crng done (trusting CPU's manufacturer)"],
    ["[    0.000000] random", "[   60.000000] random"],
    "late-and-waits-unknown",
  ),
  "ready-before-user-space": ofLog(
    [version, ready("4.412000"), "[    6.200000] Run /init as init process"],
    // Nothing shows what ran before the second line.
    [
      "4.412000] random: crng init done\n[    6.200000] Run /init as init process",
      "5.412000] random: crng init done\n[    6.200000] udevd[80]: starting",
    ],
    "ready-and-waits-unknown",
  ),
  "ready-at-once": {
    fires: live(readyLine(0.95)),
    near: live(readyLine(1.05)),
    nearRule: "ready-soon",
  },
  "kernel-without-getrandom": ofLog(
    [
      "[    0.000000] Linux version 3.13.0-24-generic (x@y) #46 SMP",
      "[   50.400000] random: nonblocking pool is initialized",
    ],
    ["3.13.0-24-generic", "3.18.0-24-generic"],
    "late-and-waits-unknown",
  ),
  "released-at-fast-init": ofLog(
    [
      "[    0.000000] Linux version 4.10.17-100.fc24.x86_64 (x@y) #1 SMP",
      "[    1.200000] random: fast init done",
      init,
      ready("61.000000"),
    ],
    // Fixed in the stable kernel 4.16.4 (CVE-2018-1108): from there on getrandom() waits for the second line.
    ["4.10.17", "4.16.4"],
    "silence-ends-at-ready",
  ),
  "ready-while-the-boot-went-on": ofLog(
    [
      version,
      init,
      "[    6.200000] systemd[1]: Mounted /boot.",
      ready("6.400000"),
      "[    6.500000] systemd[1]: Started Login Service.",
    ],
    ["6.200000", "4.200000"],
    "silence-ends-at-ready",
  ),
  "late-and-nobody-waited": ofLog(
    [
      version,
      init,
      "[   59.800000] systemd[1]: Mounted /srv.",
      ready("60.000000"),
      "[   65.000000] systemd[1]: Started Login Service.",
    ],
    ["59.800000", "9.800000"],
    "late-and-waits-unknown",
  ),
  "units-continue-at-ready": {
    fires: live(readyLine(61), units("dbus.service", 61.1)),
    // A link that comes up ends its wait, and may have made the CRNG ready.
    near: live(readyLine(61), units("NetworkManager-wait-online.service", 61.1)),
    nearRule: "late-and-waits-unknown",
  },
  "ready-amid-other-lines": ofLog(
    [usb("6.380000"), usb("6.382000"), ready("6.390000"), usb("6.391000"), usb("6.395000")],
    ["[    6.391000]", "[    6.691000]"],
    "ready-and-waits-unknown",
  ),
  "hours-after-ready": ofLog(
    [ready("31.200000"), "[ 7200.000000] cron[99]: job 1", "[10800.000000] cron[99]: job 2"],
    ["[ 7200.000000]", "[  720.000000]"],
    "late-and-waits-unknown",
  ),
  "hang-after-ready": ofLog(
    [usb("3.200000"), ready("20.600000"), "", "I left it sitting like that for an hour."],
    ["for an hour", "for a minute"],
    "late-and-waits-unknown",
  ),
  "machine-slept": ofLog(
    [
      "Jul 12 21:30:53 box kernel: Freezing user space processes",
      "Jul 12 21:30:54 box kernel: PM: suspend entry (deep)",
    ],
    // A boot that it shows as well may have waited.
    [
      "Jul 12 21:30:53 box kernel: Freezing user space processes",
      "Jul 12 21:30:23 box kernel: random: systemd: uninitialized urandom read (16 bytes read)",
    ],
    "not-shown",
  ),
  "units-went-on": ofLog(
    [
      version,
      usb("2.000000"),
      "[  OK  ] Started Getty on tty1.",
      "[  OK  ] Started Login Service.",
      "[  OK  ] Started Avahi mDNS/DNS-SD Stack.",
      ready("22.400000"),
    ],
    ["[  OK  ] Started Getty on tty1.\n", ""],
    "late-and-waits-unknown",
  ),
  "boot-was-over": ofLog(
    [version, init, "box login: ", ready("60.000000"), usb("75.000000")],
    // An initramfs and a failsafe mode open a shell before the boot goes on.
    ["box login: ", "root@(none):/# "],
    "late-and-waits-unknown",
  ),
  "login-follows": ofLog(
    [
      "Freeing unused kernel memory: 264K",
      ...["syslogd", "klogd", "mdev", "network", "snmpd", "l2d", "igmpd", "dhcpd"].map(
        (name) => `Starting ${name}: OK`,
      ),
      "random: nonblocking pool is initialized",
      "Starting sshd: OK",
      "box login: ",
    ],
    // The step right before it has not ended.
    ["Starting dhcpd: OK", "Generating host keys:"],
    "ready-and-waits-unknown",
  ),
  "work-on-both-sides": ofLog(
    [
      "Freeing unused kernel memory: 264K",
      ...["mtd", "led", "eth", "pon", "switch", "qos", "wifi", "voice"].map((name) => `insmod driver of ${name}`),
      "random: nonblocking pool is initialized",
      ...["bridge", "vlan", "rules", "dhcp", "cloud", "snmp", "web", "upnp"].map((name) => `${name} set up`),
    ],
    // It makes keys there.
    ["insmod driver of wifi", "dropbearkey: rsa"],
    "ready-and-waits-unknown",
  ),
  "unit-waits-for-something-else": ofLog(
    [version, init, "[  *** ] A start job is running for /dev/disk/by-label/DATA (1min 2s / no limit)"],
    // It makes keys of its own, perhaps.
    ["/dev/disk/by-label/DATA", "OpenBSD Secure Shell server"],
    "nothing-about-it",
  ),
  "silent-after-ready": ofLog(
    [
      "[    5.062714] balloon: Waiting for ballooning to finish.",
      ready("5.449696"),
      "[   34.613050] balloon: Ballooning finished.",
    ],
    // The pause ends as it becomes ready.
    ["[    5.449696]", "[   34.613000]"],
    "late-and-waits-unknown",
  ),
  "ready-soon": {
    fires: live(readyLine(4.9)),
    near: live(readyLine(5.1)),
    nearRule: "ready-and-waits-unknown",
  },
  "trouble-stops-the-boot": ofLog(
    [version, init, early, "[    9.000000] Kernel panic - not syncing: Attempted to kill init! exitcode=0x0000000b"],
    ["Kernel panic - not syncing: Attempted to kill init! exitcode=0x0000000b", "reboot: Restarting system"],
    "not-shown",
  ),
  "trouble-is-cut-off": ofLog(
    [version, init, early, "[    9.000000] mmc0: Timeout waiting for hardwar"],
    ["Timeout waiting for hardwar", "Timeout set"],
    "not-shown",
  ),
  "trouble-breaks-something": ofLog(
    [version, init, early, "[    9.000000] BUG: unable to handle page fault for address: ffffc90000a3f000"],
    ["BUG: unable to handle page fault for address: ffffc90000a3f000", "eth0: link is up"],
    "not-shown",
  ),
  "unit-failed": ofLog(
    [version, init, early, "[    9.000000] systemd[1]: Failed to start Network Manager."],
    ["Failed to start", "Started"],
    "not-shown",
  ),
  "log-is-about-a-warning": ofLog(
    [old, early, "[    9.000000] WARNING: CPU: 0 PID: 1 at drivers/gpu/drm/drm_atomic.c:1200"],
    ["WARNING: CPU: 0 PID: 1 at drivers", "usb 1-1: found a device at drivers"],
    "not-shown",
  ),
  "late-and-waits-unknown": {
    fires: live(readyLine(10.5)),
    near: live(readyLine(9.5)),
    nearRule: "ready-and-waits-unknown",
  },
  "ready-and-waits-unknown": {
    fires: live(readyLine(5.5)),
    near: live(readyLine(4.5)),
    nearRule: "ready-soon",
  },
  "state-unknown": {
    fires: live(),
    near: live(probe(5, "would-wait")),
    nearRule: "not-ready-and-nobody-seen",
  },
  "not-ready-and-nobody-seen": {
    fires: live(probe(5, "would-wait")),
    near: live(probe(5, "would-wait"), wait(2, 3, { evidence: "live" })),
    nearRule: "blocked-now",
  },
  "no-log": ofLog(
    ["Dear list, my board boots slowly."],
    ["Dear list", "[    3.000000] eth0: link"],
    "nothing-about-it",
  ),
  refused: ofLog(
    [version, init, "getrandom(0x7ffe, 16, GRND_NONBLOCK) = -1 EAGAIN (Resource temporarily unavailable)"],
    ["-1 EAGAIN (Resource temporarily unavailable)", "16"],
    "nothing-about-it",
  ),
  "not-shown": ofLog(
    [version, init, early],
    ["uninitialized urandom read (16 bytes read)", "hello"],
    "nothing-about-it",
  ),
  "nothing-about-it": ofLog(
    [version, init],
    ["systemd 247.3 running in system mode", "Failed to start Network Manager."],
    "unit-failed",
  ),
  "newest-first": ofLog(
    [
      "Jul 12 21:32:11 box systemd[1]: Started OpenSSH server daemon.",
      "Jul 12 21:32:11 box kernel: random: crng init done",
      "Jul 12 21:30:05 box systemd[1]: Starting OpenSSH server daemon...",
      "Jul 12 21:30:04 box systemd[1]: Mounted /boot.",
    ],
    // The clock was set back once, and runs.
    ["21:32:11 box systemd", "21:29:11 box systemd"],
    "silence-ends-at-ready",
  ),
  interleaved: {
    fires: mixed(recordOfLog([version, init, usb("60.500000"), ready("61.000000")])),
    near: recordOfLog([version, init, usb("60.500000"), ready("61.000000")]),
    nearRule: "late-and-waits-unknown",
  },
  disputed: ofLog(
    [
      version,
      init,
      "[    8.000000] keymaker[311]: waiting for entropy",
      "[   60.000000] BUG: unable to handle page fault for address: ffffc90000a3f000",
    ],
    ["keymaker[311]: waiting for entropy", "keymaker[311]: started"],
    "trouble-breaks-something",
  ),
};
