import { afterEach, beforeEach, describe, expect, it, vi } from "vitest";
import type { Evidence } from "../../src/core/evidence.ts";
import type { Role } from "../../src/observe/target.ts";
import { type Sampling, sampling } from "../../src/observe/sampling.ts";
import { ok, type Scan, type Scanned, type Source } from "../../src/sources/source.ts";
import { probe } from "../support/records/evidence-of.ts";
import { fakeSource } from "../support/host/fake-sources.ts";
import { hostOf } from "../support/host/host-folder.ts";

beforeEach(() => void vi.useFakeTimers());
afterEach(() => void vi.useRealTimers());

interface Sampled {
  readonly samples: Sampling;
  readonly accepted: (readonly Evidence[])[];
}

function sampled(sources: readonly Source[], role: Role = "daemon"): Sampled {
  const accepted: (readonly Evidence[])[] = [];
  const samples = sampling({ host: hostOf({}), sources, role }, (evidence) => accepted.push(evidence));
  return { samples, accepted };
}

/** A scan that the test answers for; `looks` and `closed` count. */
function fakeScan(answer: () => Scanned): {
  readonly source: Source;
  readonly count: { looks: number; closed: number; patience: number };
} {
  const count = { looks: 0, closed: 0, patience: 0 };
  const scan: Scan = {
    look(patience) {
      count.looks++;
      count.patience = patience;
      return answer();
    },
    close: () => void count.closed++,
  };
  return { source: fakeSource("tasks", { scan: () => scan }), count };
}

const saw = (follows: boolean, ...evidence: readonly Evidence[]): Scanned => ({
  observation: ok(...evidence),
  againMilliseconds: 10,
  follows,
});

describe("sampling: while the CRNG is not ready", () => {
  it("observes what changes then every second, and nothing else", async () => {
    const [once, unready, onRequest] = [
      fakeSource("once"),
      fakeSource("unready", { schedule: "unready", says: [probe(1, "would-wait")] }),
      fakeSource("on-request", { schedule: "on-request" }),
    ];
    const { samples, accepted } = sampled([once, unready, onRequest]);
    samples.start();
    await vi.advanceTimersByTimeAsync(3_000);
    expect([once, unready, onRequest].map(({ calls }) => calls.observed)).toEqual([0, 3, 0]);
    expect(accepted).toHaveLength(3);
    expect(accepted[0]).toEqual([
      probe(1, "would-wait"),
      { kind: "source", name: "unready", health: "ok", detail: null },
    ]);
  });

  it("runs one timer, however often it is started", async () => {
    const unready = fakeSource("unready", { schedule: "unready" });
    const { samples } = sampled([unready]);
    samples.start();
    samples.start();
    await vi.advanceTimersByTimeAsync(1_000);
    expect(unready.calls.observed).toBe(1);
  });

  it("after ten minutes makes a tenth of the samples and of the scans", async () => {
    const unready = fakeSource("unready", { schedule: "unready" });
    const { source, count } = fakeScan(() => ({ ...saw(false), againMilliseconds: 1_000 }));
    const { samples } = sampled([unready, source]);
    samples.start();
    await vi.advanceTimersByTimeAsync(600_000);
    const early = { observed: unready.calls.observed, looks: count.looks };
    expect(early).toEqual({ observed: 600, looks: 601 });
    expect(count.patience).toBe(10);
    await vi.advanceTimersByTimeAsync(600_000);
    expect(unready.calls.observed - early.observed).toBe(60);
    expect(count.looks - early.looks).toBe(60);
  });

  it("keeps its pace where 'wait' may have to rely on it", async () => {
    const unready = fakeSource("unready", { schedule: "unready" });
    sampled([unready], "waiter").samples.start();
    await vi.advanceTimersByTimeAsync(700_000);
    expect(unready.calls.observed).toBe(700);
  });

  it("looks by a scan at once and at the scan's own pace, and reports only looks that saw something", async () => {
    let seen: readonly Evidence[] = [];
    const { source, count } = fakeScan(() => saw(false, ...seen));
    const { samples, accepted } = sampled([source]);
    samples.start();
    expect(count.looks).toBe(1);
    await vi.advanceTimersByTimeAsync(20);
    expect({ looks: count.looks, accepted }).toEqual({ looks: 3, accepted: [] });
    seen = [probe(2, "would-wait")];
    await vi.advanceTimersByTimeAsync(10);
    expect(accepted).toEqual([[probe(2, "would-wait"), { kind: "source", name: "tasks", health: "ok", detail: null }]]);
  });

  it("reports a scan that fails, and does not repeat it before a minute has passed", async () => {
    const { source, count } = fakeScan(() => {
      throw new Error("no such thing");
    });
    const { samples, accepted } = sampled([source]);
    samples.start();
    await vi.advanceTimersByTimeAsync(59_000);
    expect(count.looks).toBe(1);
    expect(accepted.flat()).toEqual([{ kind: "source", name: "tasks", health: "failed", detail: "no such thing" }]);
    await vi.advanceTimersByTimeAsync(1_000);
    expect(count.looks).toBe(2);
  });

  it("does not scan for a caller that waits for readiness alone", () => {
    const { source, count } = fakeScan(() => saw(false));
    sampled([source], "waiter").samples.start();
    expect(count.looks).toBe(0);
  });
});

describe("sampling: once the CRNG is ready", () => {
  it("makes one more sample, and runs no timer afterwards", async () => {
    const unready = fakeSource("unready", { schedule: "unready" });
    const { samples, accepted } = sampled([unready]);
    samples.start();
    await vi.advanceTimersByTimeAsync(1_000);
    samples.stop();
    samples.stop();
    await vi.advanceTimersByTimeAsync(10_000);
    expect({ observed: unready.calls.observed, accepted: accepted.length }).toEqual({ observed: 2, accepted: 2 });
    expect(vi.getTimerCount()).toBe(0);
  });

  it("makes no sample if it was ready from the start, even if it is started then", async () => {
    const unready = fakeSource("unready", { schedule: "unready" });
    const { samples } = sampled([unready]);
    samples.stop();
    samples.start();
    await vi.advanceTimersByTimeAsync(10_000);
    expect(unready.calls.observed).toBe(0);
    expect(vi.getTimerCount()).toBe(0);
  });

  it("scans on as long as the scan follows a wait to its end", async () => {
    let follows = true;
    const { source, count } = fakeScan(() => saw(follows));
    const { samples } = sampled([source]);
    samples.start();
    samples.stop();
    await vi.advanceTimersByTimeAsync(30);
    expect(count.looks).toBe(4);
    follows = false;
    await vi.advanceTimersByTimeAsync(1_000);
    expect(count.looks).toBe(5);
    expect(vi.getTimerCount()).toBe(0);
  });
});

describe("sampling: at its end", () => {
  it("looks once more by each scan and closes it, and no timer runs on", async () => {
    const unready = fakeSource("unready", { schedule: "unready" });
    const { source, count } = fakeScan(() => saw(true, probe(3, "returned")));
    const { samples, accepted } = sampled([unready, source]);
    samples.start();
    expect(samples.end()).toEqual([
      probe(3, "returned"),
      { kind: "source", name: "tasks", health: "ok", detail: null },
    ]);
    await vi.advanceTimersByTimeAsync(10_000);
    expect({ ...count, observed: unready.calls.observed, accepted: accepted.length }).toEqual({
      looks: 2,
      closed: 1,
      patience: 1,
      observed: 0,
      accepted: 1,
    });
    expect(samples.end()).toEqual([]);
    expect(vi.getTimerCount()).toBe(0);
  });
});
