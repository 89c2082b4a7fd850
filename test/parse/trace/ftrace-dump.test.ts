import { describe, expect, it } from "vitest";
import { FtraceDump } from "../../../src/parse/trace/ftrace-dump.ts";
import { bootIn, bootsInPieces, idleLines } from "../log/reading-logs.ts";

const border = "---------------------------------";
/** As 5.10 and 6.12 printed it on a serial console. */
const older = [
  " mount-75        0.... 7838825us : sched_process_exec: filename=/proc/self/exe pid=75 old_pid=75",
  "      dd-83        0.... 7858945us : sched_process_exec: filename=/usr/bin/dd pid=83 old_pid=83",
  "      dd-83        0.... 7859853us : wait: (wait_for_random_bytes+0x0/0x60)",
  "      dd-83        0d... 9883140us : waited: (random_read_iter+0x17/0x50 <- wait_for_random_bytes)",
];
const newer = [
  "cryptomg-125       0..... 6638877us : sched_process_exit: comm=cryptomgr_test pid=125 prio=120",
  "      dd-144       0..... 5733099us : wait: (wait_for_random_bytes+0x4/0x60)",
  "      dd-144       0..... 5733103us : gen: (try_to_generate_entropy+0x0/0x238)",
  "      dd-144       0..... 7115038us : gend: (wait_for_random_bytes.cold+0x5/0xbd <- try_to_generate_entropy)",
  "      dd-144       0..... 7115042us+: waited: (random_read_iter+0x14/0x60 <- wait_for_random_bytes)",
];

const console = (lines: readonly string[], at = 10.076554): string =>
  ["sysrq: Dump ftrace buffer", "Dumping ftrace buffer:", border, ...lines, border, "random: not a line of the trace"]
    .map((line, index) => `[${(at + index / 10_000).toFixed(6).padStart(12)}] ${line}\n`)
    .join("");

