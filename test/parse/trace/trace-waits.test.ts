import * as fc from "fast-check";
import { describe, expect, it } from "vitest";
import { type Wait, unknownWait } from "../../../src/core/wait.ts";
import { parseTraceLine, type TraceEvent } from "../../../src/parse/trace/trace-line.ts";
import { TraceWaits } from "../../../src/parse/trace/trace-waits.ts";
import { readTrace } from "./reading-traces.ts";
import { growth, linear } from "../../support/growth.ts";
import { anyText } from "../../support/inputs/any-text.ts";

const found = (trace: string): readonly Wait[] => readTrace(trace).waits();
const brief = (trace: string): readonly unknown[] =>
  found(trace).map(({ pid, comm, interface: door, from, to, seconds }) => [pid, comm, door, from, to, seconds]);
const waited = (tid: number, from: number | null, to: number, more: Partial<Wait>): Partial<Wait> => ({
  ...unknownWait,
  pid: tid,
  tid,
  from,
  notBefore: from,
  seenAt: to,
  to,
  ended: "returned",
  errorSeconds: 0,
  evidence: "recorder",
  ...more,
});

const eventOf = (line: string): TraceEvent => {
  const parsed = parseTraceLine(line);
  if (parsed?.kind !== "event") throw new Error(`not an event: ${line}`);
  return parsed;
};

describe("the program that PID 1 was in as it waited", () => {
  const programs = (trace: string): readonly unknown[] => found(trace).map(({ tid, program }) => [tid, program]);
  const exec = (at: string, pid: number, exe: string): string =>
    `            init-${pid}      [000] ....     ${at}: sched_process_exec: filename=${exe} pid=${pid} old_pid=${pid}`;
  const pair = (
    from: string,
    to: string,
    pid = 1,
  ): string => `            init-${pid}      [000] ....    ${from}: wait: (wait_for_random_bytes+0x0/0x60)
            init-${pid}      [000] d...    ${to}: waited: (__x64_sys_getrandom+0x8d/0xc0 <- wait_for_random_bytes)`;

  it("is from its execve(2) before the wait to the next one after it", () => {
    const trace = [
      exec("1.500000", 1, "/init"),
      pair("2.000000", "3.000000"),
      exec("4.000000", 7, "/bin/cat"),
      exec("9.000000", 1, "/sbin/init"),
    ];
    expect(programs(trace.join("\n"))).toEqual([[1, { from: 1.5, until: 9 }]]);
    expect(programs([...trace, pair("9.500000", "9.900000")].join("\n")).at(-1)).toEqual([1, { from: 9, until: null }]);
  });

  it("is not known before the first one, of another task, or where events were lost", () => {
    expect(programs([pair("2.000000", "3.000000"), exec("4.000000", 1, "/init")].join("\n"))).toEqual([[1, null]]);
    expect(programs([exec("1.500000", 7, "/bin/cat"), pair("2.000000", "3.000000", 7)].join("\n"))).toEqual([
      [7, null],
    ]);
    const lost = "CPU:0 [LOST 12 EVENTS]";
    expect(programs([exec("1.500000", 1, "/init"), lost, pair("2.000000", "3.000000")].join("\n"))).toEqual([
      [1, null],
    ]);
  });
});

