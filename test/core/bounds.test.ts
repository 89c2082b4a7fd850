import { expect, it } from "vitest";
import { bounds, emptyRecord } from "../../src/core/boot-record.ts";
import type { Evidence } from "../../src/core/evidence.ts";
import { fold, step } from "../../src/core/fold/fold.ts";
import { logged, loss, pool, readyLine, stretch, urandomRead, wait } from "../support/records/evidence-of.ts";

it("has dropped nothing of a boot of which nothing is known", () => {
  expect(emptyRecord().dropped).toEqual(Object.fromEntries(Object.keys(bounds).map((list) => [list, 0])));
});

it("keeps the first of what a host can make grow, and counts the rest", () => {
  const uses = Array.from({ length: bounds.earlyUses + 100 }, (_, index) => urandomRead(index + 1, `reader-${index}`));
  const { record } = fold(emptyRecord(), uses.toReversed());
  expect(record.earlyUses).toHaveLength(bounds.earlyUses);
  expect(record.earlyUses[0]?.name).toBe("reader-0");
  expect(record.dropped.earlyUses).toBe(100);
});

it("stays within bounds whatever comes in masses", () => {
  const many = (make: (at: number) => Evidence): Evidence[] =>
    Array.from({ length: 2000 }, (_, index) => make(index + 1));
  const { record } = fold(emptyRecord(), [
    ...many(readyLine),
    ...many((at) => logged(at, { kind: "reseed", reason: "resume" })),
    ...many((at) => logged(at, { kind: "missed-warnings", count: 1 })),
    ...many((at) => logged(at, { kind: "no-cycle-counter" })),
    ...many((at) => pool(at, 4)),
    ...many((at) => stretch(at, at + 0.1, at + 0.2)),
    ...many((at) => loss(at, at, at + 0.5, 1)),
    ...many((at) => wait(at, 1)),
  ]);
  expect(record.reseeds).toHaveLength(bounds.reseeds);
  expect(record.observed.pool?.curve).toHaveLength(bounds.curve);
  expect(record.observed.log).toHaveLength(bounds.log);
  expect(record.anomalies.length).toBeLessThanOrEqual(bounds.anomalies);
  expect(record.observed.losses).toHaveLength(bounds.losses);
  expect(record.waits).toHaveLength(bounds.waits);
  expect(record.waits[0]?.from).toBe(1);
  expect(record.dropped).toMatchObject({
    readyLines: 2000 - bounds.readyLines,
    losses: 2000 - bounds.losses,
    waits: 2000 - bounds.waits,
  });
  expect(JSON.stringify(record).length).toBeLessThan(400_000);
});

it("reports changes once: early uses, reseeds, gaps, contradictions", () => {
  const first = step(emptyRecord(), urandomRead(3, "init"));
  expect(first.changes.map(({ kind }) => kind)).toEqual(["level", "callers", "early-use"]);
  const again = step(first.record, urandomRead(3, "init"));
  expect(again.changes).toEqual([]);
  const read = fold(again.record, [stretch(2, 4, 5), stretch(6, 8, 9)]);
  expect(read.changes.filter(({ kind }) => kind === "gap")).toHaveLength(2);
});
