import type { Wait } from "../../src/core/wait.ts";
import { beforeAll, describe, expect, it } from "vitest";
import { armLine } from "../../src/parse/command-line/recorder-line.ts";
import {
  entriesArmed,
  fullyArmed,
  kernelWarning,
  recordIn,
  stampOf,
  startDaemon,
  staticWait,
  withoutTimes,
} from "./guests.ts";
import { boot, type KernelSeries, type Transcript } from "./lab/boot.ts";
import { skipReason } from "./lab/requirements.ts";
import { expectKernelsOwn, printTrace } from "./probed-waits.ts";

const reason = skipReason();
if (reason !== null) console.warn(reason);

/**
 * A real libgcrypt in FIPS mode waits in its self-test. The kernel's own events are read from a tracefs that the daemon
 * cannot see where it is to do without.
 */
const gpgvWaits = (hideTracefs: boolean, environment: string): string => {
  const tracefs = hideTracefs ? "/tracefs" : "/sys/kernel/tracing";
  return `${startDaemon}
${hideTracefs ? "mkdir /tracefs; mount -t tracefs tracefs /tracefs; umount /sys/kernel/tracing" : ""}
start_daemon
sleep 1
${environment} gpgv --version >/dev/null & gpgv=$!
wait $gpgv
sleep 4
section record
crngwatch status --json
section log
dmesg
section tidied
ls ${tracefs}/instances
grep crngwatch_live ${tracefs}/kprobe_events
${printTrace(tracefs)}
`;
};

/**
 * 5.10 has no function of its own for gathering jitter; 7.2 is built without FIPS mode, and a process may choose it for
 * itself.
 */
const forced = "LIBGCRYPT_FORCE_FIPS_MODE=1";
/** Between two looks it may have come back and ended, too. */
const lookedAt: Partial<Wait> = { evidence: "live", ended: expect.stringMatching(/^(?:returned|gone)$/) as "gone" };

interface Case {
  readonly hidden?: boolean;
  readonly forced?: boolean;
  readonly gatheredJitter?: true | null;
}
const cases: readonly (readonly [kernel: KernelSeries, how: string, Case])[] = [
  ["5.10", "the kernel's probes", { gatheredJitter: null }],
  ["6.1", "the kernel's probes", {}],
  ["6.1", "stacks alone", { hidden: true }],
  ["6.12", "the kernel's probes", {}],
  ["6.12", "stacks alone", { hidden: true }],
  ["7.2", "the kernel's probes", { forced: true }],
];

describe.skipIf(reason !== null).each(cases)(
  "gpgv in FIPS mode, kernel %s, by %s",
  (kernel, _how, { hidden = false, forced: isForced = false, gatheredJitter = true }) => {
    let guest: Transcript;
    let waits: readonly Wait[] = [];
    beforeAll(async () => {
      guest = await boot({
        kernel,
        commandLine: `${isForced ? "" : "fips=1"} printk.devkmsg=on ${hidden ? entriesArmed : fullyArmed}`,
        programs: ["gpgv"],
        script: gpgvWaits(hidden, isForced ? forced : ""),
      });
      ({ waits } = recordIn(guest.section("record")));
    });

    it("is seen to wait, live, with its program, its library and its FIPS mode, and no other task", () => {
      const fipsWhy = isForced ? "libgcrypt.so.20: LIBGCRYPT_FORCE_FIPS_MODE is set" : "the kernel is in FIPS mode";
      const library = { libraries: ["libgcrypt.so.20"], runtime: "glibc", fips: true, fipsWhy } as const;
      expect(waits.map(withoutTimes)).toEqual([
        staticWait({
          ...library,
          comm: "gpgv",
          exe: "/usr/bin/gpgv",
          commandLine: "gpgv --version",
          interface: "getrandom",
          gatheredJitter,
          ...(hidden ? lookedAt : {}),
        }),
      ]);
      expect(waits).toMatchObject([{ parent: { comm: "sh" } }]);
      expect(guest.section("log")).toMatch(
        hidden
          ? /gpgv\[\d+\] waits for the CRNG in getrandom in FIPS mode \(has libgcrypt\.so\.20 loaded\)/
          : /gpgv\[\d+\] waits for the CRNG in getrandom via libgcrypt\.so\.20 in FIPS mode/,
      );
    });

    it("is proven to ask by libgcrypt, by its stack, where its registers are recorded", () => {
      const request = { syscall: "getrandom", bytes: 24, flags: 0 };
      const caller = { library: "libgcrypt.so.20", how: "stack", fromConstructor: false, request };
      expect(waits).toMatchObject([hidden ? { caller: null, request: null } : { caller, request }]);
      if (!hidden) expect(waits[0]?.caller?.stack.map((frame) => frame.function)).toContain("gcry_control");
    });

    it("from and to within 20 ms of the kernel's own events", () => {
      expectKernelsOwn(guest, waits);
      // What is sampled is only known within an error, and that is reported.
      if (hidden) expect(waits[0]?.errorSeconds).toBeGreaterThan(0);
      else expect(waits[0]?.errorSeconds).toBe(0);
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
      script: gpgvWaits(true, ""),
    });
    const library = {
      libraries: ["libgcrypt.so.20"],
      runtime: "glibc",
      fips: true,
      fipsWhy: "the kernel is in FIPS mode",
    } as const;
    expect(recordIn(guest.section("record")).waits.map(withoutTimes)).toEqual([
      staticWait({
        ...library,
        ...lookedAt,
        comm: "gpgv",
        exe: "/usr/bin/gpgv",
        commandLine: "gpgv --version",
        interface: "getrandom",
        gatheredJitter: true,
      }),
    ]);
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
    it("is known by what it asked for, until the CRNG was ready", async () => {
      const script = `${startDaemon}\ngpgv --version >/dev/null & gpgv=$!\nwait $gpgv\nstart_daemon\nsleep 4\nsection record\ncrngwatch status --json\nsection log\ndmesg\nsection set\ncat /sys/kernel/tracing/set_event`;
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