describe("traces as the lab's kernels printed them", () => {
  it("5.10: getrandom of two, and only as many returns as processors are recorded", () => {
    expect(
      found(`
# tracer: nop
#
# entries-in-buffer/entries-written: 36/36   #P:1
#
#                                _-----=> irqs-off
#                               / _----=> need-resched
#                              | / _---=> hardirq/softirq
#                              || / _--=> preempt-depth
#                              ||| /     delay
#           TASK-PID     CPU#  ||||   TIMESTAMP  FUNCTION
#              | |         |   ||||      |         |
            gpgv-83      [000] ....     7.497390: sched_process_exec: filename=/usr/bin/gpgv pid=83 old_pid=83
            gpgv-84      [000] ....     7.498291: sched_process_exec: filename=/usr/bin/gpgv pid=84 old_pid=84
            gpgv-83      [000] ....    10.011624: wait: (wait_for_random_bytes+0x0/0x60)
            gpgv-84      [000] ....    10.037240: wait: (wait_for_random_bytes+0x0/0x60)
            gpgv-83      [000] d...    11.045977: waited: (__x64_sys_getrandom+0x8d/0xc0 <- wait_for_random_bytes)
             cat-90      [000] ....    20.958681: sched_process_exec: filename=/bin/cat pid=90 old_pid=90`),
    ).toEqual([
      waited(83, 10.011624, 11.045977, {
        comm: "gpgv",
        exe: "/usr/bin/gpgv",
        interface: "getrandom",
        seconds: 1.034353,
        line: 14,
      }),
      waited(84, 10.03724, 11.045977, {
        comm: "gpgv",
        exe: "/usr/bin/gpgv",
        interface: "getrandom",
        interfaceSeen: false,
        to: null,
        ended: null,
        seconds: 1.008737,
        line: 15,
      }),
    ]);
  });

  it("6.1: a read of /dev/random, one of /dev/urandom beside it, and one that need not wait", () => {
    expect(
      found(`
              dd-93      [000] .....     2.685734: sched_process_exec: filename=/usr/bin/dd pid=93 old_pid=93
              dd-93      [000] .....     2.686768: wait: (wait_for_random_bytes+0x0/0x50)
              dd-93      [000] .....     2.686772: gen: (try_to_generate_entropy+0x0/0x127)
            head-94      [000] .....     2.688375: gen: (try_to_generate_entropy+0x0/0x127)
              dd-93      [000] .....     3.320504: gend: (wait_for_random_bytes.cold+0x5/0xb9 <- try_to_generate_entropy)
              dd-93      [000] .....     3.320508: waited: (random_read_iter+0x10/0x50 <- wait_for_random_bytes)
            head-94      [000] .....     3.321325: gend: (urandom_read_iter.cold+0x31/0x36 <- try_to_generate_entropy)
              dd-98      [000] .....     5.152233: wait: (wait_for_random_bytes+0x0/0x50)
              dd-98      [000] .....     5.152236: waited: (random_read_iter+0x10/0x50 <- wait_for_random_bytes)`),
    ).toEqual([
      waited(93, 2.686768, 3.320508, {
        comm: "dd",
        exe: "/usr/bin/dd",
        interface: "dev-random",
        gatheredJitter: true,
        seconds: 0.63374,
        line: 2,
      }),
      waited(94, 2.688375, 3.321325, {
        comm: "head",
        interface: "urandom",
        gatheredJitter: true,
        seconds: 0.63295,
        line: 4,
      }),
    ]);
  });

  it("7.2: a probe after a landing pad, and six flags", () => {
    expect(
      brief(`
            gpgv-109     [000] .l...    11.006441: wait: (wait_for_random_bytes+0x4/0x50)
            gpgv-109     [000] .....    11.006445: gen: (try_to_generate_entropy+0x0/0x235)
            gpgv-109     [000] d..1.l   11.512836: gend: (wait_for_random_bytes.cold+0x5/0xdd <- try_to_generate_entropy)
            gpgv-109     [000] .....    11.512840: waited: (__x64_sys_getrandom+0xb7/0xe0 <- wait_for_random_bytes)`),
    ).toEqual([[109, "gpgv", "getrandom", 11.006441, 11.51284, 0.506399]]);
  });
});

