import { beforeAll, describe, expect, it } from "vitest";
import { kernels, recorderArmed, recordIn, stampOf, startDaemon, waiters } from "./guests.ts";
import { boot, type Transcript } from "./lab/boot.ts";
import { fetchKernel } from "./lab/kernels.ts";
import { skipReason } from "./lab/requirements.ts";

const reason = skipReason();
if (reason !== null) console.warn(reason);

/** How long the machine is watched while no program asks for random bytes, in seconds of guest time. */
const watchedSeconds = 20;

/**
 * The watcher without a daemon wakes as the daemon does, on the same processor: it comes after it, so that the daemon's
 * time is its own.
 */
const script = `${startDaemon}
start_daemon
section unready
crngwatch status; echo "exit $?"
section forged
kmsg "random: crng init done"
kmsg "<5>random: crng init done"
crngwatch status; echo "exit $?"
section wait-times-out
crngwatch wait --timeout 1; echo "exit $?"
section entropy
for second in $(seq ${watchedSeconds}); do read -r bits </proc/sys/kernel/random/entropy_avail; echo "$bits"; sleep 1; done
section record-unready
record
section trace-unready
cat /sys/kernel/tracing/trace
crngwatch watch >/tmp/watch-daemon & sh -c 'renice -n 19 $$ >/dev/null; exec /opt/crngwatch/bin/crngwatch watch --no-daemon' >/tmp/watch-alone &
both() { grep -q "^CRNG $1" /tmp/watch-daemon && grep -q "^CRNG $1" /tmp/watch-alone; }
within 60 both 'not ready'
section consumed
uptime; consume; uptime
cat /proc/sys/kernel/random/entropy_avail
within 60 both ready
section ready
crngwatch status; echo "exit $?"
section wait-ready
crngwatch wait; echo "exit $?"
section watch-daemon
cat /tmp/watch-daemon
section watch-alone
cat /tmp/watch-alone
section record-ready
record
section record-by-client
crngwatch status --json
section trace-ready
cat /sys/kernel/tracing/trace
section log
dmesg
section programs
node --version && /srv/run && gpgv --version | head -n 1
section packages
ls /opt/crngwatch/node_modules
section module
load virtio_pci virtio_rng && cat /sys/class/misc/hw_random/rng_current
section first
echo "to output"; echo "to error" >&2
section second
dmesg -n 7; kmsg "crngwatch-lab: to console"; uname -r
exit 42
`;

