import * as fc from "fast-check";
import { describe, expect, it } from "vitest";
import { type WallForm, wallSecondsOf, wallText } from "../../../src/core/base/wall-time.ts";

const at = Date.UTC(2000, 1, 29, 18, 17, 17, 250) / 1000;

describe("wallText", () => {
  it.each<[WallForm, string]>([
    [{ shows: "date", zone: "Z" }, "2000-02-29T18:17:17.25Z"],
    [{ shows: "date", zone: "+05:30" }, "2000-02-29T23:47:17.25+05:30"],
    [{ shows: "date", zone: "-08:00" }, "2000-02-29T10:17:17.25-08:00"],
    [{ shows: "date", zone: "CET" }, "2000-02-29T18:17:17.25"],
    [{ shows: "date", zone: null }, "2000-02-29T18:17:17.25"],
    [{ shows: "no-year", zone: null }, "--02-29T18:17:17.25"],
    [{ shows: "time-of-day", zone: null }, "T18:17:17.25"],
  ])("writes what %o shows, and no more", (form, text) => {
    expect(wallText(at, form)).toBe(text);
  });

  it("writes no date that ISO 8601 has no four digits for", () => {
    const form: WallForm = { shows: "date", zone: "Z" };
    expect([1e15, -1e12, Number.NaN].map((seconds) => wallText(seconds, form))).toEqual([null, null, null]);
  });

  it("is read again by wallSecondsOf, to the millisecond", () => {
    const zone = fc.constantFrom("Z", "+01:00", "-09:30", "CET", null);
    fc.assert(
      fc.property(fc.integer({ min: 0, max: 4e12 }), zone, (milliseconds, written) => {
        const form: WallForm = { shows: "date", zone: written };
        expect(wallSecondsOf(wallText(milliseconds / 1000, form) ?? "", form)).toBeCloseTo(milliseconds / 1000, 6);
      }),
    );
  });

  it("is read again within its year, or its day, where it shows no more", () => {
    for (const shows of ["no-year", "time-of-day"] as const) {
      const form: WallForm = { shows, zone: null };
      const again = wallText(wallSecondsOf(wallText(at, form) ?? "", form) ?? 0, form);
      expect(again).toBe(wallText(at, form));
    }
  });
});

describe("wallSecondsOf", () => {
  it("is null for any other text", () => {
    fc.assert(
      fc.property(fc.string(), fc.constantFrom("date", "no-year", "time-of-day"), (text, shows) => {
        expect(wallSecondsOf(text, { shows, zone: null })).toBeNull();
      }),
    );
  });
});
