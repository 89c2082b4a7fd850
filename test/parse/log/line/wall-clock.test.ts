import * as fc from "fast-check";
import { describe, expect, it } from "vitest";
import { parseWallStamp } from "../../../../src/parse/log/line/wall-clock.ts";
import { anyText } from "../../../support/inputs/any-text.ts";

/** The stamp that a text starts with: its time as a date, and what is after it. */
function stampOf(text: string): readonly [at: string, rest: string] | null {
  const stamp = parseWallStamp(text);
  return stamp === null
    ? null
    : [new Date(Math.round(stamp.seconds * 1000)).toISOString().replace(".000Z", "Z"), text.slice(stamp.length)];
}

describe("a wall-clock stamp", () => {
  it.each([
    ["2023-02-03T12:32:49Z", "2023-02-03T12:32:49Z"],
    ["2023-02-03 12:32:49", "2023-02-03T12:32:49Z"],
    ["2023-02-03T12:32:49.7", "2023-02-03T12:32:49.700Z"],
    ["2023-02-03T12:32:49,701685+0000", "2023-02-03T12:32:49.702Z"],
    ["2023-02-03T12:32:49.000000001Z", "2023-02-03T12:32:49Z"],
    ["2023-02-03T12:32:49-05:00", "2023-02-03T17:32:49Z"],
    ["2023-02-03T12:32:49+0530", "2023-02-03T07:02:49Z"],
    ["2023-02-03 12:32:49 +0100", "2023-02-03T11:32:49Z"],
    ["2023-02-03 12:32:49 UTC", "2023-02-03T12:32:49Z"],
    ["Fri 2023-02-03 12:32:49 UTC", "2023-02-03T12:32:49Z"],
    ["ven. 2023-02-03 12:32:49", "2023-02-03T12:32:49Z"],
    ["Feb  3 12:32:49", "2000-02-03T12:32:49Z"],
    ["Feb 29 12:32:49", "2000-02-29T12:32:49Z"],
    ["Feb 3 12:32:49.592123", "2000-02-03T12:32:49.592Z"],
    ["Fri Feb  3 12:32:49 2023", "2023-02-03T12:32:49Z"],
    ["Feb 3 2023 12:32:49", "2023-02-03T12:32:49Z"],
    ["3 Feb 2023 12:32:49", "2023-02-03T12:32:49Z"],
    ["Fri, 3 Feb 2023 12:32:49", "2023-02-03T12:32:49Z"],
    ["3. Februar 12:32:49", "2000-02-03T12:32:49Z"],
    ["ven. 3 févr. 2023 12:32:49", "2023-02-03T12:32:49Z"],
    ["12:32:49", "2000-01-01T12:32:49Z"],
    ["12:32:49.5", "2000-01-01T12:32:49.500Z"],
    ["02-03 12:32:49.583", "2000-02-03T12:32:49.583Z"],
    ["1458685037", "2016-03-22T22:17:17Z"],
    ["1458685037.592123", "2016-03-22T22:17:17.592Z"],
    ["999999999.5", "2001-09-09T01:46:39.500Z"],
  ])("'%s' is %s", (text, at) => {
    expect(stampOf(text)).toEqual([at, ""]);
    expect(stampOf(`${text} host kernel: text`)).toEqual([at, " host kernel: text"]);
  });

  it.each<[month: number, names: readonly string[]]>([
    [1, ["Jan", "janv.", "ene", "gen", "1月"]],
    [2, ["Feb", "févr.", "feb", "fev", "2月"]],
    [3, ["Mar", "März", "mars", "3月"]],
    [4, ["Apr", "avril", "abr", "4月"]],
    [5, ["May", "Mai", "maj", "mag", "5月"]],
    [6, ["Jun", "juin", "giu", "6月"]],
    [7, ["Jul", "juil.", "lug", "7月"]],
    [8, ["Aug", "août", "ago", "8月"]],
    [9, ["Sep", "sept.", "set", "9月"]],
    [10, ["Oct", "Okt", "ott", "out", "10月"]],
    [11, ["Nov", "nov.", "11月"]],
    [12, ["Dec", "Dez", "déc.", "dic", "12月"]],
  ])("month %i has names in several languages", (month, names) => {
    const expected = names.map((name) => [name, `2000-${String(month).padStart(2, "0")}-03T12:32:49Z`]);
    expect(expected.map(([name = ""]) => [name, stampOf(`${name} 3 12:32:49`)?.[0]])).toEqual(expected);
  });

  it("has a moment also where the month's language is unknown: differences within the month hold", () => {
    const [one, other] = ["Пт фев  3 12:32:49 2023", "Пт фев  3 12:33:49 2023"].map(
      (text) => parseWallStamp(text)?.seconds,
    );
    expect((other ?? 0) - (one ?? 0)).toBe(60);
  });

  it.each<[text: string, shows: string | null, zone?: string]>([
    ["2023-02-03T12:32:49Z host", "date", "Z"],
    ["2023-02-03 12:32:49 UTC host", "date", "Z"],
    ["2023-02-03T12:32:49+0530 host", "date", "+05:30"],
    ["2023-02-03T12:32:49-05:00 host", "date", "-05:00"],
    ["Fri 2023-02-03 12:32:49 CET host", "date", "CET"],
    ["Fri 2023-02-03 12:32:49 -03 host", "date", "-03:00"],
    ["2023-02-03 12:32:49 HOST kernel: text", "date"],
    ["1458685037.592123 host", "date", "Z"],
    ["Fri Feb  3 12:32:49 2023 host", "date"],
    ["Feb  3 12:32:49 host", "no-year"],
    ["3 févr. 12:32:49 host", "no-year"],
    ["2月  3 12:32:49 host", "no-year"],
    ["12:32:49 host", "time-of-day"],
    ["02-03 12:32:49.583 0 0 I", "time-of-day"],
    ["sie  3 12:32:49 host", null],
    ["Пт фев  3 12:32:49 2023 host", null],
  ])("'%s' shows %j", (text, shows, zone) => {
    const form = parseWallStamp(text)?.form ?? null;
    expect(form === null ? null : [form.shows, form.zone]).toEqual(shows === null ? null : [shows, zone ?? null]);
  });

  it("is dmesg's own where it has the form of -T or of --time-format=iso", () => {
    const texts = [
      "Fri Feb  3 12:32:49 2023",
      "2023-02-03T12:32:49,701685+0000",
      "2023-02-03T12:32:49.701685+0000",
      "Feb  3 12:32:49",
    ];
    expect(texts.map((text) => parseWallStamp(text)?.form?.byDmesg)).toEqual([true, true, false, false]);
  });

  it("ends where the stamp ends", () => {
    expect(stampOf("2023-02-03T12:32:49 Zebra: text")).toEqual(["2023-02-03T12:32:49Z", " Zebra: text"]);
    expect(stampOf("2023-02-03 12:32:49 UTC: text")).toEqual(["2023-02-03T12:32:49Z", " UTC: text"]);
    expect(stampOf("Feb  3 12:32:49 20230 kernel: text")).toEqual(["2000-02-03T12:32:49Z", " 20230 kernel: text"]);
  });

  it.each([
    "",
    " Feb  3 12:32:49",
    "Feb  3",
    "Feb 3 12:32",
    "12:32",
    "1:32:49",
    "2023-02-03",
    "2023-2-3 12:32:49",
    "23-02-03T12:32:49",
    "14586850",
    "14586850371",
    "1458685037.592.1",
    "1458685037x",
    "[    7.284424] text",
    "random: crng init done",
    "-1 12:32:49",
    "Thu Mar  7 09:15:02 UTC 2024",
    "Thu Mar  7 09:15:02 AM CET 2024 ",
    "Thu Mar  7 09:15:02 +0530 2024",
    "Thu 07 Mar 2024 09:15:02 PM CET",
  ])("is not in %j", (text) => {
    expect(stampOf(text)).toBeNull();
  });

  it("is a finite time for whatever looks like one", () => {
    const digits = (length: number): fc.Arbitrary<string> =>
      fc.string({ unit: fc.constantFrom(...Array.from("0123456789")), minLength: length, maxLength: length });
    const clock = fc.tuple(digits(2), digits(2), digits(2)).map((parts) => parts.join(":"));
    const date = fc.oneof(
      fc.tuple(digits(4), digits(2), digits(2)).map((parts) => `${parts.join("-")}T`),
      fc.tuple(fc.constantFrom("Feb", "Fri Feb", "2月", "x", "ſ."), digits(2)).map((parts) => `${parts.join(" ")} `),
      fc.tuple(digits(2), digits(2)).map((parts) => `${parts.join("-")} `),
      fc.constant(""),
    );
    const behind = fc.oneof(fc.constantFrom("", "Z", " UTC", " 9999", ".999999999", ",1+9959", "-99:99"), fc.string());
    fc.assert(
      fc.property(date, clock, behind, (front, time, rest) => {
        const stamp = parseWallStamp(front + time + rest);
        expect(stamp).not.toBeNull();
        expect(Number.isFinite(stamp?.seconds)).toBe(true);
        expect(stamp?.length).toBeLessThanOrEqual(front.length + time.length + rest.length);
      }),
    );
  });

  it("is null or finite for any text", () => {
    const text = fc.oneof(anyText(), fc.string({ unit: fc.constantFrom(...Array.from("0129-:.,TZ+ FeébJan月")) }));
    fc.assert(
      fc.property(text, (any) => {
        expect(Number.isFinite(parseWallStamp(any)?.seconds ?? 0)).toBe(true);
      }),
    );
  });
});
