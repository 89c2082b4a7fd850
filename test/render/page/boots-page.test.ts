import { describe, expect, it } from "vitest";
import { recordsInPage } from "../../../src/parse/log/boots-document.ts";
import { bootsHtml, bootsSvg } from "../../../src/render/page/boots-page.ts";
import { timeScale } from "../../../src/render/page/time-scale.ts";
import { fullRecord, hostileWaits, recordWithEverything } from "../../support/full-record.ts";
import { aWait } from "../../support/waits.ts";

describe("bootsHtml", () => {
  it.each([
    ["a full record", [recordWithEverything()]],
    ["hostile names", [fullRecord({ waits: hostileWaits() })]],
    ["several boots", [fullRecord({ file: "a" }), fullRecord({ file: "b" })]],
    ["no boot", []],
  ])("recordsInPage: reads the same records back from a page of %s", (_, records) => {
    expect(recordsInPage(bootsHtml(records))).toEqual(records.map((record) => JSON.parse(JSON.stringify(record))));
  });

  it("bootsHtml: refers to no other file and has no script but its data", () => {
    const page = bootsHtml([fullRecord({ waits: hostileWaits() })]);
    expect(page.match(/<script(?! type="application\/json")/g)).toBeNull();
    expect(page.match(/<(?:link|img|iframe|object|embed|a|form|base)\b/g)).toBeNull();
    expect(page.match(/\b(?:src|href)=|url\(|@import/g)).toBeNull();
    expect(page).toContain("default-src 'none'");
  });

  it("recordsInPage: is null for other HTML, for a damaged page and for another schema", () => {
    const page = bootsHtml([fullRecord()]);
    expect(recordsInPage("<!DOCTYPE html><html></html>")).toBeNull();
    expect(recordsInPage(page.slice(0, page.length / 2))).toBeNull();
    expect(recordsInPage(page.replace('{"schema":"crngwatch.boots/1"', '{"schema":"crngwatch.boots/2"'))).toBeNull();
    expect(recordsInPage(page.replace('"waits":[', '"waits":7,"x":['))).toBeNull();
  });

  it("bootsHtml, bootsSvg: escape a name once", () => {
    const record = fullRecord({ waits: [aWait({ comm: "a\\b", unit: "c\\d" })] });
    for (const page of [bootsHtml([record]).split("<script")[0], bootsSvg([record])]) {
      expect(page).toContain("a\\\\b[612]");
      expect(page).not.toContain("a\\\\\\\\b");
      expect(page).toContain("c\\\\d");
      expect(page).not.toContain("c\\\\\\\\d");
    }
  });

  it("bootsSvg: draws PID 1's wait through all rows and ends no bar beyond the picture", () => {
    const picture = bootsSvg([fullRecord({ waits: [aWait({ pid: 1, to: 34.25, seconds: 33.25 }), aWait()] })]);
    expect(picture.match(/class="band"/g)).toHaveLength(1);
    for (const [, x = "", width = ""] of picture.matchAll(/x="([\d.]+)%" width="([\d.]+)%"/g))
      expect(Number(x) + Number(width)).toBeLessThanOrEqual(100.001);
  });
});

describe("timeScale", () => {
  it.each([0, 0.1, 1, 29.9, 31, 4200, 86_400 * 400])("timeScale: is ordered and within 0 to 100, up to %d s", (end) => {
    const { percent, ticks } = timeScale(end);
    const moments = [0, end / 1000, end / 10, end / 2, end];
    expect(moments.map(percent)).toEqual(moments.map(percent).toSorted((a, b) => a - b));
    expect(percent(Math.max(1, end * 2))).toBe(100);
    expect(ticks[0]?.at).toBe(0);
    expect(ticks.length).toBeLessThanOrEqual(12);
  });

  it("timeScale: tells 0.1 s from the start, and 70 min from 35 min", () => {
    const { percent, logarithmic } = timeScale(4200);
    expect(logarithmic).toBe(true);
    expect(percent(0.1)).toBeGreaterThan(4);
    expect(percent(4200) - percent(2100)).toBeGreaterThan(4);
  });
});
