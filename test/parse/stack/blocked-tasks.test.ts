import * as fc from "fast-check";
import { describe, expect, it } from "vitest";
import { type Wait, unknownWait } from "../../../src/core/wait.ts";
import { BlockedTasks, type BootLine } from "../../../src/parse/stack/blocked-tasks.ts";
import {
  dumpOpeners,
  foreignOpeners,
  ownLines,
  parseHungTask,
  parseTaskHeader,
  traceOpener,
} from "../../../src/parse/stack/task-reports.ts";
import { growth, linear } from "../../support/growth.ts";
import { anyText } from "../../support/inputs/any-text.ts";

/** The lines of a log as the caller hands them over: without their stamps. */
const linesOf = (log: string): readonly BootLine[] =>
  log
    .replace(/^\n/, "")
    .split("\n")
    .map((raw, index) => {
      const stamp = /^\[ *(\d+\.\d+)\](?: (.*))?$/s.exec(raw);
      return {
        text: stamp === null ? raw : (stamp[2] ?? ""),
        at: stamp === null ? null : Number(stamp[1]),
        line: index + 1,
      };
    });

const read = (log: string): BlockedTasks => {
  const tasks = new BlockedTasks();
  for (const line of linesOf(log)) tasks.take(line);
  return tasks;
};
const waits = (log: string): readonly Wait[] => read(log).waits();
const brief = (log: string): readonly unknown[] =>
  waits(log).map(({ pid, comm, interface: door, evidence, line }) => [pid, comm, door, evidence, line]);

