import { beforeAll, describe, expect, it } from "vitest";
import type { BootRecord } from "../../src/core/boot-record.ts";
import { armLine } from "../../src/parse/command-line/recorder-line.ts";
import { oneOrEveryKernel, recordIn, reportOf, seenToGather, staticWait, withoutTimes } from "./guests.ts";
import { compiled } from "./lab/host/compiled.ts";
import { bootFullMachine } from "./lab/full-machine.ts";
import { skipReason } from "./lab/requirements.ts";
import type { Transcript } from "./lab/transcript.ts";
import { expectKernelsOwn, printTrace } from "./probed-waits.ts";

const reason = skipReason("full");
if (reason !== null) console.warn(`Skipped: ${reason}`);

/** What README's "Install it as a service" does besides copying. */
const installed = { "/usr/bin/crngwatch": '#!/bin/sh\nexec /opt/crngwatch/bin/crngwatch "$@"\n' };

/** Kernels of what CI does not run, for its time. */
const onEveryKernelOnly = oneOrEveryKernel.length > 1 ? oneOrEveryKernel : [];

/** As `crngwatch recorder arm` writes it. */
const armed = armLine("", { quoting: "kernel", quote: '"' }, "registers");

const started = `
for try in $(seq 60); do [ "$(systemctl show --value --property ActiveState crngwatch.service)" = active ] && break; sleep 1; done`;
const recordScript = `${started}
sleep 12
section record
record
${printTrace()}
`;

describe.skipIf(reason !== null).each(oneOrEveryKernel)("May 2018: PID 1 waits in libgcrypt, on %s", (kernel) => {
  // The lab's 7.2 was built without CONFIG_CRYPTO_FIPS, and libgcrypt seeds another generator outside of FIPS mode.
  const fips = kernel !== "7.2";
  const request = { syscall: "getrandom", bytes: fips ? 24 : 120, flags: fips ? 2 : 0 };
  let guest: Transcript;
  let record: BootRecord;
  beforeAll(async () => {
    guest = await bootFullMachine({
      kernel,
      enable: ["crngwatch.service"],
      files: { ...installed, "/lab/init": { from: await compiled("seed-init", "-l:libgcrypt.so.20") } },
      commandLine: `rdinit=/lab/init fips=1 ${armed}`,
      script: `${recordScript}\nsection status\ncrngwatch status`,
    });
    record = recordIn(guest.section("record"));
  });

  it("is in the record, in full, and no other task waited", () => {
    const program = {
      exe: "/lab/init",
      libraries: ["libgcrypt.so.20"],
      librariesSource: "elf",
      runtime: "glibc",
      fips,
      fipsWhy: `libgcrypt.so.20 requested ${request.bytes} bytes with flags ${request.flags}, as ${fips ? "in" : "outside of"} FIPS mode alone`,
    } as const;
    expect(record.waits.map(withoutTimes)).toEqual([
      staticWait({
        ...program,
        comm: "systemd",
        unit: "init.scope",
        unitSource: "cgroup",
        interface: "getrandom",
        gatheredJitter: seenToGather(kernel),
      }),
    ]);
    expect(record.waits.map(({ pid, tid, parent }) => ({ pid, tid, parent }))).toEqual([
      { pid: 1, tid: 1, parent: null },
    ]);
    expectKernelsOwn(guest, record.waits);
  });

  it("called by libgcrypt: length, flags and the function of libc are its own, though PID 1 is another program by now", () => {
    expect(record.waits).toMatchObject([{ request, caller: { library: "libgcrypt.so.20", how: "request", request } }]);
  });

  it("cost the boot all of that time, and is why the CRNG became ready", () => {
    const [wait] = record.waits;
    expect(record.cost).toEqual({
      seconds: wait?.seconds,
      firstProcessSeconds: wait?.seconds,
      tasks: 1,
      complete: true,
    });
    expect(record.readiness).toMatchObject({ level: "ready", exact: true, cause: "jitter" });
    expect(record.readiness.readyAt).toBeLessThan(record.self?.startedAt ?? 0);
  });

  it("is reported in one line", () => {
    const seconds = record.waits[0]?.seconds?.toFixed(1);
    const asked = `libgcrypt.so.20 asked for ${request.bytes} bytes${fips ? ", in FIPS mode" : ""}`;
    const line = `PID 1 waited ${seconds} s for the CRNG: ${asked}; nothing was started meanwhile`;
    expect(guest.section("status")).toContain(`warning: ${line}\n`);
    expect(reportOf(record)).toContain(`  warning: ${line}\n`);
    expect(record.findings.map(({ id }) => id)).not.toContain("waited");
  });
});

