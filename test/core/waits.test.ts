import * as fc from "fast-check";
import { describe, expect, it } from "vitest";
import { type BootRecord, emptyRecord } from "../../src/core/boot-record.ts";
import type { BlockedTask, Evidence } from "../../src/core/evidence.ts";
import { type Effect, fold, step } from "../../src/core/readiness.ts";
import { microseconds } from "../../src/core/time.ts";
import { arrangements, probe, pool, readyLine, wait } from "./evidence-of.ts";

const recordOf = (...evidence: readonly Evidence[]): BootRecord => fold(emptyRecord(), evidence).record;
const recorded = (from: number, to: number | null, more: Partial<BlockedTask> = {}): BlockedTask =>
  wait(from, to === null ? null : microseconds(to - from), { pid: 7, tid: 7, notBefore: from, seenAt: to ?? from, to, ended: to === null ? null : "returned", evidence: "recorder", ...more });
const live = (from: number, seenAt: number, to: number | null = null, more: Partial<BlockedTask> = {}): BlockedTask =>
  wait(from, microseconds((to ?? seenAt) - from), { pid: 7, tid: 7, notBefore: from - 0.01, seenAt, to, ended: to === null ? null : "gone", evidence: "live", ...more });

describe("sightings of one wait", () => {
  it("become one, with the kernel's own times and what each knows of the task", () => {
    const byProbe = recorded(2, 3.5, { comm: "gpgv", exe: "/usr/bin/gpgv", gathers: true });
    const byStack = [live(2.01, 2.01), live(2.01, 2.4, null, { unit: "keys.service", libraries: ["libgcrypt.so.20"], librariesFrom: "maps", fips: true, fipsWhy: "the kernel's" }), live(2.01, 3.4, 3.49)];
    for (const order of [...arrangements([byProbe, ...byStack])].filter(({ length }) => length === 4)) {
      expect(recordOf(...order).waits).toMatchObject([{ from: 2, notBefore: 2, to: 3.5, ended: "returned", seconds: 1.5, exe: "/usr/bin/gpgv", unit: "keys.service", libraries: ["libgcrypt.so.20"], librariesFrom: "maps", fips: true, gathers: true, evidence: "recorder" }]);
    }
  });

  it("are told apart by thread, by start, and by when they were", () => {
    expect(recordOf(recorded(2, 3), recorded(2, 3, { tid: 8 })).waits).toHaveLength(2);
    expect(recordOf(live(2, 3, null, { startedAt: 1 }), live(2, 3, null, { startedAt: 1.5 })).waits).toHaveLength(2);
    expect(recordOf(recorded(2, 3), recorded(3.2, 4)).waits).toHaveLength(2);
    expect(recordOf(live(2, 3, 3), live(4, 5)).waits).toHaveLength(2);
    expect(recordOf(live(2, 3), live(2, 3, null, { polls: true })).waits).toHaveLength(2);
  });

  it("of mapped libraries go before what the program's file needs", () => {
    const [byFile, byMaps] = [{ libraries: ["libcrypto.so.3"], librariesFrom: "elf" }, { libraries: ["libgcrypt.so.20"], librariesFrom: "maps" }] as const;
    for (const order of [[byFile, byMaps], [byMaps, byFile]]) expect(recordOf(...order.map((more) => recorded(2, 3, more))).waits).toMatchObject([byMaps]);
  });

  it("come to the same waits in every order", () => {
    const sighting = fc.tuple(fc.constantFrom(7, 8), fc.nat(3), fc.nat(4), fc.boolean(), fc.boolean()).map(([tid, second, tenths, ended, probed]) => {
      const [from, to] = [second * 10, second * 10 + 1];
      return probed ? recorded(from, ended ? to : null, { tid }) : live(from + 0.01, from + 0.01 + tenths / 10, ended ? to : null, { tid });
    });
    fc.assert(
      fc.property(fc.array(sighting, { maxLength: 8 }), fc.func(fc.nat(100)), (sightings, rank) => {
        const shuffled = sightings.toSorted((a, b) => rank(a) - rank(b));
        expect(recordOf(...shuffled).waits).toEqual(recordOf(...sightings).waits);
        expect(recordOf(...sightings, ...sightings).waits).toEqual(recordOf(...sightings).waits);
      }),
    );
  });
});

describe("a wait that is recorded", () => {
  it("behind the moment of readiness was none: a read of /dev/random enters and is let through", () => {
    for (const order of [[recorded(5.1, 5.2), readyLine(5)], [readyLine(5), recorded(5.1, 5.2)]]) expect(recordOf(...order)).toMatchObject({ waits: [], anomalies: [], readiness: { readyAt: 5 } });
  });

  it("proves that the CRNG was not ready then", () => {
    expect(recordOf(recorded(2, 3.5), pool(9, 256)).readiness).toMatchObject({ level: "ready", notBefore: 2, notAfter: 9 });
    expect(recordOf(probe(1, "returned"), recorded(2, 3.5)).readiness).toMatchObject({ level: "unseeded", notBefore: 2 });
  });

  it("in which the kernel gathered jitter tells why it became ready", () => {
    expect(recordOf(recorded(2, 3.501, { gathers: true }), readyLine(3.5)).readiness.cause).toBe("jitter");
    expect(recordOf(recorded(2, 3.501), readyLine(3.5)).readiness.cause).toBe("unknown");
    // It had given up before, and something else made it ready.
    expect(recordOf(recorded(2, 3, { gathers: true }), readyLine(3.5)).readiness.cause).toBe("unknown");
    const hwRandom = { current: "virtio_rng.0", available: ["virtio_rng.0"], quality: 1000, virtio: true };
    expect(recordOf(recorded(2, 3.501, { gathers: true }), readyLine(3.5), { kind: "supply", hwRandom }).readiness.cause).toBe("unknown");
  });
});

describe("a wait that was looked at", () => {
  it("ended as the CRNG became ready, where that lies between two looks", () => {
    const missed = live(2, 3.4, 3.5, { ended: "returned", error: 0.05 });
    for (const order of [[missed, readyLine(3.42)], [readyLine(3.42), missed], [readyLine(3.42), live(2, 3), missed]]) {
      expect(recordOf(...order).waits).toMatchObject([{ from: 2, seenAt: 3.42, to: 3.42, seconds: 1.42, error: 0.18, ended: "returned" }]);
    }
  });

  it("and was gone before, as when it is killed, ended then", () => {
    expect(recordOf(live(2, 3.4, 3.5), readyLine(5)).waits).toMatchObject([{ to: 3.5, ended: "gone" }]);
  });
});

describe("what is told of a wait", () => {
  it("is that it began and that it ended, once each", () => {
    const told: Effect["effect"][] = [];
    let record = emptyRecord();
    for (const evidence of [live(2.01, 2.01), recorded(2, null), live(2.01, 2.5), recorded(2, 3.5), live(2.01, 3.4, 3.49)]) {
      const { record: after, effects } = step(record, evidence);
      record = after;
      told.push(...effects.map(({ effect }) => effect).filter((effect) => effect.startsWith("wait")));
    }
    expect(told).toEqual(["wait-began", "wait-ended"]);
  });

  it("is that it ended alone, where it is over when it is first seen", () => {
    const { effects } = step(emptyRecord(), recorded(2, 3.5));
    expect(effects.filter(({ effect }) => effect.startsWith("wait"))).toMatchObject([{ effect: "wait-ended", wait: { seconds: 1.5 } }]);
  });
});
