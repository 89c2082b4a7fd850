import type { Diagnosed } from "../../core/boot-record.ts";
import { undecided } from "../../core/verdict.ts";
import { escapeText } from "../escape.ts";
import { readinessLine } from "../verdict.ts";
import { bootSection } from "./boot-section.ts";
import { htmlPage } from "./html-page.ts";
import { escaped, type Markup, tag, trusted } from "./markup.ts";
import { style } from "./style.ts";
import { shortened, timeLine } from "./time-line.ts";

/**
 * The boots as one HTML page that needs no other file and no script. The records are in it as JSON, so that `crngwatch
 * analyze` reads it as it reads a log.
 */
export function bootsHtml(records: readonly Diagnosed[]): string {
  const [first] = records;
  const title =
    first === undefined ? "crngwatch" : `${records.length === 1 ? "" : `${records.length} boots, `}${titleOf(first)}`;
  const sections = records.map((record, index) => bootSection(record, `boot-${index + 1}`));
  return htmlPage(title, sections, records);
}

function titleOf({ verdict, ...record }: Diagnosed): string {
  return verdict.rule === undecided.rule ? readinessLine({ ...record, verdict }) : verdict.sentence;
}

/** Room around the pictures of an SVG file, and the height of a boot's title. */
const [fileWidth, margin, titleHeight] = [960, 12, 34] as const;

/** Columns of a title, so that what stands behind it fits as well. */
const titleColumns = 90;

/** The pictures of the boots alone, one below the other, as an SVG file. */
export function bootsSvg(records: readonly Diagnosed[]): string {
  const pictures: Markup[] = [];
  let top: number = margin;
  for (const [index, record] of records.entries()) {
    const picture = timeLine(record, `boot-${index + 1}`);
    const height = picture?.height ?? 0;
    const known = [record.file, record.kernel.release].filter((part) => part !== null).join(", ");
    const name = shortened(known === "" ? "crngwatch" : escapeText(known), titleColumns);
    pictures.push(
      tag(
        "text",
        { x: margin, y: top + 16 },
        escaped(picture === null ? `${name}: no moment of this boot is known` : name),
      ),
    );
    if (picture !== null)
      pictures.push(
        tag("svg", { x: margin, y: top + titleHeight, width: fileWidth - 2 * margin, height }, picture.markup),
      );
    top += titleHeight + height + margin;
  }
  const picture = tag(
    "svg",
    { xmlns: "http://www.w3.org/2000/svg", width: fileWidth, height: top },
    tag("style", {}, trusted(style.replaceAll("&", "&amp;").replaceAll("<", "&lt;"))),
    ...pictures,
  );
  return `<?xml version="1.0" encoding="UTF-8"?>\n${picture}\n`;
}