describe.skipIf(reason !== null).each(kernels)("a machine without entropy, kernel %s", (kernel) => {
  let guest: Transcript;
  beforeAll(async () => {
    guest = await boot({
      kernel,
      commandLine: `${recorderArmed} printk.devkmsg=on`,
      programs: ["gpgv"],
      files: { "/srv/run": '#!/bin/sh\necho "run as $0"' },
      devices: ["virtio-rng-pci"],
      modules: ["virtio_pci", "virtio_rng"],
      script,
    });
  });

  it("is reported as not ready, for as long as no task waits", () => {
    for (const section of ["unready", "forged"]) {
      expect(guest.section(section)).toMatch(
        /^[^\n]+\nCRNG not ready at \d+\.\d{6} s; callers of getrandom\(\) block\n/,
      );
      expect(guest.section(section)).toMatch(/exit 3\n$/);
    }
    expect(recordIn(guest.section("record-unready")).readiness.level).toBe("unseeded");
  });

  it("is not believed to be ready because user space says so", () => {
    const record = recordIn(guest.section("record-unready"));
    expect(stampOf(guest.section("log"), "random: crng init done")).toBeLessThan(record.readiness.notBefore ?? 0);
    expect(record.readiness).toMatchObject({ level: "unseeded", settled: true, notAfter: null });
    expect(record.anomalies).toEqual([]);
  });

  it("is not disturbed: entropy_avail stays, and no task of crngwatch enters wait_for_random_bytes()", () => {
    const bits = guest.section("entropy").trim().split("\n").map(Number);
    expect(bits).toHaveLength(watchedSeconds);
    expect(Math.max(...bits)).toBeLessThan(32);
    expect((bits.at(-1) ?? 0) - (bits[0] ?? 0)).toBeLessThanOrEqual(4);
    expect(waiters(guest.section("trace-unready"))).toEqual({ ours: [], others: [] });
  });

  it("is waited for without a consumer", () => {
    expect(guest.section("wait-times-out")).toMatch(/^crngwatch: Gave up after 1 s: CRNG not ready.*\nexit 3\n$/);
    expect(guest.section("wait-ready")).toMatch(/^CRNG ready .*\nexit 0\n$/);
    expect(waiters(guest.section("trace-ready")).ours).toEqual([]);
  });

  it("is reported as ready once, with the kernel's time, as its line comes and not at the next sample", () => {
    const log = guest.section("log");
    const kernelLines = log.split("\n").filter((line) => line.endsWith("] random: crng init done"));
    const readyAt = stampOf(kernelLines.at(-1) ?? "", "random: crng init done");
    const announcements = log.split("\n").filter((line) => line.includes("] CRNG ready"));
    expect(announcements).toHaveLength(1);
    expect(announcements[0]).toContain(`] CRNG ready at ${readyAt.toFixed(6)} s (kernel log)`);
    const delay = stampOf(announcements[0] ?? "", `CRNG ready at ${readyAt.toFixed(6)} s (kernel log)`) - readyAt;
    console.log(
      `${guest.kernelRelease}: announced ${(delay * 1000).toFixed(1)} ms after 'crng init done' (guest clock)`,
    );
    // A loaded host makes an emulated guest slow, so its delay is printed; samples are a second apart.
    expect(delay).toBeLessThan(0.5);
    expect(guest.section("ready")).toMatch(/^[^\n]+\nCRNG ready at [\d.]+ s \(kernel log\)\n/);
    expect(recordIn(guest.section("record-ready")).readiness).toMatchObject({ level: "ready", exact: true, readyAt });
  });

  it("is watched as it becomes ready, with the daemon and without", () => {
    for (const section of ["watch-daemon", "watch-alone"]) {
      // Between and after them it reports the waiters, the real consumer and the poller.
      const lines = guest
        .section(section)
        .trim()
        .split("\n")
        .filter((line) => line.startsWith("CRNG "));
      expect(lines[0]).toMatch(/^CRNG not ready at/);
      expect(lines.at(-1)).toMatch(/^CRNG ready at [\d.]+ s \(kernel log\)$/);
    }
  });

  it("shows the one real consumer to the kernel's probe", () => {
    const { others } = waiters(guest.section("trace-ready"));
    expect(others.length).toBeGreaterThan(0);
    for (const line of others) expect(line).toMatch(/^\s*dd-\d+/);
  });

  it("makes its consumer wait, and is ready then", () => {
    const [before, after, available] = guest.section("consumed").trim().split("\n").map(Number);
    expect((after ?? 0) - (before ?? 0)).toBeGreaterThan(0.05);
    expect(available).toBe(256);
  });

  it("has the same record by crngwatch as by the daemon's own answer, which the other suites read", () => {
    const [answered, printed] = ["record-ready", "record-by-client"].map((name) => recordIn(guest.section(name)));
    expect(Object.keys(printed ?? {}).toSorted()).toEqual(Object.keys(answered ?? {}).toSorted());
    for (const key of ["bootId", "kernel", "readiness", "waits", "cost", "earlyUses", "gaps", "anomalies"] as const)
      expect(printed?.[key], key).toEqual(answered?.[key]);
  });

  it("has its curve in the record", () => {
    const curve = recordIn(guest.section("record-ready")).observed.pool?.curve ?? [];
    expect(curve.length).toBeGreaterThanOrEqual(watchedSeconds);
    expect(curve.at(-1)?.bits).toBe(256);
  });

  // What every test here takes for granted of the lab's micro machine (test/vm/lab/README.md).
  it("returns its release, its script's status, and keeps console and output apart", async () => {
    const { release } = await fetchKernel(kernel);
    expect(guest.kernelRelease).toBe(release);
    expect(guest.status).toBe(42);
    expect(guest.section("first")).toBe("to output\nto error\n");
    expect(guest.section("second")).toBe(`${release}\n`);
    expect(guest.console).toContain("crngwatch-lab: to console");
    expect(guest.console).not.toContain("to output");
    expect(guest.output).not.toContain("to console");
  });

  it("loads a module with all that it needs", () => {
    expect(guest.section("module")).toContain("virtio_rng");
  });

  it("has a project with its production packages, and no others", () => {
    expect(guest.section("packages")).toMatch(/^koffi$/m);
    expect(guest.section("packages")).toMatch(/^pino$/m);
    expect(guest.section("packages")).not.toMatch(/^vitest$/m);
  });

  it("runs Node and programs of the host", () => {
    expect(guest.section("programs")).toMatch(new RegExp(`^${process.version}\nrun as /srv/run\ngpgv \\(GnuPG\\)`));
  });
});