describe("pairing", () => {
  it.each<[door: string, caller: string]>([
    ["getrandom", "__arm64_sys_getrandom+0x84/0xb0"],
    ["getrandom", "SyS_getrandom+0x81/0xb0"],
    ["getrandom", "__se_sys_getrandom+0x81/0xb0 <ffffffff81540000>"],
    ["dev-random", "random_read+0x30/0x40"],
    ["dev-random", "random_read_iter+0x14/0x70"],
    ["urandom", "urandom_read_iter+0x37/0xb0"],
    ["kernel", "ceph_create_client+0x1d/0x2b0 [libceph]"],
    ["kernel", "0xffffffffc0a1b2c3"],
  ])("%s: the return names %s", (door, caller) => {
    const trace = `
   a-7 [001] .... 1.000000: wait: (wait_for_random_bytes+0x0/0x60)
   a-7 [000] d... 2.500000: waited: (${caller} <- wait_for_random_bytes)`;
    expect(brief(trace)).toEqual([[7, "a", door, 1, 2.5, 1.5]]);
  });

  it("recognises the names that the kernel gives by itself, and any other, by the probe's place", () => {
    expect(
      brief(`
   a-7 [001] .... 1.000000: p_wait_for_random_bytes_0: (wait_for_random_bytes+0x0/0x60)
   a-7 [000] d... 2.500000: r_wait_for_random_bytes_0: (__x64_sys_getrandom+0x5e/0xf0 <- wait_for_random_bytes)
   b-8 [000] .... 1.000000: p_try_to_generate_entropy_0: (try_to_generate_entropy+0x8/0x127)
   b-8 [000] d... 1.500000: r_try_to_generate_entropy_0: (urandom_read_iter+0x5e/0xf0 <- try_to_generate_entropy) arg1=0x0`),
    ).toEqual([
      [7, "a", "getrandom", 1, 2.5, 1.5],
      [8, "b", "urandom", 1, 1.5, 0.5],
    ]);
    expect(
      brief(`
   a-7 [001] .... 1.000000: wait: (folio_wait_bit+0x0/0x60)
   a-7 [001] .... 1.100000: wait: (wait_for_random_bytes+0x52/0x120)
   a-7 [001] .... 1.200000: wait: prev=wait_for_random_bytes
   a-7 [000] d... 2.500000: waited: (filemap_read+0x5e/0xf0 <- folio_wait_bit)`),
    ).toEqual([]);
  });

  it("makes one wait of two probes at one place", () => {
    expect(
      brief(`
   a-7 [001] .... 1.000000: wait: (wait_for_random_bytes+0x0/0x60)
   a-7 [001] .... 1.000003: p_wait_for_random_bytes_0: (wait_for_random_bytes+0x0/0x60)
   a-7 [000] d... 2.500000: r_wait_for_random_bytes_0: (__x64_sys_getrandom+0x5e/0xf0 <- wait_for_random_bytes)
   a-7 [000] d... 2.500004: waited: (__x64_sys_getrandom+0x5e/0xf0 <- wait_for_random_bytes)`),
    ).toEqual([[7, "a", "getrandom", 1, 2.5, 1.5]]);
  });

  it("knows a return without an entry: it began before the trace", () => {
    expect(
      found("   a-7 [000] d... 2.500000: waited: (__x64_sys_getrandom+0x5e/0xf0 <- wait_for_random_bytes)"),
    ).toEqual([waited(7, null, 2.5, { comm: "a", interface: "getrandom", seconds: null, line: 1 })]);
    expect(brief("   a-7 [000] d... 2.500000: gend: (urandom_read_iter+0x5e/0xf0 <- try_to_generate_entropy)")).toEqual(
      [[7, "a", "urandom", null, 2.5, null]],
    );
    expect(
      brief("   a-7 [000] d... 2.500000: gend: (wait_for_random_bytes+0x5e/0xf0 <- try_to_generate_entropy)"),
    ).toEqual([]);
  });

  it("leaves a wait open that has not ended, and says how long it lasted at least", () => {
    const open = "   a-7 [000] .... 1.000000: wait: (wait_for_random_bytes+0x0/0x60)\n";
    expect(brief(open)).toEqual([[7, "a", "getrandom", 1, null, null]]);
    const later = "   b-9 [000] .... 31.250000: sys_getrandom(ubuf: 4b0230, len: 8, flags: 1)\n";
    expect(brief(open + later)).toEqual([[7, "a", "getrandom", 1, null, 30.25]]);
    // A caller was let through: from then on it may have been, too, and its return not recorded.
    const other = "   c-8 [000] .... 0.500000: wait: (wait_for_random_bytes+0x0/0x60)\n";
    const through = "   c-8 [000] d... 4.000000: waited: (__x64_sys_getrandom+0x5e/0xf0 <- wait_for_random_bytes)\n";
    expect(brief(other + open + through + later)).toEqual([
      [8, "c", "getrandom", 0.5, 4, 3.5],
      [7, "a", "getrandom", 1, null, 3],
    ]);
    // What is lost may be the return.
    expect(brief(`${open}CPU:0 [LOST 12 EVENTS]\n${later}`)).toEqual([[7, "a", "getrandom", 1, null, null]]);
    expect(
      brief("   a-7 [000] .... 1.000000: gen: (try_to_generate_entropy+0x0/0x60)\n   b-9 [000] .... 1.750000: x: y"),
    ).toEqual([[7, "a", "urandom", 1, null, 0.75]]);
    expect(brief(`${open}   a-7 [000] .... 1.000100: gen: (try_to_generate_entropy+0x0/0x60)`)).toEqual([
      [7, "a", "getrandom", 1, null, 0.0001],
    ]);
  });

  it("does not count who is let through at once, below a millisecond", () => {
    const pair = (end: string): string =>
      `   a-7 [000] .... 1.000000: wait: (wait_for_random_bytes+0x0/0x60)\n   a-7 [000] d... ${end}: waited: (random_read_iter+0x5e/0xf0 <- wait_for_random_bytes)`;
    expect(brief(pair("1.000003"))).toEqual([]);
    expect(brief(pair("1.000999"))).toEqual([]);
    expect(brief(pair("1.001000"))).toEqual([[7, "a", "dev-random", 1, 1.001, 0.001]]);
  });

  it("counts each of a task's waits", () => {
    expect(
      brief(`
   a-7 [000] .... 1.000000: wait: (wait_for_random_bytes+0x0/0x60)
   a-7 [000] d... 1.200000: waited: (__x64_sys_getrandom+0x5e/0xf0 <- wait_for_random_bytes)
   a-7 [000] .... 1.200100: wait: (wait_for_random_bytes+0x0/0x60)
   a-7 [000] d... 1.900000: waited: (random_read_iter+0x5e/0xf0 <- wait_for_random_bytes)`),
    ).toEqual([
      [7, "a", "getrandom", 1, 1.2, 0.2],
      [7, "a", "dev-random", 1.2001, 1.9, 0.6999],
    ]);
  });

  it("an entry upon an entry: the return between them went by unseen", () => {
    expect(
      brief(`
   a-7 [000] .... 1.000000: wait: (wait_for_random_bytes+0x0/0x60)
   a-7 [000] .... 3.000000: wait: (wait_for_random_bytes+0x0/0x60)
   a-7 [000] d... 4.000000: waited: (__x64_sys_getrandom+0x5e/0xf0 <- wait_for_random_bytes)`),
    ).toEqual([
      [7, "a", "getrandom", 1, null, null],
      [7, "a", "getrandom", 3, 4, 1],
    ]);
    // Until the first of others was let through, it waited.
    expect(
      brief(`
   a-7 [000] .... 1.000000: wait: (wait_for_random_bytes+0x0/0x60)
   b-8 [000] d... 2.500000: waited: (__x64_sys_getrandom+0x5e/0xf0 <- wait_for_random_bytes)
   a-7 [000] .... 3.000000: wait: (wait_for_random_bytes+0x0/0x60)
   a-7 [000] d... 3.000004: waited: (random_read_iter+0x5e/0xf0 <- wait_for_random_bytes)`),
    ).toEqual([
      [8, "b", "getrandom", null, 2.5, null],
      [7, "a", "getrandom", 1, null, 1.5],
    ]);
  });

  it("a stamp that runs back is no end", () => {
    expect(
      brief(`
   a-7 [000] .... 5.000000: wait: (wait_for_random_bytes+0x0/0x60)
   a-7 [000] d... 4.000000: waited: (__x64_sys_getrandom+0x5e/0xf0 <- wait_for_random_bytes)`),
    ).toEqual([
      [7, "a", "getrandom", 5, null, null],
      [7, "a", "getrandom", null, 4, null],
    ]);
  });
});

