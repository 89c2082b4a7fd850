import { describe, expect, it } from "vitest";
import { type BootRecord, emptyRecord } from "../../../src/core/boot-record.ts";
import { reportMetrics } from "../../../src/render/metrics/report-metrics.ts";
import { aWait } from "../../support/records/waits.ts";

const valuesOf = (name: string, waits: ReturnType<typeof aWait>[]): readonly unknown[] =>
  reportMetrics("x", { ...emptyRecord(), waits })
    .filter((metric) => metric.name === `x.${name}`)
    .map(({ object, value }) => [object ?? null, value]);

describe("the metrics of systemd-report", () => {
  it("say of an unknown boot what is known, and leave the rest out", () => {
    expect(reportMetrics("x", emptyRecord())).toEqual([{ name: "x.Level", value: "unknown" }]);
  });

  it("are 0 where the host was sampled and nothing found", () => {
    const log = [{ firstSeq: 0, firstAt: null, lastSeq: 9, lastAt: null, readAt: 1 }];
    const empty = emptyRecord();
    const record: BootRecord = {
      ...empty,
      readiness: { ...empty.readiness, level: "unseeded", settled: true },
      observed: { ...empty.observed, log, waitsWatched: true },
    };
    expect(reportMetrics("x", record).map(({ name, value }) => `${name} ${value}`)).toEqual([
      "x.Level unseeded",
      "x.Ready 0",
      "x.Waits 0",
      "x.WaitedSeconds 0",
      "x.EarlyUses 0",
      "x.Reseeds 0",
      "x.Reseeds 0",
      "x.LogGaps 0",
    ]);
  });

  it("add waits up by unit", () => {
    const waits = [
      aWait({ unit: "a.service", seconds: 0.1 }),
      aWait({ unit: "a.service", seconds: 0.2 }),
      aWait({ unit: null, seconds: 5 }),
      aWait({ unit: "b.service", seconds: null }),
    ];
    expect(valuesOf("WaitedSeconds", waits)).toEqual([
      ["a.service", 0.3],
      [null, 5],
    ]);
    expect(valuesOf("Waits", waits)).toEqual([
      ["a.service", 2],
      ["b.service", 1],
      [null, 1],
    ]);
  });

  it("name 32 units at most, those with the longest waits, and lose none of the seconds", () => {
    const values = valuesOf(
      "WaitedSeconds",
      Array.from({ length: 100 }, (_, index) => aWait({ unit: `u${index}.service`, seconds: index })),
    );
    expect(values).toHaveLength(33);
    expect([values[0], values.at(-1)]).toEqual([
      ["u99.service", 99],
      [null, (67 * 68) / 2],
    ]);
  });
});
