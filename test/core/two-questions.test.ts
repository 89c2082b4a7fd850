import { describe, expect, it } from "vitest";
import type { Evidence } from "../../src/core/evidence.ts";
import { isInitialised } from "../../src/core/fold/claims.ts";
import {
  fastInit,
  fips,
  logged,
  pool,
  probe,
  readyLine,
  stretch,
  urandomRead,
  wait,
} from "../support/records/evidence-of.ts";
import { recordOf } from "../support/records/record-of.ts";

describe("is the CRNG ready, and would a caller wait", () => {
  it("Fedora in FIPS mode: callers return from the DRBG while the CRNG is unseeded, and the probe proves nothing", () => {
    const { readiness, callers } = recordOf(fips(true), probe(2, "returned"), pool(2.1, 40));
    expect(readiness).toMatchObject({ level: "unseeded", settled: true, notBefore: 2.1, notAfter: null });
    expect(callers).toEqual({ wouldWait: false, reason: "extrng", getrandom: false, devRandom: false });
  });

  it("Fedora in FIPS mode: the pool shows when the CRNG becomes ready, and callers are served as before", () => {
    const { readiness, callers } = recordOf(fips(true), probe(2, "returned"), pool(2.1, 40), pool(9, 256));
    expect(readiness).toMatchObject({ level: "ready", notBefore: 2.1, notAfter: 9, exact: false, evidence: "probe" });
    expect(callers).toEqual({ wouldWait: false, reason: "extrng", getrandom: false, devRandom: false });
  });

  it("FIPS mode on a kernel without the hook: the probe speaks of the CRNG", () => {
    const { readiness, callers } = recordOf(fips(true, false), pool(2, 256), probe(2.1, "returned"));
    expect(readiness).toMatchObject({ level: "ready", notAfter: 2 });
    expect(callers.reason).toBeNull();
    expect(recordOf(fips(true, false), pool(2, 40)).callers.getrandom).toBe(true);
  });

  it("FIPS mode on a kernel with the hook, ready from the start: callers are served by the DRBG all the same", () => {
    const { readiness, callers } = recordOf(fips(true, true), readyLine(0.1), probe(2, "returned"), pool(2, 256));
    expect(readiness).toMatchObject({ level: "ready", readyAt: 0.1 });
    expect(callers.reason).toBe("extrng");
  });

  it("FIPS mode, and nothing shows a hook: a call that returns from a ready CRNG shows no other generator", () => {
    expect(recordOf(fips(true), readyLine(0.1), probe(2, "returned"), pool(2, 256)).callers.reason).toBeNull();
  });

  it("RHEL 8.3 and later in FIPS mode: readers of /dev/random never wait for the old pool", () => {
    const { callers } = recordOf(fips(true, true), readyLine(4), pool(50, 1, 4096, 64), probe(50, "returned"));
    expect(callers).toEqual({ wouldWait: false, reason: "extrng", getrandom: false, devRandom: false });
  });

  it("a task inside the DRBG, or the kernel's own word, shows that it serves callers", () => {
    const queued = wait(3, 1, { generator: "drbg" });
    expect(recordOf(fips(true), queued, pool(4, 40)).callers).toMatchObject({ reason: "extrng", getrandom: false });
    const said = logged(1, { kind: "fips-generator" });
    expect(recordOf(fips(true), said, pool(4, 40)).callers).toMatchObject({ reason: "extrng", getrandom: false });
  });

  it("a recorded wait for the DRBG says nothing of the CRNG, whenever it was", () => {
    const recorded = { evidence: "recorder", generator: "drbg", to: 12, ended: "returned" } as const;
    const { readiness, waits, anomalies } = recordOf(fips(true), readyLine(5), wait(11, 1, recorded));
    expect(readiness).toMatchObject({ level: "ready", readyAt: 5 });
    expect(waits).toMatchObject([{ from: 11, to: 12, ended: "returned" }]);
    expect(anomalies).toEqual([]);
  });

  it("FIPS mode on a kernel that has said EAGAIN: the probe speaks of the CRNG", () => {
    const { readiness } = recordOf(fips(true), pool(2, 4), probe(2.1, "would-wait"), probe(5, "returned"));
    expect(readiness).toMatchObject({ level: "ready", notBefore: 2.1, notAfter: 5 });
  });

  it("an unknown FIPS state: a success alone proves nothing", () => {
    const { readiness, callers } = recordOf(probe(2, "returned"), pool(2.1, 40));
    expect(readiness.level).toBe("unseeded");
    expect(callers.getrandom).toBe(false);
  });

  it("RHEL 7.9, Ubuntu before the rewrite: getrandom() returns at fast init", () => {
    const whole = stretch(0, 30, 31);
    const { readiness, callers } = recordOf(
      fips(false),
      pool(6, 80, 4096, 64),
      whole,
      fastInit(5),
      probe(6, "returned"),
    );
    expect(readiness).toMatchObject({ level: "early", settled: true });
    expect(callers).toEqual({ wouldWait: false, reason: "early-is-enough", getrandom: false, devRandom: false });
  });

  it("an old pool without its log: callers return, and whether it is ready is unknown", () => {
    const { readiness } = recordOf(fips(false), pool(900, 80, 4096), stretch(700, 890, 901), probe(901, "returned"));
    expect(readiness).toMatchObject({ level: "early", settled: false });
  });

  it("up to 5.5 readers of /dev/random wait although the CRNG is ready", () => {
    const { readiness, callers } = recordOf(fips(false), readyLine(4), pool(50, 1, 4096, 64), probe(50, "returned"));
    expect(readiness.level).toBe("ready");
    expect(callers).toEqual({ wouldWait: true, reason: "old-blocking-pool", getrandom: false, devRandom: true });
  });

  it("entropy_avail of an old pool says nothing, full or empty", () => {
    expect(recordOf(pool(50, 4096, 4096)).readiness.level).toBe("unknown");
    expect(recordOf(pool(50, 0, 4096)).readiness.level).toBe("unknown");
  });

  it("a kernel without getrandom(2) and without a message: unknown, not unready", () => {
    const { readiness, callers } = recordOf(fips(false), pool(50, 900, 4096, 64), probe(50, "unsupported"));
    expect(readiness).toMatchObject({ level: "unknown", settled: false });
    expect(callers.getrandom).toBeNull();
  });
});

