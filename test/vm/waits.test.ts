import type { Wait } from "../../src/core/wait.ts";
import { beforeAll, describe, expect, it } from "vitest";
import { armLine } from "../../src/parse/command-line/recorder-line.ts";
import { entriesArmed, kernelWarning, recordIn, stampOf, startDaemon, staticWait, withoutTimes } from "./guests.ts";
import { boot, type KernelSeries, type Transcript } from "./lab/boot.ts";
import { skipReason } from "./lab/requirements.ts";
import { expectKernelsOwn, printTrace } from "./probed-waits.ts";

const reason = skipReason();
if (reason !== null) console.warn(reason);

/**
 * A real libgcrypt in FIPS mode waits in its self-test. The kernel's own events are read from a tracefs that the daemon
 * cannot see. With probes, the same is seen in waiters.test.ts.
 */
const gpgvWaits = `${startDaemon}
mkdir /tracefs; mount -t tracefs tracefs /tracefs; umount /sys/kernel/tracing
start_daemon
gpgv --version >/dev/null & gpgv=$!
wait $gpgv
sleep 4
section record
record
section log
dmesg
section tidied
ls /tracefs/instances
grep crngwatch_live /tracefs/kprobe_events
${printTrace("/tracefs")}
`;

/** Between two looks it may have come back and ended, too. */
const lookedAt: Partial<Wait> = { evidence: "live", ended: expect.stringMatching(/^(?:returned|gone)$/) as "gone" };
const gpgv = staticWait({
  libraries: ["libgcrypt.so.20"],
  runtime: "glibc",
  fips: true,
  fipsWhy: "the kernel is in FIPS mode",
  comm: "gpgv",
  exe: "/usr/bin/gpgv",
  commandLine: "gpgv --version",
  interface: "getrandom",
  gatheredJitter: true,
  ...lookedAt,
});

describe.skipIf(reason !== null).each<KernelSeries>(["6.1", "6.12"])(
  "gpgv in FIPS mode, kernel %s, by stacks alone",
  (kernel) => {
    let guest: Transcript;
    let waits: readonly Wait[] = [];
    beforeAll(async () => {
      guest = await boot({
        kernel,
        commandLine: `fips=1 printk.devkmsg=on ${entriesArmed}`,
        programs: ["gpgv"],
        script: gpgvWaits,
      });
      ({ waits } = recordIn(guest.section("record")));
    });

    it("is seen to wait, live, with its program, its library and its FIPS mode, and no other task", () => {
      expect(waits.map(withoutTimes)).toEqual([gpgv]);
      // No registers are recorded, so that nothing proves who called.
      expect(waits).toMatchObject([{ parent: { comm: "sh" }, caller: null, request: null }]);
      expect(guest.section("log")).toMatch(
        /gpgv\[\d+\] waits for the CRNG in getrandom in FIPS mode \(has libgcrypt\.so\.20 loaded\)/,
      );
    });

    it("from and to within 20 ms of the kernel's own events", () => {
      expectKernelsOwn(guest, waits);
      // What is sampled is only known within an error, and the record says so.
      expect(waits[0]?.errorSeconds).toBeGreaterThan(0);
    });

    it("is why the CRNG became ready: the kernel gathered jitter for it", () => {
      const { readiness } = recordIn(guest.section("record"));
      expect(readiness).toMatchObject({
        level: "ready",
        readyAt: stampOf(guest.section("log"), "random: crng init done"),
        cause: "jitter",
      });
    });

    it("leaves nothing of ours in tracefs, and gives the kernel nothing to warn of", () => {
      expect(guest.section("tidied").trim()).toBe("");
      expect(guest.section("log")).not.toContain(kernelWarning);
    });
  },
);

describe.skipIf(reason !== null)("gpgv in FIPS mode, on a processor that is not ours, by stacks alone", () => {
  // The kernel shows no stack of who is on a processor. This guest's clock is the host's: where that is busy with other
  // things, the wait is over before it is sampled.
  it("is seen all the same", { retry: 2 }, async () => {
    const guest = await boot({
      kernel: "6.1",
      processors: 2,
      commandLine: `fips=1 printk.devkmsg=on ${entriesArmed}`,
      programs: ["gpgv"],
      script: gpgvWaits,
    });
    expect(recordIn(guest.section("record")).waits.map(withoutTimes)).toEqual([gpgv]);
  });
});

/**
 * What `crngwatch recorder arm` puts on the command line of a kernel that takes no kprobe_event=, here on one that
 * would.
 */
const armedForCalls = armLine("", { quoting: "kernel", quote: '"' }, "syscalls");

describe.skipIf(reason !== null)(
  "gpgv in FIPS mode, before the daemon runs, where only calls of getrandom() are recorded",
  () => {
    it("is known by its request, until the CRNG was ready", async () => {
      const script = `${startDaemon}\ngpgv --version >/dev/null & gpgv=$!\nwait $gpgv\nstart_daemon\nsleep 4\nsection record\nrecord\nsection log\ndmesg\nsection set\ncat /sys/kernel/tracing/set_event`;
      const guest = await boot({
        kernel: "5.10",
        commandLine: `fips=1 printk.devkmsg=on ${armedForCalls}`,
        programs: ["gpgv"],
        script,
      });
      const { waits, recorder, readiness, cost } = recordIn(guest.section("record"));
      expect(recorder).toMatchObject({
        armed: true,
        sees: "calls",
        seesFipsGenerator: false,
        recording: true,
        problem: null,
      });
      const asked = {
        libraries: ["libgcrypt"],
        librariesSource: "request",
        fips: null,
        fipsWhy: null,
      } as const;
      expect(waits.map(withoutTimes)).toEqual([staticWait({ ...asked, comm: "gpgv", interface: "getrandom" })]);
      expect(waits).toMatchObject([
        { to: readiness.readyAt, errorSeconds: null, caller: null, request: { bytes: 24, flags: 0 } },
      ]);
      expect(readiness).toMatchObject({
        level: "ready",
        readyAt: stampOf(guest.section("log"), "random: crng init done"),
      });
      expect(cost).toMatchObject({ tasks: 1, seconds: waits[0]?.seconds, complete: false });
      expect(guest.section("set").trim()).toBe("");
    });
  },
);
