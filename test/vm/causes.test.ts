import { existsSync } from "node:fs";
import { describe, expect, it } from "vitest";
import type { BootRecord } from "../../src/core/boot-record.ts";
import { fullyArmed, recordIn, reportOf, stampOf, startDaemon } from "./guests.ts";
import { boot, type MicroMachine, type Transcript } from "./lab/boot.ts";
import { compiled } from "./lab/host/compiled.ts";
import { skipReason } from "./lab/requirements.ts";

// What else ends the unready state is shown where it is tested anyway: the CPU's generator in trusted.test.ts, jitter
// entropy for each kind of waiter in waiters.test.ts, a credited seed file in packages.test.ts.

const reason = skipReason();
if (reason !== null) console.warn(`Skipped: ${reason}`);

/**
 * Debian's package ovmf: UEFI for QEMU. With a virtio-rng it has a generator that the kernel's EFI stub asks for a
 * seed.
 */
const uefi = "/usr/share/ovmf/OVMF.fd";
const noUefi = reason ?? (existsSync(uefi) ? null : "not installed: ovmf");
if (reason === null && noUefi !== null) console.warn(`A seed of the firmware: ${noUefi}`);

/** Boots, does what makes the CRNG ready, and then asks for the record. */
async function readyBy(
  machine: Omit<MicroMachine, "script">,
  make: string,
): Promise<{ readonly guest: Transcript; readonly record: BootRecord }> {
  const guest = await boot({
    ...machine,
    script: `${startDaemon}\n${make}\nwithin 30 released\nsection record\nrecord\nsection log\ndmesg\nsection left\nls /sys/kernel/tracing/instances; grep crngwatch_live /sys/kernel/tracing/kprobe_events`,
  });
  return { guest, record: recordIn(guest.section("record")) };
}

describe.skipIf(reason !== null)("what ended the unready state", () => {
  it("was a hardware generator, by the daemon's own probe, which is gone afterwards (6.12)", async () => {
    const { guest, record } = await readyBy(
      { kernel: "6.12", devices: ["virtio-rng-pci"], modules: ["virtio_pci", "virtio_rng"] },
      "start_daemon\nload virtio_pci virtio_rng",
    );
    expect(record.readiness).toMatchObject({
      level: "ready",
      readyAt: stampOf(guest.section("log"), "random: crng init done"),
      cause: "hwrng",
      basis: {
        cause: expect.stringMatching(/^recorded in the kernel: the hardware generator \d{3} bits/) as string,
      },
    });
    expect(record.supply.hwRandom).toMatchObject({ current: "virtio_rng.0", virtio: true });
    expect(record.waits).toEqual([]);
    expect(reportOf(record)).toMatch(/^ {2}cause +hwrng {2}recorded in the kernel: the hardware generator /m);
    expect(guest.section("left").trim()).toBe("");
  });

  it("was a program that credited its bytes, by the flight recorder (7.2)", async () => {
    const { record } = await readyBy(
      {
        kernel: "7.2",
        commandLine: fullyArmed,
        files: { "/usr/bin/credited-seed": { from: await compiled("credited-seed", "-static") } },
      },
      "credited-seed 32\nstart_daemon",
    );
    expect(record.readiness).toMatchObject({
      level: "ready",
      cause: "program",
      basis: { cause: expect.stringMatching(/: a program's credit 256 bits by credited-seed\[\d+\]/) as string },
    });
    expect(record.waits).toEqual([]);
  });

  it("were interrupts alone, where no task waits and the timer is a device, by the flight recorder (5.10)", async () => {
    const { guest, record } = await readyBy(
      // The local APIC's timer is no device: without it the tick is one, at 250 interrupts a second.
      { kernel: "5.10", commandLine: `${fullyArmed} nolapic_timer nohz=off highres=off` },
      "for second in $(seq 120); do read -r bits </proc/sys/kernel/random/entropy_avail; [ $bits = 256 ] && break; sleep 1; done\nstart_daemon",
    );
    expect(record.readiness).toMatchObject({
      level: "ready",
      readyAt: stampOf(guest.section("log"), "random: crng init done"),
      cause: "interrupts",
      basis: { cause: expect.stringMatching(/^recorded in the kernel: interrupts \d{3} bits$/) as string },
    });
    expect(record.readiness.readyAt).toBeGreaterThan(30);
    expect(record.waits).toEqual([]);
  });

  it.skipIf(noUefi !== null)("was a seed of the firmware, by the place of the kernel's line (6.12)", async () => {
    const { guest, record } = await readyBy(
      {
        kernel: "6.12",
        firmware: uefi,
        devices: ["virtio-rng-pci"],
        commandLine: "random.trust_bootloader=on",
      },
      "start_daemon",
    );
    expect(guest.section("log")).toMatch(/efi: .* RNG=0x/);
    expect(record.readiness).toMatchObject({ level: "ready", readyAt: 0, cause: "bootloader" });
    expect(record.supply).toMatchObject({ bootloader: { efi: true, trusted: true }, hwRandom: { current: null } });
  });
});
