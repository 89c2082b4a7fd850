import { beforeAll, describe, expect, it } from "vitest";
import type { BootRecord } from "../../src/core/boot-record.ts";
import type { Wait } from "../../src/core/wait.ts";
import { daemonSigns, fullyArmed, inGroups, recordIn, stampOf } from "./guests.ts";
import { boot, type Transcript } from "./lab/boot.ts";
import { compiled } from "./lab/host/compiled.ts";
import { GUEST_PROJECT } from "./lab/root/project-files.ts";
import { skipReason } from "./lab/requirements.ts";
import { expectKernelsOwn, printTrace, toleranceSeconds } from "./probed-waits.ts";

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
record /run/other/io.crngwatch
kill $other; wait $other
section one
ls /sys/kernel/tracing/instances; grep -c . /sys/kernel/tracing/kprobe_events /sys/kernel/tracing/instances/crngwatch/set_event
section tasks
pressure tasks 10000; echo "exit $?"
lives
record
section flood
echo on >/proc/sys/kernel/printk_devkmsg
kmsg "lab: last before the flood"
pressure log 10
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
record
section stamp
dmesg | grep 'crng init done'
section oom
echo 1000 >/proc/$daemon/oom_score_adj
echo f >/proc/sysrq-trigger
gone() { ! kill -0 $daemon 2>/dev/null; }
within 30 gone && echo killed
start
record
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

  it("survives 10 000 tasks that come and go, and reports none of them as a waiter", () => {
    expect(lines("tasks").slice(0, 2)).toEqual(["exit 0", "lives"]);
    const { waits, readiness } = recordIn(lines("tasks").slice(2).join("\n"));
    // The other daemon polled /dev/random, as each does, and so was not blocked.
    expect(waits.filter(({ polls }) => !polls)).toEqual([]);
    expect(readiness.level).toBe("unseeded");
  });

  it("lives through 10 s of a flooded kernel log", () => {
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
record
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

const kills = 50;
/** With this daemon a waiter comes that is not killed, and so makes the CRNG ready. */
const lastWaiterAt = 30;

/**
 * So long each daemon lives, in seconds; its start takes about two. The same in each run (a linear congruential
 * generator).
 */
function lifetimes(seed: number): readonly string[] {
  let state = seed;
  return Array.from({ length: kills }, () => {
    state = (Math.imul(state, 1_664_525) + 1_013_904_223) >>> 0;
    return ((3 * state) / 2 ** 32).toFixed(2);
  });
}

const killed = `${functions}${daemonSigns}${inGroups}
launch() { ${GUEST_PROJECT}/bin/crngwatch daemon "$@" >>/run/log 2>&1 & daemon=$!; }
comes() {
  in_group $1.service waiters getrandom & waiter=$!
  within 30 enters_wait $waiter
  echo "waiter $waiter" >>/run/waiters
}
in_group polls.service waiters poll & polls=$!
section kills
round=0
for life in ${lifetimes(20180516).join(" ")}; do
  round=$((round + 1))
  launch
  case $round in
  # Not for long: a waiter brings the kernel entropy.
  2 | 12 | 22) comes short$round; sleep 0.2; kill -9 $waiter ;;
  ${lastWaiterAt}) comes last; last=$waiter ;;
  esac
  sleep $life
  kill -9 $daemon
  wait $daemon 2>/dev/null
  uptime
done
section waiters
cat /run/waiters
wait $last; wait $polls
section survivor
rm -f /run/crngwatch/io.crngwatch
launch
within 60 [ -S /run/crngwatch/io.crngwatch ]
# A wait whose end no daemon saw is closed then.
sleep 12
record
section left
ls /sys/kernel/tracing/instances
grep crngwatch_live /sys/kernel/tracing/kprobe_events
section twin
launch --state-dir /run/twin
within 60 [ -S /run/twin/io.crngwatch ]
record /run/twin/io.crngwatch
section log
cat /run/log
section dmesg
dmesg
${printTrace()}
`;

/**
 * `seconds` with them: an end that no daemon saw is the kernel log's ready line, by its clock, and its start the
 * trace's.
 */
const moments = ["from", "notBefore", "seenAt", "to", "seconds"] as const satisfies readonly (keyof Wait)[];
/** Besides, what only a living task shows, for which the twin came too late. */
const differing = [
  ...moments,
  "commandLine",
  "unit",
  "unitSource",
  "libraries",
  "librariesSource",
  "runtime",
  "fips",
  "fipsWhy",
  "caller",
  "userStack",
  "parent",
  "startedAt",
] as const satisfies readonly (keyof Wait)[];

/**
 * The twin starts when the boot is over, with a state folder of its own, and is not killed: all that it reports is the
 * kernel's record of this boot.
 */
describe.skipIf(reason !== null)(`a daemon that is killed at ${kills} moments of a boot, on 6.12`, () => {
  let guest: Transcript;
  let survivor: BootRecord;
  let twin: BootRecord;
  beforeAll(async () => {
    guest = await boot({
      kernel: "6.12",
      commandLine: fullyArmed,
      files: { "/usr/bin/waiters": { from: await compiled("waiters", "-static", "-pthread") } },
      timeoutSeconds: 850,
      script: killed,
    });
    [survivor, twin] = [recordIn(guest.section("survivor")), recordIn(guest.section("twin"))];
  });
  const blocked = ({ waits }: BootRecord): readonly Wait[] => waits.filter(({ polls }) => !polls);

  it("is killed before its socket is there and after, while the CRNG is not ready and when it is", () => {
    const killedAt = guest.section("kills").trimEnd().split("\n").map(Number);
    expect(killedAt).toHaveLength(kills);
    expect(killedAt).not.toContain(Number.NaN);
    const before = killedAt.filter((at) => at < (survivor.readiness.readyAt ?? 0)).length;
    expect(before).toBeGreaterThanOrEqual(lastWaiterAt - 1);
    expect(before).toBeLessThan(kills - 10);
    const resumed = guest.section("log").match(/^Resumed from the saved record: /gm) ?? [];
    expect(resumed.length).toBeGreaterThan(5);
    expect(resumed.length).toBeLessThan(kills);
  });

  it("loses and invents nothing of the kernel's log", () => {
    expect(survivor.readiness).toMatchObject({
      level: "ready",
      evidence: "kernel-log",
      readyAt: stampOf(guest.section("dmesg"), "random: crng init done"),
    });
    for (const key of [
      "bootId",
      "kernel",
      "readiness",
      "earlyInit",
      "earlyUses",
      "missedWarnings",
      "reseeds",
      "fips",
      "supply",
      "gaps",
      "anomalies",
      "recorder",
    ] as const)
      expect(survivor[key], key).toEqual(twin[key]);
    expect(survivor.gaps).toEqual([]);
    expect(Object.values(survivor.dropped).filter((count) => count !== 0)).toEqual([]);
  });

  it("reports each waiter of the kernel's trace once, from and to the same moments, however it ended", () => {
    expectKernelsOwn(guest, blocked(survivor));
    const came = [...guest.section("waiters").matchAll(/^waiter (\d+)$/gm)].map(([, pid]) => Number(pid));
    expect(blocked(survivor).map(({ pid }) => pid)).toEqual(came);
    expect(blocked(survivor).map(({ ended }) => ended)).toEqual([
      "interrupted",
      "interrupted",
      "interrupted",
      "returned",
    ]);
    for (const [index, wait] of blocked(survivor).entries()) {
      const twins = blocked(twin)[index];
      for (const key of Object.keys(wait) as (keyof Wait)[])
        if (!(differing as readonly string[]).includes(key)) expect(wait[key], key).toEqual(twins?.[key]);
      // Each daemon measures by itself how far the trace's clock is from the kernel log's.
      for (const key of moments)
        expect(Math.abs((wait[key] ?? 0) - (twins?.[key] ?? 1)), key).toBeLessThan(toleranceSeconds);
    }
  });

  it("keeps what it saw of a waiter while it lived, and of a poller, which the kernel does not record", () => {
    for (const [index, { unit }] of blocked(survivor).entries())
      // Null where no daemon lived long enough to see it.
      expect([null, `${["short2", "short12", "short22", "last"][index]}.service`]).toContain(unit);
    const polled = survivor.waits.filter(({ polls }) => polls);
    expect(polled).toMatchObject([{ comm: "waiters", unit: "polls.service", ended: "returned" }]);
    expect(twin.waits.filter(({ polls }) => polls)).toEqual([]);
  });

  it("leaves nothing in tracefs", () => {
    expect(guest.section("left").trim()).toBe("");
    expect(guest.section("log")).not.toMatch(/defect|^\s+at /m);
  });
});
