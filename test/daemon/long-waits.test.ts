import type { Wait } from "../../src/core/wait.ts";
import { describe, expect, it, vi } from "vitest";
import { type BootRecord, emptyRecord } from "../../src/core/boot-record.ts";
import { longWaits, nextDue, openWaits, watchWaits } from "../../src/daemon/long-waits.ts";
import { aWait } from "../support/records/waits.ts";

const recordOf = (...waits: readonly Wait[]): BootRecord => ({ ...emptyRecord(), waits });

describe("a wait that lasts", () => {
  it("is logged once at 1 s, 10 s and 60 s, and at each doubling", () => {
    const waits = longWaits();
    const record = recordOf(aWait({ from: 5 }));
    const reported: number[] = [];
    for (let now = 5; now < 1000; now += 0.5) reported.push(...waits.due(record, now).map(({ seconds }) => seconds));
    expect(reported).toEqual([1, 10, 60, 120, 240, 480, 960]);
  });

  it("is logged once for stages that were missed", () => {
    expect(
      longWaits()
        .due(recordOf(aWait({ from: 5 })), 105)
        .map(({ seconds }) => seconds),
    ).toEqual([100]);
  });

  it("is logged again when the same task waits again, and not when its start is learned more exactly", () => {
    const waits = longWaits();
    const due = (now: number, ...open: readonly Wait[]): number => waits.due(recordOf(...open), now).length;
    expect(due(7, aWait({ from: 5 }))).toBe(1);
    expect(due(8, aWait({ from: 4.9 }))).toBe(0);
    expect(due(8, aWait({ from: 4.9, to: 8, seconds: 3.1 }))).toBe(0);
    expect(due(20, aWait({ from: 4.9, to: 8, seconds: 3.1 }), aWait({ from: 18 }))).toBe(1);
  });

  it("is none where its end was seen, or where only a log shows it", () => {
    const gone = { ...aWait({ from: 1 }), ended: "gone" as const };
    expect(openWaits(recordOf(aWait({ from: 1, to: 3 }), gone, aWait({ from: 1, line: 7 })), 100)).toEqual([]);
  });

  it("has lasted at least as long as it was seen, where its start was not", () => {
    const record = recordOf(aWait({ pid: 1, from: null, seconds: 12 }), aWait({ pid: 2, from: 60 }));
    expect(openWaits(record, 100).map(({ wait, seconds }) => [wait.pid, seconds])).toEqual([
      [2, 40],
      [1, 12],
    ]);
  });

  it("is next due when the first of several is", () => {
    expect(nextDue(recordOf(aWait({ pid: 1, from: 90 }), aWait({ pid: 2, from: 95 })), 98)).toBe(2);
    expect(nextDue(recordOf(), 98)).toBe(null);
  });
});

describe("the watch", () => {
  it("runs one timer while a task waits, and none otherwise", () => {
    vi.useFakeTimers();
    try {
      let [record, now, looks] = [recordOf(), 0, 0];
      const reported: string[] = [];
      const watch = watchWaits({
        record: () => record,
        now: () => (looks++, now),
        report: (due) => reported.push(...due.map(({ wait, seconds }) => `${wait.pid} ${Math.floor(seconds)}`)),
      });
      const pass = (seconds: number): void => {
        for (let step = 0; step < seconds * 8; step++) {
          now += 0.125;
          vi.advanceTimersByTime(125);
        }
      };
      watch.look();
      expect(vi.getTimerCount()).toBe(0);
      record = recordOf(aWait({ pid: 7, from: 0 }));
      watch.look();
      pass(70);
      expect([reported, vi.getTimerCount()]).toEqual([["7 1", "7 10", "7 60"], 1]);
      expect(looks).toBe(2 + reported.length);
      record = recordOf(aWait({ pid: 7, from: 0, to: 70 }));
      watch.look();
      expect(vi.getTimerCount()).toBe(0);
    } finally {
      vi.useRealTimers();
    }
  });
});
