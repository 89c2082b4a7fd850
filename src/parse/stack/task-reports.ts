import { anyPattern } from "../../core/pattern/any-pattern.ts";

/** What the lines around a stack in a kernel log say. All take a line without prefix and without blanks at its ends. */

/**
 * Lines of the kernel's reports are shorter (LOG_LINE_MAX, kernel/printk/printk.c); a longer one is no header.
 */
const longestLine = 1024;

/** `INFO: task NAME:PID blocked for more than N seconds.` */
export interface HungTask {
  readonly comm: string;
  readonly pid: number;
  readonly seconds: number;
}

/**
 * check_hung_task() of kernel/hung_task.c; "in I/O wait" since 7.1. A name may hold colons and blanks: the number is
 * after the last.
 */
const hungTask = /^INFO: task (.{0,64}):(\d{1,10}) blocked(?: in I\/O wait)? for more than (\d{1,9}) seconds\.?$/s;

/** Null: the line does not begin such a report. */
export function parseHungTask(line: string): HungTask | null {
  if (!line.startsWith("INFO: task ") || line.length > longestLine) return null;
  const match = hungTask.exec(line);
  if (match === null) return null;
  const [, comm = "", pid, seconds] = match;
  return { comm: comm.trim(), pid: Number(pid), seconds: Number(seconds) };
}

/**
 * The head that dump_stack() prints of the task that runs (dump_stack_print_info() of lib/dump_stack.c); crashes and
 * warnings print a line of their own in front of it.
 */
const dumpHead =
  /^CPU: ?\d{1,5} (?:UID: \d{1,10} )?PID: (\d{1,10}) Comm: (.{1,16}?) (?:Not tainted|Tainted: .{1,80}?) \S/s;

export function parseDumpHead(line: string): Pick<HungTask, "comm" | "pid"> | null {
  const match = line.length > longestLine ? null : dumpHead.exec(line);
  return match === null ? null : { comm: (match[2] ?? "").trim(), pid: Number(match[1]) };
}

/** The first line that sched_show_task() prints of a task. */
export interface TaskHeader {
  readonly comm: string;
  readonly pid: number;
  /** As in ps(1): R, S, D and so on. */
  readonly state: string;
}

/**
 * sched_show_task() of kernel/sched/core.c. Up to 5.9 `%-15.15s %c`, then "running task" or, up to 4.11, the saved
 * program counter (neither on later ones), then `%5lu %5d %6d 0x%08lx`; with DEBUG_STACK_USAGE the free stack joins the
 * state: `D27464`.
 */
const oldHeader =
  /^(.{0,64}) ([A-Za-z?])(?: +running(?: task)? +| [0-9a-f]{8,16} +| *)\d{1,10} +(\d{1,10}) +\d{1,10} 0x[0-9a-f]{8,16}$/s;
/** 5.10 and later; `tgid:` since 6.6, `task_flags:` since 6.15. */
const newHeader =
  /^task:(.{0,64}) state:(\S)(?: +running task)? +stack: *\d{1,10} +pid: *(\d{1,10}) [\w: -]{0,80}flags:0x[0-9a-f]{1,16}$/s;

/** Null: the line is none, in neither form. */
export function parseTaskHeader(line: string): TaskHeader | null {
  if (line.length > longestLine) return null;
  const match = line.startsWith("task:") ? newHeader.exec(line) : line.includes(" 0x") ? oldHeader.exec(line) : null;
  if (match === null) return null;
  const [, comm = "", state = "?", pid] = match;
  return { comm: comm.trim(), pid: Number(pid), state };
}

interface LineKind {
  readonly pattern: RegExp;
  readonly why: string;
  readonly examples: readonly string[];
}

/** Lines after which headers of tasks follow. */
export const dumpOpeners: readonly LineKind[] = [
  {
    pattern: /^(?:sysrq: )?(?:SysRq : )?Show (?:Blocked )?State$/,
    why: "drivers/tty/sysrq.c: sysrq-t and sysrq-w; the wording is of the key's table",
    examples: ["SysRq : Show State", "sysrq: SysRq : Show Blocked State", "sysrq: Show State"],
  },
  {
    pattern: /^INFO: task .{0,64}:\d{1,10} (?:<\w{1,16}> )?(?:is )?blocked on an? /,
    why: "debug_show_blocker() of kernel/hung_task.c, 6.15 and later: the stack below is the lock owner's, not the waiter's",
    examples: [
      "INFO: task cat:612 is blocked on a mutex likely owned by task gpgv:611.",
      "INFO: task cat:612 blocked on a semaphore likely last held by task gpgv:611",
      "INFO: task cat:612 <writer> blocked on an rw-semaphore likely owned by task gpgv:611 <reader>",
    ],
  },
];