describe("isInitialised: keys may be made from the CRNG's bytes", () => {
  const whole = stretch(0, 30, 31);

  it("Fedora in FIPS mode: not with 160 of 256 bits, although the DRBG serves every caller", () => {
    const record = recordOf(fips(true), probe(2, "returned"), pool(2.1, 160));
    expect(record.readiness.level).toBe("early");
    expect(record.callers.reason).toBe("extrng");
    expect(isInitialised(record)).toBe(false);
  });

  it("any kernel of the rewrite: not with 160 of 256 bits, whatever a caller meets", () => {
    for (const mode of [true, false, null])
      expect(isInitialised(recordOf(fips(mode), probe(2, "would-wait"), pool(2.1, 160)))).toBe(false);
    expect(isInitialised(recordOf(fips(null), probe(2, "returned"), pool(2.1, 160)))).toBe(false);
  });

  it("RHEL 8.3 and later in FIPS mode: not after 'fast init done', since the DRBG answers there too", () => {
    const old = pool(6, 80, 4096);
    const record = recordOf(fips(true, true), old, whole, fastInit(5), probe(6, "returned"));
    expect(record.readiness.level).toBe("early");
    expect(record.callers.reason).toBe("extrng");
    expect(isInitialised(record)).toBe(false);
  });

  it("an unknown pool, or an unknown FIPS state: 'fast init done' and a caller that returned prove nothing", () => {
    expect(isInitialised(recordOf(fips(false), whole, fastInit(5), probe(6, "returned")))).toBe(false);
    expect(isInitialised(recordOf(pool(6, 80, 4096), whole, fastInit(5), probe(6, "returned")))).toBe(false);
  });

  it("an old pool outside of FIPS mode: after 'fast init done', if getrandom() does not block from there on", () => {
    const fast = [fips(false), pool(6, 80, 4096), whole, fastInit(5)];
    expect(isInitialised(recordOf(...fast, probe(6, "returned")))).toBe(true);
    expect(isInitialised(recordOf(...fast, probe(6, "would-wait")))).toBe(false);
  });

  it("everywhere: once the CRNG is ready", () => {
    expect(isInitialised(recordOf(fips(true), probe(2, "returned"), pool(9, 256)))).toBe(true);
    expect(isInitialised(recordOf(readyLine(9)))).toBe(true);
  });
});

