import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import type { Diagnosed } from "../../../src/core/boot-record.ts";
import { bootsHtml, bootsSvg } from "../../../src/render/page/boots-page.ts";
import { historyHtml, historySvg } from "../../../src/render/page/history-page.ts";
import type { BootOfList } from "../../../src/render/text/boot-list.ts";
import { historyOf, manyBoots } from "../../support/records/boot-history.ts";
import { Browser, type Box } from "../../support/running/browser.ts";
import { fullRecord, hostileNames, hostileWaits } from "../../support/records/full-record.ts";
import { whyMissing } from "../../support/running/programs.ts";
import { delayedBoot, hostileUnits, wordsOnly } from "../../support/records/delayed-boot.ts";
import { aWait } from "../../support/records/waits.ts";

const missing = whyMissing("chromium");
const widths = [400, 900, 1600];

const waiting = (count: number): Diagnosed =>
  fullRecord({
    waits: Array.from({ length: count }, (_, index) =>
      aWait({ pid: index + 1, from: 1 + index / 10, to: 34.25, seconds: 33.25 - index / 10 }),
    ),
  });
const records: Readonly<Record<string, Diagnosed>> = {
  "no waiter": waiting(0),
  "one waiter": waiting(1),
  "200 waiters": waiting(200),
  "hostile names": fullRecord({ waits: hostileWaits() }),
  "hostile names of units and reported waiters": hostileUnits(),
  "units that PID 1 and a chain of units delayed": delayedBoot(),
  "a silent log whose words name the waiters": wordsOnly(),
  "a boot of 70 minutes with a wait of 0.1 s": fullRecord({
    waits: [aWait({ pid: 1, from: 0.2, to: 0.3, seconds: 0.1 }), aWait({ from: 2, to: 4200, seconds: 4198 })],
  }),
};

const histories: Readonly<Record<string, readonly BootOfList[]>> = {
  "one boot": manyBoots(1),
  "20 boots": manyBoots(20),
  "1000 boots": manyBoots(1000, 7),
  "boots of which nothing is known": historyOf([{ ready: null, kernel: null }]),
  "hostile kernels": historyOf(hostileNames.map((kernel, index) => ({ ready: index, kernel }))),
};

/** Pairs of boxes that cover each other by more than a rounded pixel. */
function overlaps(boxes: readonly Box[]): readonly string[] {
  return boxes.flatMap((a, index) =>
    boxes
      .slice(index + 1)
      .filter(
        (b) =>
          Math.min(a.right, b.right) - Math.max(a.left, b.left) > 1 &&
          Math.min(a.bottom, b.bottom) - Math.max(a.top, b.top) > 1,
      )
      .map((b) => `'${a.text.slice(0, 40)}' and '${b.text.slice(0, 40)}'`),
  );
}

