import { describe, expect, it } from "vitest";
import { type BootRecord, emptyRecord, type Level } from "../../../src/core/boot-record.ts";
import type { Evidence } from "../../../src/core/evidence.ts";
import { type Change, fold, step } from "../../../src/core/fold/fold.ts";
import { clockSkew } from "../../../src/core/base/time.ts";
import {
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
} from "../../support/records/evidence-of.ts";

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

/** One piece of evidence more, on top of a part of a world. */
interface Stage {
  readonly before: BootRecord;
  readonly after: BootRecord;
  readonly changes: readonly Change[];
  /** The record of the same evidence, taken in at once in the order of the world. */
  readonly atOnce: BootRecord;
}

/**
 * Every step from every part of a world. Where each comes to the record of the larger part, every order of the evidence
 * comes to the same record, since each is a path through these steps.
 */
function* stagesOf(world: readonly Evidence[]): Generator<Stage> {
  const parts = Array.from({ length: 1 << world.length }, (_, part) => part);
  const records = parts.map(
    (part) =>
      fold(
        emptyRecord(),
        world.filter((_, index) => part & (1 << index)),
      ).record,
  );
  for (const part of parts)
    for (const [index, evidence] of world.entries()) {
      const larger = part | (1 << index);
      const [before, atOnce] = [records[part], records[larger]];
      if (larger === part || before === undefined || atOnce === undefined) continue;
      const { record: after, changes } = step(before, evidence);
      yield { before, after, changes, atOnce };
    }
}

describe.each(Object.entries(worlds))("step: with %s", (_, world) => {
  it("never lowers the level, announces each rise of it, and only narrows the interval", () => {
    for (const { before, after, changes } of stagesOf(world)) {
      const [from, to] = [before.readiness.level, after.readiness.level];
      expect(order.indexOf(to)).toBeGreaterThanOrEqual(order.indexOf(from));
      expect(changes.filter(({ kind }) => kind === "level")).toEqual(from === to ? [] : [{ kind: "level", from, to }]);
      if (after.anomalies.length === 0) expectNarrowed(before, after);
    }
  });

  it("comes to the same record in every order, one by one or at once", () => {
    for (const { after, atOnce } of stagesOf(world)) expect(JSON.stringify(after)).toBe(JSON.stringify(atOnce));
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
