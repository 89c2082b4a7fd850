import { beforeAll, describe, expect, it } from "vitest";
import { journalEvents } from "../../src/render/journal/journal-events.ts";
import { daemonSigns, recorderArmed, recordIn, reportOf, staticWait, waiters, withoutTimes } from "./guests.ts";
import { bootFullMachine, SEEDING_UNITS } from "./lab/full-machine.ts";
import { fetchKernel } from "./lab/kernels.ts";
import { skipReason } from "./lab/requirements.ts";
import type { Transcript } from "./lab/transcript.ts";

const reason = skipReason("full");
if (reason !== null) console.warn(`Skipped: ${reason}`);

/**
 * What README's "Install it as a service" does besides copying; done by the first process, as it must be there before
 * systemd.
 */
const installed =
  "#!/bin/sh\n/usr/bin/ln -s /opt/crngwatch/bin/crngwatch /usr/bin/crngwatch\nexec /usr/lib/systemd/systemd\n";

/**
 * systemd's own waiter, which calls getrandom() itself though it is linked with libcrypto. It gets so little of the
 * processor that the kernel takes seconds to gather jitter for it.
 */
const keys = "[Service]\nType=oneshot\nCPUQuota=10%\nExecStart=/usr/lib/systemd/systemd-random-seed load\n";

/**
 * Emulation makes the daemon's start slow, so everything that depends on it waits for it. Nothing here starts the unit
 * but systemd.
 */
