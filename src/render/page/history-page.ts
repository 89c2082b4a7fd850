import { type BootOfList, bootListHead, bootListRows, listedRecords } from "../text/boot-list.ts";
import { historyBars, type HistoryBar, historyWords } from "./boot-history.ts";
import { historyHeight, historyPicture } from "./history-picture.ts";
import { htmlPage } from "./html-page.ts";
import { escaped, tag, asText, trusted } from "./markup.ts";
import { style } from "./style.ts";
import { table } from "./tables.ts";

const key: Readonly<Record<HistoryBar["tone"], string>> = {
  ready: "ready",
  bound: "ready by then, perhaps earlier",
  slow: "ready, and a task was blocked",
  never: "readiness not recorded",
  unknown: "not known",
};

/**
 * Readiness over past boots as one HTML page: the largest rise in words, the picture, the list, the records as JSON.
 */
export function historyHtml(boots: readonly BootOfList[]): string {
  const { title, rise } = historyWords(boots);
  const bars = historyBars(boots);
  const tones = new Set(bars.map(({ tone }) => tone));
  const shown = (Object.keys(key) as HistoryBar["tone"][]).filter((tone) => tones.has(tone));
  const picture = tag(
    "svg",
    { xmlns: "http://www.w3.org/2000/svg", class: "history", width: "100%", height: historyHeight },
    historyPicture(boots),
  );
  const notes = bars.some(({ newKernel }) => newKernel !== null) ? ["Dotted line: the first boot of a kernel."] : [];
  const content = [
    tag("h1", {}, escaped(title)),
    ...(rise === null ? [] : [tag("p", {}, escaped(rise))]),
    tag(
      "figure",
      {},
      tag("div", { class: "gutter" }, picture),
      tag(
        "figcaption",
        { class: "key" },
        ...shown.map((tone) => tag("span", {}, tag("i", { class: `boot-${tone}` }), asText(key[tone]))),
        ...notes.map((words) => tag("span", {}, asText(words))),
      ),
    ),
    table(`Boots: ${boots.length}`, bootListHead, bootListRows(boots)),
  ];
  return htmlPage(title, content, listedRecords(boots));
}

/** Widths in pixels of an SVG file: all of it, left of the bars, right of them. */
const [fileWidth, gutter, margin] = [960, 76, 12] as const;
const titleHeight = 46;

/** The picture alone, as an SVG file. */
export function historySvg(boots: readonly BootOfList[]): string {
  const { title, rise } = historyWords(boots);
  const picture = tag(
    "svg",
    { xmlns: "http://www.w3.org/2000/svg", width: fileWidth, height: titleHeight + historyHeight + margin },
    tag("style", {}, trusted(style.replaceAll("&", "&amp;").replaceAll("<", "&lt;"))),
    tag("text", { x: margin, y: 18 }, escaped(title)),
    ...(rise === null ? [] : [tag("text", { x: margin, y: 36 }, escaped(rise.slice(0, 125)))]),
    tag(
      "svg",
      { class: "history", x: gutter, y: titleHeight, width: fileWidth - gutter - margin, height: historyHeight },
      historyPicture(boots),
    ),
  );
  return `<?xml version="1.0" encoding="UTF-8"?>\n${picture}\n`;
}
