import { describe, expect, it } from "vitest";
import { emptyRecord } from "../../../src/core/boot-record.ts";
import type { Evidence, RecorderState } from "../../../src/core/evidence.ts";
import { waitTotals } from "../../../src/core/fold/cost.ts";
import { fold } from "../../../src/core/fold/fold.ts";
import { fips, loss, probe, wait } from "../../support/records/evidence-of.ts";

const recorder: RecorderState = {
  kind: "recorder",
  armed: true,
  sees: "waits",
  seesFipsGenerator: false,
  recording: true,
  events: 4,
  problem: null,
};
const recorded = (pid: number, from: number | null, to: number | null, seenAt = to): Evidence =>
  wait(from, from === null || to === null ? null : to - from, {
    pid,
    tid: pid,
    to,
    seenAt,
    ended: to === null ? null : "returned",
    evidence: "recorder",
  });
const costOf = (...evidence: readonly Evidence[]) => fold(emptyRecord(), evidence).record.cost;

describe("what waiting cost a boot", () => {
  it("is nothing, for sure, where the flight recorder recorded no wait", () => {
    expect(costOf(recorder)).toEqual({ seconds: 0, firstProcessSeconds: 0, tasks: 0, complete: true });
    expect(costOf()).toEqual({ seconds: 0, firstProcessSeconds: 0, tasks: 0, complete: false });
    expect(costOf({ ...recorder, sees: "calls" })).toMatchObject({ complete: false });
    for (const less of [{ armed: false }, { recording: false }, { recording: null }] as const)
      expect(costOf({ ...recorder, ...less })).toMatchObject({ complete: false });
    expect(costOf({ ...recorder, problem: "somebody has switched tracing off" })).toMatchObject({ complete: false });
  });

  it("counts time in which several waited once, and PID 1's apart", () => {
    expect(costOf(recorder, recorded(1, 1, 3), recorded(7, 2, 4), recorded(8, 2.5, 2.75), recorded(9, 6, 7))).toEqual({
      seconds: 4,
      firstProcessSeconds: 2,
      tasks: 4,
      complete: true,
    });
  });

  it("is at least what was seen of waits that go on, or of which an end is missing", () => {
    expect(costOf(recorder, recorded(7, 2, null, 5))).toEqual({
      seconds: 3,
      firstProcessSeconds: 0,
      tasks: 1,
      complete: false,
    });
    expect(costOf(recorder, recorded(7, null, 5))).toEqual({
      seconds: 0,
      firstProcessSeconds: 0,
      tasks: 1,
      complete: false,
    });
    expect(costOf(wait(9, 120))).toEqual({ seconds: 120, firstProcessSeconds: 0, tasks: 1, complete: false });
  });

  it("is not known to be all where a part of the trace is lost", () => {
    expect(costOf(recorder, recorded(7, 2, 3), loss(1, null, null, 4))).toMatchObject({ seconds: 1, complete: false });
  });

  it("leaves out who only polls", () => {
    expect(costOf(recorder, wait(1, 4, { to: 5, polls: true, interface: "dev-random", evidence: "live" }))).toEqual({
      seconds: 0,
      firstProcessSeconds: 0,
      tasks: 0,
      complete: true,
    });
  });
});

describe("what waiting cost a boot in FIPS mode", () => {
  it("is complete where the recorder sees the FIPS generator, or the kernel has none", () => {
    const complete = (...evidence: readonly Evidence[]): boolean => costOf(recorder, ...evidence).complete;
    expect(complete(fips(true, true))).toBe(false);
    expect(complete(fips(true, false))).toBe(true);
    expect(complete(fips(true, true), probe(1, "would-wait"))).toBe(true);
    expect(complete(fips(false, true))).toBe(true);
    expect(costOf({ ...recorder, seesFipsGenerator: true }, fips(true, true)).complete).toBe(true);
  });
});

describe("waitTotals: how often tasks were blocked, and for how long", () => {
  const totals = (...evidence: readonly Evidence[]) => waitTotals(fold(emptyRecord(), evidence).record);

  it("is not known where waits were not watched and none was seen, and 0 where they were", () => {
    expect(totals()).toEqual({ count: null, seconds: null, longest: null });
    expect(totals({ ...recorder, recording: false })).toEqual({ count: null, seconds: null, longest: null });
    expect(totals(recorder)).toEqual({ count: 0, seconds: 0, longest: 0 });
  });

  it("is the number of waits, their sum, and the longest; polls block no task", () => {
    expect(totals(recorded(7, 2, 4), recorded(8, 3, 3.5))).toEqual({ count: 2, seconds: 2.5, longest: 2 });
    expect(totals(recorded(7, 2, 4), wait(1, 9, { polls: true, interface: "dev-random" }))).toEqual({
      count: 1,
      seconds: 2,
      longest: 2,
    });
  });

  it("counts those too that were not kept", () => {
    const { record } = fold(emptyRecord(), [recorded(7, 2, 4)]);
    const more = { ...record, dropped: { ...record.dropped, waits: 5 } };
    expect(waitTotals(more)).toEqual({ count: 6, seconds: 2, longest: 2 });
  });

  it("has no length where none is known", () => {
    expect(totals(wait(2, null))).toEqual({ count: 1, seconds: null, longest: null });
    expect(totals(wait(2, null), recorded(8, 3, 3.5))).toEqual({ count: 2, seconds: 0.5, longest: 0.5 });
  });
});