describe("a number that another task has by now", () => {
  const enter = "   a-7 [000] .... 1.000000: wait: (wait_for_random_bytes+0x0/0x60)\n";
  const leave = "   a-7 [000] d... 9.000000: waited: (__x64_sys_getrandom+0x5e/0xf0 <- wait_for_random_bytes)";
  const apart = [
    [7, "a", "getrandom", 1, null, null],
    [7, "a", "getrandom", null, 9, null],
  ];
  it.each<[how: string, between: string]>([
    ["an exec", "   a-7 [000] .... 2.000000: sched_process_exec: filename=/bin/a pid=7 old_pid=7\n"],
    ["an exec by its thread", "   a-7 [000] .... 2.000000: sched_process_exec: filename=/bin/a pid=7 old_pid=12\n"],
    ["an exit", "   a-7 [000] .... 2.000000: sched_process_exit: comm=a pid=7 prio=120\n"],
    ["an exit, since 6.16", "   a-7 [000] .... 2.000000: sched_process_exit: comm=a pid=7 prio=120 group_dead=true\n"],
    ["a fork", "   sh-1 [000] .... 2.000000: sched_process_fork: comm=sh pid=1 child_comm=a child_pid=7\n"],
  ])("is not paired across %s", (_how, between) => {
    expect(brief(enter + between + leave)).toEqual(apart);
  });

  it("is not paired across names, but for one that the kernel had forgotten", () => {
    expect(brief(enter + leave.replace("a-7", "b-7"))).toEqual([
      [7, "a", "getrandom", 1, null, null],
      [7, "b", "getrandom", null, 9, null],
    ]);
    expect(brief(enter + leave.replace("a-7", "<...>-7"))).toEqual([[7, "a", "getrandom", 1, 9, 8]]);
    expect(brief(enter.replace("a-7", "<...>-7") + leave)).toEqual([[7, null, "getrandom", 1, 9, 8]]);
  });

  it("others' events change nothing", () => {
    const others =
      "   b-8 [000] .... 2.000000: sched_process_exec: filename=/bin/b pid=8 old_pid=8\n   c-9 [000] .... 2.0: sched_process_exit: comm=a pid=9 prio=120\n";
    expect(brief(enter + others + leave)).toEqual([[7, "a", "getrandom", 1, 9, 8]]);
  });
});