const script = `${daemonSigns}
show() { systemctl show --value --property "$1" "\${2:-crngwatch.service}"; }
main_pid() { show MainPID; }
until_active() {
  for try in $(seq 60); do [ "$(show ActiveState)" = active ] && return; sleep 1; done
  echo "crngwatch.service is not active"; systemctl status --no-pager crngwatch.service; exit 1
}
until_restarts() {
  for try in $(seq 60); do [ "$(show NRestarts)" = "$1" ] && break; sleep 1; done
  until_active
}
call() { varlinkctl call --json=short /run/crngwatch/io.crngwatch "io.crngwatch.$1" '{}'; }
scrape() { bash -c 'exec 3<>/dev/tcp/127.0.0.1/19573; printf "GET /metrics HTTP/1.0\\r\\nAccept: application/openmetrics-text\\r\\n\\r\\n" >&3; cat <&3'; }
cpu_weight() { cat /sys/fs/cgroup/system.slice/crngwatch.service/cpu.weight; }

section weights
cpu_weight
until_active
section booted
for try in $(seq 60); do [ "$(show FinishTimestampMonotonic '')" = 0 ] || break; sleep 1; done
systemctl is-system-running
systemctl --failed --plain --no-legend
section times
show ExecMainStartTimestampMonotonic
show ActiveEnterTimestampMonotonic
show ActiveEnterTimestampMonotonic sysinit.target
show ActiveEnterTimestampMonotonic multi-user.target
section not-ready
show StatusText
/usr/bin/crngwatch status; echo "exit $?"
section waiters
cat /sys/kernel/tracing/trace
section keys
systemctl start --no-block lab-keys.service
for try in $(seq 30); do show StatusText | grep 'has waited' && break; sleep 0.2; done
systemctl status --no-pager --full lab-keys.service
section keys-journal
journalctl --sync
journalctl --boot --unit lab-keys.service --output json --output-fields MESSAGE,MESSAGE_ID,PRIORITY,OBJECT_PID,OBJECT_SYSTEMD_UNIT,CRNGWATCH_WAIT_SECONDS,_SYSTEMD_UNIT
section keys-pid
show MainPID lab-keys.service
section process-unready
cat /proc/$(main_pid)/task/*/status | grep -e '^CapPrm' -e '^CapEff' | sort -u
section consumed
crngwatch wait --timeout 60; echo "exit $?"
section waited
within 30 released
record
section tidied
ls /sys/kernel/tracing/instances; cat /sys/kernel/tracing/kprobe_events
section after
show After
section before
show Before
show Before crngwatch.socket
section unit
systemctl show --property FragmentPath --property DropInPaths --property NeedDaemonReload crngwatch.service crngwatch.socket
section memory
show MemoryPeak; grep VmHWM /proc/$(main_pid)/status
section status-text
show StatusText
section systemctl-status
systemctl status --no-pager --full crngwatch.service
section crngwatch-status
/usr/bin/crngwatch status; echo "exit $?"
section crngwatch-report
/usr/bin/crngwatch report
section readiness
call GetReadiness
section daemon
call GetDaemon; main_pid
section introspect
varlinkctl introspect /run/crngwatch/io.crngwatch io.crngwatch
section anyone
ls -l /run/crngwatch/io.crngwatch | cut -c1-10
setpriv --reuid=65534 --regid=65534 --clear-groups /usr/bin/crngwatch status; echo "exit $?"
section inside
crngwatch status --json
section outside
crngwatch status --json --no-daemon
section config
nsenter --target $(main_pid) --mount sh -c 'cat /run/crngwatch/kernel-config; ls /usr/lib/modules'
section process
cat /proc/sys/kernel/dmesg_restrict
grep -e '^CapBnd' -e '^NoNewPrivs' -e '^Seccomp:' /proc/$(main_pid)/status
section process-threads
ls /proc/$(main_pid)/task | wc -l
cat /proc/$(main_pid)/task/*/status | grep -e '^CapInh' -e '^CapPrm' -e '^CapEff' -e '^CapAmb' | sort -u
section kmsg-after
echo h >/proc/sysrq-trigger; sleep 1
record
section exposure
systemd-analyze security --no-pager crngwatch.service
section complaints
journalctl --boot --unit crngwatch.service --output cat --priority warning
dmesg | grep -e 'audit: type=1326' -e 'node\\['

section metrics
show ActiveState crngwatch-metrics.service
scrape
section metrics-service
pid=$(show MainPID crngwatch-metrics.service)
show ActiveState crngwatch-metrics.service
grep -e '^CapEff' -e '^NoNewPrivs' -e '^Seccomp:' /proc/$pid/status
[ "$(stat -c %u /proc/$pid)" -gt 1000 ] && echo "a user of its own"
[ "$(readlink /proc/$pid/ns/net)" = "$(readlink /proc/1/ns/net)" ] || echo "a network of its own"
section metrics-again
systemctl kill --signal KILL crngwatch-metrics.service
for try in $(seq 60); do [ "$(show ActiveState crngwatch-metrics.service)" = failed ] && break; sleep 1; done
scrape | tail -n 1
show Result crngwatch-metrics.service
section metrics-complaints
dmesg | grep -e 'audit: type=1326' -e 'node\\['

section killed
record
section killed-again
systemctl kill --signal KILL crngwatch.service
until_restarts 1
record
section journal
journalctl --sync
journalctl --boot --unit crngwatch.service --output cat

section restarted
systemctl restart crngwatch.service; echo "exit $?"
crngwatch status
section weights-later
cpu_weight

section stopped
systemctl stop crngwatch.service 2>/dev/null; echo "exit $?"
systemctl show --property ActiveState --property Result --property ExecMainStatus crngwatch.service
ls /run/crngwatch
section asked-when-stopped
/usr/bin/crngwatch status; echo "exit $?"
show ActiveState

section watchdog
mkdir -p /run/systemd/system/crngwatch.service.d
printf '[Service]\\nWatchdogSec=10s\\n' >/run/systemd/system/crngwatch.service.d/watchdog.conf
systemctl daemon-reload && systemctl reset-failed && systemctl restart crngwatch.service
pid=$(main_pid)
sleep 22; [ "$(main_pid)" = $pid ] && echo "lives on"
systemctl kill --signal STOP --kill-whom main crngwatch.service
until_restarts 1
journalctl --boot --unit crngwatch.service --output cat | grep -o 'Watchdog timeout'
crngwatch status; echo "exit $?"
`;

