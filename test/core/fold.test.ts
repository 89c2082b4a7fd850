import { describe, expect, it } from "vitest";
import { type BootRecord, emptyRecord, type Level } from "../../src/core/boot-record.ts";
import type { Evidence } from "../../src/core/evidence.ts";
import { fold, step } from "../../src/core/fold.ts";
import { clockSkew } from "../../src/core/time.ts";
import {
  arrangements,
  extent,
  fastInit,
  fips,
  loss,
  noted,
  pool,
  probe,
  readyLine,
  stretch,
  urandomRead,
  wait,
} from "./evidence-of.ts";

const order: readonly Level[] = ["unknown", "unseeded", "early", "ready"];

/** Boots as evidence; each is walked in every order of every part of it. */
const worlds: Readonly<Record<string, readonly Evidence[]>> = {
  "a kernel of the rewrite, observed from before readiness": [
    fips(false),
    probe(2, "would-wait"),
    pool(2.1, 4),
    urandomRead(3),
    readyLine(10),
    probe(10.5, "returned"),
    pool(10.6, 256),
  ],
  "a kernel of the rewrite, observed after readiness with the log's head lost": [
    fips(false),
    pool(60, 256),
    probe(60.1, "returned"),
    stretch(40, 59, 60.5),
    stretch(59.001, 61, 62),
  ],
  "an old pool whose callers return at fast init": [
    fips(false),
    pool(3, 20, 4096, 64),
    probe(3.1, "would-wait"),
    fastInit(5),
    probe(5.5, "returned"),
    pool(6, 127, 4096, 64),
    readyLine(20),
  ],
  "FIPS mode with the kernel's own generator in front": [
    fips(true),
    probe(2, "returned"),
    pool(2.1, 30),
    pool(4, 140),
    pool(8, 256),
    readyLine(7.9),
  ],
  "another host's log, by its journal's stamps": [
    extent(40, { stamps: "journal", fromStart: false, firstAt: 2 }),
    noted(7, "monotonic", 9.5, readyLine(0)),
    noted(5, "monotonic", 4, urandomRead(0)),
    noted(6, "monotonic", 6, fastInit(0)),
    loss(6, 6, 9, 3),
    wait(3, 5),
  ],
  contradictions: [
    fips(false),
    pool(1, 256),
    urandomRead(15),
    readyLine(10),
    readyLine(12),
    probe(20, "would-wait"),
    probe(10.1, "returned"),
  ],
};

describe.each(Object.entries(worlds))("%s", (_, world) => {
  it("never goes down, announces each level once, and only narrows the interval", () => {
    for (const sequence of arrangements(world)) {
      let record = emptyRecord();
      const announced: Level[] = [];
      for (const evidence of sequence) {
        const before = record;
        const { record: after, changes } = step(before, evidence);
        expect(order.indexOf(after.readiness.level)).toBeGreaterThanOrEqual(order.indexOf(before.readiness.level));
        for (const change of changes) if (change.kind === "level") announced.push(change.to);
        if (after.anomalies.length === 0) expectNarrowed(before, after);
        record = after;
      }
      expect(new Set(announced).size).toBe(announced.length);
      expect(announced.at(-1) ?? "unknown").toBe(record.readiness.level);
    }
  });

  it("comes to the same record in every order, one by one or at once", () => {
    const seen = new Map<string, string>();
    for (const sequence of arrangements(world)) {
      const part = sequence
        .map((evidence) => world.indexOf(evidence))
        .toSorted((a, b) => a - b)
        .join();
      let record = emptyRecord();
      for (const evidence of sequence) ({ record } = step(record, evidence));
      const text = JSON.stringify(record);
      expect(JSON.stringify(fold(emptyRecord(), sequence).record)).toBe(text);
      expect(text).toBe(seen.get(part) ?? text);
      seen.set(part, text);
    }
  });

  it("is not changed by evidence that it has", () => {
    const { record } = fold(emptyRecord(), world);
    for (const evidence of world) expect(step(record, evidence)).toEqual({ record, changes: [] });
  });
});

/** Narrower, up to what two clocks may differ by. */
function expectNarrowed(before: BootRecord, after: BootRecord): void {
  const [was, is] = [before.readiness, after.readiness];
  const error = clockSkew(is.notAfter ?? is.notBefore ?? 0);
  if (was.notBefore !== null)
    expect(is.notBefore ?? Number.NEGATIVE_INFINITY).toBeGreaterThanOrEqual(was.notBefore - error);
  if (was.notAfter !== null) expect(is.notAfter ?? Number.POSITIVE_INFINITY).toBeLessThanOrEqual(was.notAfter + error);
  if (is.notBefore !== null && is.notAfter !== null) expect(is.notBefore).toBeLessThanOrEqual(is.notAfter);
}
