import { describe, expect, it } from "vitest";
import { bounds, type Diagnosed } from "../../src/core/boot-record.ts";
import { boundedRecord, mostRecordBytes } from "../../src/exporters/bounded-record.ts";
import { recordWithEverything } from "../support/records/full-record.ts";

const jsonBytes = (value: unknown): number => Buffer.byteLength(JSON.stringify(value));

/** A record in which every wait has these texts. */
function recordOfWaits(count: number, text: string): Diagnosed {
  const record = recordWithEverything();
  const [first] = record.waits;
  if (first === undefined) throw new Error("No wait");
  const waits = Array.from({ length: count }, (_, pid) => ({
    ...first,
    pid,
    commandLine: text,
    exe: text,
    unit: text,
  }));
  return { ...record, waits };
}

describe("boundedRecord", () => {
  it("returns a record of as many waits as it holds, with ordinary texts, as it is", () => {
    const record = recordOfWaits(bounds.waits, "/usr/bin/a-program --with some=arguments");
    expect(boundedRecord(record)).toBe(record);
  });

  it("shortens texts, and says so by their last character, where the record would be too large", () => {
    const record = recordOfWaits(bounds.waits, "\u0001".repeat(4096));
    expect(jsonBytes(record)).toBeGreaterThan(mostRecordBytes);
    const bounded = boundedRecord(record);
    expect(jsonBytes(bounded)).toBeLessThanOrEqual(mostRecordBytes);
    expect(bounded.waits).toHaveLength(bounds.waits);
    expect(bounded.waits.map(({ pid }) => pid)).toEqual(record.waits.map(({ pid }) => pid));
    expect(bounded.waits[0]?.commandLine).toSatisfy(
      (text: string) => text.length > 64 && text.length < 1100 && text.endsWith("\u0001…"),
    );
    expect(bounded.readiness).toEqual(record.readiness);
  });

  it("shortens lists, and counts what it left out, where shorter texts do not suffice", () => {
    const record = recordOfWaits(bounds.waits, "x".repeat(400));
    const bounded = boundedRecord(record, 100_000);
    expect(jsonBytes(bounded)).toBeLessThanOrEqual(100_000);
    expect(bounded.waits.length + bounded.dropped.waits).toBe(bounds.waits + record.dropped.waits);
    expect(bounded.dropped.waits).toBeGreaterThan(record.dropped.waits);
  });
});
