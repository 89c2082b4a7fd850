import type { BootRecord } from "../../core/boot-record.ts";
import type { Lane, Mark, Tone } from "./lane.ts";
import { lastMoment, lanesOf } from "./lanes.ts";
import { escaped, joined, type Markup, tag, asText } from "./markup.ts";
import { timeScale, type TimeScale } from "./time-scale.ts";

/** Heights in pixels. Widths are percentages, so that one picture fits every width and its text keeps its size. */
const [axisHeight, laneHeight, barTop, barHeight, barEnd] = [34, 36, 19, 11, 30] as const;
/** Columns of a label in a page: 46 of 7.2 px fit a screen of 400 px. The title and the table have all of it. */
const pageColumns = 46;

/** The height in pixels of a picture with this number of lanes. */
function heightOf(lanes: readonly Lane[]): number {
  return axisHeight + lanes.length * laneHeight + 4;
}

/** A boot's picture. */
export interface TimeLine {
  readonly markup: Markup;
  /** In pixels. */
  readonly height: number;
  /** What its marks show, for its legend. */
  readonly tones: ReadonlySet<Tone>;
}

/**
 * The picture of a boot; null where no moment of it is known, since an axis would be invented. `id` makes its elements'
 * ids unique in a page; `columns` are those of a label.
 */
export function timeLine(record: BootRecord, id: string, columns = pageColumns): TimeLine | null {
  const end = lastMoment(record);
  if (end === null) return null;
  const lanes = lanesOf(record, end);
  const scale = timeScale(end);
  const height = heightOf(lanes);
  const content = joined(
    tag("title", { id: `${id}-title` }, asText("Time line of the boot")),
    tag("desc", { id: `${id}-desc` }, escaped(lanes.map(({ title }) => title).join(". "))),
    ...firstProcessBands(lanes, scale, height),
    axis(scale, height),
    ...connectors(lanes, scale),
    ...lanes.map((lane, index) => laneMarkup(lane, scale, axisHeight + index * laneHeight, columns)),
    ...readyLine(lanes, scale, height),
  );
  return {
    markup: tag("g", { role: "img", "aria-labelledby": `${id}-title ${id}-desc` }, content),
    height,
    tones: new Set(lanes.flatMap(({ marks }) => marks.map(({ tone }) => tone))),
  };
}

/** From the row of a unit that was blocked down to the start of each unit that started later because of it. */
function connectors(lanes: readonly Lane[], scale: TimeScale): readonly Markup[] {
  return lanes.flatMap(({ behind }, index) => {
    const above = behind === undefined ? -1 : lanes.slice(0, index).findLastIndex(({ unit }) => unit === behind.unit);
    if (behind === undefined || above < 0) return [];
    const x = `${scale.percent(behind.at)}%`;
    const [y1, y2] = [above, index].map((row) => axisHeight + row * laneHeight + barTop + barHeight / 2);
    return [tag("line", { class: "behind", x1: x, x2: x, y1: y1 ?? 0, y2: y2 ?? 0 })];
  });
}

/** Behind all lanes: while PID 1 was blocked, nothing was started. */
function firstProcessBands(lanes: readonly Lane[], scale: TimeScale, height: number): readonly Markup[] {
  return lanes
    .flatMap(({ marks }) => marks)
    .filter(({ tone }) => tone === "first")
    .map((mark) => tag("rect", { class: "band", ...span(mark, scale), y: axisHeight, height: height - axisHeight }));
}

/** Through all lanes: the moment at which all tasks that waited for the CRNG continue. */
function readyLine(lanes: readonly Lane[], scale: TimeScale, height: number): readonly Markup[] {
  return lanes
    .flatMap(({ marks }) => marks)
    .filter(({ tone }) => tone === "ready")
    .map(({ from }) => {
      const x = `${scale.percent(from)}%`;
      return tag("line", { class: "ready-line", x1: x, x2: x, y1: axisHeight, y2: height });
    });
}

function axis(scale: TimeScale, height: number): Markup {
  const unit = scale.logarithmic ? "seconds since the boot's start, logarithmic" : "seconds since the boot's start";
  return tag(
    "g",
    { class: "axis" },
    tag("text", { class: "unit", x: "0", y: 11 }, asText(unit)),
    ...scale.ticks.map(({ at, label, wideOnly }) => {
      const percent = scale.percent(at);
      const anchor = percent < 6 ? "start" : percent > 94 ? "end" : "middle";
      return tag(
        "g",
        { class: wideOnly ? "tick wide" : "tick" },
        tag("line", { x1: `${percent}%`, x2: `${percent}%`, y1: axisHeight - 4, y2: height }),
        tag("text", { x: `${percent}%`, y: axisHeight - 8, "text-anchor": anchor }, asText(label)),
      );
    }),
  );
}

function laneMarkup({ label, title, marks, curve }: Lane, scale: TimeScale, top: number, columns: number): Markup {
  return tag(
    "g",
    { class: "lane" },
    tag(
      "text",
      { class: "label", x: "0", y: top + 13 },
      tag("title", {}, escaped(title)),
      escaped(shortened(label, columns)),
    ),
    tag("rect", { class: "rail", x: "0", width: "100%", y: top + barEnd, height: 1 }),
    ...distinct(marks, scale).map((mark) =>
      tag(
        "rect",
        { class: mark.tone, ...span(mark, scale), y: top + barTop, height: barHeight },
        tag("title", {}, escaped(mark.title)),
      ),
    ),
    ...(curve === undefined ? [] : [curveMarkup(curve, scale, top + barTop)]),
  );
}

/** Entropy over time, stretched to the lane: the only shape that has no percentages of its own. */
function curveMarkup({ points, most }: NonNullable<Lane["curve"]>, scale: TimeScale, top: number): Markup {
  const line = points
    .map(({ at, bits }) => `${scale.percent(at)},${(barHeight * (1 - Math.min(1, bits / most))).toFixed(2)}`)
    .join(" ");
  return tag(
    "svg",
    { x: 0, y: top, width: "100%", height: barHeight, viewBox: `0 0 100 ${barHeight}`, preserveAspectRatio: "none" },
    tag("polyline", { class: "curve", points: line, "vector-effect": "non-scaling-stroke" }),
  );
}

/** A moment is a bar of 3 px. */
function span({ from, to }: Mark, scale: TimeScale): { readonly x: string; readonly width: string | number } {
  const start = Math.min(scale.percent(from), 99.5);
  const width = to === null ? 0 : scale.percent(to) - start;
  return { x: `${start}%`, width: width < 0.4 ? 3 : `${Number(width.toFixed(3))}%` };
}

/** Of marks that cover each other exactly, one. */
function distinct(marks: readonly Mark[], scale: TimeScale): readonly Mark[] {
  const seen = new Map<string, Mark>();
  for (const mark of marks) {
    const { x, width } = span(mark, scale);
    const key = `${mark.tone} ${x} ${width}`;
    if (!seen.has(key)) seen.set(key, mark);
  }
  return [...seen.values()];
}

/** Cut to `most` columns. A character outside of Latin, Greek and Cyrillic takes two. Escaped text stays escaped. */
export function shortened(label: string, most: number): string {
  const characters = Array.from(label.slice(0, 4 * most));
  let columns = 0;
  const fits = characters.findIndex((character) => {
    columns += (character.codePointAt(0) ?? 0) < 0x1100 ? 1 : 2;
    return columns > most;
  });
  return fits < 0 ? label : `${characters.slice(0, Math.max(0, fits - 1)).join("")}…`;
}
