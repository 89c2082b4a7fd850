import type { Wait } from "../../src/core/wait.ts";
import { beforeAll, describe, expect, it } from "vitest";
import { fullyArmed, kernels, kernelWarning, recordIn, startDaemon, staticWait, withoutTimes } from "./guests.ts";
import { boot, type KernelSeries, type Transcript } from "./lab/boot.ts";
import { compiled } from "./lab/compiled.ts";
import { runProgram } from "./lab/host-programs.ts";
import { skipReason } from "./lab/requirements.ts";
import { expectKernelsOwn, printTrace } from "./probed-waits.ts";

const reason = skipReason();
if (reason !== null) console.warn(reason);

const container = "0123456789abcdef".repeat(4);

/**
 * Waiters in control groups as systemd and podman make them, last in line for the processor, so that the daemon comes
 * to see them.
 */
const lastInLine = `
mount -t cgroup2 cgroup2 /sys/fs/cgroup
echo +cpu >/sys/fs/cgroup/cgroup.subtree_control
mkdir /sys/fs/cgroup/system.slice
echo 1 >/sys/fs/cgroup/system.slice/cpu.weight
in_group() {
  mkdir -p /sys/fs/cgroup/system.slice/$1
  exec sh -c 'echo 0 >/sys/fs/cgroup/system.slice/$0/cgroup.procs; exec "$@"' "$@" 2>/dev/null
}`;
const everyKind = `${startDaemon}
${lastInLine}
start_daemon
sleep 1
in_group polls.service waiters poll & polls=$!
in_group loops.service waiters loop &
sleep 1
in_group threads.service waiters thread & threads=$!
in_group urandom.service /usr/bin/dd if=/dev/urandom of=/dev/null bs=16 count=1 & urandom=$!
in_group libpod-${container}.scope unshare --pid --fork --mount-proc /usr/bin/dd if=/dev/random of=/dev/null bs=1 count=1 & boxed=$!
in_group killed.service waiters getrandom & killed=$!
until grep -q "waiters-$killed .*: wait: " /sys/kernel/tracing/trace; do sleep 0.02; done
sleep 0.05
kill -9 $killed
for each in $polls $threads $urandom $boxed; do wait $each; done
sleep 3
section record
crngwatch status --json
section log
dmesg
${printTrace()}
`;

/** busybox puts the operands of dd apart in its own arguments. */
const ddOf = (operands: string): string => `/usr/bin/dd ${operands.replaceAll("=", " ")}`;
const polledBy = (kind: string, facts: Partial<Wait> = {}): unknown =>
  staticWait({
    comm: "waiters",
    exe: "/usr/bin/waiters",
    commandLine: `waiters ${kind}`,
    unit: `${kind}s.service`,
    unitSource: "cgroup",
    interface: "dev-random",
    polls: true,
    evidence: "live",
    ...facts,
  });
/** One ends with its poll, and the other polls something else then. */
const polled = [polledBy("poll", { ended: expect.stringMatching(/^(?:gone|returned)$/) as "gone" }), polledBy("loop")];
const ended = (kernel: KernelSeries): readonly unknown[] => {
  // 5.10 has no function of its own for the gathering that a probe could be set on.
  const gatheredJitter = kernel === "5.10" ? null : true;
  return [
    staticWait({
      comm: "drawer",
      exe: "/usr/bin/waiters",
      commandLine: "waiters thread",
      unit: "threads.service",
      unitSource: "cgroup",
      interface: "getrandom",
      gatheredJitter: gatheredJitter,
    }),
    // There a reader of /dev/urandom gets what there is, and the kernel logs it.
    ...(kernel === "5.10"
      ? []
      : [
          staticWait({
            comm: "dd",
            exe: "/usr/bin/busybox",
            commandLine: ddOf("if=/dev/urandom of=/dev/null bs=16 count=1"),
            unit: "urandom.service",
            unitSource: "cgroup",
            interface: "urandom",
            gatheredJitter: gatheredJitter,
          }),
        ]),
    staticWait({
      comm: "dd",
      exe: "/usr/bin/busybox",
      commandLine: ddOf("if=/dev/random of=/dev/null bs=1 count=1"),
      namespacePid: 1,
      unit: `libpod-${container}.scope`,
      unitSource: "cgroup",
      container,
      interface: "dev-random",
      gatheredJitter: gatheredJitter,
    }),
    staticWait({
      comm: "waiters",
      exe: "/usr/bin/waiters",
      commandLine: "waiters getrandom",
      unit: "killed.service",
      unitSource: "cgroup",
      interface: "getrandom",
      gatheredJitter: gatheredJitter,
      ended: "interrupted",
    }),
  ];
};

