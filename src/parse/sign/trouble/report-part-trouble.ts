import type { Trouble } from "./trouble.ts";

/**
 * Parts of a report of the kernel's that show trouble even where its beginning is not in the log; the gravest
 * first.
 */
export const reportPartTrouble: readonly Trouble[] = [
  {
    id: "end-of-oops",
    kind: "oops",
    gravity: "breaks",
    by: "any",
    pattern: /^(Code: (?:[0-9a-f]{4,8} ){1,12}\([0-9a-f]{4,8}\))/,
    says: "The end of a kernel crash's report: $1",
    source: "arch/{arm,arm64,mips,powerpc,riscv,sh}: dump_instr() of die(), which a WARNING does not call",
    examples: ["Code: e592c020 e3cd3d7f e3c3303f e593300c (e5933144)"],
    near: ["Code: 8b 0d 8f 29 2c 00 f7 d8 64 89 01 <48>", "Code: Bad RIP value."],
  },
  {
    id: "report-head",
    kind: "other",
    gravity: "warns",
    by: "kernel",
    pattern: /^(CPU: \d{1,5} (?:UID: \d{1,10} )?PID: \d{1,10} Comm: \S.{0,40}(?:Not tainted|Tainted: ).*)$/,
    says: "A stack of the kernel's without its reason: $1",
    source: "lib/dump_stack.c",
    examples: ["CPU: 0 PID: 558 Comm: netd Not tainted 5.10.0-rc3 #28"],
    near: ["CPU: ARMv7 Processor [413fc082] revision 2 (ARMv7), cr=10c5387d"],
  },
  {
    id: "interrupted-registers",
    kind: "other",
    gravity: "warns",
    by: "kernel",
    pattern: /^(--- interrupt: [0-9a-f]{3,4}(?: at .*)?)$/,
    says: "the end of a kernel's report whose beginning is not in the log: $1",
    source: "arch/powerpc/kernel/process.c, show_stack()",
    examples: ["--- interrupt: c00", "--- interrupt: 900 at plpar_hcall_norets+0x1c/0x28"],
    near: ["--- interrupts are off ---"],
  },
  {
    id: "registers",
    kind: "other",
    gravity: "warns",
    by: "kernel",
    pattern: /^.{0,40}\bCR3: [0-9a-f]{16} CR4: [0-9a-f]{16}$/,
    says: "The registers of a kernel's report whose beginning is not in the log",
    source: "arch/x86/kernel/process_64.c, __show_regs(): of a crash, a warning or a lock-up, in kernel mode",
    examples: ["CR2: 000000000001cc43 CR3: 0000000001b32000 CR4: 00000000000006f0"],
    near: ["RSP: 002b:00007ffd79f91538 EFLAGS: 00000246 ORIG_RAX: 0000000000000139"],
  },
  {
    id: "end-of-report",
    kind: "other",
    gravity: "warns",
    by: "any",
    pattern: /^---\[ end trace ([0-9a-f]{1,16}) \]---$/,
    says: "The end of a kernel's report whose beginning is not in the log (trace $1)",
    source: "kernel/panic.c, print_oops_end_marker()",
    examples: ["---[ end trace a61544ae2700bfaa ]---"],
    near: ["---[ end Kernel panic - not syncing: Fatal exception ]---", "------------[ cut here ]------------"],
  },
  {
    id: "headless-stack",
    kind: "other",
    gravity: "notes",
    by: "kernel",
    pattern: /^Call [Tt]race:(?: .*)?$/,
    says: "A stack of the kernel's whose report's beginning is not in the log",
    source: "arch/*/kernel/dumpstack.c",
    examples: ["Call Trace:", "Call trace:"],
    near: ["Call tracing is on", "[<0>] do_syscall_64+0x3f/0x90"],
  },
  {
    id: "headless-frames",
    kind: "other",
    gravity: "notes",
    by: "kernel",
    pattern:
      /^(?:\? )?((?:(?:\[<[0-9a-f]{8}>\] )?\(?[A-Za-z_][\w.]{1,80}\)? from (?:\[<[0-9a-f]{8}>\] \()?)?[A-Za-z_][\w.]{1,80}\+0x[0-9a-f]{1,8}\/0x[0-9a-f]{1,8}\)?(?: \[[\w-]{1,64}\])?)$/,
    says: "A kernel stack whose beginning is not in the log: $1",
    source: "printk's %pS; arch/arm/kernel/traps.c, dump_backtrace_entry(), old and new",
    examples: [
      "ib_register_device+0x533/0x710 [ib_core]",
      "? mutex_lock+0xe/0x30",
      "[<803a0b90>] (example_add) from [<803a0fe8>] (example_create+0x94/0x9c)",
      "example_add from example_create+0x94/0x9c [example]",
    ],
    near: [
      "call from example_create()",
      "random: get_random_bytes called from start_kernel+0x304/0x4ac with crng_init=0",
    ],
  },
];
