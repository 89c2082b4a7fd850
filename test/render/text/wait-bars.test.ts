import { describe, expect, it } from "vitest";
import type { Wait } from "../../../src/core/wait.ts";
import { layOut } from "../../../src/render/text/layout.ts";
import { waitBarLines } from "../../../src/render/text/wait-bars.ts";
import { aWait } from "../../support/records/waits.ts";

const wait = (pid: number, from: number, to: number, facts: Partial<Wait> = {}): Wait =>
  aWait({ pid, tid: pid, comm: `task-${pid}`, from, to, seconds: to - from, ended: "returned", ...facts });
const drawn = (waits: readonly Wait[], columns: number | null = 60, ascii = true): string =>
  layOut(waitBarLines(waits), { columns, colour: false, ascii });

describe("the bars of waits", () => {
  it("waitBarLines: each wait is a bar at its place in the boot, with its length after it", () => {
    expect(drawn([wait(1, 10, 50), wait(22, 40, 50)])).toBe(
      [
        "             10.000 s                     50.000 s",
        "task-1[1]    #####################################  40.000 s",
        "task-22[22]                              #########  10.000 s",
        "",
      ].join("\n"),
    );
  });

  it("waitBarLines: they fill the columns of the terminal, 80 in a pipe, and are left out where there is no room", () => {
    for (const columns of [40, 80, 200]) {
      const rows = drawn([wait(1, 10, 50), wait(22, 40, 50)], columns)
        .trimEnd()
        .split("\n");
      expect(rows.map((row) => row.length).toSorted((a, b) => b - a)[0]).toBe(columns);
    }
    expect(drawn([wait(1, 10, 50)], null).split("\n")[1]).toHaveLength(80);
    expect(drawn([wait(1, 10, 50)], 20)).toBe("");
  });

  it("waitBarLines: one wait is drawn where it was long, and what has no place in time is not", () => {
    expect(drawn([wait(1, 10, 12)])).toBe("");
    expect(drawn([wait(1, 10, 52)])).toContain("42.000 s");
    expect(drawn([wait(1, 10, 52, { seconds: null }), wait(2, 3, 4, { from: null, to: null })])).toBe("");
    expect(drawn([wait(1, 10, 52, { times: 3 })])).toBe("");
    expect(drawn([])).toBe("");
  });

  it("waitBarLines: a wait of which an end was not seen is marked as at least as long", () => {
    expect(drawn([wait(1, 10, 52, { ended: null, to: null })])).toContain(">=42.000 s");
    expect(drawn([wait(1, 10, 52, { from: null })])).toContain(">=42.000 s");
  });

  it("waitBarLines: of many the longest ten are drawn in the order of their starts, and a long name is cut", () => {
    const many = Array.from({ length: 10_000 }, (_, index) => wait(index + 1, index / 100, 200 + (index % 7)));
    const rows = drawn([...many, wait(99_999, 0, 900, { comm: "n".repeat(4_096) })])
      .trimEnd()
      .split("\n");
    expect(rows).toHaveLength(11);
    expect(rows.filter((row) => row.length > 60)).toEqual([]);
    expect(rows[1]).toMatch(/^n{21}\.\.\. {2}#+ {2}900\.000 s$/);
  });

  it("waitBarLines: where the locale has UTF-8 they are blocks", () => {
    expect(drawn([wait(1, 10, 52)], 60, false)).toMatch(/█{20,} {2}42\.000 s\n$/);
    expect(drawn([wait(1, 10, 52)], 60, true)).toMatch(/^[\x20-\x7e\n]*$/);
  });
});
