import type { Trouble } from "./trouble.ts";

/** What the kernel prints of itself and of tasks: panics, reports of faults and lock-ups; the gravest first. */
export const kernelTrouble: readonly Trouble[] = [
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
    id: "end-of-panic",
    kind: "panic",
    gravity: "stops",
    by: "any",
    pattern: /^---\[ end Kernel panic - not syncing: (.{1,200}?)(?: \]---)?$/,
    says: "Kernel panic: $1",
    source: "kernel/panic.c: the last line of a panic whose beginning may be cut off",
    examples: ["---[ end Kernel panic - not syncing: Attempted to kill init! exitcode=0x00000200 ]---"],
    near: ["---[ end trace a61544ae2700bfaa ]---"],
  },
  {
    id: "init-does-not-run",
    kind: "root-device",
    gravity: "stops",
    by: "any",
    pattern:
      /^(Starting init: \S{1,80} exists but couldn't execute it.*|Failed to execute \/\S{0,80} \(error -\d{1,3}\).*|request_module: (?:runaway loop modprobe|modprobe) binfmt-\S{1,16}.*)$/,
    says: "$1",
    source: "init/main.c, kernel/module/kmod.c",
    examples: [
      "Starting init: /bin/sh exists but couldn't execute it (error -8)",
      "Failed to execute /init (error -2)",
      "request_module: runaway loop modprobe binfmt-464c",
    ],
    near: ["Run /init as init process", "Failed to execute command"],
  },
  {
    id: "hung-task",
    kind: "hung-task",
    gravity: "breaks",
    by: "any",
    pattern:
      /^INFO: task (.{1,64}):\d{1,10} (?:blocked(?: in I\/O wait)?|can't die) for more than (\d{1,9}) seconds\.?$/,
    says: "$1 blocked for more than $2 s",
    names: 1,
    source: "kernel/hung_task.c",
    examples: [
      "INFO: task kworker/0:1:64 blocked for more than 120 seconds.",
      "INFO: task (sd-example):42 can't die for more than 368 seconds.",
    ],
    near: [
      "INFO: task cat:612 is blocked on a mutex likely owned by task gpgv:611.",
      "Future hung task reports are suppressed, see sysctl kernel.hung_task_warnings",
    ],
  },
  {
    id: "hung-task-cut",
    kind: "hung-task",
    gravity: "breaks",
    by: "any",
    pattern: /^INFO: task (.{1,64}):\d{1,10} (?:blocked|can't die) for(?: more(?: than(?: \d{1,9} s[a-z]{0,5})?)?)?$/,
    says: "$1 was blocked for a long time, by a line that is cut off",
    names: 1,
    source: "kernel/hung_task.c; an excerpt of so many characters ends within the line",
    examples: ["INFO: task kworker/0:1:64 blocked for more", "INFO: task sync:77 blocked for more than 120 sec"],
    // A line that a terminal broke after the number is put together first.
    near: ["INFO: task kworker/0:1:64 blocked for good reasons", "INFO: task kworker/0:1:64 blocked for more than 120"],
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
      /^(?:\w{0,3} )?(?:watchdog: )?(BUG: soft lockup - CPU#\d+ stuck(?: for(?: \d+s?(?:!.*)?)?)?|Watchdog detected hard LOCKUP on cpu ?\d+.*|CPU ?\d+: Watchdog detected hard LOCKUP.*|BUG: workqueue lockup.*)$/i,
    says: "$1",
    source: "kernel/watchdog.c, kernel/watchdog_hld.c, kernel/workqueue.c",
    examples: [
      "watchdog: BUG: soft lockup - CPU#0 stuck for 22s! [mkfs.ext4:431]",
      "NMI watchdog: Watchdog detected hard LOCKUP on cpu 3",
      // An excerpt of so many characters ends within the line.
      "watchdog: BUG: soft lockup - CPU#0 stuck for",
    ],
    near: [
      "BUG: soft lockup - CPU#0 stuck on some boards only",
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
      /^(?:rcu: )?((?:INFO: )?rcu_\w+ (?:self-)?detected (?:expedited )?stalls?(?: on(?: .*)?)?|(?:INFO: )?rcu_\w+ (?:kthread starved|kthread timer wakeup didn't happen) for .*)$/,
    says: "$1",
    source: "kernel/rcu/tree_stall.h, kernel/rcu/tree_exp.h",
    examples: [
      "rcu: INFO: rcu_sched self-detected stall on CPU",
      "INFO: rcu_preempt detected stalls on CPUs/tasks:",
      // Cut off.
      "rcu: INFO: rcu_sched self-detected stall on",
    ],
    near: [
      "rcu: INFO: rcu_sched self-detected stalling",
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
      /^(?:CPU \d+ )?((?:BUG: (?:unable to handle|kernel NULL pointer|stack guard page|TASK stack)|Unable to handle kernel|Oops(?:[: ]|$)|Internal error: (?:Oops\b|.{1,100}\[#\d)|general protection fault|kernel BUG at |invalid opcode: |divide error: |double fault: |stack segment: |Kernel access of bad area|Unhandled fault: |Bad mode in |SError Interrupt on|Kernel stack is corrupted|Kernel bug detected|Unhandled kernel unaligned access|Machine check in kernel mode|Kernel unaligned access at|Fixing recursive fault|Stack: \(0x[\da-f]{8} to 0x[\da-f]{8}\)).*)$/,
    says: "Kernel crash: $1",
    source: "arch/*/mm/fault.c, arch/*/kernel/traps.c (Arm prints 'Stack:' in __die() alone), lib/bug.c",
    examples: [
      "BUG: unable to handle kernel NULL pointer dereference at 0000000000000010",
      "Internal error: Oops: 96000004 [#1] SMP",
      "Internal error: Oops: 960000",
      "kernel BUG at mm/slub.c:305!",
      "Oops: general protection fault, probably for non-canonical address 0xdead: 0000 [#1] PREEMPT SMP",
      "Stack: (0xe8147f08 to 0xe8148000)",
    ],
    near: [
      "BUG: KASAN: slab-out-of-bounds in foo",
      "MCE: In-kernel MCE decoding enabled.",
      "Internal error: cannot read the list of users",
      "Stack: (0xe8147f08 of 0xe8148000)",
    ],
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
      /^((?:WARNING: (?:CPU: \d|at |[\w./-]{1,120}:\d{1,6} at |possible |suspicious |inconsistent |bad unlock|lock held|stack recursion|kernel stack|can't dereference|chroot)|unwind stack type:|INFO: (?:possible|inconsistent|suspicious|trying to register non-static)|======+\[ BUG|\[ INFO: (?:possible|suspicious)).*)$/,
    says: "$1",
    source: "kernel/panic.c, kernel/locking/lockdep.c",
    examples: [
      "WARNING: CPU: 1 PID: 178 at mm/page_alloc.c:534 __alloc+0x59/0xf8",
      "WARNING: ./include/example.h:164 at example_read+0x59/0xf8, CPU#5: agent/311",
      "WARNING: possible circular locking dependency detected",
    ],
    near: [
      "Warning: unable to open an initial console.",
      "WARNING! power/level is deprecated; use power/control instead",
    ],
  },
  {
    id: "program-crash",
    kind: "other",
    gravity: "warns",
    by: "kernel",
    pattern:
      /^((?:traps: )?\S{1,32}\[\d{1,10}\]:? (?:trap (?:invalid opcode|divide error|int3|stack segment)|general protection|segfault (?:\(\d{1,2}\) )?at )\b.*)$/,
    says: "A program crashed: $1",
    source: "arch/x86/kernel/traps.c, arch/x86/mm/fault.c: show_unhandled_signals",
    examples: [
      "traps: uname[192] trap invalid opcode ip:4ab277 sp:bfba31c0 error:0 in busybox[48000+9000]",
      "agent[311]: segfault (11) at 10 nip 10000123 lr 10000120 code 1 in agent[10000000+10000]",
      "agent[311]: segfault at 10 ip 0000000000401136 sp 00007ffd error 4 in agent[401000+1000]",
    ],
    near: ["agent[311]: started", "traps: PANIC: double fault, error_code: 0x0"],
  },
  {
    id: "user-fault",
    kind: "other",
    gravity: "warns",
    by: "kernel",
    pattern:
      /^(\S{1,32}\[\d{1,10}\]: (?:unhandled (?:(?:level \d )?\w{1,16} ?(?:translation|permission|alignment)? ?fault|signal \d{1,2}\b|exception: )|undefined instruction: pc=|bad frame in).*|potentially unexpected fatal signal \d{1,3}\.?|do_page_fault\(\): sending SIGSEGV to .*|\S{1,32}: unhandled page fault \(\d{1,3}\) at .*)$/,
    says: "A program crashed: $1",
    source: "arch/{arm,arm64,mips,powerpc,riscv}: faults of user programs",
    examples: [
      "agent[311]: unhandled level 2 translation fault (11) at 0x00000010, esr 0x92000006",
      "agent[311]: unhandled signal 11 code 0x1 at 0x0000000000000010 in agent[10000+9000]",
      "agent[311]: unhandled exception: SP Alignment, ESR 0x0000000092000006",
      "potentially unexpected fatal signal 11.",
      "do_page_fault(): sending SIGSEGV to agent for invalid read access from 00000010",
    ],
    near: ["agent[311]: started", "do_page_fault is traced"],
  },
  {
    id: "program-aborted",
    kind: "other",
    gravity: "warns",
    by: "any",
    pattern:
      /^(?:(?:audit: )?type=1701 audit\([\d.:]{1,40}\): |ANOM_ABEND )[^"]{0,300}\bcomm="([^"]{1,64})"(?: exe=\S{1,200})? sig=(\d{1,2})\b/,
    says: "A program crashed: $1, by signal $2",
    names: 1,
    source: "kernel/auditsc.c, audit_core_dumps(), and what journald makes of it",
    examples: [
      'audit: type=1701 audit(1700000000.123:2): auid=4294967295 uid=0 gid=0 ses=4294967295 pid=307 comm="agent" exe="/usr/bin/agent" sig=6 res=1',
      'ANOM_ABEND auid=1000 uid=1000 gid=1000 ses=2 pid=2115 comm="agent" sig=11 res=1',
    ],
    near: [
      'audit: type=1326 audit(1700000000.123:2): auid=1000 uid=1000 pid=2115 comm="agent" exe="/usr/bin/agent" sig=0 arch=c000003e',
      'audit: type=1400 audit(1700000000.123:2): apparmor="STATUS" operation="profile_load" pid=307 comm="apparmor_parser"',
    ],
  },
  {
    id: "page-allocation",
    kind: "oom",
    gravity: "warns",
    by: "kernel",
    pattern:
      /^(\S{1,32}: page allocation failure(?:: |\. )order:\d.*|(?:\S{1,32} \S{1,40}: )?swiotlb buffer is full.*|vmap allocation for size \d{1,12} failed.*)$/,
    says: "$1",
    source: "mm/page_alloc.c, kernel/dma/swiotlb.c, mm/vmalloc.c",
    examples: ["kworker/0:1: page allocation failure: order:5, mode:0x40dc0(GFP_KERNEL), nodemask=(null)"],
    near: ["Built 1 zonelists, mobility grouping on.  Total pages: 515824"],
  },
];
