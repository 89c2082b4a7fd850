import { describe, expect, it } from "vitest";
import type { Evidence } from "../../src/core/evidence.ts";
import { readinessLine, seconds, wallSeconds } from "../../src/render/verdict.ts";
import {
  extent,
  fastInit,
  fips,
  logged,
  noted,
  pool,
  probe,
  readyLine,
  stretch,
  urandomRead,
} from "../support/records/evidence-of.ts";
import { recordOf } from "../support/records/record-of.ts";

describe("readinessLine", () => {
  it.each<[line: string, evidence: readonly Evidence[]]>([
    ["CRNG state unknown", []],
    ["CRNG ready at 12.345678 s (kernel log)", [readyLine(12.345678)]],
    ["CRNG ready at the very start, before the kernel's clock started (kernel log)", [readyLine(0)]],
    ["CRNG ready no later than 900.000000 s (15 min 0 s; probe)", [pool(900, 256)]],
    ["CRNG ready between 2.000000 s and 9.000000 s (probe)", [pool(2, 40), pool(9, 256)]],
    [
      "CRNG ready no later than 40.000000 s (kernel log)",
      [fips(false), pool(60, 256), probe(60, "returned"), stretch(40, 59, 60.5)],
    ],
    ["CRNG ready at an unknown time (kernel log)", [{ ...readyLine(0), at: null }]],
    ["CRNG not ready at 5.500000 s; callers of getrandom() block", [fips(false), pool(5, 4), probe(5.5, "would-wait")]],
    [
      "CRNG not ready at 2.100000 s, but callers get bytes from the kernel's FIPS generator",
      [fips(true), probe(2, "returned"), pool(2.1, 40)],
    ],
    [
      "CRNG not ready, with 160 of 256 bits at 2.100000 s, but callers get bytes from the kernel's FIPS generator",
      [fips(true), probe(2, "returned"), pool(2.1, 160)],
    ],
    [
      "CRNG ready at 27.000000 s (kernel log); callers get bytes from the kernel's FIPS generator",
      [fips(true), probe(2, "returned"), pool(2.1, 160), readyLine(27)],
    ],
    ["CRNG not ready at 2.100000 s", [fips(true), pool(2.1, 40)]],
    ["CRNG not ready at 3.000000 s; callers of getrandom() block", [urandomRead(3)]],
    ["CRNG partly initialised ('fast init') at 5.000000 s", [fastInit(5)]],
    [
      "CRNG partly initialised ('fast init') at 6.000000 s; callers of getrandom() block",
      [fips(false), pool(6, 80, 4096, 64), fastInit(5), probe(6, "would-wait")],
    ],
    [
      "CRNG partly initialised ('fast init') at 5.000000 s, and on this kernel getrandom() does not block after that",
      [fips(false), pool(6, 80, 4096, 64), stretch(0, 30, 31), fastInit(5), probe(6, "returned")],
    ],
    [
      "CRNG at least partly initialised: getrandom() returns; this kernel does not show more",
      [fips(false), pool(900, 80, 4096), stretch(700, 890, 901), probe(901, "returned")],
    ],
    [
      "CRNG state unknown: this kernel has no getrandom(), and its log does not show it",
      [fips(false), pool(50, 900, 4096, 64), probe(50, "unsupported")],
    ],
    ["CRNG state unknown, but callers of getrandom() do not block", [fips(null), probe(50, "returned")]],
    ["CRNG ready at 12.345678 s (kernel log)", [extent(40), readyLine(12.345678)]],
    [
      "CRNG ready no later than 9.500000 s (kernel log)",
      [extent(40, { stamps: "journal" }), noted(7, "monotonic", 9.5, readyLine(0))],
    ],
    [
      "CRNG ready between 3.000000 s and 9.500000 s (kernel log)",
      [extent(40), urandomRead(3), noted(7, "monotonic", 9.5, readyLine(0))],
    ],
    [
      "CRNG ready 3 s after this boot's first line, by the log's wall clock (kernel log)",
      [extent(null, { stamps: "wall" }), noted(7, "wall", 3, readyLine(0))],
    ],
    [
      "CRNG ready 0.260001 s after this boot's first line, by the log's wall clock (kernel log)",
      [extent(null, { stamps: "wall" }), noted(7, "wall", 0.2600009999, readyLine(0))],
    ],
    ["CRNG ready at an unknown time (kernel log)", [extent(null), noted(7, null, 0, readyLine(0))]],
    ["CRNG not ready at 3.000000 s, and this log does not show it becoming ready", [extent(40), urandomRead(3)]],
    [
      "CRNG not ready, and this log does not show it becoming ready",
      [extent(40, { stamps: "journal" }), noted(7, "monotonic", 3, urandomRead(0))],
    ],
    [
      "CRNG partly initialised ('fast init') at 5.000000 s, and this log does not show it becoming ready",
      [extent(40), fastInit(5)],
    ],
    ["CRNG state unknown: this log does not show it becoming ready", [extent(40)]],
  ])("%s", (expected, evidence) => {
    expect(readinessLine(recordOf(...evidence))).toBe(expected);
  });

  it("is one line, whatever the log's names are", () => {
    const record = recordOf(
      logged(1, { kind: "early-use", use: "urandom-read", name: "a\nb\u001b[31m", bytes: 1, bits: null }),
      readyLine(2),
    );
    expect(readinessLine(record)).toMatch(/^[^\p{Cc}]+$/u);
  });
});

describe("a difference of wall clocks", () => {
  it("has the digits that its stamps have, to the microsecond", () => {
    expect([3, 0.26, 0, 1_458_685_037.592123, 0.1 + 0.2, 1e-9].map(wallSeconds)).toEqual([
      "3 s",
      "0.26 s",
      "0 s",
      "1458685037.592123 s",
      "0.3 s",
      "0 s",
    ]);
  });
});

describe("a moment", () => {
  it("has the kernel log's precision", () => {
    expect(seconds(0)).toBe("0.000000 s");
    expect(seconds(0.1)).toBe("0.100000 s");
    expect(seconds(356_412.88)).toBe("356412.880000 s");
  });
});
