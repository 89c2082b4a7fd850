import { describe, expect, it } from "vitest";
import { clockSkew } from "../../../src/core/base/time.ts";
import { emptyRecord, type BootRecord } from "../../../src/core/boot-record.ts";
import { withInterruption, withRelease, withUnseenEnd } from "../../../src/core/fold/wait-ends.ts";
import type { Wait } from "../../../src/core/wait.ts";
import { fold } from "../../../src/core/fold/fold.ts";
import { pool } from "../../support/records/evidence-of.ts";
import { aWait } from "../../support/records/waits.ts";

describe("withInterruption: a recorded return before the CRNG was ready", () => {
  const recorded = (more: Partial<Wait> = {}): Wait =>
    aWait({
      evidence: "recorder",
      interface: "getrandom",
      from: 2,
      to: 9,
      ended: "returned",
      errorSeconds: 0,
      ...more,
    });
  const isInterrupted = (more: Partial<Wait> = {}): boolean =>
    withInterruption(recorded(more), 10).ended === "interrupted";

  it("was ended by a signal, where it lies further in front than the clocks may differ", () => {
    expect([isInterrupted({ to: 9.949 }), isInterrupted({ to: 9.951 })]).toEqual([true, false]);
    expect([isInterrupted({ to: 9.449, errorSeconds: 0.5 }), isInterrupted({ to: 9.451, errorSeconds: 0.5 })]).toEqual([
      true,
      false,
    ]);
    const ofFile = (before: number) => isInterrupted({ line: 7, to: 10 - clockSkew(10) - before });
    expect([ofFile(0.001), ofFile(-0.001)]).toEqual([true, false]);
  });

  it("is none of a wait whose returned value was recorded, or whose end was not", () => {
    expect(isInterrupted({ endShown: true })).toBe(false);
    expect(isInterrupted({ to: null })).toBe(false);
    expect(isInterrupted({ ended: null })).toBe(false);
    expect(isInterrupted({ ended: "gone" })).toBe(false);
    expect(isInterrupted({ evidence: "live" })).toBe(false);
  });

  it("is none of a reader that gives up by itself, of the kernel's own code, or of the FIPS generator's queue", () => {
    expect([isInterrupted({ interface: "dev-random" }), isInterrupted({ interface: "urandom" })]).toEqual([
      true,
      false,
    ]);
    expect([isInterrupted({ interface: "kernel" }), isInterrupted({ generator: "drbg" })]).toEqual([false, false]);
  });
});

describe("withRelease: a sampled wait whose end lies around readiness", () => {
  /** Last shown at 9, missed at 11: its end is taken for 10. */
  const sampled = (more: Partial<Wait> = {}): Wait =>
    aWait({
      evidence: "live",
      from: 2,
      notBefore: 1.5,
      seenAt: 9,
      to: 10,
      ended: "gone",
      errorSeconds: 1,
      seconds: 8,
      ...more,
    });

  it("ended at that moment, with the error that the samples around it leave", () => {
    expect(withRelease(sampled(), 10.25)).toMatchObject({
      seenAt: 10.25,
      to: 10.25,
      errorSeconds: 0.75,
      seconds: 8.25,
    });
    expect(withRelease(sampled(), 10.75)).toMatchObject({ errorSeconds: 0.5 });
    expect(withRelease(sampled({ from: null }), 10.75)).toMatchObject({ errorSeconds: 0.25, seconds: 8 });
    expect(withRelease(sampled({ notBefore: null }), 10.75)).toMatchObject({ errorSeconds: 0.25 });
  });

  it("ended at that moment also where that is when it was missed, and not where it was missed before", () => {
    expect(withRelease(sampled(), 11).to).toBe(11);
    expect(withRelease(sampled(), 11.25).to).toBe(10);
  });

  it("keeps its own end where a sample shows it at readiness or later", () => {
    expect([withRelease(sampled(), 9).to, withRelease(sampled(), 9.25).to]).toEqual([10, 9.25]);
  });

  it("is left alone where it is recorded, open, or for the FIPS generator", () => {
    for (const other of [
      sampled({ evidence: "recorder" }),
      sampled({ to: null }),
      sampled({ seenAt: null }),
      sampled({ generator: "drbg" }),
    ])
      expect(withRelease(other, 10.25)).toBe(other);
  });
});

describe("withUnseenEnd: a wait that nothing samples any more", () => {
  const open = (more: Partial<Wait> = {}): Wait =>
    aWait({ evidence: "live", from: 2, seenAt: 6, to: null, ended: null, seconds: 4, ...more });
  const ready = (readyAt: number | null, notAfter: number | null = null): BootRecord => ({
    ...emptyRecord(),
    readiness: { ...emptyRecord().readiness, level: "ready", readyAt, notAfter },
  });

  it("ended as the CRNG became ready, or when it was last shown if that is later", () => {
    expect(withUnseenEnd(open(), ready(9))).toMatchObject({ to: 9, ended: "returned", seconds: 7, errorSeconds: null });
    expect(withUnseenEnd(open(), ready(null, 9))).toMatchObject({ to: 9, ended: "returned" });
    expect(withUnseenEnd(open({ seenAt: 9.01 }), ready(9))).toMatchObject({ to: 9.01, ended: "returned" });
    expect(withUnseenEnd(open({ from: null }), ready(9))).toMatchObject({ to: 9, seconds: 4 });
    expect(withUnseenEnd(open({ from: 9, seenAt: null }), ready(9))).toMatchObject({ to: 9, ended: "returned" });
  });

  it("is known no longer than it was shown, where that is later than readiness by more than the clocks differ", () => {
    const skew = clockSkew(9);
    expect(withUnseenEnd(open({ seenAt: 9 + skew - 0.001 }), ready(9)).ended).toBe("returned");
    expect(withUnseenEnd(open({ seenAt: 9 + skew + 0.001 }), ready(9)).ended).toBeNull();
    expect(withUnseenEnd(open({ seenAt: null, from: 9 + skew + 0.001 }), ready(9)).ended).toBeNull();
  });

  it("is known no longer than it was shown, where readiness is not known or it was for something else", () => {
    expect(withUnseenEnd(open(), ready(null))).toMatchObject({ to: 6, ended: null, seconds: 4 });
    expect(withUnseenEnd(open({ seenAt: null }), ready(null))).toMatchObject({ to: 2, ended: null });
    expect(withUnseenEnd(open({ generator: "drbg" }), ready(9))).toMatchObject({ to: 6, ended: null });
    const old = { ...ready(9), observed: fold(emptyRecord(), [pool(1, 9, 4096, 64)]).record.observed };
    expect(withUnseenEnd(open({ interface: "dev-random" }), old)).toMatchObject({ to: 6, ended: null });
    expect(withUnseenEnd(open({ interface: "getrandom" }), old)).toMatchObject({ to: 9, ended: "returned" });
  });

  it("of a recorded one ended with readiness, whenever that was", () => {
    expect(withUnseenEnd(open({ evidence: "recorder" }), ready(null))).toMatchObject({ to: 6, ended: "returned" });
    expect(withUnseenEnd(open({ evidence: "recorder", from: 9.5, seenAt: null }), ready(9)).to).toBe(9.5);
  });

  it("keeps the sum of several waits", () => {
    expect(withUnseenEnd(open({ times: 2 }), ready(9)).seconds).toBe(4);
    expect(withUnseenEnd(open({ times: 1 }), ready(9)).seconds).toBe(7);
  });
});
