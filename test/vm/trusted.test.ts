import { beforeAll, describe, expect, it } from "vitest";
import { kernels, recordIn, stampOf, startDaemon } from "./guests.ts";
import { boot, type Transcript } from "./lab/boot.ts";
import { skipReason } from "./lab/requirements.ts";

const reason = skipReason();
if (reason !== null) console.warn(reason);

/** Long records that fill the largest ring of these kernels' defaults (CONFIG_LOG_BUF_SHIFT=17) several times. */
const script = `${startDaemon}
section log
dmesg
start_daemon
section exact
crngwatch status --json
section restarted
kill -9 $(cut -d' ' -f1 /run/crngwatch/daemon.pid); rm /run/crngwatch/io.crngwatch
start_daemon
crngwatch status --json
section overwritten
filler=$(printf '%0900d' 0)
for number in $(seq 1500); do kmsg "$filler"; done
dmesg | head -n 1 | cut -c1-15
crngwatch status --no-daemon
section overwritten-record
crngwatch status --json --no-daemon
section daemon-knows
crngwatch status --json
`;

describe.skipIf(reason !== null).each(kernels)("a machine whose CPU is trusted, kernel %s", (kernel) => {
  let guest: Transcript;
  beforeAll(async () => {
    guest = await boot({ kernel, trustCpu: true, commandLine: "printk.devkmsg=on", script });
  });

  it("is ready before user space, at the time that the kernel's log gives", () => {
    const { readiness, anomalies, waits } = recordIn(guest.section("exact"));
    const readyAt = stampOf(guest.section("log"), "random: crng init done");
    expect(readiness).toMatchObject({ level: "ready", readyAt, exact: true, evidence: "kernel-log", cause: "cpu" });
    expect(anomalies).toEqual([]);
    expect(waits).toEqual([]);
  });

  it("is reported the same by a daemon that was killed and came back", () => {
    const [before, after] = [recordIn(guest.section("exact")), recordIn(guest.section("restarted"))];
    expect(after.readiness).toEqual(before.readiness);
    expect(after.earlyUses).toEqual(before.earlyUses);
  });

  it("has an interval and no time, once the ring is overwritten", () => {
    const { readiness, gaps } = recordIn(guest.section("overwritten-record"));
    const truth = recordIn(guest.section("exact")).readiness.readyAt ?? Number.NaN;
    expect(readiness).toMatchObject({ level: "ready", exact: false, readyAt: null });
    expect(readiness.notBefore ?? Number.NaN).toBeLessThanOrEqual(truth);
    expect(readiness.notAfter ?? Number.NaN).toBeGreaterThanOrEqual(truth);
    expect(gaps[0]?.lost ?? 0).toBeGreaterThan(0);
    expect(guest.section("overwritten")).toMatch(/CRNG ready no later than/);
  });

  it("is still reported exactly by the daemon that read the log before", () => {
    expect(recordIn(guest.section("daemon-knows")).readiness).toEqual(recordIn(guest.section("exact")).readiness);
  });
});