describe("programs", () => {
  const wait = (pid: number, at: number, tgid = ""): string =>
    `   a-${pid} ${tgid}[000] .... ${at}.000000: wait: (wait_for_random_bytes+0x0/0x60)\n`;
  const exec = (path: string, pid = 7): string =>
    `   a-${pid} [000] .... 1.000000: sched_process_exec: filename=${path} pid=${pid} old_pid=${pid}\n`;
  const programs = (trace: string): readonly unknown[] => found(trace).map(({ exe }) => exe);

  it("are known from the exec on, whatever the path holds", () => {
    expect(programs(exec("/opt/my prog pid=1 old_pid=2/a") + wait(7, 2))).toEqual(["/opt/my prog pid=1 old_pid=2/a"]);
    expect(programs(wait(7, 0) + exec("/bin/a"))).toEqual([null]);
    expect(programs(exec("/bin/a") + exec("/bin/b") + wait(7, 2))).toEqual(["/bin/b"]);
    expect(programs(exec("/bin/a") + wait(8, 2))).toEqual([null]);
  });

  it("are not /proc/self/exe, which says nothing", () => {
    expect(programs(exec("/usr/bin/runc") + exec("/proc/self/exe") + wait(7, 2))).toEqual([null]);
  });

  it("go over to children, and end with the task", () => {
    const fork = "   a-7 [000] .... 1.500000: sched_process_fork: comm=a pid=7 child_comm=a child_pid=8\n";
    expect(programs(exec("/bin/a") + fork + wait(8, 2))).toEqual(["/bin/a"]);
    expect(
      programs(`${exec("/bin/a")}   a-7 [000] .... 1.500000: sched_process_exit: comm=a pid=7 prio=120\n${wait(7, 2)}`),
    ).toEqual([null]);
  });

  it("are a thread's where the trace shows its process", () => {
    expect(programs(exec("/bin/a") + wait(12, 2, "(      7) "))).toEqual(["/bin/a"]);
    expect(programs(exec("/bin/a") + wait(12, 2, "(-------) "))).toEqual([null]);
  });
});

