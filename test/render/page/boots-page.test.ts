import { describe, expect, it } from "vitest";
import { type Diagnosed, emptyRecord } from "../../../src/core/boot-record.ts";
import { diagnose } from "../../../src/diagnose/findings.ts";
import { recordsInPage } from "../../../src/parse/log/boots-document.ts";
import { bootsHtml, bootsSvg } from "../../../src/render/page/boots-page.ts";
import { historyHtml } from "../../../src/render/page/history-page.ts";
import { timeScale } from "../../../src/render/page/time-scale.ts";
import { fullRecord, hostileWaits, recordWithEverything } from "../../support/records/full-record.ts";
import { historyOf } from "../../support/records/boot-history.ts";
import { delayedBoot, wordsOnly } from "../../support/records/delayed-boot.ts";
import { aWait } from "../../support/records/waits.ts";

describe("bootsHtml", () => {
  it.each([
    ["a full record", [recordWithEverything()]],
    ["hostile names", [fullRecord({ waits: hostileWaits() })]],
    ["several boots", [fullRecord({ file: "a" }), fullRecord({ file: "b" })]],
    ["no boot", []],
  ])("recordsInPage: reads the same records back from a page of %s", (_, records) => {
    expect(recordsInPage(bootsHtml(records))).toEqual(
      records.map((record) => ({ record: JSON.parse(JSON.stringify(record)), wrong: null })),
    );
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
    expect(recordsInPage(page.replaceAll('"readiness":{', '"readiness":7,"x":{'))).toBeNull();
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

describe("timeLine", () => {
  it("bootsHtml, bootsSvg: have no axis for a boot of which no moment is known", () => {
    const record = diagnose(emptyRecord());
    expect(bootsHtml([record])).not.toContain("<svg");
    expect(bootsHtml([record])).toContain("no time of this boot is known");
    expect(bootsSvg([record])).not.toContain('class="axis"');
  });

  it("bootsHtml: the legend names what the picture has, and nothing else", () => {
    const legend = (record: Diagnosed): readonly string[] =>
      [...bootsHtml([record]).matchAll(/<i class="(\w+)"/g)].map(([, tone = ""]) => tone);
    for (const record of [delayedBoot(), wordsOnly(), recordWithEverything()]) {
      const page = bootsHtml([record]);
      const drawn = new Set([...page.matchAll(/<rect class="(\w+)"/g)].map(([, tone = ""]) => tone));
      expect(new Set(legend(record))).toEqual(new Set([...drawn].filter((tone) => tone !== "rail" && tone !== "band")));
    }
  });

  it("bootsSvg: a unit that started later stands below the unit that it waited for, with a line between them", () => {
    const picture = bootsSvg([delayedBoot()]);
    const labels = [...picture.matchAll(/class="label"[^>]*><title>[^<]*<\/title>([^<]*)/g)].map(([, label]) => label);
    expect(labels.slice(2, 8)).toEqual([
      "2.000 s  systemd[1]  init.scope",
      "20.000 s  ssh-keygen[500]  sshd-keygen.service  via libcrypto.so.3",
      "└ delayed 20.000 s  sshd-keygen.service",
      "  └ 20.000 s later  sshd-forward.service",
      "  └ 20.000 s later  sshd.service",
      "    └ 20.000 s later  multi-user.target",
    ]);
    expect(labels).toContain("Critical chain: finished at 27.000 s");
    expect(labels).toContain("Without the waits: finished at 5.500 s");
    expect(picture.match(/class="behind"/g)).toHaveLength(3);
  });

  it("bootsSvg: a waiter that the verdict names by the log's words alone has a row, and the log's silence is drawn", () => {
    const picture = bootsSvg([wordsOnly()]);
    expect(picture).toContain("2.250 s  sshd-keygen  by the log&#39;s words");
    expect(picture).toContain("blocked  haveged.service  by the log&#39;s words");
    expect(picture).toContain("silent for 40.0 s");
    expect(picture.match(/class="silence"/g)).toHaveLength(1);
  });

  it("bootsHtml: callers' stacks are folded, with the innermost frame first", () => {
    expect(bootsHtml([delayedBoot()])).toContain(
      "ssh-keygen[500]\n  libc.so.6 getrandom +0x10\n  libcrypto.so.3 RAND_bytes +0x2345\n",
    );
  });

  it("bootsHtml: a remedy that several findings have stands on the page once", () => {
    const [beforeReport = ""] = bootsHtml([delayedBoot()]).split("The whole report as text");
    expect(beforeReport.match(/virtio-rng device/g)).toHaveLength(1);
  });

  it("bootsHtml: keeps 10 000 waits and names of 4 KiB to a page that can be read", () => {
    const name = "n".repeat(4096);
    const waits = Array.from({ length: 10_000 }, (_, index) =>
      aWait({ pid: index + 2, comm: name, unit: name, to: 9 }),
    );
    const picture = bootsSvg([fullRecord({ waits })]);
    expect(picture).toContain("9988 more waits, see the table");
    expect(picture.length).toBeLessThan(5 << 20);
  });
});

describe("historyHtml", () => {
  it("historyHtml: names the largest rise and the kernel that came with it, past boots of which nothing is known", () => {
    const boots = historyOf([
      { ready: 4, kernel: "6.1" },
      { ready: 4.2, kernel: "6.1" },
      { ready: null, kernel: null },
      { ready: 41.2, kernel: "6.2" },
      { ready: 30, kernel: "6.3" },
    ]);
    const page = historyHtml(boots);
    expect(page).toContain("<h1>5 boots: CRNG ready at 4.000 to 41.200 s, unknown for 1</h1>");
    expect(page).toContain(
      "Largest rise: 37.000 s later in boot -1 than in the last known boot before it, with a new kernel: 6.2<",
    );
    expect(page).toContain(">+37.0 s<");
    expect(page.match(/<line class="kernel"/g)).toHaveLength(2);
    expect(recordsInPage(page)).toHaveLength(5);
  });

  it("historyHtml: claims no rise where boots are alike, and no moment where none is known", () => {
    const alike = historyHtml(historyOf([4, 4.01, 4.02].map((ready) => ({ ready, kernel: "6.1" }))));
    expect(alike).not.toContain("Largest rise");
    expect(alike).not.toContain('class="kernel"');
    const unknown = historyHtml(historyOf([{ ready: null, kernel: null }]));
    expect(unknown).toContain("1 boot: when the CRNG became ready is unknown");
    expect(unknown).not.toContain('class="level"');
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

  it("timeScale: distinguishes 0.1 s from the start, and 70 min from 35 min", () => {
    const { percent, logarithmic } = timeScale(4200);
    expect(logarithmic).toBe(true);
    expect(percent(0.1)).toBeGreaterThan(4);
    expect(percent(4200) - percent(2100)).toBeGreaterThan(4);
  });
});