describe("reports of hung tasks", () => {
  it("of RHEL 8 in FIPS mode: the queue for the DRBG", () => {
    expect(
      waits(`
[  363.495071] INFO: task gpgv:1782 blocked for more than 120 seconds.
[  363.502236]       Not tainted 4.18.0-240.el8.x86_64 #1
[  363.509336] "echo 0 > /proc/sys/kernel/hung_task_timeout_secs" disables this message.
[  363.517321] gpgv            D    0  1782      1 0x00000080
[  363.517330] Call Trace:
[  363.517340]  __schedule+0x2a6/0x700
[  363.517350]  schedule+0x38/0xa0
[  363.517360]  schedule_preempt_disabled+0xa/0x10
[  363.517370]  __mutex_lock.isra.6+0x2d0/0x4a0
[  363.517380]  crypto_devrandom_read+0x5c/0x1d0
[  363.517390]  __x64_sys_getrandom+0x9a/0x120
[  363.517400]  do_syscall_64+0x5b/0x1a0
[  363.517410]  entry_SYSCALL_64_after_hwframe+0x65/0xca
[  363.517420] RIP: 0033:0x7f6fd687573d
[  363.517430] Code: Unable to access opcode bytes at RIP 0x7f6fd6875713.
[  363.517440] RSP: 002b:00007ffc94663748 EFLAGS: 00000246 ORIG_RAX: 000000000000013e`),
    ).toEqual([
      {
        ...unknownWait,
        pid: 1782,
        comm: "gpgv",
        interface: "getrandom",
        generator: "drbg",
        from: 243.495071,
        seenAt: 363.495071,
        seconds: 120,
        evidence: "hung-task",
        line: 1,
      },
    ]);
  });

  it("of 3.10, with the words of the stack and a saved program counter", () => {
    expect(
      brief(`
[  240.311002] INFO: task rngtest:612 blocked for more than 120 seconds.
[  240.311010] "echo 0 > /proc/sys/kernel/hung_task_timeout_secs" disables this message.
[  240.311020] rngtest         D ffff88003f5e7c08     0   612      1 0x00000080
[  240.311030]  ffff88003f5e7be8 0000000000000086 ffff880036d5a220 ffff88003f5e7fd8
[  240.311040]  ffff88003f5e7fd8 ffff88003f5e7fd8 ffff880036d5a220 ffff88003e2a4b40
[  240.311050] Call Trace:
[  240.311060]  [<ffffffff8168b579>] schedule+0x29/0x70
[  240.311070]  [<ffffffff813f1f3d>] _random_read+0x13d/0x210
[  240.311080]  [<ffffffff810b1910>] ? wake_up_atomic_t+0x30/0x30
[  240.311090]  [<ffffffff813f2040>] random_read+0x20/0x30
[  240.311100]  [<ffffffff811fdd8e>] vfs_read+0x9e/0x170
[  240.311110]  [<ffffffff811fe95f>] SyS_read+0x7f/0xe0
[  240.311120]  [<ffffffff81696709>] system_call_fastpath+0x16/0x1b`),
    ).toEqual([[612, "rngtest", "dev-random", "hung-task", 1]]);
  });

  it("of arm64, whose stack has no marks", () => {
    expect(
      brief(`
[  363.495071] INFO: task init:1 blocked for more than 120 seconds.
[  363.502236]       Tainted: G S              4.9.78-147538-g244928755bbe #1
[  363.509336] "echo 0 > /proc/sys/kernel/hung_task_timeout_secs" disables this message.
[  363.517321] init            D    0     1      0 0x00000008
[  363.517330] Call trace:
[  363.517340] [<ffff000008086a9c>] __switch_to+0x8c/0xa0
[  363.517350] [<ffff000008c9b5c4>] __schedule+0x1d8/0x5d8
[  363.517360] [<ffff000008c9ba00>] schedule+0x3c/0xa0
[  363.517370] [<ffff00000868c1f4>] crng_wait_ready+0x94/0xc8
[  363.517380] [<ffff00000868d0e8>] SyS_getrandom+0x58/0xb0
[  363.517390] [<ffff000008083a30>] el0_svc_naked+0x24/0x28`),
    ).toEqual([[1, "init", "getrandom", "hung-task", 1]]);
  });

  it("of arm, whose lines name two functions", () => {
    expect(
      brief(`
[  361.130000] INFO: task procd:1 blocked for more than 120 seconds.
[  361.140000]       Not tainted 5.15.134 #0
[  361.150000] task:procd           state:D stack:    0 pid:    1 ppid:     0 flags:0x00000001
[  361.160000] [<c0a4d0b8>] (__schedule) from [<c0a4d5c8>] (schedule+0x5c/0xe0)
[  361.170000] [<c0a4d5c8>] (schedule) from [<c0601a0c>] (wait_for_random_bytes+0xf4/0x154)
[  361.180000] [<c0601a0c>] (wait_for_random_bytes) from [<c0602a24>] (sys_getrandom+0x8c/0xd0)
[  361.190000] [<c0602a24>] (sys_getrandom) from [<c0300060>] (ret_fast_syscall+0x0/0x1c)`),
    ).toEqual([[1, "procd", "getrandom", "hung-task", 1]]);
  });

  it("of 7.1 and later, with I/O wait and the lock's owner, whose stack is another's", () => {
    expect(
      brief(`
[  244.125000] INFO: task cat:612 blocked in I/O wait for more than 122 seconds.
[  244.125010]       Not tainted 7.2.13+deb14-amd64 #1
[  244.125020] "echo 0 > /proc/sys/kernel/hung_task_timeout_secs" disables this message.
[  244.125030] task:cat             state:D stack:0     pid:612   tgid:612   ppid:1      task_flags:0x400000 flags:0x00080002
[  244.125040] Call Trace:
[  244.125050]  <TASK>
[  244.125060]  __schedule+0x4c5/0x1070
[  244.125070]  schedule+0x27/0xa0
[  244.125080]  io_schedule+0x46/0x80
[  244.125090]  folio_wait_bit_common+0x131/0x340
[  244.125100]  </TASK>
[  244.125110] INFO: task cat:612 is blocked on a mutex likely owned by task gpgv:611.
[  244.125120] task:gpgv            state:R  running task     stack:0     pid:611   tgid:611   ppid:1      task_flags:0x400000 flags:0x00080000
[  244.125130] Call Trace:
[  244.125140]  <TASK>
[  244.125150]  try_to_generate_entropy+0x1e1/0x235
[  244.125160]  wait_for_random_bytes.cold+0x5/0xdd
[  244.125170]  __x64_sys_getrandom+0xb7/0xe0
[  244.125180]  do_syscall_64+0xe1/0x650
[  244.125190]  </TASK>`),
    ).toEqual([[611, "gpgv", "getrandom", "task-state", 13]]);
  });

  it("are one wait where they go on, from its beginning to the last of them", () => {
    const report = (at: string, seconds: number): string => `
[${at}] INFO: task dd:84 blocked for more than ${seconds} seconds.
[${at}]       Not tainted 5.4.0-26-generic #30-Ubuntu
[${at}] dd              D    0    84      1 0x00000000
[${at}] Call Trace:
[${at}]  __schedule+0x2e3/0x740
[${at}]  schedule+0x42/0xb0
[${at}]  _random_read.part.0+0x335/0x3f0
[${at}]  random_read+0x1c/0x30
[${at}]  vfs_read+0xab/0x160`;
    const wait = { ...unknownWait, pid: 84, comm: "dd", interface: "dev-random", evidence: "hung-task", line: 1 };
    // Since 5.0 N counts from when the task last ran.
    expect(waits(report("  242.700000", 120) + report("  363.500000", 241) + report("  484.300000", 362))).toEqual([
      { ...wait, from: 122.3, seenAt: 484.3, seconds: 362 },
    ]);
    // Before, N is the time-out.
    expect(waits(report("  242.700000", 120) + report("  365.600000", 120) + report("  488.500000", 120))).toEqual([
      { ...wait, from: 122.7, seenAt: 488.5, seconds: 365.8 },
    ]);
    // Two waits, far apart.
    expect(waits(report("  242.700000", 120) + report(" 4242.700000", 120))).toMatchObject([
      { from: 122.7, seconds: 120, line: 1 },
      { from: 4122.7, seconds: 120, line: 10 },
    ]);
  });

  it("have no beginning in a log without stamps", () => {
    const log = `
INFO: task dd:84 blocked for more than 120 seconds.
Call Trace:
 _random_read.part.0+0x335/0x3f0
 random_read+0x1c/0x30`;
    expect(waits(log)).toMatchObject([{ pid: 84, from: null, to: null, seconds: 120 }]);
    expect(waits(log + log)).toMatchObject([{ pid: 84, from: null, to: null, seconds: 120, line: 1 }]);
  });

  it("never begin before the boot", () => {
    expect(
      waits(
        "[  119.999000] INFO: task a:2 blocked for more than 120 seconds.\n[  120.0]  wait_for_random_bytes+0x1/0x2",
      ),
    ).toMatchObject([{ from: 0, seconds: 120 }]);
  });

  it("may lie anywhere in a log, indented or not", () => {
    const log = `
[  361.130000] INFO: task a:7 blocked for more than 120 seconds.
[  361.160000]       Not tainted 6.1.0 #1
[  361.160000] task:a               state:D stack:0     pid:7     ppid:1      flags:0x00000002
[  361.160000] Call Trace:
[  361.160000]  <TASK>
[  361.160000]  wait_for_random_bytes+0x52/0x120
[  361.160000]  __x64_sys_getrandom+0xb3/0xe0
[  361.160000]  </TASK>`;
    const stripped = new BlockedTasks();
    for (const line of linesOf(log)) stripped.take({ ...line, text: line.text.trimStart() });
    expect(stripped.waits()).toEqual(waits(log));
    expect(stripped.waits()).toHaveLength(1);
  });
});