describe("a line of a trace", () => {
  it.each<[what: string, line: string, expected: Partial<TraceEvent>]>([
    [
      "4.4",
      "            init-1     [000] ....     1.009426: sys_getrandom(buf: 4b0230, count: 8, flags: 1)",
      { comm: "init", pid: 1, at: 1.009426, tgid: null },
    ],
    [
      "5.4 and later, 4 flags",
      "             gr0-67      [000] .N..     1.509959: sys_getrandom(ubuf: 7ffd41835aa0, len: 10, flags: 0)",
      { comm: "gr0", pid: 67, at: 1.509959 },
    ],
    [
      "5.15 and later, 5 flags",
      "            init-1       [000] ...1.     1.659765: sys_getrandom -> 0xfffffffffffffff5",
      { pid: 1, at: 1.659765 },
    ],
    [
      "without flags",
      "            init-1       [000]     1.659765: wait: (wait_for_random_bytes+0x0/0x60)",
      { pid: 1, at: 1.659765 },
    ],
    [
      "a forgotten name",
      "           <...>-1234    [003] d..2.   100.000001: wait: (wait_for_random_bytes+0x0/0x60)",
      { comm: null, pid: 1234, at: 100.000001 },
    ],
    [
      "the idle task",
      "          <idle>-0       [003] d..2.   100.000001: sched_switch: prev_comm=swapper/3",
      { comm: "<idle>", pid: 0 },
    ],
    ["a name with blanks", "       my daemon-57      [000] .....     3.000001: x: y", { comm: "my daemon", pid: 57 }],
    [
      "a name with dashes",
      "  systemd-random-57      [000] .....     3.000001: x: y",
      { comm: "systemd-random", pid: 57 },
    ],
    ["a name with numbers", "             a-1-57      [000] .....     3.000001: x: y", { comm: "a-1", pid: 57 }],
    [
      "a name with colons and brackets",
      "    a: [000] 1: -57      [000] .....     3.000001: x: y",
      { comm: "a: [000] 1: ", pid: 57 },
    ],
    [
      "with its process",
      "            gpgv-58      (     57) [000] .....     3.000001: x: y",
      { comm: "gpgv", pid: 58, tgid: 57 },
    ],
    [
      "with its process, unknown",
      "            gpgv-58      (-------) [000] .....     3.000001: x: y",
      { pid: 58, tgid: null },
    ],
    ["many processors", "            gpgv-58      [1023] .....     3.000001: x: y", { pid: 58 }],
    [
      "trace-cmd's nanoseconds",
      "            gpgv-58    [002]  1234.567890123: sched_switch: x",
      { pid: 58, at: 1234.567890123 },
    ],
    ["without blanks in front", "gpgv-58 [000] ..... 3.000001: x: y", { comm: "gpgv", pid: 58 }],
    ["with a carriage return", "            gpgv-58      [000] .....     3.000001: x: y\r", { pid: 58, text: "x: y" }],
    ["a late stamp", "            gpgv-58      [000] ..... 1234567.000001: x: y", { at: 1234567.000001 }],
  ])("%s", (_what, line, expected) => {
    expect(eventOf(line)).toMatchObject(expected);
  });

  it("is one of the header, a stack's frame or a loss", () => {
    const waits = new TraceWaits();
    const take = (line: string): boolean => waits.take(line, 1);
    const header = [
      "# tracer: nop",
      "#",
      "# entries-in-buffer/entries-written: 6/6   #P:1",
      "#",
      "#                                _-----=> irqs-off/BH-disabled",
      "#                              ||| / _-=> migrate-disable",
      "#                              ||| /     delay",
    ];
    const columns = [
      "#           TASK-PID     CPU#  |||||  TIMESTAMP  FUNCTION",
      "#              | |         |   |||||     |         |",
      "#           TASK-PID     TGID     CPU#  |||||  TIMESTAMP  FUNCTION",
    ];
    for (const line of [...header, ...columns]) expect([line, take(line)]).toEqual([line, true]);
    for (const line of [
      "            init-1     [000] ....     1.158896: <user stack trace>",
      " => /init[+0x3c4e9]",
      " =>  <00007f6fd687573d>",
    ])
      expect([line, take(line)]).toEqual([line, true]);
    for (const line of ["            init-1     [000] ....     1.158896: <stack trace>", " => wait_for_random_bytes"])
      expect([line, take(line)]).toEqual([line, true]);
    expect(waits.losses).toEqual([]);
  });

  it.each([
    "",
    "#",
    "# cat trace",
    "# echo 1 > tracing_on",
    " => wait_for_random_bytes",
    "[    2.102901] sys_getrandom(ubuf: 4b0230, len: 8, flags: 1)",
    "gpgv-57 waits in wait: (wait_for_random_bytes+0x0/0x60)",
    "Nov 23 10:00:00 host gpgv-57[000]: 1.000000: wait: (wait_for_random_bytes+0x0/0x60)",
    "gpgv-57 [000] .... 1.0: wait: (wait_for_random_bytes+0x0/0x60)",
    "gpgv-57 [000] .... 1234567: wait: (wait_for_random_bytes+0x0/0x60)",
    "gpgv [000] .... 1.000000: wait: (wait_for_random_bytes+0x0/0x60)",
    "gpgv-57 .... 1.000000: wait: (wait_for_random_bytes+0x0/0x60)",
    "a name that is far too long-57 [000] .... 1.000000: wait: (wait_for_random_bytes+0x0/0x60)",
    "wait: (wait_for_random_bytes+0x0/0x60)",
    "CPU:0 LOST 3 EVENTS",
    "CPU: 0 PID: 114 Comm: modprobe",
    "## CPU 0 buffer started ##",
  ])("is not %j", (line) => {
    const waits = new TraceWaits();
    expect(waits.take(line, 1)).toBe(false);
    expect(waits.waits()).toEqual([]);
  });

  it("of a header stands in a header", () => {
    const waits = new TraceWaits();
    expect(waits.take("# tracer: nop", 1)).toBe(true);
    expect(waits.take("random: crng init done", 2)).toBe(false);
    expect(waits.take("#", 3)).toBe(false);
  });
});

