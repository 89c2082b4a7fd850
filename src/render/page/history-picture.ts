import type { BootOfList } from "../text/boot-list.ts";
import { historyBars, type HistoryBar, historyWords, largestRise } from "./boot-history.ts";
import { escaped, joined, type Markup, tag, asText } from "./markup.ts";
import { shortened } from "./time-line.ts";
import { timeScale } from "./time-scale.ts";

/** Heights in pixels: above the bars, of the bars, and of a row of kernels below them. */
const [topHeight, plotHeight, rowHeight] = [22, 200, 16] as const;
const kernelRows = 3;
/** Widths in pixels: of a character, of the bars in a window of 400 px and from 800 px on. */
const [characterWidth, narrowWidth, wideWidth] = [7.3, 270, 680] as const;
/** Longest label of a kernel, in columns: it fits on one side of any place in a narrow window. */
const kernelColumns = 18;

/** The height of the picture in pixels. */
export const historyHeight = topHeight + plotHeight + (kernelRows + 1) * rowHeight + 24;

/**
 * Readiness over past boots: a bar for each, the earliest on the left, as high as it took; a line and the release where
 * a boot was the first of its kernel. Stretches to any width; the labels of its axis stand left of it.
 */
export function historyPicture(boots: readonly BootOfList[]): Markup {
  const bars = historyBars(boots);
  const most = Math.max(0, ...bars.map(({ readyBy }) => readyBy ?? 0));
  const { title, rise } = historyWords(boots);
  return tag(
    "g",
    { role: "img", "aria-labelledby": "history-title history-desc" },
    tag("title", { id: "history-title" }, escaped(title)),
    tag("desc", { id: "history-desc" }, escaped(rise ?? "No boot was ready later than the one before it")),
    ...riseMarks(boots, bars),
    ...(most === 0 ? [] : axis(most)),
    ...bars.map((bar, index) => barMarkup(bar, index, bars.length, most)),
    ...kernelMarks(bars, largestRise(boots)?.position ?? null),
    tag("text", { class: "soft", x: "0", y: historyHeight - 6 }, asText("earlier boots")),
    tag("text", { class: "soft", x: "100%", y: historyHeight - 6, "text-anchor": "end" }, asText("later boots")),
  );
}

/** The share of the plot's height that these seconds take, from below. */
function heightOf(seconds: number, most: number): number {
  return (timeScale(most).percent(seconds) / 100) * plotHeight;
}

function axis(most: number): readonly Markup[] {
  const scale = timeScale(most);
  const unit = scale.logarithmic ? "seconds to ready, logarithmic" : "seconds to ready";
  return [
    tag("text", { class: "soft", x: "0", y: 12 }, asText(unit)),
    ...scale.ticks.map(({ at, label }) => {
      const y = topHeight + plotHeight - heightOf(at, most);
      return joined(
        tag("line", { class: "level", x1: "0", x2: "100%", y1: y.toFixed(1), y2: y.toFixed(1) }),
        tag("text", { class: "soft", x: -6, y: (y + 4).toFixed(1), "text-anchor": "end" }, asText(label)),
      );
    }),
  ];
}

function percentOf(index: number, count: number): number {
  return (index / count) * 100;
}

function barMarkup({ readyBy, tone, title }: HistoryBar, index: number, count: number, most: number): Markup {
  // Of many boots no room is left between two bars.
  const width = (count > 100 ? 1 : 0.8) * (100 / count);
  const height = readyBy === null ? (tone === "never" ? plotHeight : 3) : Math.max(2, heightOf(readyBy, most));
  return tag(
    "rect",
    {
      class: `boot-${tone}`,
      x: `${percentOf(index, count).toFixed(3)}%`,
      width: `${width.toFixed(3)}%`,
      y: (topHeight + plotHeight - height).toFixed(1),
      height: height.toFixed(1),
    },
    tag("title", {}, escaped(title)),
  );
}

/** A band that marks the boot with the largest rise, and by how much it was later. */
function riseMarks(boots: readonly BootOfList[], bars: readonly HistoryBar[]): readonly Markup[] {
  const rise = largestRise(boots);
  if (rise === null) return [];
  const x = percentOf(rise.position, bars.length);
  return [
    tag("rect", {
      class: "band",
      x: `${x.toFixed(3)}%`,
      width: `${Math.max(0.6, 100 / bars.length).toFixed(3)}%`,
      y: topHeight,
      height: plotHeight,
    }),
    tag(
      "text",
      { class: "rise", x: `${x.toFixed(3)}%`, y: topHeight + plotHeight + 14, "text-anchor": x > 50 ? "end" : "start" },
      asText(`+${rise.seconds.toFixed(1)} s`),
    ),
  ];
}

interface KernelLabel {
  readonly index: number;
  readonly words: string;
  readonly row: number;
  readonly wideOnly: boolean;
}

/** More lines than these hide the bars: then only ticks below them mark new kernels. */
const linesDrawn = 40;

/**
 * A mark at each boot with a new kernel, and as many of their releases as have room: that of the largest rise first,
 * then the latest.
 */
function kernelMarks(bars: readonly HistoryBar[], rise: number | null): readonly Markup[] {
  const changes = bars.flatMap(({ newKernel }, index) => (newKernel === null ? [] : [{ index, name: newKernel }]));
  const inOrder = changes.toSorted((a, b) => Number(b.index === rise) - Number(a.index === rise) || b.index - a.index);
  const labels: KernelLabel[] = [];
  for (const [width, wideOnly] of [
    [narrowWidth, false],
    [wideWidth, true],
  ] as const)
    for (const { index, name } of inOrder) {
      if (labels.some((label) => label.index === index)) continue;
      const words = shortened(name, kernelColumns);
      const row = Array.from({ length: kernelRows }, (_, at) => at).find((at) =>
        labels
          .filter((label) => label.row === at)
          .every((label) => isApart(spanOf(label, bars.length, width), spanOf({ index, words }, bars.length, width))),
      );
      if (row !== undefined) labels.push({ index, words, row, wideOnly });
    }
  return [
    ...changes.map(({ index, name }) => {
      const x = `${percentOf(index, bars.length).toFixed(3)}%`;
      const bottom = topHeight + plotHeight;
      const line = {
        class: "kernel",
        x1: x,
        x2: x,
        y1: changes.length > linesDrawn ? bottom : topHeight,
        y2: bottom + 5,
      };
      return tag("line", line, tag("title", {}, escaped(`New kernel: ${name}`)));
    }),
    ...labels.map(({ index, words, row, wideOnly }) => {
      const x = percentOf(index, bars.length);
      return tag(
        "text",
        {
          class: wideOnly ? "wide" : null,
          x: `${x.toFixed(3)}%`,
          y: topHeight + plotHeight + 14 + (row + 1) * rowHeight - 2,
          "text-anchor": isEnded(x) ? "end" : "start",
        },
        escaped(words),
      );
    }),
  ];
}

function isEnded(percent: number): boolean {
  return percent > 50;
}

/** Where a label is in a picture of this width in pixels. Labels that are apart there are apart in any wider one. */
function spanOf(
  { index, words }: Pick<KernelLabel, "index" | "words">,
  count: number,
  width: number,
): readonly [number, number] {
  const percent = percentOf(index, count);
  const x = (percent / 100) * width;
  const long = Array.from(words).length * characterWidth + 6;
  return isEnded(percent) ? [x - long, x] : [x, x + long];
}

function isApart(a: readonly [number, number], b: readonly [number, number]): boolean {
  return a[1] <= b[0] || b[1] <= a[0];
}