describe("sysrq-t and sysrq-w", () => {
  it("of 4.4: tasks that sleep, run and poll", () => {
    expect(
      waits(`
[   31.104711] SysRq : Show State
[   31.104720]   task                        PC stack   pid father
[   31.104730] systemd         S ffff88003f5e7e48     0     1      0 0x00000000
[   31.104740]  ffff88003f5e7e48 ffff88003f5d8000 ffffffff81e104c0 ffff88003f5e0000
[   31.104750] Call Trace:
[   31.104760]  [<ffffffff8186bb5b>] schedule+0x35/0x80
[   31.104770]  [<ffffffff81542492>] SyS_getrandom+0xe2/0x150
[   31.104780]  [<ffffffff810c4240>] ? wake_atomic_t_function+0x60/0x60
[   31.104790]  [<ffffffff8186f8b2>] entry_SYSCALL_64_fastpath+0x16/0x71
[   31.104800] kthreadd        S ffff88003f5fbea0     0     2      0 0x00000000
[   31.104810] Call Trace:
[   31.104820]  [<ffffffff8186bb5b>] schedule+0x35/0x80
[   31.104830]  [<ffffffff810a0a2a>] kthreadd+0x19a/0x1e0
[   31.104840]  [<ffffffff8186fc8f>] ret_from_fork+0x3f/0x70
[   31.104850] (sd-executor)   S ffff88003c1b7d18     0    77      1 0x00000000
[   31.104860] Call Trace:
[   31.104870]  [<ffffffff8186bb5b>] schedule+0x35/0x80
[   31.104880]  [<ffffffff815407f7>] _random_read.part.33+0xc7/0x1f0
[   31.104890]  [<ffffffff8154093f>] random_read+0x1f/0x30
[   31.104900]  [<ffffffff8121c9f6>] vfs_read+0x86/0x130
[   31.104910] rngd            S ffff88003c1b7a18     0    78      1 0x00000000
[   31.104920] Call Trace:
[   31.104930]  [<ffffffff8186bb5b>] schedule+0x35/0x80
[   31.104940]  [<ffffffff8186edc8>] schedule_hrtimeout_range_clock+0xb8/0x130
[   31.104950]  [<ffffffff8122f0b9>] poll_schedule_timeout+0x49/0x70
[   31.104960]  [<ffffffff812305d5>] do_sys_poll+0x3f5/0x570
[   31.104970] modprobe        R  running task        0    79      1 0x00000008
[   31.104980] Call Trace:
[   31.104990]  [<ffffffff81542492>] SyS_getrandom+0xe2/0x150
[   31.105000]  [<ffffffff8186f8b2>] entry_SYSCALL_64_fastpath+0x16/0x71
[   31.105010] Sched Debug Version: v0.11, 4.4.0-210-generic #242-Ubuntu`),
    ).toEqual([
      {
        ...unknownWait,
        pid: 1,
        comm: "systemd",
        interface: "getrandom",
        from: null,
        seenAt: 31.10473,
        seconds: null,
        evidence: "task-state",
        line: 3,
      },
      {
        ...unknownWait,
        pid: 77,
        comm: "(sd-executor)",
        interface: "dev-random",
        from: null,
        seenAt: 31.10485,
        seconds: null,
        evidence: "task-state",
        line: 15,
      },
    ]);
  });

  it("of 4.12 to 5.9, without a program counter, and with the free stack where DEBUG_STACK_USAGE counts it", () => {
    expect(
      brief(`
sysrq: SysRq : Show Blocked State
  task                        PC stack   pid father
mailboxNormal   D    0  1782      2 0x00000000
Call trace:
 schedule+0x3c/0xa0
 mailbox_receive_task+0x84/0xe8
mount.ceph      D27464   612      1 0x00000000
Call Trace:
 schedule+0x42/0xb0
 wait_for_random_bytes+0x8c/0xbb
 ceph_create_client+0x1d/0x2b0 [libceph]
 ceph_mount+0x1c1/0x8a0 [ceph]
 mount_fs+0x32/0x130
 __x64_sys_mount+0x21/0x30
 do_syscall_64+0x4e/0x100
my daemon 1 2   S12968    57      1 0x00000000
Call Trace:
 _random_read.part.37+0x315/0x3a0
 __x64_sys_getrandom+0x8d/0x150`),
    ).toEqual([
      [612, "mount.ceph", "kernel", "task-state", 7],
      [57, "my daemon 1 2", "getrandom", "task-state", 16],
    ]);
  });

  it("of 6.1, as the lab's machine printed it: two that spin, one that does not", () => {
    expect(
      brief(`
[    2.948719] sysrq: Show State
[    2.948741] task:init            state:S stack:0     pid:1     ppid:0      flags:0x00000002
[    2.948775] Call Trace:
[    2.948787]  <TASK>
[    2.948805]  __schedule+0x34d/0x9e0
[    2.948859]  schedule+0x5a/0xd0
[    2.948904]  do_wait+0x160/0x2f0
[    2.948949]  kernel_wait4+0xb4/0x160
[    2.949050]  entry_SYSCALL_64_after_hwframe+0x6e/0xd8
[    2.949060] RIP: 0033:0x460a63
[    2.949070] RSP: 002b:00007ffda76f8848 EFLAGS: 00000202 ORIG_RAX: 000000000000003d
[    2.949080]  </TASK>
[    2.895423] task:dd              state:R  running task     stack:0     pid:94    ppid:92     flags:0x00004002
[    2.895467] Call Trace:
[    2.895478]  <TASK>
[    2.895496]  __schedule+0x34d/0x9e0
[    2.895550]  schedule+0x5a/0xd0
[    2.895596]  try_to_generate_entropy+0xe2/0x127
[    2.895642]  ? _credit_init_bits+0x11d/0x11d
[    2.895685]  wait_for_random_bytes.cold+0x5/0xb9
[    2.895735]  random_read_iter+0x10/0x50
[    2.895777]  vfs_read+0x23f/0x310
[    2.895825]  ksys_read+0x6b/0xf0
[    2.895862]  do_syscall_64+0x5d/0x90
[    2.895918]  ? filp_close+0x5b/0x70
[    2.896100]  entry_SYSCALL_64_after_hwframe+0x6e/0xd8
[    2.896110]  </TASK>
[    2.896852] task:head            state:R  running task     stack:0     pid:95    ppid:92     flags:0x00004002
[    2.896895] Call Trace:
[    2.896907]  <TASK>
[    2.896925]  __schedule+0x34d/0x9e0
[    2.896979]  schedule+0x5a/0xd0
[    2.897025]  try_to_generate_entropy+0xe2/0x127
[    2.897070]  ? _credit_init_bits+0x11d/0x11d
[    2.897114]  urandom_read_iter.cold+0x31/0x36
[    2.897156]  vfs_read+0x23f/0x310
[    2.897205]  ksys_read+0x6b/0xf0
[    2.897241]  do_syscall_64+0x5d/0x90
[    2.897250]  </TASK>`),
    ).toEqual([
      [94, "dd", "dev-random", "task-state", 13],
      [95, "head", "urandom", "task-state", 28],
    ]);
  });

  it("of 5.10, 6.12 and 7.2: the headers of each", () => {
    const stack =
      "\nCall Trace:\n try_to_generate_entropy+0x1e1/0x235\n wait_for_random_bytes.cold+0x5/0xdd\n __x64_sys_getrandom+0xb7/0xe0\n";
    expect(
      brief(
        `task:gpgv            state:R  running task     stack:    0 pid:   83 ppid:    82 flags:0x00004002${stack}` +
          `task:a b: c          state:S stack:13488 pid:  612 ppid:     1 flags:0x00004000${stack}` +
          `task:gpgv            state:R  running task     stack:0     pid:142   tgid:142   ppid:141    flags:0x00004002${stack}` +
          `task:systemd         state:R  running task     stack:0     pid:1     tgid:1     ppid:0      task_flags:0x400100 flags:0x00000000${stack}`,
      ),
    ).toEqual([
      [83, "gpgv", "getrandom", "task-state", 1],
      [612, "a b: c", "getrandom", "task-state", 6],
      [142, "gpgv", "getrandom", "task-state", 11],
      [1, "systemd", "getrandom", "task-state", 16],
    ]);
  });

  it("a task that is shown again is the same wait, and a hung task's report shows its times", () => {
    const shown =
      "\n[    9.0] gpgv            S    0   612      1 0x00000000\n[    9.0]  wait_for_random_bytes+0x8c/0xbb\n[    9.0]  SyS_getrandom+0x68/0x83";
    expect(waits(shown + shown)).toEqual([
      {
        ...unknownWait,
        pid: 612,
        comm: "gpgv",
        interface: "getrandom",
        from: null,
        seenAt: 9,
        seconds: null,
        evidence: "task-state",
        line: 1,
      },
    ]);
    const hung =
      "\n[  200.0] INFO: task gpgv:612 blocked for more than 120 seconds.\n[  200.0]  wait_for_random_bytes+0x8c/0xbb\n[  200.0]  SyS_getrandom+0x68/0x83";
    expect(waits(shown + hung + shown)).toMatchObject([{ evidence: "hung-task", from: 80, seconds: 120, line: 1 }]);
    // The same number, another name or another door: another wait.
    expect(waits(shown + shown.replace("gpgv", "curl"))).toHaveLength(2);
    expect(waits(shown + shown.replace("SyS_getrandom", "random_read_iter"))).toHaveLength(2);
  });
});

