import { beforeAll, describe, expect, it } from "vitest";
import { fullyArmed, kernels, recordIn, reportOf, stampOf, startDaemon } from "./guests.ts";
import { boot, type Transcript } from "./lab/boot.ts";
import { skipReason } from "./lab/requirements.ts";

const reason = skipReason();
if (reason !== null) console.warn(reason);

/**
 * Samples of stacks are counted by a probe in an instance of its own, so that for the daemon no other program traces.
 * The first sample and the first read are the script's. The long records fill the largest ring of these kernels'
 * defaults (CONFIG_LOG_BUF_SHIFT=17) almost three times.
 */
const script = `${startDaemon}
section log
dmesg
cd /sys/kernel/tracing
mkdir instances/lab
echo p:lab/looks proc_pid_stack >>kprobe_events
echo 1 >instances/lab/events/lab/looks/enable
cat /proc/self/stack >/dev/null
consume
section armed
cat set_event
start_daemon
handed_over() { [ -z "$(cat set_event)" ]; }
within 60 handed_over
consume
sleep 2
section exact
record
section profile
cat kprobe_profile
section probes
cat kprobe_events
section instances
ls instances
section trace
sed 's/ a={.*//' trace
section restarted
kill -9 $(cut -d' ' -f1 /run/crngwatch/daemon.pid); rm /run/crngwatch/io.crngwatch
start_daemon
record
section overwritten
filler=$(printf '%0900d' 0)
for number in $(seq 400); do kmsg "$filler"; done
dmesg | head -n 1 | cut -c1-15
section overwritten-record
crngwatch status --json --no-daemon
section daemon-knows
record
`;

describe.skipIf(reason !== null).each(kernels)("a machine whose CPU is trusted, kernel %s", (kernel) => {
  let guest: Transcript;
  beforeAll(async () => {
    guest = await boot({ kernel, trustCpu: true, commandLine: `printk.devkmsg=on ${fullyArmed}`, script });
  });

  const lines = (section: string): readonly string[] => guest.section(section).trimEnd().split("\n");

  it("is ready before user space, at the time that the kernel's log gives", () => {
    const { readiness, anomalies } = recordIn(guest.section("exact"));
    const readyAt = stampOf(guest.section("log"), "random: crng init done");
    expect(readiness).toMatchObject({ level: "ready", readyAt, exact: true, evidence: "kernel-log", cause: "cpu" });
    expect(anomalies).toEqual([]);
  });

  it("has no waiter, and the recorder's proof of that", () => {
    expect(recordIn(guest.section("exact"))).toMatchObject({
      waits: [],
      recorder: { armed: true, recording: true, problem: null },
      cost: { seconds: 0, firstProcessSeconds: 0, tasks: 0, complete: true },
    });
    expect(reportOf(recordIn(guest.section("exact")))).toMatch(
      /^ {2}blocked +none: the flight recorder recorded no wait in this boot$/m,
    );
    const events = guest.section("trace").matchAll(/-(\d+) .* (\d+\.\d+): (?:wait|waited|gen|gend): \(/g);
    const [[, reader, entered] = [], [, sameReader, left] = [], ...more] = events;
    expect({ sameReader, more }).toEqual({ sameReader: reader, more: [] });
    // It came when the CRNG was ready, so that the kernel let it pass: a waiter that gathers takes longer than that
    // (unready.test.ts), and a task that is preempted here takes more than a millisecond.
    expect(Number(entered)).toBeGreaterThan(recordIn(guest.section("exact")).readiness.readyAt ?? Infinity);
    expect(Number(left) - Number(entered)).toBeLessThan(0.05);
  });

  it("pays nothing: the probes of its command line are off once it is read, no others are set, and no stack is sampled", () => {
    // 5.10 has no function of its own for gathering.
    const gathering = kernel === "5.10" ? [] : (["gen", "gend"] as const);
    expect(lines("armed").toSorted()).toEqual([
      ...["credit", ...gathering, "wait", "waited"].map((name) => `crngwatch:${name}`),
      "sched:sched_process_exec",
    ]);
    const hits = lines("profile").map((line) => line.trim().split(/\s+/).slice(0, 2).join(" "));
    expect(hits).toEqual(["wait 1", "waited 1", ...gathering.map((name) => `${name} 0`), "credit 0", "looks 1"]);
    expect(lines("probes").map((probe) => probe.split(" ", 1)[0])).toEqual([
      "p:crngwatch/wait",
      "r512:crngwatch/waited",
      ...(kernel === "5.10" ? [] : ["p:crngwatch/gen", "r512:crngwatch/gend"]),
      "p:crngwatch/credit",
      "p:lab/looks",
    ]);
    expect(lines("instances")).toEqual(["lab"]);
  });

  it("is reported the same by a daemon that was killed and came back", () => {
    const [before, after] = [recordIn(guest.section("exact")), recordIn(guest.section("restarted"))];
    expect(after.readiness).toEqual(before.readiness);
    expect(after.earlyUses).toEqual(before.earlyUses);
  });

  it("has an interval and no time, once the ring is overwritten", () => {
    const record = recordIn(guest.section("overwritten-record"));
    const { readiness, gaps } = record;
    const truth = recordIn(guest.section("exact")).readiness.readyAt ?? Number.NaN;
    expect(readiness).toMatchObject({ level: "ready", exact: false, readyAt: null });
    expect(readiness.notBefore ?? Number.NaN).toBeLessThanOrEqual(truth);
    expect(readiness.notAfter ?? Number.NaN).toBeGreaterThanOrEqual(truth);
    expect(gaps[0]?.lost ?? 0).toBeGreaterThan(0);
    expect(reportOf(record)).toMatch(/CRNG ready no later than/);
  });

  it("is still reported exactly by the daemon that read the log before", () => {
    expect(recordIn(guest.section("daemon-knows")).readiness).toEqual(recordIn(guest.section("exact")).readiness);
  });
});
