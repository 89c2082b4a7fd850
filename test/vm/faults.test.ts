import { beforeAll, describe, expect, it } from "vitest";
import { recordIn } from "./guests.ts";
import { boot, type Transcript } from "./lab/boot.ts";
import { compiled } from "./lab/host/compiled.ts";
import { GUEST_PROJECT } from "./lab/root/project-files.ts";
import { skipReason } from "./lab/requirements.ts";
import { toleranceSeconds } from "./probed-waits.ts";

const reason = skipReason();
if (reason !== null) console.warn(`Skipped: ${reason}`);

const functions = `
# The daemon's process is what the wrapper becomes.
start() {
  rm -f /run/crngwatch/io.crngwatch
  ${GUEST_PROJECT}/bin/crngwatch daemon >>/run/log 2>&1 & daemon=$!
  within 60 [ -S /run/crngwatch/io.crngwatch ]
}
lives() { kill -0 $daemon && echo lives; }
crngwatch() { ${GUEST_PROJECT}/bin/crngwatch "$@"; }
`;

/** What the host suffers while the CRNG is not ready, then while a waiter makes it ready, and after. */
const suffering = `${functions}
mount -t securityfs securityfs /sys/kernel/security
section lockdown
cat /sys/kernel/security/lockdown
section tracefs
start; kill -9 $daemon; start; kill -9 $daemon; start
ls /sys/kernel/tracing/instances; grep -c . /sys/kernel/tracing/kprobe_events
section two
${GUEST_PROJECT}/bin/crngwatch daemon --state-dir /run/other >>/run/log 2>&1 & other=$!
within 60 [ -S /run/other/io.crngwatch ]
crngwatch status --json --socket /run/other/io.crngwatch
kill $other; wait $other
section one
ls /sys/kernel/tracing/instances; grep -c . /sys/kernel/tracing/kprobe_events /sys/kernel/tracing/instances/crngwatch/set_event
section tasks
pressure tasks 10000; echo "exit $?"
lives
crngwatch status --json
section flood
echo on >/proc/sys/kernel/printk_devkmsg
kmsg "lab: last before the flood"
pressure log 30
lives
crngwatch status; echo "exit $?"
section clock-forth
date -s '2061-05-01 00:00' >/dev/null
/usr/bin/waiters getrandom & waiter=$!
wait $waiter
echo $waiter
section clock-back
date -s '1999-01-01 00:00' >/dev/null
sleep 12
lives
crngwatch status --json
section stamp
dmesg | grep 'crng init done'
section oom
echo 1000 >/proc/$daemon/oom_score_adj
echo f >/proc/sysrq-trigger
gone() { ! kill -0 $daemon 2>/dev/null; }
within 30 gone && echo killed
start
crngwatch status --json
section left
ls /sys/kernel/tracing/instances; cat /sys/kernel/tracing/kprobe_events
section log
cat /run/log
`;