describe("pastes of /proc/PID/stack", () => {
  it.each<[how: string, paste: string, expected: readonly unknown[]]>([
    [
      "with its command",
      "# cat /proc/1/stack\n[<0>] wait_for_random_bytes.part.0+0x98/0x1c0\n[<0>] __x64_sys_getrandom+0x88/0xb0\n[<0>] do_syscall_64+0x5c/0xc0",
      [[1, null, "getrandom", "stack", 2]],
    ],
    [
      "with sudo and a prompt",
      "joe@box:~$ sudo cat /proc/612/stack\n[sudo] password for joe: \n[<0>] wait_for_random_bytes+0x52/0x120\n[<0>] random_read_iter+0x14/0x70",
      [[612, null, "dev-random", "stack", 3]],
    ],
    [
      "with head's titles",
      "==> /proc/612/stack <==\n[<0>] try_to_generate_entropy+0x19d/0x2a0\n[<0>] urandom_read_iter+0x37/0xb0\n[<0>] vfs_read+0x258/0x390\n\n==> /proc/613/stack <==\n[<0>] do_epoll_wait+0x698/0x7d0",
      [[612, null, "urandom", "stack", 2]],
    ],
    [
      "of a thread",
      "/proc/612/task/613/stack:\n[<0>] wait_for_random_bytes+0x52/0x120\n[<0>] __x64_sys_getrandom+0xb3/0xe0",
      [[613, null, "getrandom", "stack", 2]],
    ],
    [
      "by grep",
      "/proc/612/stack:[<0>] wait_for_random_bytes+0x52/0x120\n/proc/612/stack:[<0>] __x64_sys_getrandom+0xb3/0xe0\n/proc/700/stack:[<0>] pipe_read+0x3a1/0x4c0",
      [[612, null, "getrandom", "stack", 1]],
    ],
    [
      "without any command",
      "[<0>] wait_for_random_bytes.cold+0x186/0x19d\n[<0>] random_read_iter+0x17/0x50",
      [[null, null, "dev-random", "stack", 1]],
    ],
    [
      "of 4.14, without any command",
      "[<0000000000000000>] wait_for_random_bytes+0x8c/0xbb\n[<0000000000000000>] SyS_getrandom+0x68/0x83\n[<0000000000000000>] do_syscall_64+0x74/0x87\n[<0000000000000000>] 0xffffffffffffffff",
      [[null, null, "getrandom", "stack", 1]],
    ],
    [
      "of 4.4",
      "root@box:~# cat /proc/57/stack\n[<ffffffff815155e2>] SyS_getrandom+0xe2/0x150\n[<ffffffff818244f2>] entry_SYSCALL_64_fastpath+0x16/0x71\n[<ffffffffffffffff>] 0xffffffffffffffff",
      [[57, null, "getrandom", "stack", 2]],
    ],
    [
      "of several, whose order is not theirs",
      "# cat /proc/57/stack /proc/58/stack\n[<0>] SyS_getrandom+0xe2/0x150\n[<0>] entry_SYSCALL_64_fastpath+0x16/0x71",
      [[null, null, "getrandom", "stack", 2]],
    ],
    [
      "of all threads of one",
      "# cat /proc/57/task/*/stack\n[<0>] futex_wait_queue+0x60/0x90\n[<0>] entry_SYSCALL_64_after_hwframe+0x6e/0xd8\n[<0>] wait_for_random_bytes+0x52/0x120\n[<0>] __x64_sys_getrandom+0xb3/0xe0\n[<0>] entry_SYSCALL_64_after_hwframe+0x6e/0xd8",
      [[null, null, "getrandom", "stack", 4]],
    ],
    ["of the shell itself", "# cat /proc/self/stack\n[<0>] proc_pid_stack+0xaa/0xf0\n[<0>] vfs_read+0x9f/0x1a0", []],
    [
      "of a sleeper elsewhere",
      "# cat /proc/57/stack\n[<0>] do_sys_poll+0x535/0x600\n[<0>] __x64_sys_poll+0x4a/0x140",
      [],
    ],
    ["that was denied", "$ cat /proc/57/stack\ncat: /proc/57/stack: Permission denied\n$ ls", []],
    [
      "of another, where the first is gone",
      "cat: can't open '/proc/85/stack': No such file or directory\n[<0>] SyS_getrandom+0xe2/0x150",
      [[null, null, "getrandom", "stack", 2]],
    ],
    [
      "the same again",
      "# cat /proc/57/stack\n[<0>] SyS_getrandom+0xe2/0x150\n# cat /proc/57/stack\n[<0>] SyS_getrandom+0xe2/0x150",
      [[57, null, "getrandom", "stack", 2]],
    ],
    [
      "two of unknown tasks",
      "[<0>] SyS_getrandom+0xe2/0x150\n\n[<0>] SyS_getrandom+0xe2/0x150",
      [
        [null, null, "getrandom", "stack", 1],
        [null, null, "getrandom", "stack", 3],
      ],
    ],
  ])("%s", (_how, paste, expected) => {
    expect(brief(paste)).toEqual(expected);
  });

  it("have a name where that is shown, before or after", () => {
    const stack = "# cat /proc/612/stack\n[<0>] SyS_getrandom+0xe2/0x150\n";
    expect(waits(`# cat /proc/612/comm\ngpgv\n${stack}`)).toMatchObject([{ pid: 612, comm: "gpgv" }]);
    expect(waits(`${stack}# cat /proc/612/comm\nmy daemon\n`)).toMatchObject([{ pid: 612, comm: "my daemon" }]);
    expect(waits(`/proc/612/comm:gpgv\n/proc/612/stack:[<0>] SyS_getrandom+0xe2/0x150`)).toMatchObject([
      { pid: 612, comm: "gpgv" },
    ]);
    expect(waits(`# cat /proc/612/comm\nsystemd-random-\n${stack}`)).toMatchObject([{ comm: "systemd-random-" }]);
    expect(waits(`# cat /proc/612/comm\nsystemd-random-s\n${stack}`)).toMatchObject([{ comm: null }]);
    expect(waits(`# cat /proc/613/comm\ncurl\n${stack}`)).toMatchObject([{ pid: 612, comm: null }]);
    expect(waits(`the file /proc/612/comm\nsays nothing\n${stack}`)).toMatchObject([{ pid: 612, comm: null }]);
  });

  it("and a dump of the same task are one wait", () => {
    const dump =
      "gpgv            S    0   612      1 0x00000000\n wait_for_random_bytes+0x8c/0xbb\n SyS_getrandom+0x68/0x83\n";
    expect(brief(`# cat /proc/612/stack\n[<0>] SyS_getrandom+0xe2/0x150\n${dump}`)).toEqual([
      [612, "gpgv", "getrandom", "task-state", 2],
    ]);
  });
});