describe("a trace that the kernel dumped into its log", () => {
  it("is read as tracefs would give it", () => {
    const dump = new FtraceDump();
    const taken = [
      "Dumping ftrace buffer:",
      border,
      ...older,
      "CPU:0 [LOST 12 EVENTS]",
      "another message",
      border,
      ...older,
    ].map((line) => dump.traceLineOf(line, null));
    expect(taken.slice(4, 9)).toEqual([
      "dd-83 [000] .... 7.859853: wait: (wait_for_random_bytes+0x0/0x60)",
      "dd-83 [000] d... 9.883140: waited: (random_read_iter+0x17/0x50 <- wait_for_random_bytes)",
      "CPU:0 [LOST 12 EVENTS]",
      null,
      null,
    ]);
    expect(taken.slice(9)).toEqual(older.map(() => null));
  });

  it("reports the waiters", () => {
    expect(bootIn(console(older)).waits).toMatchObject([
      {
        pid: 83,
        comm: "dd",
        exe: "/usr/bin/dd",
        interface: "dev-random",
        from: 7.859853,
        to: 9.88314,
        evidence: "recorder",
      },
    ]);
    expect(bootIn(console(newer)).waits).toMatchObject([{ pid: 144, comm: "dd", from: 5.733099, to: 7.115042 }]);
  });

  it("is found after many other lines, and where the capture ends in it", () => {
    const cut = console(older).split("\n").slice(0, 6).join("\n");
    expect(
      bootsInPieces(idleLines(30_000) + cut.replaceAll("[   10", "[  310")).flatMap(({ waits }) => waits),
    ).toMatchObject([{ pid: 83, comm: "dd", from: 7.859853, to: null }]);
  });

  it("shows how long a wait that goes on has lasted, on a machine where nothing else happens", () => {
    const stuck = [
      " systemd-1         0.... 2103117us : sched_process_exec: filename=/usr/lib/systemd/systemd pid=1 old_pid=1",
      " systemd-1         0.... 2403117us : wait: (wait_for_random_bytes+0x0/0x60)",
    ];
    expect(bootIn(console(stuck, 63.6)).waits).toMatchObject([
      {
        pid: 1,
        comm: "systemd",
        exe: "/usr/lib/systemd/systemd",
        interface: "getrandom",
        from: 2.403117,
        to: null,
        seconds: 61.196983,
      },
    ]);
  });

  describe("in which a name is cut to 8 letters", () => {
    const exec =
      "systemd--169      0..... 2103117us : sched_process_exec: filename=/usr/lib/systemd/systemd-random-seed pid=169 old_pid=169";
    const waits = [
      "systemd--169      0..... 2403117us : wait: (wait_for_random_bytes+0x4/0x60)",
      "sshd-key-170     0..... 2403200us : wait: (wait_for_random_bytes+0x4/0x60)",
      "systemd--169      0..... 3403117us : waited: (__x64_sys_getrandom+0xb7/0xe0 <- wait_for_random_bytes)",
    ];
    /** As show_state_filter() prints them, 6.12. */
    const stacks = (comm: string): string =>
      `[    9.000000] task:${comm.padEnd(15)} state:D stack:0     pid:170   tgid:170   ppid:1      flags:0x00000002\n[    9.000001] Call Trace:\n[    9.000002]  <TASK>\n[    9.000003]  wait_for_random_bytes+0x5e/0x60\n[    9.000004]  __x64_sys_getrandom+0xb7/0xe0\n[    9.000005]  </TASK>\n`;

    it("has the name of the file that it runs", () => {
      expect(bootIn(console([exec, ...waits])).waits).toMatchObject([
        { pid: 169, comm: "systemd-random-", exe: "/usr/lib/systemd/systemd-random-seed", to: 3.403117 },
        { pid: 170, exe: null },
      ]);
      const rsyslog = [
        "rsyslogd-171      0..... 1000000us : sched_process_exec: filename=/usr/sbin/rsyslogd pid=171 old_pid=171",
        "rsyslogd-171      0..... 2403117us : wait: (wait_for_random_bytes+0x4/0x60)",
      ];
      expect(bootIn(console(rsyslog)).waits).toMatchObject([{ comm: "rsyslogd" }]);
    });

    it("has that of a task that a program forked", () => {
      const fork =
        "systemd--169      0..... 2203117us : sched_process_fork: comm=systemd-random- pid=169 child_comm=systemd-random- child_pid=172";
      expect(
        bootIn(console([exec, fork, "systemd--172      0..... 2403117us : wait: (wait_for_random_bytes+0x4/0x60)"]))
          .waits,
      ).toMatchObject([{ pid: 172, comm: "systemd-random-" }]);
    });

    it("says that it may go on, where that is not known", () => {
      expect(bootIn(console(waits)).waits).toMatchObject([
        { pid: 169, comm: "systemd-…", to: 3.403117 },
        { pid: 170, comm: "sshd-key…" },
      ]);
      const other = exec.replace("systemd-random-seed", "init");
      expect(bootIn(console([other, ...waits])).waits).toMatchObject([{ comm: "systemd-…" }, {}]);
      const ended = "systemd--169      0..... 2303117us : sched_process_exit: comm=systemd-random- pid=169 prio=120";
      expect(bootIn(console([exec, ended, ...waits])).waits).toMatchObject([{ comm: "systemd-…" }, {}]);
    });

    it("is whole where a stack in the same log shows it, and the wait is reported once", () => {
      expect(bootIn(stacks("sshd-keygen") + console(waits.slice(1, 2))).waits).toMatchObject([
        { pid: 170, comm: "sshd-keygen", evidence: "recorder" },
      ]);
      expect(bootIn(stacks("sshd-other") + console(waits.slice(1, 2))).waits.map(({ comm }) => comm)).toEqual([
        "sshd-other",
        "sshd-key…",
      ]);
    });
  });

  it("is none where nothing was dumped", () => {
    expect(bootIn(older.map((line) => `[   10.000000] ${line}\n`).join("")).waits).toEqual([]);
  });
});