describe("what the trace says is lost", () => {
  it("is exposed with its lines", () => {
    expect(
      readTrace(`
# tracer: nop
#
# entries-in-buffer/entries-written: 183/1426   #P:4
#
   a-7 [000] .... 1.000000: x: y
CPU:0 [LOST 123 EVENTS]
CPU:12 [LOST EVENTS]
##### CPU 2 buffer started ####
   a-7 [002] .... 2.000000: x: y`).losses,
    ).toEqual([
      { line: 3, lost: 1243 },
      { line: 6, lost: 123 },
      { line: 7, lost: null },
      { line: 8, lost: null },
    ]);
  });
});

describe("events of one task", () => {
  const event = (at: string, text: string): string => `   a-7 [000] .... ${at}: ${text}`;
  const entered = (at: string): string => event(at, "wait: (wait_for_random_bytes+0x0/0x60)");
  const left = (at: string): string => event(at, "waited: (__x64_sys_getrandom+0x5e/0xf0 <- wait_for_random_bytes)");
  const waits = (...lines: readonly string[]) =>
    readTrace(lines.join("\n"))
      .waits()
      .map(({ from, to }) => [from, to]);

  it("are one where they are less than a millisecond apart: probes that were armed twice report each twice", () => {
    expect(waits(entered("1.000000"), entered("1.000000"), left("3.000000"), left("3.000000"))).toEqual([[1, 3]]);
    expect(waits(entered("1.000000"), entered("1.000999"), left("3.000000"), left("3.000999"))).toEqual([[1, 3]]);
  });

  it("are two from a millisecond on: the end of the first was not recorded, or its beginning", () => {
    expect(waits(entered("1.000000"), entered("1.001000"), left("3.000000"))).toEqual([
      [1, null],
      [1.001, 3],
    ]);
    expect(waits(left("3.000000"), left("3.001000"))).toEqual([
      [null, 3],
      [null, 3.001],
    ]);
  });

  it("are no wait where the call returned within a millisecond", () => {
    expect(waits(entered("1.000000"), left("1.000999"))).toEqual([]);
    expect(waits(entered("1.000000"), left("1.001000"))).toEqual([[1, 1.001]]);
  });
});