describe("no wait", () => {
  it.each<[what: string, log: string]>([
    [
      "an oops in getrandom (Ubuntu's FIPS kernel)",
      `
BUG: unable to handle page fault for address: 0000000000000038
#PF: supervisor read access in kernel mode
Oops: 0000 [#1] SMP NOPTI
CPU: 0 PID: 114 Comm: modprobe Not tainted 5.4.0-1051-fips #57-Ubuntu
RIP: 0010:urandom_read+0x268/0x480
Call Trace:
 ? __schedule+0x2eb/0x740
 __x64_sys_getrandom+0x7f/0x130
 do_syscall_64+0x57/0x190
 entry_SYSCALL_64_after_hwframe+0x44/0xa9
Modules linked in:
---[ end trace 43ef301ad4cafb21 ]---`,
    ],
    [
      "a soft lockup in the very function",
      `
watchdog: BUG: soft lockup - CPU#0 stuck for 22s! [gpgv:612]
Modules linked in: virtio_rng
CPU: 0 PID: 612 Comm: gpgv Not tainted 5.10.0-8-amd64 #1 Debian 5.10.46-4
RIP: 0010:try_to_generate_entropy+0x1b/0x240
Call Trace:
 wait_for_random_bytes+0x8c/0xbb
 __x64_sys_getrandom+0x7f/0x130`,
    ],
    [
      "an RCU stall",
      `
rcu: INFO: rcu_sched self-detected stall on CPU
rcu: \t0-....: (5249 ticks this GP) idle=6ea/1/0x4000000000000002
NMI backtrace for cpu 0
CPU: 0 PID: 612 Comm: gpgv Not tainted 5.10.0 #1
Call Trace:
 <IRQ>
 dump_stack+0x6b/0x83
 </IRQ>
 wait_for_random_bytes+0x8c/0xbb
 __x64_sys_getrandom+0x7f/0x130`,
    ],
    [
      "KMSAN",
      `
=====================================================
BUG: KMSAN: kernel-infoleak in _copy_to_user+0x1c9/0x270
 _copy_to_user+0x1c9/0x270
 urandom_read_nowarn+0x57b/0xb10
 __x64_sys_getrandom+0x34a/0x460
 do_syscall_64+0x54/0xd0

Uninit was stored to memory at:
 wait_for_random_bytes+0x8c/0xbb
 __x64_sys_getrandom+0x34a/0x460`,
    ],
    [
      "a warning of 3.10",
      "WARNING: at drivers/char/random.c:1 extract_entropy+0x1/0x2()\nPid: 57, comm: dd Not tainted 3.10.0 #1\nCall Trace:\n [<ffffffff813f1f3d>] random_read+0x13d/0x210\n [<ffffffff811fdd8e>] vfs_read+0x9e/0x170",
    ],
    [
      "a stack whose head is lost, up to 4.9",
      "[<ffffffff8168b579>] schedule+0x29/0x70\n[<ffffffff813f1f3d>] _random_read+0x13d/0x210\n[<ffffffff811fdd8e>] vfs_read+0x9e/0x170",
    ],
    ["a stack whose head is lost", " wait_for_random_bytes+0x8c/0xbb\n __x64_sys_getrandom+0x7f/0x130"],
    ["a call trace of nobody", "Call Trace:\n wait_for_random_bytes+0x8c/0xbb\n __x64_sys_getrandom+0x7f/0x130"],
    [
      "a hung task elsewhere",
      "INFO: task jbd2/vda1-8:390 blocked for more than 120 seconds.\nCall Trace:\n schedule+0x32/0x80\n jbd2_journal_commit_transaction+0xf59/0x17c0 [jbd2]\n kjournald2+0xc2/0x260 [jbd2]",
    ],
    [
      "a hung task whose frames are all guessed",
      "INFO: task a:390 blocked for more than 120 seconds.\nCall Trace:\n [<ffffffff8de17609>] ? __schedule+0x239/0x6f0\n [<ffffffff8d8f19de>] ? wait_for_random_bytes+0x3e/0xb0\n [<ffffffff8d8f19de>] ? SyS_getrandom+0x3e/0xb0",
    ],
    [
      "a header without a stack",
      "INFO: task a:390 blocked for more than 120 seconds.\na               D    0   390      2 0x00000000\nb               D    0   391      2 0x00000000",
    ],
    [
      "the waiter whose lock another holds",
      "INFO: task gpgv:1 is blocked on a mutex likely owned by task cat:2.\n wait_for_random_bytes+0x8c/0xbb\n __x64_sys_getrandom+0x7f/0x130",
    ],
    [
      "locks",
      "Showing all locks held in the system:\n1 lock held by gpgv/612:\n #0: ffff8880055c6460 (&f->f_pos_lock){+.+.}-{3:3}, at: wait_for_random_bytes+0x10e/0x160",
    ],
    [
      "talk",
      "my service: INFO: task gpgv:612 blocked for more than 120 seconds.\nit hangs in wait_for_random_bytes+0x8c/0xbb\nsee /proc/612/stack: wait_for_random_bytes\nand SyS_getrandom",
    ],
    ["talk about a file", "I looked at /proc/612/stack before it hung\nwait_for_random_bytes\nSyS_getrandom"],
    ["another's message", "INFO: task gpgv:612 blocked for more than a while.\n wait_for_random_bytes+0x8c/0xbb"],
    ["nothing", ""],
  ])("%s", (_what, log) => {
    expect(waits(log)).toEqual([]);
    const bytes = log.split("\n").map((line, index) => `[  100.${String(index).padStart(6, "0")}] ${line}`);
    expect(waits(bytes.join("\n"))).toEqual([]);
  });
});