describe.skipIf(reason !== null).each(kernels)("waiters of every kind at once, kernel %s", (kernel) => {
  let guest: Transcript;
  let waits: readonly Wait[] = [];
  beforeAll(async () => {
    guest = await boot({
      kernel,
      commandLine: fullyArmed,
      timeoutSeconds: 300,
      files: { "/usr/bin/waiters": { from: await compiled("waiters", "-static", "-pthread") } },
      script: everyKind,
    });
    ({ waits } = recordIn(guest.section("record")));
  });

  it("are each in the record, in full, and no other task", () => {
    const expected = [...polled, ...ended(kernel)];
    expect(waits.map(withoutTimes)).toEqual(expect.arrayContaining(expected));
    expect(waits).toHaveLength(expected.length);
  });

  it("from and to within 20 ms of the kernel's own events, the pollers until the CRNG was ready", () => {
    const recorded = waits.filter(({ evidence }) => evidence === "recorder");
    expectKernelsOwn(guest, recorded);
    expect(recorded.map(({ errorSeconds }) => errorSeconds)).toEqual(recorded.map(() => 0));
    const { readiness } = recordIn(guest.section("record"));
    for (const { to } of waits.filter(({ polls }) => polls)) {
      // No task comes back before, but it may have been last in line for the processor.
      expect(to).toBeGreaterThanOrEqual(readiness.readyAt ?? Infinity);
      expect(to).toBeLessThan((readiness.readyAt ?? -Infinity) + 1);
    }
  });

  it("are proven to have called by themselves, by their stacks: static programs, a thread, and one with its own mounts", () => {
    const called = waits.filter(({ evidence, interface: through }) => evidence === "recorder" && through !== "urandom");
    const own = { library: null, how: "stack", function: null };
    expect(called.map(({ caller }) => caller)).toMatchObject(called.map(() => own));
    const asked = called.map(({ comm, request }) => `${comm} ${request?.syscall} ${request?.bytes}`);
    expect(asked.toSorted((a, b) => (a < b ? -1 : 1))).toEqual([
      "dd read 1",
      "drawer getrandom 16",
      "waiters getrandom 16",
    ]);
    // The registers are recorded of tasks that wait for readiness, not of a reader of /dev/urandom.
    for (const { caller } of waits.filter(({ interface: through }) => through === "urandom")) expect(caller).toBeNull();
  });

  it("give the kernel nothing to warn of", () => {
    expect(guest.section("log")).not.toContain(kernelWarning);
  });

  it("distinguish the thread from its process", () => {
    const [thread] = waits.filter(({ comm }) => comm === "drawer");
    expect(thread?.tid).toBeGreaterThan(thread?.pid ?? Infinity);
    for (const { pid, tid, comm } of waits) if (comm !== "drawer") expect(tid).toBe(pid);
  });

  it("are why the CRNG became ready", () => {
    const { readiness, earlyUses } = recordIn(guest.section("record"));
    expect(readiness).toMatchObject({
      cause: "jitter",
      basis: {
        cause: expect.stringMatching(/^recorded in the kernel: jitter entropy \d+ bits while \S+\[\d+\]/) as string,
      },
    });
    expect(earlyUses.map(({ kind, name, bytes }) => ({ kind, name, bytes }))).toEqual(
      kernel === "5.10" ? [{ kind: "urandom-read", name: "dd", bytes: 16 }] : [],
    );
  });
});

describe.skipIf(reason !== null)("200 waiters at once", () => {
  it("are all in the record, each with its program", async () => {
    const script = `${startDaemon}\nstart_daemon\nsleep 1\nwaiters many 210 & crowd=$!\nwait $crowd\nsection record\ncrngwatch status --json\n${printTrace()}`;
    const guest = await boot({
      kernel: "6.12",
      commandLine: fullyArmed,
      timeoutSeconds: 300,
      files: { "/usr/bin/waiters": { from: await compiled("waiters", "-static", "-pthread") } },
      script,
    });
    const { waits, dropped, gaps } = recordIn(guest.section("record"));
    // One that has not come when those before it have gathered enough does not wait.
    expect(waits.length).toBeGreaterThanOrEqual(200);
    expectKernelsOwn(guest, waits);
    const each = staticWait({
      comm: "waiters",
      exe: "/usr/bin/waiters",
      commandLine: "waiters many 210",
      interface: "getrandom",
      gatheredJitter: true,
    });
    expect(waits.map(withoutTimes)).toEqual(waits.map(() => each));
    // Of each the registers fit into the buffer; so many stacks are unwound.
    const request = { syscall: "getrandom", bytes: 16, flags: 0 };
    expect(waits.map((wait) => wait.request)).toEqual(waits.map(() => request));
    expect(waits.filter(({ caller }) => caller !== null).length).toBeLessThanOrEqual(32);
    expect({ dropped: dropped.waits, gaps }).toEqual({ dropped: 0, gaps: [] });
  });
});

/** What Python reads as it starts, by their paths on this host. */
async function pythonFiles(python: string): Promise<readonly string[]> {
  const imported =
    "import os, sys; print('\\n'.join(m.__file__ for m in list(sys.modules.values()) if getattr(m, '__file__', None)))";
  return (await runProgram(python, ["-I", "-S", "-c", imported])).trim().split("\n");
}

