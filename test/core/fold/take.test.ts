import { describe, expect, it } from "vitest";
import { bounds, emptyRecord } from "../../../src/core/boot-record.ts";
import type { Evidence } from "../../../src/core/evidence.ts";
import { take } from "../../../src/core/fold/take.ts";
import type { Sign } from "../../../src/core/sign.ts";
import { logged, pool, probe, stretch } from "../../support/records/evidence-of.ts";
import { aCourse } from "../../support/records/log-course.ts";
import { recordOf } from "../../support/records/record-of.ts";

describe("take: the kernel's command line", () => {
  const echo = (at: number, text: string, early = false): Evidence =>
    logged(at, { kind: "command-line", text, early, fips: false });

  it("stands in the record as the log says it first, and its last echo bounds what was credited before", () => {
    // Neighbours in the log.
    const [first, second] = [echo(0.1, "quiet"), echo(0.101, "quiet")];
    for (const order of [
      [first, second],
      [second, first],
      [first, second, first],
    ])
      expect(recordOf(...order)).toMatchObject({
        kernel: { commandLine: "quiet" },
        observed: { commandLineEcho: { at: 0.101 } },
      });
  });

  it("has no echo where x86 printed it before firmware tables are read", () => {
    expect(recordOf(echo(0, "quiet", true))).toMatchObject({
      kernel: { commandLine: "quiet" },
      observed: { commandLineEcho: null },
    });
  });

  it("requests FIPS mode if any echo of it does", () => {
    const asks = logged(0, { kind: "command-line", text: "fips=1", early: true, fips: true });
    for (const order of [
      [asks, echo(0.1, "fips=1")],
      [echo(0.1, "fips=1"), asks],
    ])
      expect(recordOf(...order).observed.fipsAsked).toBe(true);
    expect(recordOf(echo(0.1, "quiet")).observed.fipsAsked).toBe(false);
  });
});

describe("take: samples of a pool of 256 bits", () => {
  it("keep the last below 256, the first from 128 on, and the first that is full", () => {
    const samples = [pool(1, 127), pool(2, 128), pool(3, 255), pool(4, 256), pool(5, 256)];
    for (const order of [samples, samples.toReversed()])
      expect(recordOf(...order).observed.pool).toMatchObject({
        latest: { at: 5, bits: 256 },
        lastBelow: { at: 3, bits: 255 },
        firstEarly: { at: 2, bits: 128 },
        firstFull: { at: 4, bits: 256 },
      });
  });

  it("of an older pool show none of that", () => {
    expect(recordOf(pool(1, 127, 4096), pool(2, 4096, 4096)).observed.pool).toMatchObject({
      lastBelow: null,
      firstEarly: null,
      firstFull: null,
    });
  });
});

describe("take: answers to a call that may not wait", () => {
  it("keep the last refusal and the first success, in whatever order they come", () => {
    const answers = [probe(1, "would-wait"), probe(2, "would-wait"), probe(3, "returned"), probe(4, "returned")];
    for (const order of [answers, answers.toReversed()])
      expect(recordOf(...order).observed.probe).toEqual({ lastWouldWait: 2, firstReturned: 3, unsupported: false });
    expect(recordOf(probe(1, "unsupported")).observed.probe.unsupported).toBe(true);
  });
});

describe("take: stretches of the kernel log", () => {
  const stretchesOf = (...evidence: readonly Evidence[]): readonly (readonly [number, number, number])[] =>
    recordOf(...evidence).observed.log.map(({ firstSeq, lastSeq, readAt }) => [firstSeq, lastSeq, readAt]);

  it("that touch or overlap are one, and others stay apart, in the log's order", () => {
    expect(stretchesOf(stretch(3, 4, 9), stretch(1, 2, 8))).toEqual([
      [1000, 2000, 8],
      [3000, 4000, 9],
    ]);
    expect(stretchesOf(stretch(1, 2, 8), stretch(2.001, 4, 9))).toEqual([[1000, 4000, 9]]);
    expect(stretchesOf(stretch(2.001, 4, 9), stretch(1, 2, 8))).toEqual([[1000, 4000, 9]]);
    expect(stretchesOf(stretch(1, 2, 8), stretch(2.002, 4, 9))).toHaveLength(2);
    expect(stretchesOf(stretch(1, 4, 8), stretch(2, 3, 9))).toEqual([[1000, 4000, 8]]);
  });

  it("that end together were read as late as the later of them", () => {
    for (const order of [
      [stretch(1, 4, 8), stretch(2, 4, 9)],
      [stretch(2, 4, 9), stretch(1, 4, 8)],
    ])
      expect(stretchesOf(...order)).toEqual([[1000, 4000, 9]]);
  });
});

describe("take: samples and stretches whose order is not the time's", () => {
  it("keep the latest and the earliest sample of a full pool", () => {
    const samples = [pool(1, 200), pool(2, 210), pool(3, 256), pool(4, 256)];
    for (const order of [samples, samples.toReversed(), [pool(2, 210), pool(4, 256), pool(1, 200), pool(3, 256)]])
      expect(recordOf(...order).observed.pool).toMatchObject({
        latest: { at: 4 },
        lastBelow: { at: 2 },
        firstEarly: { at: 1 },
        firstFull: { at: 3 },
      });
  });

  it("join a stretch with the one after it and the one in front of it", () => {
    const joined = (...order: readonly Evidence[]) =>
      recordOf(...order).observed.log.map(({ firstSeq, lastSeq, firstAt, lastAt }) => [
        firstSeq,
        lastSeq,
        firstAt,
        lastAt,
      ]);
    const parts = [stretch(1, 2, 8), stretch(2.001, 3, 8), stretch(3.001, 4, 9)];
    for (const order of [parts, parts.toReversed(), [parts[0], parts[2], parts[1]]])
      expect(joined(...(order as readonly Evidence[]))).toEqual([[1000, 4000, 1, 4]]);
  });
});

describe("take: signs of trouble", () => {
  it("are kept up to their bound, and what is left out is counted with what the reader left out", () => {
    const signs = Array.from({ length: bounds.signs + 3 }, (_, line): Sign => ({
      kind: "device",
      gravity: "notes",
      line,
      at: null,
      text: `line ${line}`,
      name: null,
      inRandomCode: false,
      byTimeout: false,
    }));
    const taken = take(emptyRecord(), {
      kind: "log-signs",
      signs,
      reportedWaits: [],
      course: aCourse(),
      dropped: 4,
    });
    expect([taken.signs.length, taken.signs[0]?.line, taken.dropped.signs]).toEqual([bounds.signs, 0, 7]);
  });
});
