import { beforeAll, describe, expect, it } from "vitest";
import type { BootRecord } from "../../src/core/boot-record.ts";
import { fullyArmed, recordIn, reportOf } from "./guests.ts";
import { compiled } from "./lab/host/compiled.ts";
import { bootFullMachine, SEEDING_UNITS } from "./lab/full-machine.ts";
import { skipReason } from "./lab/requirements.ts";

const reason = skipReason("full");
if (reason !== null) console.warn(`Skipped: ${reason}`);

const unit = (lines: string): string => `[Service]\nType=oneshot\n${lines}\n[Install]\nWantedBy=multi-user.target\n`;

/** The script runs before systemd takes the boot for finished; the report must come after that. */
const script = `
for try in $(seq 60); do [ "$(systemctl show --value --property FinishTimestampMonotonic)" = 0 ] || break; sleep 1; done
section record
crngwatch report --json
`;

/**
 * lab-keys makes keys, and gets so little of the processor that the kernel takes seconds to gather jitter for it;
 * lab-behind is ordered behind it, lab-beside runs beside both.
 */
const bootWith = async (trustCpu: boolean) =>
  await bootFullMachine({
    trustCpu,
    commandLine: fullyArmed,
    files: {
      "/usr/bin/waiters": { from: await compiled("waiters", "-static", "-pthread") },
      "/etc/systemd/system/lab-keys.service": unit("CPUQuota=10%\nExecStart=/usr/bin/waiters getrandom"),
      "/etc/systemd/system/lab-behind.service": `[Unit]\nAfter=lab-keys.service\n${unit("ExecStart=/bin/sleep 0.5")}`,
      "/etc/systemd/system/lab-beside.service": unit("ExecStart=/bin/sleep 1.5"),
    },
    enable: ["lab-keys.service", "lab-behind.service", "lab-beside.service"],
    mask: SEEDING_UNITS,
    script,
  });

describe.skipIf(reason !== null)("the boot without what its tasks waited", () => {
  let late: BootRecord;
  let trusted: BootRecord;
  let text = "";

  beforeAll(async () => {
    const guest = await bootWith(false);
    late = recordIn(guest.section("record"));
    text = reportOf(late);
    trusted = recordIn((await bootWith(true)).section("record"));
    const boot = late.correctedBoot;
    console.log(
      `Finished at ${boot?.finishedAt} s, predicted without the waits ${boot?.withoutWaitsAt} s, with RDRAND ` +
        `${trusted.units?.finishedAt} s; lab-keys.service waited ${waitOfKeys()?.seconds} s, charged ${chargedToKeys()} s`,
    );
  });

  const waitOfKeys = () => late.waits.find(({ comm }) => comm === "waiters");
  const chargedToKeys = () => late.correctedBoot?.delayed.find(({ name }) => name === "lab-keys.service")?.ownSeconds;

  it("charges a unit what its task waited by the kernel's own events, within 5 %", () => {
    expect(waitOfKeys()).toMatchObject({ unit: "lab-keys.service", evidence: "recorder", errorSeconds: 0 });
    const waited = waitOfKeys()?.seconds ?? 0;
    expect(waited).toBeGreaterThan(1);
    expect(Math.abs((chargedToKeys() ?? 0) - waited) / waited).toBeLessThanOrEqual(0.05);
  });

  it("says who only waited for the waiter", () => {
    expect(late.correctedBoot?.delayed.find(({ name }) => name === "lab-behind.service")).toMatchObject({
      ownSeconds: 0,
      behind: "lab-keys.service",
    });
    expect(late.correctedBoot?.delayed.find(({ name }) => name === "lab-beside.service")).toBeUndefined();
    expect(text).toContain("lab-behind.service: started");
  });

  it("is as long as the same machine's boot with RDRAND trusted, within 10 %", () => {
    expect(trusted.correctedBoot).toBeNull();
    const predicted = late.correctedBoot?.withoutWaitsAt ?? 0;
    const real = trusted.units?.finishedAt ?? 0;
    expect(Math.abs(predicted - real) / real).toBeLessThanOrEqual(0.1);
    // As it was, it is not: so the prediction is shown to be one.
    expect((late.correctedBoot?.finishedAt ?? 0) / real).toBeGreaterThan(1.1);
  });

  it("has the waiter on its critical chain as it was, and not as it would have been", () => {
    const names = (links: readonly { readonly name: string }[] = []) => links.map(({ name }) => name);
    expect(names(late.correctedBoot?.chain)).toContain("lab-keys.service");
  });
});
