import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, it } from "vitest";
import type { BootRecord } from "../../../src/core/boot-record.ts";
import { bootsIn, recordedLogs as logs, truthOf } from "../../support/inputs/recorded-logs.ts";

const terminalColour = new RegExp(`${String.fromCodePoint(0x1b)}\\[[\\d;]*m`, "g");

function onlyBoot(path: string): BootRecord {
  const boots = bootsIn(path);
  expect(boots).toHaveLength(1);
  // Stamps have microseconds; further decimals are noise of a subtraction.
  expect(JSON.stringify(boots).match(/[^,]*\d\.\d{7}[^,]*/g)).toBeNull();
  return boots[0] as BootRecord;
}

/** Files that are no log of the whole boot. */
const others = new Set(["trace", "stack", "kprobe_profile", "system.journal.gz"]);
/** What a format shows of the time: the kernel's stamp, the journal's, a wall clock, or none. */
function stampsOf(format: string): "printk" | "journal" | "wall" | "none" {
  if (/^(?:dmesg-no-stamps|dmesg-e|journalctl-cat)$/.test(format)) return "none";
  if (/short-monotonic|short-delta|no-hostname/.test(format)) return "journal";
  if (/^(?:kmsg|console|busybox|dmesg(?:$|-[rxdJ]|-color))|json|export|verbose/.test(format)) return "printk";
  return "wall";
}

describe.each(["full-6.12", "micro-5.10", "micro-6.1", "micro-7.2"])("the boot %s", (folder) => {
  const truth = truthOf(folder);
  const formats = readdirSync(join(logs, folder)).filter((name) => !others.has(name));
  const kmsg = onlyBoot(join(logs, folder, "kmsg"));

  it.each(formats)("is the same boot in %s", (format) => {
    const path = join(logs, folder, format);
    const record = onlyBoot(path);
    expect(record).toMatchObject({
      file: path,
      kernel: kmsg.kernel.release === null ? {} : { release: truth.release },
      readiness: { level: "ready" },
      callers: { wouldWait: false },
    });
    expect(record.earlyUses.map(({ kind, name, bytes }) => [kind, name, bytes])).toEqual(
      kmsg.earlyUses.map(({ kind, name, bytes }) => [kind, name, bytes]),
    );
    expect([record.missedWarnings, record.reseeds.length]).toEqual([kmsg.missedWarnings, kmsg.reseeds.length]);
    if (!/notice|CET|color$|catalog/.test(format)) expect(record.fips).toBe(kmsg.fips);

    // The line is the kernel's own, the first that holds the text.
    const line = readFileSync(path, "utf8").split("\n")[(record.readiness.line ?? 0) - 1] ?? "";
    expect(line.replaceAll(terminalColour, "")).toContain("crng init done");

    const { readyAt, exact, notAfter, noted } = record.readiness;
    switch (stampsOf(format)) {
      case "printk":
        expect([readyAt, exact]).toEqual([truth.readyAt, true]);
        break;
      case "journal":
        expect(exact).toBe(false);
        expect((notAfter ?? 0) - truth.readyAt).toBeGreaterThan(0);
        expect((notAfter ?? 0) - truth.readyAt).toBeLessThan(0.1);
        break;
      case "wall":
        expect([readyAt, notAfter, noted?.clock]).toEqual([null, null, "wall"]);
        break;
      case "none":
        expect([readyAt, notAfter, noted]).toEqual([null, null, null]);
    }
  });
});

describe("two boots of one machine", () => {
  it.each(readdirSync(join(logs, "two-boots-6.12")).filter((name) => /^journalctl-notice(?!.*reverse)/.test(name)))(
    "are distinguished in %s",
    (format) => {
      const boots = bootsIn(join(logs, "two-boots-6.12", format));
      expect(boots.map(({ kernel, readiness }) => [kernel.release, readiness.level])).toEqual([
        [truthOf("full-6.12").release, "ready"],
        [truthOf("full-6.12").release, "ready"],
      ]);
      if (/json|export/.test(format)) expect(boots[0]?.readiness.readyAt).toBe(truthOf("full-6.12").readyAt);
    },
  );
});

describe("tasks that wait", () => {
  it.each(["5.10", "6.1", "6.12", "7.2"])("are in sysrq-t of %s", (kernel) => {
    const { waits } = onlyBoot(join(logs, `waiting-${kernel}`, "dmesg-sysrq"));
    const urandom = kernel === "5.10" ? [] : ["dd urandom"];
    expect(new Set(waits.map((wait) => `${wait.comm} ${wait.interface}`))).toEqual(
      new Set(["dd dev-random", ...urandom, "gpgv getrandom"]),
    );
    expect(waits.every(({ evidence, pid }) => evidence === "task-state" && pid !== null)).toBe(true);
  });

  it.each(["full-6.12", "micro-5.10", "micro-6.1", "micro-7.2"])(
    "are in the recorder's trace of %s, with their times",
    (folder) => {
      const { waits } = onlyBoot(join(logs, folder, "trace"));
      const gpgv = waits.find(({ comm }) => comm === "gpgv");
      expect(gpgv).toMatchObject({ interface: "getrandom", evidence: "recorder", exe: "/usr/bin/gpgv" });
      expect((gpgv?.to ?? 0) - (gpgv?.from ?? 0)).toBeCloseTo(gpgv?.seconds ?? -1, 5);
    },
  );

  it.each(["5.10", "6.1", "6.12", "7.2"])("are in pasted stacks of %s", (kernel) => {
    for (const [file, by] of [
      ["stack-getrandom", "getrandom"],
      ["stack-dev-random", "dev-random"],
    ]) {
      expect(onlyBoot(join(logs, `waiting-${kernel}`, file as string)).waits).toMatchObject([
        { interface: by, evidence: "stack" },
      ]);
    }
  });

  it.each(["5.10", "6.1", "6.12", "7.2"])("are not those of an unrelated hung task of %s", (kernel) => {
    expect(onlyBoot(join(logs, `hung-${kernel}`, "dmesg-frozen")).waits).toEqual([]);
  });
});
