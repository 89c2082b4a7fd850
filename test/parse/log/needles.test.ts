import * as fc from "fast-check";
import { describe, expect, it } from "vitest";
import { holdsNeedle, needlePlaces } from "../../../src/parse/log/needles.ts";

describe("needlePlaces", () => {
  it("gives the first needle of each line that holds one, ascending", () => {
    expect(needlePlaces(Buffer.from("no\nsome random crng\n\ncrng\nan dom\nMissed 3"))).toEqual([9, 21, 33]);
  });

  it("finds nothing in nothing, nor in a needle's half", () => {
    for (const text of ["", "\n", "dom", "ndom\ncrn", "an\ndom", "Missed"])
      expect(needlePlaces(Buffer.from(text))).toEqual([]);
  });

  it("names the lines that hold a needle by themselves", () => {
    const part = fc.constantFrom(
      "andom",
      "crng",
      "Linux version",
      "q: Show",
      "q : Show",
      "Missed ",
      "an",
      "d",
      "\n",
      "x",
    );
    const text = fc.array(part, { maxLength: 40 }).map((parts) => parts.join(""));
    fc.assert(
      fc.property(text, (whole) => {
        let start = 0;
        const expected: [from: number, to: number][] = [];
        for (const line of whole.split("\n")) {
          if (holdsNeedle(Buffer.from(line))) expected.push([start, start + line.length]);
          start += line.length + 1;
        }
        const places = needlePlaces(Buffer.from(whole));
        expect(places.length).toBe(expected.length);
        for (const [index, place] of places.entries()) {
          const [from = 0, to = 0] = expected[index] ?? [];
          expect(place >= from && place < to).toBe(true);
          expect(holdsNeedle(Buffer.from(whole.slice(place, to)))).toBe(true);
        }
      }),
    );
  });
});