// What `npm install --ignore-scripts` leaves. Started in spite of that, crngwatch is on the other kernels one of the
// waiters of waiters.test.ts.
describe.skipIf(reason !== null)("without its start object, kernel 7.2", () => {
  let guest: Transcript;
  const lines = (name: string): readonly string[] => guest.section(name).trimEnd().split("\n");
  beforeAll(async () => {
    guest = await boot({
      kernel: "7.2",
      commandLine: recorderArmed,
      script: `
mv /opt/crngwatch/native/nonblocking-start.so /tmp/
section refused
for verb in status wait report check; do crngwatch $verb; echo "exit $?"; done
crngwatch daemon >/tmp/daemon 2>&1 &
within 30 grep -q 'starts once' /tmp/daemon
section untouched
cat /sys/kernel/tracing/trace
section unready
cat /proc/sys/kernel/random/entropy_avail
section status
node /opt/crngwatch/dist/start.cjs status; echo "exit $?"
section trace
cat /sys/kernel/tracing/trace
section daemon
within 60 [ -S /run/crngwatch/io.crngwatch ]
cat /tmp/daemon
crngwatch wait --timeout 1 >/dev/null; echo "exit $?"
`,
    });
  });

  it("crngwatch starts no verb, says what is missing, and does not wait: no request reaches the kernel", () => {
    const why =
      /Node\.js would wait for the CRNG, which is not known to be ready \(entropy_avail: \d+\), because '.*nonblocking-start\.so' is missing: run 'sh .*build\.sh', which needs a C compiler$/;
    const said = lines("refused");
    expect(said.filter((line) => line.startsWith("exit "))).toEqual(["exit 1", "exit 1", "exit 1", "exit 3"]);
    expect(said.filter((line) => why.test(line))).toHaveLength(4);
    expect(said).toHaveLength(8);
    const { ours, others } = waiters(guest.section("untouched"));
    expect([...ours, ...others]).toEqual([]);
    expect(Number(guest.section("unready"))).toBeLessThan(256);
  });

  it("its daemon starts when another program has made the CRNG ready", () => {
    const [warning, ...more] = lines("daemon");
    expect(warning).toMatch(/^crngwatch: Node\.js would wait for the CRNG, .*; the daemon starts once it is ready$/);
    expect(more.at(-1)).toBe("exit 0");
    expect(more.join("\n")).toMatch(/observes this boot/);
  });

  it("it is itself the waiter where Node is started in spite of that: the kernel's probe sees it, and the report says so", () => {
    expect(waiters(guest.section("trace")).ours.length).toBeGreaterThan(0);
    expect(guest.section("status")).toMatch(
      /warning: crngwatch itself may have waited for the CRNG, for up to \d+\.\d\d s/,
    );
  });
});