describe.skipIf(reason !== null)("the unit in a machine with systemd, on 6.12", () => {
  let guest: Transcript;
  beforeAll(async () => {
    const { release } = await fetchKernel("6.12");
    guest = await bootFullMachine({
      kernel: "6.12",
      enable: ["crngwatch.service", "crngwatch-metrics.socket"],
      files: {
        "/lab/init": installed,
        "/etc/systemd/system/lab-keys.service": keys,
        // As long as the one that it writes, so that its size stays what the daemon read.
        "/var/lib/systemd/random-seed": "x".repeat(32),
        [`/usr/lib/modules/${release}/config`]: "CONFIG_OF_THIS_KERNEL=y\n",
      },
      mask: SEEDING_UNITS,
      commandLine: `rdinit=/lab/init ${recorderArmed}`,
      script,
    });
    const [start, ready, sysinit, multiUser] = times();
    console.log(
      `started at ${start} s, READY at ${ready} s, sysinit.target at ${sysinit} s, multi-user.target at ${multiUser} s; ` +
        `${guest.section("memory").trim().replace("\n", " bytes in its cgroup, ")}; ${lines("exposure").at(-1)}`,
    );
  });

  const lines = (name: string): readonly string[] => guest.section(name).trimEnd().split("\n");
  const times = (): readonly number[] => lines("times").map((microseconds) => Number(microseconds) / 1e6);
  const verdict = (): string => lines("crngwatch-status")[0] ?? "";
  const readiness = (): string => lines("crngwatch-status")[1] ?? "";

  it("runs to the end, and breaks nothing of the boot", () => {
    expect(guest.status).toBe(0);
    expect(guest.section("booted").trim()).toBe("running");
  });

  it("is the shipped one, unchanged", () => {
    expect(lines("unit").filter((line) => line !== "")).toEqual([
      "FragmentPath=/etc/systemd/system/crngwatch.service",
      "DropInPaths=",
      "NeedDaemonReload=no",
      "FragmentPath=/etc/systemd/system/crngwatch.socket",
      "DropInPaths=",
      "NeedDaemonReload=no",
    ]);
  });

  it("starts before sysinit.target, after what systemd itself needs for it, and no unit waits for it but the shutdown", () => {
    const [start = Number.NaN, , sysinit = Number.NaN] = times();
    expect(start).toBeLessThan(sysinit);
    expect(lines("after")[0]?.split(" ").toSorted()).toEqual([
      "-.mount",
      "crngwatch.socket",
      "sys-kernel-tracing.mount",
      "system.slice",
      "systemd-journald.socket",
    ]);
    // systemd lists here also those whose own After= names ours.
    const [service, socket] = lines("before").map((units) => units.split(" ").toSorted());
    expect(service).toEqual(["shutdown.target"]);
    expect(socket).toEqual(["crngwatch.service", "shutdown.target", "sockets.target"]);
  });

  it("steps back while the machine boots, and no longer", () => {
    expect(guest.section("weights").trim()).toBe("3");
    // systemd sets it at the next start of a unit, not at the end of the boot.
    expect(guest.section("weights-later").trim()).toBe("100");
  });

  it("sees the CRNG unready without waiting for it, and then the moment, live", () => {
    expect(lines("not-ready")[1]).toMatch(/^Undecided whether the CRNG delayed this boot: it is not ready/);
    expect(lines("not-ready")[2]).toMatch(/^CRNG not ready at/);
    expect(lines("not-ready").at(-1)).toBe("exit 3");
    expect(waiters(guest.section("waiters"))).toEqual({ ours: [], others: [] });
    expect(lines("consumed").at(-1)).toBe("exit 0");
  });

  it("reports one verdict by systemctl, varlinkctl and crngwatch", () => {
    expect(verdict()).toMatch(
      /^Blocked on the CRNG: lab-keys\.service \(systemd-random-seed\[\d+\]\) for \d+\.\d{3} s, from /,
    );
    expect(readiness()).toMatch(/^CRNG ready at \d+\.\d{6} s \(kernel log\)$/);
    expect(lines("status-text")[0]).toBe(`${verdict()}; ${readiness()}`);
    expect(guest.section("systemctl-status")).toContain(`Status: "${verdict()}; ${readiness()}"`);
    expect(lines("crngwatch-status").at(-1)).toBe("exit 0");
    // The report reads more than the daemon does: the units' times and what else is read on request.
    expect(lines("crngwatch-report").slice(0, 2)).toEqual([verdict(), readiness()]);
    expect(JSON.parse(guest.section("readiness"))).toMatchObject({
      verdict: verdict(),
      text: readiness(),
      readiness: { level: "ready", exact: true },
    });
  });

  it("answers varlinkctl with its interface, and anyone on the host", () => {
    const methods = [...guest.section("introspect").matchAll(/^method (\w+)/gm)].map(([, name]) => name);
    expect(methods).toEqual(["GetRecord", "GetReadiness", "GetStatus", "GetDaemon", "Watch"]);
    const [answer = "", mainPid] = lines("daemon");
    expect(JSON.parse(answer)).toEqual({ pid: Number(mainPid) });
    expect(lines("anyone")[0]).toBe("srw-rw-rw-");
    expect(lines("anyone")[1]).toBe(verdict());
    expect(lines("anyone").at(-1)).toBe("exit 0");
  });

  it("sees from its sandbox what root sees outside, with no gap in the log", () => {
    const [inside, outside] = [recordIn(guest.section("inside")), recordIn(guest.section("outside"))];
    expect(inside.gaps).toEqual([]);
    // Kernel stacks need CAP_SYS_ADMIN, which the unit goes without: there the probes show it.
    const ofBoth = ({ sources }: typeof inside) =>
      sources.filter(({ name }) => name !== "waiting-tasks" && name !== "trace-instance");
    expect(ofBoth(inside)).toEqual(ofBoth(outside));
    // Only the daemon sets probes.
    const tracing = [inside, outside].map(({ sources }) => sources.find(({ name }) => name === "trace-instance"));
    expect(tracing).toMatchObject([{ health: "ok" }, { health: "absent" }]);
    for (const key of ["bootId", "kernel", "supply", "fips", "earlyUses", "anomalies"] as const)
      expect(inside[key], key).toEqual(outside[key]);
    expect(inside.readiness).toMatchObject({
      level: "ready",
      readyAt: outside.readiness.readyAt,
      evidence: "kernel-log",
    });
    expect(inside.sources.filter(({ health }) => health === "denied" || health === "failed")).toMatchObject([
      { name: "waiting-tasks", health: "denied" },
    ]);
    expect(guest.section("config").trim()).toBe("CONFIG_OF_THIS_KERNEL=y");
  });

  it("names the waiters, from its sandbox: by probes of its own that are gone when no task waits any more", () => {
    const { waits } = recordIn(guest.section("waited"));
    expect(waits.map(withoutTimes)).toEqual([
      staticWait({
        comm: "systemd-random-",
        exe: "/usr/lib/systemd/systemd-random-seed",
        commandLine: "/usr/lib/systemd/systemd-random-seed load",
        libraries: ["libcrypto.so.3"],
        runtime: "glibc",
        unit: "lab-keys.service",
        unitSource: "cgroup",
        interface: "getrandom",
        gatheredJitter: true,
      }),
    ]);
    expect(waits).toMatchObject([
      {
        pid: Number(guest.section("keys-pid")),
        parent: { pid: 1, comm: "systemd" },
        errorSeconds: 0,
        caller: { library: null, how: "stack", fromConstructor: false },
        request: { syscall: "getrandom", bytes: 32, flags: 0 },
      },
    ]);
    expect(guest.section("tidied")).not.toMatch(/crngwatch_live|^crngwatch/m);
  });

  it("logs for the waiter's own unit that it waits, while it does, and in its own STATUS=", () => {
    const pid = guest.section("keys-pid").trim();
    const announcement = new RegExp(
      `systemd-random-seed\\[${pid}\\] has waited \\d+ s for the CRNG in getrandom from its own code`,
    );
    expect(lines("keys")[0]).toMatch(new RegExp(`^${announcement.source}.*; CRNG not ready`));
    expect(guest.section("keys")).toMatch(new RegExp(`^\\w{3} .* crngwatch\\[\\d+\\]: ${announcement.source}$`, "m"));
    const entries = lines("keys-journal").map((line) => JSON.parse(line) as Record<string, string>);
    const [lasts, ...more] = entries.filter(({ OBJECT_PID }) => OBJECT_PID === pid);
    expect(more).toEqual([]);
    expect(lasts).toMatchObject({
      MESSAGE: expect.stringMatching(announcement) as string,
      MESSAGE_ID: journalEvents["wait-lasts"].id,
      PRIORITY: "4",
      OBJECT_SYSTEMD_UNIT: "lab-keys.service",
      _SYSTEMD_UNIT: "crngwatch.service",
    });
  });

  it("has its two capabilities until the last wait has ended, and then no thread has any", () => {
    const syslogAndPtrace = "0000000400080000";
    expect(lines("process-unready")).toEqual([`CapEff:\t${syslogAndPtrace}`, `CapPrm:\t${syslogAndPtrace}`]);
    const [threads, ...sets] = lines("process-threads");
    expect(Number(threads)).toBeGreaterThan(5);
    expect(sets.map((line) => line.trim())).toEqual(
      ["CapAmb", "CapEff", "CapInh", "CapPrm"].map((set) => `${set}:\t0000000000000000`),
    );
    expect(reportOf(recordIn(guest.section("kmsg-after")))).toMatch(/^ *its rights +no capability is left$/m);
  });

  it("reads the kernel's messages without them, where only CAP_SYSLOG may open /dev/kmsg", () => {
    expect(lines("process")[0]).toBe("1");
    const { sources } = recordIn(guest.section("kmsg-after"));
    expect(sources.find(({ name }) => name === "kmsg")).toMatchObject({ health: "ok" });
    expect(guest.section("complaints")).not.toContain("kmsg");
  });

  it("runs hardened: two capabilities, a system call filter that nothing trips over, an exposure of 1.8 or less", () => {
    // So that CAP_SYSLOG is what opens /dev/kmsg.
    expect(lines("process")[0]).toBe("1");
    const syslogAndPtrace = "0000000400080000";
    expect(guest.section("process")).toContain(`CapBnd:\t${syslogAndPtrace}`);
    expect(guest.section("process")).toMatch(/^NoNewPrivs:\t1\nSeccomp:\t2$/m);
    // Of what an administrator should see, nothing is a fault but that a task waited.
    const others = lines("complaints").filter((line) => !/^systemd-random-seed\[\d+\] has waited /.test(line));
    expect(others.filter((line) => line !== "")).toEqual([]);
    const exposure = /Overall exposure level for crngwatch\.service: ([\d.]+)/.exec(guest.section("exposure"))?.[1];
    expect(Number(exposure)).toBeLessThanOrEqual(1.8);
  });

  it("answers a scraper on loopback, by a service that has no right to a network, and again when that was killed", () => {
    expect(lines("metrics")[0]).toBe("inactive");
    const text = guest.section("metrics");
    expect(text).toContain("HTTP/1.1 200 OK");
    expect(text).toContain("\ncrngwatch_daemon_up 1\n");
    expect(text).toContain("\ncrngwatch_ready 1\n");
    expect(lines("metrics").at(-1)).toBe("# EOF");
    expect(lines("metrics-service")).toEqual([
      "active",
      "CapEff:\t0000000000000000",
      "NoNewPrivs:\t1",
      "Seccomp:\t2",
      "a user of its own",
      "a network of its own",
    ]);
    expect(lines("metrics-again")).toEqual(["# EOF", "success"]);
    expect(guest.section("metrics-complaints").trim()).toBe("");
  });

  it("comes back from SIGKILL, reports the same boot, and announces it once", () => {
    const [before, after] = [recordIn(guest.section("killed")), recordIn(guest.section("killed-again"))];
    for (const key of ["readiness", "earlyUses", "gaps", "reseeds", "bootId"] as const)
      expect(after[key], key).toEqual(before[key]);
    expect(lines("journal").filter((line) => line.startsWith("CRNG ready"))).toEqual([readiness()]);
    expect(lines("journal")).toContain(`Resumed from the saved record: ${readiness()}`);
  });

  it("restarts and stops cleanly, keeps its record, and comes on demand", () => {
    expect(lines("restarted").slice(0, 2)).toEqual(["exit 0", verdict()]);
    const [code, ...left] = lines("stopped");
    expect(code).toBe("exit 0");
    expect(left).toEqual(
      expect.arrayContaining([
        "ActiveState=inactive",
        "Result=success",
        "ExecMainStatus=0",
        "io.crngwatch",
        "record.json",
      ]),
    );
    expect(left).not.toContain("daemon.pid");
    expect(lines("asked-when-stopped")[0]).toBe(verdict());
    expect(lines("asked-when-stopped").slice(-2)).toEqual(["exit 0", "active"]);
  });

  it("keeps its watchdog content, and is restarted by it when it hangs", () => {
    const [alive, ...hung] = lines("watchdog");
    expect(alive).toBe("lives on");
    expect(hung.slice(0, 2)).toEqual(["Watchdog timeout", verdict()]);
    expect(hung.at(-1)).toBe("exit 0");
  });
});
