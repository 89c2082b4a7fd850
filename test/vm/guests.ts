import type { BootRecord } from "../../src/core/boot-record.ts";
import { unknownWait, type Wait } from "../../src/core/wait.ts";
import { diagnose } from "../../src/diagnose/findings.ts";
import { reportText } from "../../src/render/text/report-text.ts";
import { armLine } from "../../src/parse/command-line/recorder-line.ts";
import type { KernelSeries } from "./lab/boot.ts";

/** The kernels that every claim about readiness is proved on. */
export const kernels: readonly KernelSeries[] = ["5.10", "6.1", "6.12", "7.2"];
/** Of tests that CI runs on one kernel, for its time; on each with CRNGWATCH_LAB_EVERY_KERNEL=1. */
export const oneOrEveryKernel: readonly KernelSeries[] =
  process.env["CRNGWATCH_LAB_EVERY_KERNEL"] === "1" ? kernels : ["6.12"];

/**
 * What a record has of a waiter that gathers jitter: 5.10 has no function of its own for it that a probe could be set
 * on.
 */
export const seenToGather = (kernel: KernelSeries): true | null => (kernel === "5.10" ? null : true);

/** The kernel's own probe on its waiters, armed from time zero (docs/design.md, "The flight recorder"). */
export const recorderArmed = "kprobe_event=p:crngwatch/wait,wait_for_random_bytes";

/** What `crngwatch recorder arm` puts on a kernel command line. */
export const fullyArmed = armLine("", { quoting: "kernel", quote: '"' }, "registers");

/**
 * The kernel's own record of the waiters, without return probes, by which the kernel forbids looks at running tasks: a
 * wait's entry, and the end of each call.
 */
export const entriesArmed = `${recorderArmed} trace_event=syscalls:sys_exit_getrandom`;

/**
 * What the kernel says of itself when a program does what it does not allow; it is tainted then, and some machines
 * stop.
 */
export const kernelWarning = "[ cut here ]";

/** How lab/programs/callers.c is compiled: with the libraries that it calls; "-s" strips it besides. */
export const callersOptions = ["-O2", "-fomit-frame-pointer", "-l:libcrypto.so.3", "-l:libgcrypt.so.20"] as const;

/** Processes that are crngwatch: the wrapper's shell, Node's main thread and its workers. */
const ours = /^\s*(?:node|MainThread|crngwatch|libuv-worker|DelayedTaskSche|V8Worker)-\d+/;

/** The tasks in a trace text that entered wait_for_random_bytes(), by the line of each. */
export function waiters(trace: string): { readonly ours: readonly string[]; readonly others: readonly string[] } {
  const lines = trace.split("\n").filter((line) => line.includes(": wait: ("));
  return { ours: lines.filter((line) => ours.test(line)), others: lines.filter((line) => !ours.test(line)) };
}

/** The one record in a document of `status --json`, or in the daemon's reply that the guest's `record` prints. */
export function recordIn(text: string): BootRecord {
  const { boots, parameters } = JSON.parse(text) as {
    readonly boots?: readonly BootRecord[];
    readonly parameters?: { readonly record: BootRecord };
  };
  const record = parameters?.record ?? boots?.[0];
  if (record === undefined) throw new Error("The document holds no boot");
  return record;
}

/**
 * What `crngwatch report` prints of a record. It depends on the record alone, and a start of Node with all that it
 * reads costs a guest 3 to 10 s.
 */
export function reportOf(record: BootRecord): string {
  return reportText(diagnose(record));
}

/** The stamp in seconds of the first dmesg line that ends with `text`. */
export function stampOf(dmesg: string, text: string): number {
  const line = dmesg.split("\n").find((candidate) => candidate.endsWith(text));
  const stamp = /^(?:<\d+>)?\[\s*(\d+\.\d+)\]/.exec(line ?? "")?.[1];
  if (stamp === undefined) throw new Error(`The kernel log has no line '${text}'`);
  return Number(stamp);
}

/**
 * What a script may wait for, instead of sleeping as long as this took on one machine. Each is a condition for
 * `within`.
 *
 * `enters_wait PID`: this task is blocked, by the kernel's own events (the flight recorder must be armed).
 *
 * `describes PID`: the daemon's log names this waiter, so it has read all that it reads of a living task (the guest
 * needs `printk.devkmsg=on`, and the log must be in /dev/kmsg).
 *
 * `released`: the daemon has seen all waits end, and has removed what it had set up in tracefs.
 */
export const daemonSigns = `
enters_wait() { grep -q -- "-$1 .*: wait: " /sys/kernel/tracing/trace; }
describes() { dmesg | grep -q "\\[$1\\] waits for the CRNG"; }
released() { ! ls /sys/kernel/tracing/instances | grep -q crngwatch; }
`;

/**
 * Starts the daemon with its log in /dev/kmsg, so that the kernel's own clock stamps each line, and waits until it
 * answers. By then it has set its probes and sampled all tasks once: it misses no waiter that comes later.
 */
export const startDaemon = `${daemonSigns}
start_daemon() {
  crngwatch daemon >/dev/kmsg 2>&1 &
  within 60 [ -S /run/crngwatch/io.crngwatch ]
}
`;

/**
 * Waiters in control groups as systemd and podman make them, last in line for the processor, so that the daemon comes
 * to see them.
 */
export const inGroups = `
mount -t cgroup2 cgroup2 /sys/fs/cgroup
echo +cpu >/sys/fs/cgroup/cgroup.subtree_control
mkdir /sys/fs/cgroup/system.slice
echo 1 >/sys/fs/cgroup/system.slice/cpu.weight
echo +cpu >/sys/fs/cgroup/system.slice/cgroup.subtree_control
in_group() {
  mkdir -p /sys/fs/cgroup/system.slice/$1
  exec sh -c 'echo 0 >/sys/fs/cgroup/system.slice/$0/cgroup.procs; exec "$@"' "$@" 2>/dev/null
}
# slowed UNIT QUOTA: as CPUQuota= does, "QUOTA PERIOD" in microseconds, or "max".
slowed() { echo "$2" >/sys/fs/cgroup/system.slice/$1/cpu.max; }`;

type TimesAndNumbers =
  | "pid"
  | "tid"
  | "startedAt"
  | "parent"
  | "from"
  | "notBefore"
  | "seenAt"
  | "to"
  | "errorSeconds"
  | "seconds"
  | "caller"
  | "request"
  | "program"
  | "userStack"
  | "endShown";

/**
 * A wait in full, without what differs from boot to boot, and without who called and whether the probe recorded what it
 * returned, which are checked by themselves.
 */
export function withoutTimes({
  pid: _,
  tid: _t,
  startedAt: _s,
  parent: _p,
  from: _f,
  notBefore: _n,
  seenAt: _a,
  to: _o,
  errorSeconds: _e,
  seconds: _d,
  caller: _c,
  request: _r,
  program: _g,
  userStack: _u,
  endShown: _v,
  ...rest
}: Wait): Omit<Wait, TimesAndNumbers> {
  return rest;
}

/** Such a wait of a program that links nothing, on a machine that is not in FIPS mode. */
export function staticWait(facts: Partial<Wait> & Pick<Wait, "interface">): Omit<Wait, TimesAndNumbers> {
  const found: Partial<Wait> = {
    librariesSource: "maps",
    fips: false,
    fipsWhy: "neither the kernel nor a library is in FIPS mode",
    ended: "returned",
  };
  return withoutTimes({ ...unknownWait, ...found, evidence: "recorder", ...facts });
}