describe("what stands between the lines of a report", () => {
  const head =
    "[  361.13] INFO: task a:7 blocked for more than 120 seconds.\n[  361.16] Call Trace:\n[  361.17]  schedule+0x5a/0xd0\n";
  const tail = "[  361.19]  wait_for_random_bytes+0x52/0x120\n[  361.20]  __x64_sys_getrandom+0xb3/0xe0";
  const others = (count: number): string =>
    Array.from({ length: count }, (_, index) => `[  361.18] usb 1-${index}: new high-speed USB device\n`).join("");

  it("is passed over, a few lines of it", () => {
    expect(waits(head + others(4) + tail)).toHaveLength(1);
    expect(waits(head + others(5) + tail)).toHaveLength(0);
  });

  it("is passed over each time that the report goes on", () => {
    const frame = "[  361.17]  schedule+0x5a/0xd0\n";
    expect(
      waits(
        head +
          Array(30)
            .fill(others(4) + frame)
            .join("") +
          tail,
      ),
    ).toHaveLength(1);
    const registers = "[  361.18] RAX: 0000000000000000 RBX: 0000000000000001 RCX: 0000000000000002\n".repeat(40);
    expect(waits(head + registers + frame + registers + tail)).toHaveLength(1);
  });

  it("and is another report ends the former", () => {
    const warning = "[  361.18] CPU: 1 PID: 9 Comm: b Not tainted 6.1.0 #1\n[  361.18] Call Trace:\n";
    expect(waits(head + warning + tail)).toEqual([]);
    const other = "[  361.18] task:b               state:D stack:0     pid:9     ppid:1      flags:0x00000002\n";
    expect(waits(head + other + tail)).toMatchObject([{ pid: 9, comm: "b", evidence: "task-state" }]);
    expect(waits(head + "[  361.18] Call Trace:\n" + tail)).toEqual([]);
  });

  it("is the state of an interrupted task's processor", () => {
    const registers = `[  361.18]  <IRQ>
[  361.18]  asm_sysvec_apic_timer_interrupt+0x1a/0x20
[  361.18]  </IRQ>
[  361.18] RIP: 0010:read_hpet+0xfb/0x110
[  361.18] Code: 48 89 e5 41 54 53 48 83 e4 f0
[  361.18] RSP: 0018:ffffc9000001be58 EFLAGS: 00000246
[  361.18] RAX: 0000000000000000 RBX: 0000000000000001 RCX: 0000000000000002
[  361.18] RDX: 0000000000000000 RSI: 0000000000000001 RDI: 0000000000000002
[  361.18] R10: 0000000000000000 R11: 0000000000000001 R12: 0000000000000002
`;
    expect(waits(head + registers + tail)).toHaveLength(1);
  });
});