describe.skipIf(missing !== null)(`the page in Chromium${missing === null ? "" : ` (${missing})`}`, () => {
  const folder = mkdtempSync(join(tmpdir(), "crngwatch-page-"));
  let browser: Browser;
  const write = (name: string, content: string): string => {
    const path = join(folder, name);
    writeFileSync(path, content);
    return path;
  };

  beforeAll(async () => {
    browser = await Browser.start();
  }, 60_000);
  afterAll(async () => {
    await browser?.close();
    rmSync(folder, { recursive: true, force: true });
  });

  describe.each(Object.entries(records))("%s", (name, record) => {
    it.each(widths)("labels cover no other label and nothing is wider than the window, at %d px", async (width) => {
      await browser.open(write("page.html", bootsHtml([record])), width);
      const labels = await browser.boxes("svg text");
      expect(labels.length).toBeGreaterThan(5);
      expect(overlaps(labels)).toEqual([]);
      expect(await browser.evaluate("document.documentElement.scrollWidth")).toBeLessThanOrEqual(width);
      if (process.env["PAGE_SCREENSHOTS"] !== undefined)
        writeFileSync(
          join(process.env["PAGE_SCREENSHOTS"], `${name.replaceAll(" ", "-")}-${width}.png`),
          await browser.screenshot(),
        );
    });

    it.each(widths)("labels lie within the picture, at %d px", async (width) => {
      await browser.open(write("page.html", bootsHtml([record])), width);
      const [picture] = await browser.boxes("svg");
      for (const { text, left, right } of await browser.boxes("svg text")) {
        expect(left, text).toBeGreaterThanOrEqual((picture?.left ?? 0) - 1);
        expect(right, text).toBeLessThanOrEqual((picture?.right ?? 0) + 1);
      }
    });

    it("prints on one sheet of paper", async () => {
      await browser.open(write("page.html", bootsHtml([record])), 900);
      expect(await browser.printedPages()).toBe(1);
    });

    it("the picture alone is well-formed SVG whose labels cover no other label", async () => {
      await browser.open(write("picture.svg", bootsSvg([record])), 1000);
      expect(await browser.evaluate("document.querySelectorAll('parsererror').length")).toBe(0);
      const labels = await browser.boxes("text");
      expect(labels.length).toBeGreaterThan(5);
      expect(overlaps(labels)).toEqual([]);
    });
  });

  describe.each(Object.entries(histories))("past boots: %s", (name, boots) => {
    it.each(widths)("labels cover no other label and nothing is wider than the window, at %d px", async (width) => {
      await browser.open(write("boots.html", historyHtml(boots)), width);
      const labels = await browser.boxes("svg text");
      expect(labels.length).toBeGreaterThanOrEqual(2);
      expect(overlaps(labels)).toEqual([]);
      for (const { text, left, right } of labels) {
        expect(left, text).toBeGreaterThanOrEqual(0);
        expect(right, text).toBeLessThanOrEqual(width);
      }
      expect(await browser.evaluate("document.documentElement.scrollWidth")).toBeLessThanOrEqual(width);
      if (process.env["PAGE_SCREENSHOTS"] !== undefined)
        writeFileSync(
          join(process.env["PAGE_SCREENSHOTS"], `boots-${name.replaceAll(" ", "-")}-${width}.png`),
          await browser.screenshot(),
        );
    });

    it("the picture alone is well-formed SVG whose labels lie in it and cover no other label", async () => {
      await browser.open(write("boots.svg", historySvg(boots)), 1000);
      expect(await browser.evaluate("document.querySelectorAll('parsererror').length")).toBe(0);
      const labels = await browser.boxes("text");
      expect(overlaps(labels)).toEqual([]);
      for (const { text, left, right } of labels) {
        expect(left, text).toBeGreaterThanOrEqual(0);
        expect(right, text).toBeLessThanOrEqual(960);
      }
    });
  });

  it("hostile names stay text: they make no element and run nothing", async () => {
    const names = hostileNames.slice(0, -1);
    const hostile = fullRecord({
      file: '"><img src=x onerror="document.title=1">',
      waits: names.map((comm, index) => aWait({ pid: index, comm, exe: `/${comm}`, unit: comm, seconds: 1, to: 2 })),
    });
    await browser.open(write("page.html", bootsHtml([hostile])), 900);
    expect(
      await browser.evaluate("document.querySelectorAll('img, script:not([type=\"application/json\"])').length"),
    ).toBe(0);
    const shown = await browser.evaluate<string>("document.body.textContent");
    expect(shown).toContain('"><script>alert(1)</script>');
    const saved = await browser.evaluate<string>("document.getElementById('crngwatch-records').textContent");
    expect((JSON.parse(saved) as { boots: readonly Diagnosed[] }).boots[0]?.waits.map(({ comm }) => comm)).toEqual(
      names,
    );
  });

  it("shows other colours in the dark", async () => {
    const path = write("page.html", bootsHtml([fullRecord()]));
    const background = "getComputedStyle(document.body).backgroundColor";
    await browser.open(path, 900, { "prefers-color-scheme": "dark" });
    const dark = await browser.evaluate(background);
    await browser.open(path, 900, { "prefers-color-scheme": "light" });
    expect(await browser.evaluate(background)).not.toBe(dark);
  });
});
