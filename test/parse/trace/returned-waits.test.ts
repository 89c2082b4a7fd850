import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, it } from "vitest";
import { parseTraceMark, parseTraceLine } from "../../../src/parse/trace/trace-line.ts";
import { bootsInPieces } from "../log/reading-logs.ts";
import { readTrace } from "./reading-traces.ts";

/**
 * Debian's kernels under QEMU, booted with the recorder's line and without a source of entropy: tracefs' trace, without
 * most credits, which are all alike. A first waiter is ended by SIGTERM, later ones wait to the end.
 */
const folder = join(import.meta.dirname, "../../fixtures/armed-traces");
const traces = readdirSync(folder).filter((name) => name.endsWith("-returns.txt"));

const returned = (value: string): string =>
  `              dd-85      [000] .....     4.997361: waited: (random_read_iter+0x17/0x50 <- wait_for_random_bytes)${value}`;
const valueOf = (line: string): number | null => {
  const event = parseTraceLine(line);
  const mark = event?.kind === "event" ? parseTraceMark(event) : null;
  return mark?.kind === "returned" ? mark.value : null;
};

describe("parseTraceMark: what a wait returned", () => {
  it.each<[string, number | null]>([
    [" ret=0", 0],
    [" ret=-512", -512],
    ["", null],
    [" ret=0x0", null],
    [" ret=0 more=1", 0],
    [" ret=0ms", null],
    [" arg1=0 ret=0", null],
  ])("of '%s' is %j", (text, value) => {
    expect(valueOf(returned(text))).toBe(value);
  });
});

describe.each(traces)("the recorder's trace %s", (name) => {
  const text = readFileSync(join(folder, name), "utf8");
  const waits = readTrace(text).waits();

  it("shows which wait a signal ended, and which waited to the end", () => {
    const ends = waits.map(({ ended, endShown }) => [ended, endShown]);
    expect(ends.filter(([ended]) => ended === "interrupted")).toEqual([["interrupted", true]]);
    expect(ends.filter(([ended]) => ended === "returned").length).toBeGreaterThan(0);
    expect(ends.every(([, shown]) => shown)).toBe(true);
  });

  it("shows that the CRNG became ready after the last wait began, and by the first return of 0", () => {
    const [record] = bootsInPieces(text);
    const began = Math.max(...waits.map(({ from }) => from ?? 0));
    const letThrough = waits.filter(({ ended }) => ended === "returned").map(({ to }) => to ?? 0);
    expect(record?.readiness).toMatchObject({
      level: "ready",
      readyAt: null,
      exact: false,
      notBefore: began,
      evidence: "recorder",
    });
    // The clock of a trace and the kernel log's may differ.
    const late = (record?.readiness.notAfter ?? 0) - Math.min(...letThrough);
    expect(late).toBeGreaterThanOrEqual(0);
    expect(late).toBeLessThan(0.5);
    expect(record?.anomalies).toEqual([]);
  });
});

describe("a trace of a recorder that does not record what a wait returned", () => {
  it.each(traces)("proves no readiness: %s", (name) => {
    const text = readFileSync(join(folder, name), "utf8").replaceAll(/ ret=-?\d+$/gm, "");
    const [record] = bootsInPieces(text);
    expect(record?.readiness).toMatchObject({ level: "unseeded", notAfter: null });
    expect(record?.waits.every(({ endShown }) => !endShown)).toBe(true);
  });
});

describe("a trace without credits, as of a kernel before the rewrite of random.c", () => {
  it.each(traces)("proves no readiness by a wait that returned 0: %s", (name) => {
    const text = readFileSync(join(folder, name), "utf8").replaceAll(/^.* credit: .*\n/gm, "");
    expect(bootsInPieces(text)[0]?.readiness).toMatchObject({ level: "unseeded", notAfter: null });
  });
});