describe("whether a line is inside a report", () => {
  it("is read from its head, its stack and a few lines after", () => {
    const tasks = new BlockedTasks();
    const inside = (text: string): boolean => tasks.take({ text, at: 1, line: 1 });
    expect(inside("random: fast init done")).toBe(false);
    expect(inside("sysrq: Show Blocked State")).toBe(true);
    expect(inside("task:dd              state:D stack:0     pid:94    ppid:92     flags:0x00004002")).toBe(true);
    expect(inside("Call Trace:")).toBe(true);
    expect(inside(" random_read_iter+0x10/0x50")).toBe(true);
    expect(inside(" </TASK>")).toBe(true);
    for (let count = 0; count < 4; count++) expect(inside("systemd[1]: something else")).toBe(true);
    expect(inside("systemd[1]: something else")).toBe(false);
    expect(inside("INFO: task a:7 blocked for more than 120 seconds.")).toBe(true);
    expect(inside(" </TASK>")).toBe(false);
    // A call of dump_stack() in the function that waits prints such a head.
    expect(inside("CPU: 0 PID: 114 Comm: modprobe Not tainted 5.4.0-1051-fips #57-Ubuntu")).toBe(true);
    expect(inside(" __x64_sys_getrandom+0x7f/0x130")).toBe(false);
  });

  it("ends even where lines that could be its own never end", () => {
    const tasks = new BlockedTasks();
    tasks.take({ text: "INFO: task a:7 blocked for more than 120 seconds.", at: 1, line: 1 });
    const inside = Array.from({ length: 100 }, () =>
      tasks.take({ text: "RAX: ffffffffffffffda RBX: ffffffffffffffff", at: 1, line: 1 }),
    );
    expect(inside.lastIndexOf(true)).toBeLessThan(60);
  });

  it("asking for the waits changes nothing", () => {
    const tasks = new BlockedTasks();
    const lines = linesOf(
      "gpgv            S    0   612      1 0x00000000\n wait_for_random_bytes+0x8c/0xbb\n ceph_create_client+0x1d/0x2b0\n ceph_mount+0x1c1/0x8a0",
    );
    const doors = lines.map((line) => {
      tasks.take(line);
      return tasks.waits().map((wait) => wait.interface);
    });
    expect(doors).toEqual([[], ["getrandom"], ["kernel"], ["kernel"]]);
  });
});

describe("the tables of lines", () => {
  it("each example is its own entry's", () => {
    for (const kinds of [dumpOpeners, foreignOpeners, ownLines]) {
      for (const { pattern, examples } of kinds) for (const example of examples) expect(example).toMatch(pattern);
    }
  });

  it("no line of a report begins another's, and none is a header of a task", () => {
    const own = [...ownLines.flatMap(({ examples }) => examples), "Call Trace:"];
    for (const line of own) {
      expect([...dumpOpeners, ...foreignOpeners].filter(({ pattern }) => pattern.test(line))).toEqual([]);
      expect([parseHungTask(line), parseTaskHeader(line)]).toEqual([null, null]);
    }
  });

  it.each(["Call Trace:", "Call trace:", "Backtrace: ", "Call Trace: <TASK>"])("%j opens a stack", (line) => {
    expect(line.trim()).toMatch(traceOpener);
  });
});

