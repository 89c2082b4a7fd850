import { describe, it } from "vitest";
import { fullyArmed } from "../vm/guests.ts";
import { bootFullMachine } from "../vm/lab/full-machine.ts";
import { skipReason } from "../vm/lab/requirements.ts";
import { median, tell } from "./side-by-side.ts";

const reason = skipReason("full");
if (reason !== null) console.warn(`Skipped: ${reason}`);

/** Pairs of boots; BOOT_PAIRS names another number. */
const pairs = Number(process.env["BOOT_PAIRS"] ?? 10);

const installed =
  "#!/bin/sh\n/usr/bin/ln -s /opt/crngwatch/bin/crngwatch /usr/bin/crngwatch\nexec /usr/lib/systemd/systemd\n";

/** When multi-user.target was reached, and when the daemon had said READY=1: seconds since the kernel started. */
const script = `
section reached
for try in $(seq 90); do [ "$(systemctl show --value --property ActiveState crngwatch.service)" = activating ] || break; sleep 1; done
systemctl show --value --property ActiveEnterTimestampMonotonic multi-user.target
systemctl show --value --property ExecMainStartTimestampMonotonic crngwatch.service
systemctl show --value --property ActiveEnterTimestampMonotonic crngwatch.service
`;

async function reached(enable: readonly string[], commandLine: string): Promise<readonly number[]> {
  const guest = await bootFullMachine({
    enable,
    files: { "/lab/init": installed },
    timeoutSeconds: 480,
    commandLine: `rdinit=/lab/init ${commandLine}`,
    script,
  });
  return guest
    .section("reached")
    .trim()
    .split("\n")
    .map((microseconds) => Number(microseconds) / 1e6);
}

/**
 * On one processor, where the daemon competes with the boot. With two, the lab's clock is the host's (qemu.ts), and a
 * difference of 1 % is within its noise.
 */
describe.skipIf(reason !== null)("what the unit costs a boot", () => {
  it.each([
    ["no recorder", ""],
    ["the recorder armed", fullyArmed],
  ] as const)("%s", { timeout: 7_200_000 }, async (name, commandLine) => {
    const costs: number[] = [];
    for (let pair = 0; pair < pairs; pair++) {
      const [without = Number.NaN] = await reached([], commandLine);
      const [withUnit = Number.NaN, started = Number.NaN, ready = Number.NaN] = await reached(
        ["crngwatch.service"],
        commandLine,
      );
      costs.push(withUnit / without - 1);
      console.log(
        `  ${name}: multi-user.target at ${without} s without, ${withUnit} s with; daemon started ${started} s, ready ${ready} s`,
      );
    }
    tell(
      `What the unit adds to a boot, ${name}`,
      `${(100 * median(costs)).toFixed(2)} % (${pairs} pairs)`,
      "1 % or less",
    );
  });
});