describe("bounds", () => {
  it("keeps so many waits and losses, and counts the rest", () => {
    const waits = new TraceWaits();
    for (let pid = 1; pid <= 600; pid++) {
      waits.take(`   a-${pid} [000] .... 1.000000: wait: (wait_for_random_bytes+0x0/0x60)`, pid);
      if (pid % 2 === 0)
        waits.take(
          `   a-${pid} [000] .... 2.000000: waited: (__x64_sys_getrandom+0x5e/0xf0 <- wait_for_random_bytes)`,
          pid,
        );
    }
    expect(waits.waits()).toHaveLength(512);
    expect(waits.dropped).toBe(88);
    for (let count = 0; count < 300; count++) waits.take("CPU:0 [LOST 1 EVENTS]", count);
    expect(waits.losses).toHaveLength(256);
    expect(waits.dropped).toBe(132);
  });

  it("forgets no wait over many programs", () => {
    const waits = new TraceWaits();
    waits.take("   a-7 [000] .... 1.000000: wait: (wait_for_random_bytes+0x0/0x60)", 1);
    for (let pid = 10; pid < 10_010; pid++)
      waits.take(
        `   a-${pid} [000] .... 1.000000: sched_process_exec: filename=/bin/${pid} pid=${pid} old_pid=${pid}`,
        1,
      );
    waits.take("   a-10009 [000] .... 1.500000: wait: (wait_for_random_bytes+0x0/0x60)", 1);
    expect(waits.waits()).toMatchObject([{ pid: 7 }, { pid: 10_009, exe: "/bin/10009" }]);
    expect(waits.dropped).toBe(0);
  });

  it("whatever the lines are, nothing is thrown and nothing is made up", () => {
    const vocabulary = [
      "wait: (wait_for_random_bytes+0x0/0x60)",
      "waited: (__x64_sys_getrandom+0x5e/0xf0 <- wait_for_random_bytes)",
      "waited: (random_read_iter+0x5e/0xf0 <- wait_for_random_bytes)",
      "gen: (try_to_generate_entropy+0x0/0x127)",
      "gend: (urandom_read_iter+0x5e/0xf0 <- try_to_generate_entropy)",
      "gend: (wait_for_random_bytes+0x5e/0xf0 <- try_to_generate_entropy)",
      "sched_process_exec: filename=/bin/a pid=7 old_pid=7",
      "sched_process_exit: comm=a pid=8 prio=120",
      "x: y",
    ];
    const event = fc
      .tuple(fc.constantFrom("a-7", "b-7", "a-8", "<...>-8"), fc.nat(3_000_000), fc.constantFrom(...vocabulary))
      .map(
        ([task, at, text]) =>
          `${task.padStart(20)} [000] .... ${Math.floor(at / 1e6)}.${String(at % 1e6).padStart(6, "0")}: ${text}`,
      );
    const line = fc.oneof(
      { weight: 5, arbitrary: event },
      fc.constantFrom("CPU:0 [LOST 3 EVENTS]", "# tracer: nop", "#"),
      anyText({ maxLength: 60 }),
    );
    fc.assert(
      fc.property(fc.array(line, { maxLength: 60 }), (lines) => {
        const waits = new TraceWaits();
        lines.forEach((text, index) => waits.take(text, index + 1));
        expect(waits.waits()).toEqual(waits.waits());
        expect(waits.dropped).toBe(0);
        for (const { from, to, seconds, pid } of waits.waits()) {
          expect([7, 8]).toContain(pid);
          expect(from !== null || to !== null).toBe(true);
          if (from !== null && to !== null) expect(seconds).toBeCloseTo(to - from, 5);
          expect(seconds ?? 1).toBeGreaterThan(0);
        }
      }),
      { numRuns: 300 },
    );
  });

  it("has every name that a task can have", () => {
    const comm = fc
      .string({ unit: "grapheme-ascii", minLength: 1, maxLength: 15 })
      .filter((name) => name.trimStart() === name && !/^[#=]|^CPU:|-\d+ +[[(]/.test(name) && name !== "<...>");
    fc.assert(
      fc.property(comm, fc.nat(4_194_304), (name, pid) => {
        expect(eventOf(`${name.padStart(16)}-${String(pid).padEnd(7)} [000] .....     3.000001: x: y`)).toMatchObject({
          comm: name,
          pid,
          at: 3.000001,
          text: "x: y",
        });
      }),
    );
  });

  const longEnough = 200_000;
  it.each<[what: string, line: (size: number) => string]>([
    ["dashes", (size) => "-".repeat(size)],
    ["blanks", (size) => `${" ".repeat(size)}x`],
    ["tasks", (size) => "a-1 [000] ".repeat(size / 10)],
    ["stamps", (size) => `a-1 [000] ${"1.000000: ".repeat(size / 10)}`],
    ["hashes", (size) => "#".repeat(size)],
    ["the header's drawing", (size) => `#${" |".repeat(size / 2)}x`],
    [
      "a path",
      (size) => `a-1 [000] .... 1.000000: sched_process_exec: filename=${" pid=1 old_pid=1".repeat(size / 16)}x`,
    ],
    ["callers", (size) => `a-1 [000] .... 1.000000: waited: (${"a <- ".repeat(size / 5)}`],
    ["losses", (size) => `CPU:0 [LOST ${"1".repeat(size)} EVENTS]`],
  ])("a long line of %s takes time in proportion to its length, as do many shorter ones", (_what, line) => {
    const read = (length: number): TraceWaits => {
      const waits = new TraceWaits();
      waits.take(line(length), 1);
      for (let count = 0; count < 20; count++) waits.take(line(length / 16).slice(0, 8_000), 1);
      return waits;
    };
    expect(growth(read, longEnough)).toBeLessThan(linear);
    expect(read(longEnough).waits()).toEqual([]);
  });
});