describe("the moment of readiness", () => {
  it("is the kernel's own stamp where the log has it", () => {
    const { readiness } = recordOf(fips(false), pool(40, 256), probe(40, "returned"), readyLine(1.25));
    expect(readiness).toMatchObject({
      readyAt: 1.25,
      notBefore: 1.25,
      notAfter: 1.25,
      exact: true,
      evidence: "kernel-log",
    });
  });

  it("is an interval where the log has lost it: before the part that is kept", () => {
    const { readiness, gaps } = recordOf(fips(false), pool(60, 256), probe(60, "returned"), stretch(40, 59, 60.5));
    expect(readiness).toMatchObject({
      readyAt: null,
      notBefore: 0,
      notAfter: 40,
      exact: false,
      evidence: "kernel-log",
    });
    expect(gaps).toEqual([{ source: "log", from: 0, to: 40, lost: 40_000 }]);
  });

  it("is not narrowed by a log that was read before the CRNG was seen ready", () => {
    const { readiness } = recordOf(fips(false), stretch(40, 59, 59.5), probe(60, "returned"), pool(60, 256));
    expect(readiness).toMatchObject({ notBefore: 0, notAfter: 60, evidence: "probe" });
  });

  it("is narrowed by a log only where the kernel had printed its line, a millisecond after it woke callers", () => {
    const until = (readAt: number) =>
      recordOf(fips(false), stretch(40, 59, readAt), probe(60, "returned"), pool(60, 256)).readiness.notAfter;
    expect([until(60.0005), until(60.001), until(60.002)]).toEqual([60, 60, 40]);
  });

  it("is a line without a time in a log without stamps", () => {
    const { readiness } = recordOf({
      kind: "message",
      at: null,
      seq: null,
      line: 7,
      message: { kind: "ready", pool: "crng", trusting: null },
    });
    expect(readiness).toMatchObject({ level: "ready", readyAt: null, notAfter: null, exact: false, line: 7 });
  });

  it("early uses and fast init bound it from below", () => {
    const { readiness } = recordOf(fips(false), urandomRead(3), fastInit(5), probe(9, "returned"), pool(9, 256));
    expect(readiness).toMatchObject({ notBefore: 5, notAfter: 9 });
  });
});

describe("why it was ready", () => {
  const cpu: Evidence = {
    kind: "supply",
    cpu: { rdrand: true, rdseed: false, other: null, trusted: true, why: "CONFIG_RANDOM_TRUST_CPU=y" },
  };
  const bootloader: Evidence = {
    kind: "supply",
    bootloader: { via: "systemd-boot, through EFI", efi: true, trusted: true, why: "" },
  };
  const echo = logged(0.1, { kind: "command-line", text: "quiet", early: false, fips: false });

  it("the CPU's generator, right after the command line's echo", () => {
    expect(recordOf(fips(false), pool(40, 256), cpu, bootloader, echo, readyLine(0.101)).readiness.cause).toBe("cpu");
  });

  it("the boot loader's seed, before the echo", () => {
    expect(recordOf(fips(false), pool(40, 256), cpu, bootloader, echo, readyLine(0.05)).readiness.cause).toBe(
      "bootloader",
    );
  });

  it("unknown, where user space has seen it unready", () => {
    expect(recordOf(fips(false), cpu, echo, pool(3, 4), readyLine(5)).readiness.cause).toBe("unknown");
  });

  it("the CPU's generator, in the kernel's own words", () => {
    const line = logged(0, { kind: "ready", pool: "crng", trusting: "cpu" });
    expect(recordOf(line).readiness.cause).toBe("cpu");
  });
});

describe("contradictions", () => {
  it("become anomalies that hold both facts, and the kernel's stamp stands", () => {
    const { readiness, anomalies } = recordOf(fips(false), readyLine(10), urandomRead(15), probe(20, "would-wait"));
    expect(readiness).toMatchObject({ level: "ready", readyAt: 10 });
    expect(anomalies.map(({ id }) => id)).toEqual(["unready-after-ready", "unready-after-ready"]);
    expect(anomalies[0]?.detail).toMatch(/at 10\.000000 s \(kernel log\).*'systemd'.*at 15\.000000 s/);
    expect(anomalies[1]?.detail).toMatch(/at 10\.000000 s.*EAGAIN at 20\.000000 s \(clock\)/);
  });

  it("a probe that returned before the kernel's line is one", () => {
    const { readiness, anomalies } = recordOf(fips(false), pool(12, 256), probe(3, "returned"), readyLine(10));
    expect(readiness.readyAt).toBe(10);
    expect(anomalies.map(({ id }) => id)).toEqual(["ready-before-its-line"]);
  });

  it("two clocks that start a little apart are none", () => {
    expect(
      recordOf(fips(false), readyLine(10), probe(10.1, "would-wait"), probe(10.2, "returned"), pool(10.2, 256))
        .anomalies,
    ).toEqual([]);
  });

  it("the kernel's FIPS file and its log may differ", () => {
    const { anomalies, fips: enabled } = recordOf(fips(false), logged(0.1, { kind: "fips-mode", enabled: true }));
    expect(anomalies.map(({ id }) => id)).toEqual(["fips-sources-differ"]);
    expect(enabled).toBe(false);
  });
});