describe.skipIf(reason !== null)("Node without its start object, and Python", () => {
  it("are named like any other program: their own code called, whatever they have inside", async () => {
    const python = "/usr/bin/python3";
    const files = Object.fromEntries((await pythonFiles(python)).map((path) => [path, { from: path }]));
    // The one that gathers is last in line for the processor, so that the other comes before it is done.
    const script = `${startDaemon}
${lastInLine}
start_daemon
sleep 1
in_group plain.service node -e 0 & plain=$!
until grep -q -- "-$plain .*: wait: " /sys/kernel/tracing/trace /sys/kernel/tracing/instances/crngwatch*/trace; do sleep 0.05; done
# Else it reads /dev/urandom for its hash seed, and waits in that.
PYTHONHASHSEED=0 ${python} -S -B -c "import posix; posix.urandom(16)" & python=$!
wait $plain $python
sleep 2
section record
crngwatch status --json
${printTrace()}`;
    const guest = await boot({
      kernel: "6.12",
      commandLine: fullyArmed,
      programs: [python],
      files,
      script,
      timeoutSeconds: 300,
    });
    const { waits } = recordIn(guest.section("record"));
    const of = (runtime: string): readonly Wait[] => waits.filter((wait) => wait.runtime === runtime);
    expect(of("Node.js").map(withoutTimes)).toEqual([
      staticWait({
        comm: expect.stringMatching(/^(?:node|MainThread)$/) as string,
        exe: process.execPath,
        commandLine: "node -e 0",
        unit: "plain.service",
        unitSource: "cgroup",
        runtime: "Node.js",
        libraries: ["libc.so.6"],
        interface: "getrandom",
        gatheredJitter: true,
      }),
    ]);
    const own = { library: null, how: "stack", fromConstructor: false };
    expect(of("Node.js")).toMatchObject([{ caller: own }]);
    expect(of("Python")).toMatchObject([
      { caller: own, request: { syscall: "getrandom", bytes: 16, flags: 0 }, interface: "getrandom" },
    ]);
    expect(waits).toHaveLength(2);
    expectKernelsOwn(guest, waits);
  });
});

/**
 * Looks at stacks are counted by a probe in an instance of its own, so that for the daemon no other program traces.
 * The first look and the first read are the script's.
 */
const ready = `${startDaemon}
cd /sys/kernel/tracing
mkdir instances/lab
echo p:lab/looks proc_pid_stack >>kprobe_events
echo 1 >instances/lab/events/lab/looks/enable
cat /proc/self/stack >/dev/null
consume
section armed
cat set_event
start_daemon
until [ -z "$(cat set_event)" ]; do sleep 0.1; done
consume
sleep 2
section record
crngwatch status --json
section report
crngwatch report
section profile
cat kprobe_profile
section probes
cat kprobe_events
section instances
ls instances
${printTrace()}`;

describe.skipIf(reason !== null)("a machine with RDRAND", () => {
  let guest: Transcript;
  beforeAll(async () => {
    guest = await boot({ kernel: "6.12", trustCpu: true, commandLine: fullyArmed, script: ready });
  });

  const lines = (section: string): readonly string[] => guest.section(section).trimEnd().split("\n");

  it("waits for nothing, and the record says so", () => {
    const record = recordIn(guest.section("record"));
    expect(record).toMatchObject({
      waits: [],
      recorder: { armed: true, recording: true, problem: null },
      readiness: { level: "ready", exact: true, cause: "cpu" },
      cost: { seconds: 0, firstProcessSeconds: 0, tasks: 0, complete: true },
    });
    expect(guest.section("report")).toMatch(/^ {2}blocked +none: the flight recorder recorded no wait in this boot$/m);
    const events = guest.section("trace").matchAll(/-(\d+) .* (\d+\.\d+): (?:wait|waited|gen|gend): \(/g);
    const [[, reader, entered] = [], [, sameReader, left] = [], ...more] = events;
    expect({ sameReader, more }).toEqual({ sameReader: reader, more: [] });
    expect(Number(left) - Number(entered)).toBeLessThan(0.001);
  });

  it("pays nothing: the probes of its command line are off once it is read, no others are set, and no stack is read", () => {
    expect(lines("armed").toSorted()).toEqual([
      ...["credit", "gen", "gend", "wait", "waited"].map((name) => `crngwatch:${name}`),
      "sched:sched_process_exec",
    ]);
    const hits = lines("profile").map((line) => line.trim().split(/\s+/).slice(0, 2).join(" "));
    expect(hits).toEqual(["wait 1", "waited 1", "gen 0", "gend 0", "credit 0", "looks 1"]);
    expect(lines("probes").map((probe) => probe.split(" ", 1)[0])).toEqual([
      "p:crngwatch/wait",
      "r512:crngwatch/waited",
      "p:crngwatch/gen",
      "r512:crngwatch/gend",
      "p:crngwatch/credit",
      "p:lab/looks",
    ]);
    expect(lines("instances")).toEqual(["lab"]);
  });
});