describe("a name that a stranger chose", () => {
  const comm = fc
    .string({ unit: "grapheme-ascii", minLength: 1, maxLength: 15 })
    .filter((name) => name.trim() === name && !/ state:\S| blocked /.test(name));

  it("is kept as it is in a hung task's report and in a new header", () => {
    fc.assert(
      fc.property(comm, fc.nat(4_194_304), (name, pid) => {
        expect(parseHungTask(`INFO: task ${name}:${pid} blocked for more than 122 seconds.`)).toEqual({
          comm: name,
          pid,
          seconds: 122,
        });
        const padded = name.padEnd(15);
        expect(
          parseTaskHeader(
            `task:${padded} state:D stack:0     pid:${String(pid).padEnd(5)} tgid:1     ppid:1      flags:0x00000002`,
          ),
        ).toEqual({ comm: name, pid, state: "D" });
      }),
    );
  });

  it.each(["a:b", "(sd-executor)", "kworker/u8:1", "x D 0 1 2", "a 1 2 0x3", "größe", "state:R", "INFO: task a:1"])(
    "%j, in old headers",
    (name) => {
      const padded = name.padEnd(15);
      expect(parseTaskHeader(`${padded} D ffff88003f5e7c08     0   612      1 0x00000000`)).toEqual({
        comm: name,
        pid: 612,
        state: "D",
      });
      expect(parseTaskHeader(`${padded} R  running task        0   612      1 0x00000008`)).toEqual({
        comm: name,
        pid: 612,
        state: "R",
      });
      expect(parseTaskHeader(`${padded} R running      0   612      1 0x00000008`)).toEqual({
        comm: name,
        pid: 612,
        state: "R",
      });
      expect(parseTaskHeader(`${padded} S c0a1b2c3     0   612      1 0x00000008`)).toEqual({
        comm: name,
        pid: 612,
        state: "S",
      });
      expect(parseTaskHeader(`${padded} D12968   612      1 0x00000000`)).toEqual({ comm: name, pid: 612, state: "D" });
    },
  );
});

describe("bounds", () => {
  it("keeps so many waits and counts the rest", () => {
    const tasks = new BlockedTasks();
    for (let pid = 1; pid <= 600; pid++) {
      tasks.take({ text: `gpgv            S    0 ${pid}      1 0x00000000`, at: null, line: pid });
      tasks.take({ text: " wait_for_random_bytes+0x8c/0xbb", at: null, line: pid });
    }
    tasks.take({ text: "sysrq: Show State", at: null, line: 1 });
    expect(tasks.waits()).toHaveLength(512);
    expect(tasks.dropped).toBe(88);
    expect(read("").dropped).toBe(0);
  });

  it("whatever the lines are, nothing is thrown and nothing is made up", () => {
    const vocabulary = [
      "INFO: task a:7 blocked for more than 120 seconds.",
      "task:b               state:R  running task     stack:0     pid:9     ppid:1      flags:0x00000002",
      "c               D    0    57      1 0x00000000",
      "Call Trace:",
      " wait_for_random_bytes+0x52/0x120",
      " ? __x64_sys_getrandom+0xb3/0xe0",
      " random_read_iter+0x14/0x70",
      "[<0>] try_to_generate_entropy+0x19d/0x2a0",
      "[<ffffffffffffffff>] 0xffffffffffffffff",
      "# cat /proc/12/stack",
      "# cat /proc/12/comm",
      "/proc/12/stack:[<0>] SyS_getrandom+0xe2/0x150",
      "CPU: 0 PID: 114 Comm: modprobe",
      "sysrq: Show State",
      "</TASK>",
      "",
    ];
    const line = fc.oneof({ weight: 4, arbitrary: fc.constantFrom(...vocabulary) }, anyText({ maxLength: 60 }));
    fc.assert(
      fc.property(fc.array(line, { maxLength: 60 }), (lines) => {
        const tasks = new BlockedTasks();
        lines.forEach((text, index) => tasks.take({ text, at: index % 3 === 0 ? null : index, line: index + 1 }));
        const found = tasks.waits();
        expect(tasks.waits()).toEqual(found);
        // Each wait has its own first line, and its stack was there.
        expect(new Set(found.map((wait) => wait.line)).size).toBe(found.length);
        for (const { pid, seconds, evidence } of found) {
          expect([7, 9, 57, 12, null]).toContain(pid);
          expect(seconds !== null).toBe(evidence === "hung-task");
        }
      }),
      { numRuns: 300 },
    );
  });

  const longEnough = 200_000;
  it.each<[what: string, line: (size: number) => string]>([
    ["a hung task", (size) => `INFO: task ${"a:1 blocked ".repeat(size / 12)}`],
    ["a header", (size) => "task:a state:D ".repeat(size / 15)],
    ["an old header", (size) => `${"a D 0 1 ".repeat(size / 8)} 0x00000000`],
    ["blanks", (size) => `${" ".repeat(size)} 0x00000000`],
    ["paths", (size) => "/proc/1/stack:".repeat(size / 14)],
    ["commands", (size) => "cat /proc/1/stack ".repeat(size / 18)],
    ["frames", (size) => "[<0>] a+0x1/0x2 ".repeat(size / 16)],
    ["words of a stack", (size) => "0".repeat(size)],
    ["marks", (size) => "<".repeat(size)],
    ["a dump", (size) => `SysRq : ${"Show State".repeat(size / 10)}`],
  ])("a long line of %s takes time in proportion to its length, as do many shorter ones", (_what, line) => {
    const readOf = (length: number): BlockedTasks => {
      const tasks = new BlockedTasks();
      tasks.take({ text: "INFO: task a:7 blocked for more than 120 seconds.", at: 1, line: 1 });
      tasks.take({ text: line(length), at: 1, line: 1 });
      for (let count = 0; count < 20; count++) tasks.take({ text: line(length / 16), at: 1, line: 1 });
      return tasks;
    };
    expect(growth(readOf, longEnough)).toBeLessThan(linear);
    expect(readOf(longEnough).waits().length).toBeLessThan(2);
  });
});