describe.skipIf(reason !== null)("a daemon on a host that suffers, on 6.12", () => {
  let guest: Transcript;
  const lines = (name: string): readonly string[] => guest.section(name).trimEnd().split("\n");
  beforeAll(async () => {
    guest = await boot({
      kernel: "6.12",
      commandLine: "lsm=lockdown lockdown=integrity",
      files: {
        "/usr/bin/waiters": { from: await compiled("waiters", "-static", "-pthread") },
        "/usr/bin/pressure": { from: await compiled("pressure", "-static") },
      },
      timeoutSeconds: 570,
      script: suffering,
    });
  });

  it("that is killed again and again leaves one set of probes", () => {
    expect(lines("tracefs")).toEqual(["crngwatch", "crngwatch_credits", "5"]);
  });

  it("keeps its probes while another one, with a state folder of its own, comes and goes", () => {
    const { sources } = recordIn(guest.section("two"));
    expect(sources.find(({ name }) => name === "trace-instance")).toMatchObject({
      health: "absent",
      detail: "no probe was set: another crngwatch daemon has set its own",
    });
    const [one, credits, probes, enabled] = lines("one");
    expect([one, credits]).toEqual(["crngwatch", "crngwatch_credits"]);
    expect(probes).toBe("/sys/kernel/tracing/kprobe_events:5");
    expect(enabled).toMatch(/set_event:[1-9]/);
    const { waits } = recordIn(lines("clock-back").slice(1).join("\n"));
    expect(waits.filter(({ polls }) => !polls)).toMatchObject([{ evidence: "recorder", errorSeconds: 0 }]);
  });

  it("lives through 10 000 tasks that come and go, and takes none of them for a waiter", () => {
    expect(lines("tasks").slice(0, 2)).toEqual(["exit 0", "lives"]);
    const { waits, readiness } = recordIn(lines("tasks").slice(2).join("\n"));
    // The other daemon polled /dev/random, as each does, and so was not blocked.
    expect(waits.filter(({ polls }) => !polls)).toEqual([]);
    expect(readiness.level).toBe("unseeded");
  });

  it("lives through 30 s of a flooded kernel log", () => {
    const [written, ...after] = lines("flood");
    // More than the kernel's ring holds, over and over.
    expect(Number(written)).toBeGreaterThan(5000);
    expect(after[0]).toBe("lives");
    expect(after.join("\n")).toMatch(/not ready/);
    expect(after.at(-1)).toBe("exit 3");
  });

  it("sets its probes under lockdown=integrity", () => {
    expect(guest.section("lockdown")).toContain("[integrity]");
    const { sources } = recordIn(lines("clock-back").slice(1).join("\n"));
    expect(sources.find(({ name }) => name === "trace-instance")).toMatchObject({ health: "ok" });
  });

  it("reports the moment and the one waiter, while the clock is set 35 years forth and 62 back", () => {
    const record = recordIn(lines("clock-back").slice(1).join("\n"));
    expect(lines("clock-back")[0]).toBe("lives");
    const stamp = Number(/^\[\s*([\d.]+)\]/.exec(guest.section("stamp"))?.[1]);
    expect(record.readiness).toMatchObject({ level: "ready", evidence: "kernel-log", readyAt: stamp, exact: true });
    const pid = Number(lines("clock-forth").at(-1));
    const blocked = record.waits.filter(({ polls }) => !polls);
    expect(blocked).toMatchObject([{ pid, comm: "waiters", interface: "getrandom" }]);
    const [wait] = blocked;
    // The trace has another clock than the kernel's log.
    expect(wait?.to).toBeGreaterThan(stamp - toleranceSeconds);
    expect(wait?.seconds).toBeLessThan(60);
  });

  it("reports the same boot when the kernel has killed it for memory, and leaves no probe", () => {
    expect(lines("oom")[0]).toBe("killed");
    const [before, after] = [
      recordIn(lines("clock-back").slice(1).join("\n")),
      recordIn(lines("oom").slice(1).join("\n")),
    ];
    for (const key of ["readiness", "waits", "gaps", "earlyUses", "bootId"] as const)
      expect(after[key], key).toEqual(before[key]);
    expect(guest.section("left").trim()).toBe("");
    expect(guest.section("log")).not.toMatch(/defect|^\s+at /m);
  });
});

const locked = `${functions}
section lockdown
cat /sys/kernel/security/lockdown
start
crngwatch status; echo "exit $?"
/usr/bin/waiters getrandom & waiter=$!
wait $waiter
echo $waiter
sleep 12
section record
crngwatch status --json
section log
cat /run/log
`;

describe.skipIf(reason !== null)("lockdown=confidentiality, on 6.12", () => {
  it("the moment is reported, the waiters too, and what is refused is named", async () => {
    const guest = await boot({
      kernel: "6.12",
      commandLine: "lsm=lockdown lockdown=confidentiality",
      files: { "/usr/bin/waiters": { from: await compiled("waiters", "-static", "-pthread") } },
      script: `mount -t securityfs securityfs /sys/kernel/security\n${locked}`,
    });
    const [locks, ...before] = guest.section("lockdown").trimEnd().split("\n");
    expect(locks).toContain("[confidentiality]");
    expect(before).toContain("exit 3");
    const record = recordIn(guest.section("record"));
    expect(record.readiness).toMatchObject({ level: "ready", evidence: "kernel-log", exact: true });
    expect(record.waits).toMatchObject([{ pid: Number(before.at(-1)), comm: "waiters", interface: "getrandom" }]);
    const trace = record.sources.find(({ name }) => name === "trace-instance");
    expect(trace?.health).not.toBe("ok");
    expect(guest.section("log")).not.toMatch(/defect|^\s+at /m);
  });
});
