import { describe, expect, it } from "vitest";
import { readinessLine } from "../../../src/render/verdict.ts";
import { bootIn, log } from "./reading-logs.ts";

describe("FIPS mode in a log", () => {
  it.each([
    "[    0.000000] Command line: BOOT_IMAGE=/vmlinuz ro fips=1 quiet",
    "[    0.100000] Kernel command line: BOOT_IMAGE=/vmlinuz ro fips=1 quiet",
    "[    0.100000] fips mode: enabled",
    "[    1.400000] Kernel panic - not syncing: alg: self-tests for ctr(aes) (ctr-aes-example) failed in fips mode!",
    "[    1.400000] Kernel panic - not syncing: Module aead signature verification failed in FIPS mode",
    "[    2.400000] dracut-pre-pivot[301]: fips-load-crypto: start",
    "Mar 22 18:17:17 host dracut-pre-trigger[301]: Loading and integrity checking all crypto modules",
    "[    3.500000] dracut: FATAL: FIPS integrity test failed",
    "[    9.100000] Kernel panic - not syncing: random: Failed to reset DRBG (drbg_example): -2",
  ])("is on by: %s", (raw) => {
    expect(bootIn(`${raw}\n`).fips).toBe(true);
  });

  it.each([
    "[    0.000000] Command line: BOOT_IMAGE=/vmlinuz ro fips=0 quiet",
    "[    0.000000] Command line: BOOT_IMAGE=/vmlinuz ro notfips=1 quiet",
    "[    1.000000] alg: self-tests for ctr(aes) (ctr-aes-example) passed",
    "Is this the FIPS integrity test failed case again?",
    "Command line: fips=1 is what I added",
  ])("is not concluded from: %s", (raw) => {
    expect(bootIn(`${raw}\n`).fips).toBeNull();
  });

  it("is off where the kernel does not know the parameter", () => {
    const { fips } = bootIn(log`
      [    0.000000] Command line: quiet fips=1
      [    0.100000] Kernel command line: quiet fips=1
      [    0.100100] Unknown kernel command line parameters "fips=1", will be passed to user space.
    `);
    expect(fips).toBe(false);
  });

  it("an early echo of the command line is kept, and shows no order of seeds", () => {
    const { kernel, observed } = bootIn("[    0.000000] Command line: root=/dev/vda quiet\n");
    expect({ commandLine: kernel.commandLine, echo: observed.commandLineEcho }).toEqual({
      commandLine: "root=/dev/vda quiet",
      echo: null,
    });
  });
});

describe("a waiter that a log shows", () => {
  const stack = (prefix: string, wait: string): string =>
    [
      "task:sshd            state:S stack:0     pid:733   ppid:1      flags:0x00000002",
      "Call Trace:",
      " __schedule+0x3c4/0xa80",
      ...wait.split(" ").map((frame) => ` ${frame}`),
      " __x64_sys_getrandom+0x8e/0xc0",
    ]
      .map((line, index) => `${prefix.replace("#", String(index))}${line}\n`)
      .join("");

  it.each([
    ["[   60.10000#] ", 60.1],
    ["2024-01-02T03:04:05.123456Z [   60.10000#] ", 60.1],
    ["[guest0/uart0] [   60.10000#] ", 60.1],
    ["Jan 02 03:04:05 host kernel: ", null],
  ])("after '%s' shows that the CRNG was not ready then", (prefix, at) => {
    const boot = bootIn(stack(prefix, "wait_for_random_bytes+0x49/0xe0"));
    expect(boot).toMatchObject({
      waits: [{ comm: "sshd", pid: 733, interface: "getrandom" }],
      readiness: { level: "unseeded", notBefore: at, evidence: at === null ? null : "kernel-log" },
    });
    expect(readinessLine(boot)).toMatch(/^CRNG not ready.*, and this log does not show it becoming ready$/);
  });

  it("in the queue of an old kernel's blocking pool shows nothing about the CRNG", () => {
    const boot = bootIn(stack("[   60.10000#] ", "_random_read.part.34+0xc7/0x1f0"));
    expect([boot.waits.length, boot.readiness.level]).toEqual([1, "unknown"]);
  });

  it("changes nothing about a CRNG that became ready afterwards", () => {
    const boot = bootIn(
      `${stack("[   60.10000#] ", "wait_for_random_bytes+0x49/0xe0")}[   71.000000] random: crng init done\n`,
    );
    expect([boot.readiness.readyAt, boot.readiness.exact, boot.anomalies]).toEqual([71, true, []]);
  });

  it("a refused call shows it, too", () => {
    const { readiness } = bootIn(
      "getrandom(0x5555e57e14a0, 16, GRND_NONBLOCK) = -1 EAGAIN (Resource temporarily unavailable)\n",
    );
    expect(readiness.level).toBe("unseeded");
  });
});