const seed = `
section seed
systemctl show --value --property ExecMainStartTimestampMonotonic --property ExecMainExitTimestampMonotonic systemd-random-seed.service
section seed-journal
journalctl --sync
journalctl --boot --unit systemd-random-seed.service --output cat
`;

describe.skipIf(reason !== null).each(oneOrEveryKernel)("a stock boot of systemd, on %s", (kernel) => {
  let guest: Transcript;
  let record: BootRecord;
  beforeAll(async () => {
    guest = await bootFullMachine({
      kernel,
      udev: true,
      enable: ["crngwatch.service"],
      files: installed,
      commandLine: armed,
      script: `${recordScript}${seed}`,
    });
    record = recordIn(guest.section("record"));
  });

  it("waits in systemd-random-seed.service, which is named with its unit", () => {
    const program = {
      comm: "systemd-random-",
      exe: "/usr/lib/systemd/systemd-random-seed",
      libraries: ["libcrypto.so.3"],
      runtime: "glibc",
      fips: null,
      fipsWhy: "the kernel is not in FIPS mode, and the environment of the process is not known",
    } as const;
    expect(record.waits.map(withoutTimes)).toEqual([
      staticWait({
        ...program,
        librariesSource: "elf",
        unit: "systemd-random-seed.service",
        unitSource: "unit-file",
        interface: "getrandom",
        gatheredJitter: seenToGather(kernel),
      }),
    ]);
  });

  it("and calls getrandom() itself: its request is recorded, and the library that it is linked with is not accused", () => {
    expect(record.waits).toMatchObject([{ caller: null, request: { syscall: "getrandom", flags: 0 } }]);
    expect(reportOf(record)).toContain("systemd-random-seed");
    expect(reportOf(record)).not.toMatch(/via lib/);
  });

  it("and its seconds: as the kernel saw them, within those that systemd gives it", () => {
    expectKernelsOwn(guest, record.waits);
    const [startedAt = 0, exitedAt = 0] = guest
      .section("seed")
      .trim()
      .split("\n")
      .map((microseconds) => Number(microseconds) / 1e6);
    const [wait] = record.waits;
    expect(record.cost).toEqual({ seconds: wait?.seconds, firstProcessSeconds: 0, tasks: 1, complete: true });
    expect(wait?.seconds).toBeLessThanOrEqual(exitedAt - startedAt);
    expect(wait?.seconds).toBeGreaterThan((exitedAt - startedAt) / 2);
    expect(guest.section("seed-journal")).toMatch(
      /^systemd-random-\S* .*waited \d\.\d{3} s for the CRNG in getrandom \(is linked with libcrypto\.so\.3\)$/m,
    );
  });
});

/** Not in CI, for its time: Debian 12, whose systemd links libgcrypt, as that of May 2018 did. */
describe.skipIf(reason !== null).each(onEveryKernelOnly)("May 2018: a constructor of PID 1, on %s", (kernel) => {
  let guest: Transcript;
  let record: BootRecord;
  beforeAll(async () => {
    const library = await compiled("gcrypt-constructor", "-shared", "-fPIC", "-l:libgcrypt.so.20");
    guest = await bootFullMachine({
      suite: "bookworm",
      kernel,
      enable: ["crngwatch.service"],
      files: { ...installed, "/lab/constructor.so": { from: library } },
      commandLine: `fips=1 LIBGCRYPT_FORCE_FIPS_MODE=1 LD_PRELOAD=/lab/constructor.so ${armed}`,
      script: `${started}
section json
crngwatch report --format json
section report
crngwatch report
section status
crngwatch status`,
    });
    record = recordIn(guest.section("json"));
  });

  it("is proven by systemd's own stamp: PID 1 was blocked before it came to its main()", () => {
    const [wait] = record.waits;
    expect(wait).toMatchObject({
      pid: 1,
      exe: "/usr/lib/systemd/systemd",
      request: { syscall: "getrandom", bytes: 24, flags: 0 },
      caller: { library: "libgcrypt.so.20", how: "request", fromConstructor: null },
    });
    expect(wait?.program?.from).toBeLessThan(wait?.from ?? -Infinity);
    expect(record.units?.userspaceAt).toBeGreaterThan(wait?.to ?? Infinity);
  });

  it("is in the report's line; status, which does not ask systemd, has the library alone", () => {
    const seconds = record.waits[0]?.seconds?.toFixed(1);
    const asked = `PID 1 waited ${seconds} s for the CRNG: libgcrypt.so.20 asked for 24 bytes`;
    const rest = ", in FIPS mode; nothing was started meanwhile\n";
    expect(guest.section("report")).toContain(`  warning: ${asked} from a constructor, before main()${rest}`);
    expect(guest.section("status")).toContain(`warning: ${asked}${rest}`);
  });
});