/** Lines that begin something else: a stack after one of them shows where code was, not that its task waits. */
export const foreignOpeners: readonly LineKind[] = [
  {
    pattern: /^(?:CPU: ?\d|Pid: \d+, comm: |NMI backtrace for cpu|Sending NMI |Modules linked in:|-{8,}\[ cut here)/,
    why: "dump_stack_print_info() of lib/dump_stack.c and kernel/panic.c: the head of every oops and warning",
    examples: [
      "CPU: 0 PID: 114 Comm: modprobe Not tainted 5.4.0-1051-fips #57-Ubuntu",
      "Pid: 114, comm: modprobe Not tainted 3.10.0",
      "------------[ cut here ]------------",
    ],
  },
  {
    pattern:
      /^(?:BUG: |WARNING: |Oops|Internal error: |Unable to handle |general protection fault|kernel BUG at |Kernel panic|watchdog: BUG|NMI watchdog: )/,
    why: "arch/*/mm/fault.c, kernel/panic.c, kernel/watchdog.c",
    examples: [
      "BUG: unable to handle page fault for address: ffff993fa4e1c848",
      "watchdog: BUG: soft lockup - CPU#0 stuck for 22s! [rngd:431]",
      "Oops: 0000 [#1] SMP NOPTI",
    ],
  },
  {
    pattern: /^(?:rcu: )?INFO: (?:rcu|task .{0,64} self-detected|possible|inconsistent|suspicious|trying)/,
    why: "kernel/rcu/tree_stall.h, kernel/locking/lockdep.c",
    examples: [
      "rcu: INFO: rcu_sched self-detected stall on CPU",
      "INFO: rcu_sched detected stalls on CPUs/tasks:",
      "INFO: possible recursive locking detected",
    ],
  },
  {
    pattern: /^(?:={16,}|Allocated by task|Freed by task|Uninit was |Last potentially related work|stack backtrace:)/,
    why: "mm/kasan/report.c, mm/kmsan/report.c",
    examples: [
      "==================================================================",
      "Allocated by task 612:",
      "Uninit was stored to memory at:",
    ],
  },
  {
    pattern:
      /^(?:Showing all locks held in the system|Future hung task reports are suppressed|Showing busy workqueues)/,
    why: "kernel/locking/lockdep.c, kernel/hung_task.c, kernel/workqueue.c: the end of the reports",
    examples: [
      "Showing all locks held in the system:",
      "Future hung task reports are suppressed, see sysctl kernel.hung_task_warnings",
    ],
  },
];

/** A stack begins: arch/*\/kernel/dumpstack.c, traps.c, stacktrace.c. */
export const traceOpener = /^(?:Call [Tt]race|Backtrace) ?:(?: *<\w{1,8}>)?$/;
/** The end that arch/x86/kernel/dumpstack.c prints since 5.16. */
export const traceEnd = "</TASK>";

/** Lines that belong to a task's report and are of no use here. */
export const ownLines: readonly LineKind[] = [
  {
    pattern: /^(?:Tainted: |Not tainted |Blocked by coredump\.|"echo 0 > .{0,64}hung_task_timeout_secs")/,
    why: "check_hung_task() of kernel/hung_task.c",
    examples: [
      "Tainted: G S              4.9.78-147538-g244928755bbe #1",
      "Not tainted 6.12.107+deb13-amd64 #1",
      '"echo 0 > /proc/sys/kernel/hung_task_timeout_secs" disables this message.',
    ],
  },
  {
    pattern: /^(?:Workqueue: |Stopper: |Sched_ext: |task .{0,40}PC stack|\d+ locks? held by |#\d{1,3}: )/,
    why: "print_worker_info(), print_stop_info() and the table's head of kernel/sched/core.c; locks of lockdep",
    examples: [
      "Workqueue: events_unbound async_run_entry_fn",
      "task                        PC stack   pid father",
      "2 locks held by cat/612:",
      "#0: ffff8880055c6460 (&f->f_pos_lock){+.+.}-{3:3}, at: fdget_pos+0x10e/0x160",
    ],
  },
  {
    pattern: /^(?:<\/?\w{1,8}>$|--- ?(?:interrupt|Exception|\[ end))/,
    why: "marks of a stack on x86 and powerpc",
    examples: ["<TASK>", "<IRQ>", "--- interrupt: 3000 at 0x7fff9e4a1e08"],
  },
  {
    pattern: /^(?:[A-Z][A-Z0-9_]{1,7}|Code|Stack|[a-z]\w{0,3}) ?: ?[0-9a-f<]{2}/,
    why: "registers, of user space after a task's stack or of an interrupt in it, and the code they point to",
    examples: [
      "RIP: 0033:0x7f6fd687573d",
      "RAX: ffffffffffffffda RBX: ffffffffffffffff",
      "R10: 1999999999999999",
      "Code: 00 c3 66 2e 0f 1f",
      "Stack : 0000000000000046 ffff9d20ccfea800",
    ],
  },
  {
    pattern: /^(?:[0-9a-f .]{9,}|\.{3})$/,
    why: "the words on the stack, which kernels up to 4.9 print",
    examples: ["0000000000000046 ffff9d20ccfea800 0000000000000000 ffff9d20e9a3d100", "..."],
  },
];

export const opensDump = isOneOf(dumpOpeners);
export const opensForeignReport = isOneOf(foreignOpeners);
export const isOfTaskReport = isOneOf(ownLines);

function isOneOf(kinds: readonly LineKind[]): (line: string) => boolean {
  const matches = anyPattern(kinds.map(({ pattern }) => pattern));
  return (line) => line.length <= longestLine && matches(line);
}
