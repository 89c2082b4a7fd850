import { describe, it } from "vitest";
import { fullyArmed } from "../vm/guests.ts";
import { bootFullMachine } from "../vm/lab/full-machine.ts";
import { skipReason } from "../vm/lab/requirements.ts";
import { median, printFigure } from "./side-by-side.ts";

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

async function reached(
  enable: readonly string[],
  { commandLine, processors }: Pick<(typeof machines)[number], "commandLine" | "processors">,
): Promise<readonly number[]> {
  const guest = await bootFullMachine({
    enable,
    files: { "/lab/init": installed },
    timeoutSeconds: 900,
    processors,
    clock: "instructions",
    commandLine: `rdinit=/lab/init ${commandLine}`,
    script,
  });
  return guest
    .section("reached")
    .trim()
    .split("\n")
    .map((microseconds) => Number(microseconds) / 1e6);
}

/** Where the daemon competes with the boot, and where a processor is free for it. */
const processorCounts = [1, 2] as const;

const machines = processorCounts.flatMap((processors) => [
  { processors, name: "no recorder", commandLine: "" },
  { processors, name: "the recorder armed", commandLine: fullyArmed },
]);

/**
 * QEMU emulates two processors in turns, and its clock counts the instructions of both: what the daemon executes takes
 * time from the boot even where a real machine would have a processor free for it. So the numbers for two processors
 * are upper bounds.
 */
describe.skipIf(reason !== null)("what the unit costs a boot", () => {
  it.each(machines)("$name, processors: $processors", { timeout: 14_400_000 }, async (machine) => {
    const name = `${machine.name}, processors: ${machine.processors}`;
    const costs: number[] = [];
    for (let pair = 1; pair <= pairs; pair++) {
      // The guests' clock does not depend on what the host does beside them.
      const [[without = Number.NaN], [withUnit = Number.NaN, started = Number.NaN, ready = Number.NaN]] =
        await Promise.all([reached([], machine), reached(["crngwatch.service"], machine)]);
      const cost = withUnit / without - 1;
      costs.push(cost);
      console.log(
        `  ${name}, pair ${pair}: ${percent(cost)}; multi-user.target at ${without} s without, ${withUnit} s with; ` +
          `daemon started ${started} s, ready ${ready} s`,
      );
    }
    printFigure(`What the unit adds, ${name}`, `${percent(median(costs))} (${pairs} pairs)`, "1 % or less");
  });
});

function percent(part: number): string {
  return `${(100 * part).toFixed(2)} %`;
}
