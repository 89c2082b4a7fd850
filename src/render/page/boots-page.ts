import { jsonText } from "../json-text.ts";
import { bootsSchema, type Diagnosed } from "../../core/boot-record.ts";
import { undecided } from "../../core/verdict.ts";
import { pageStart, recordsElement } from "../../core/page-marks.ts";
import { escapeText } from "../escape.ts";
import { readinessLine } from "../verdict.ts";
import { bootSection } from "./boot-section.ts";
import { escaped, type Markup, tag, text, trusted } from "./markup.ts";
import { style } from "./style.ts";
import { shortened, timeLine } from "./time-line.ts";

/** Nothing is loaded and nothing runs, whatever a record holds. */
const policy = "default-src 'none'; style-src 'unsafe-inline'; base-uri 'none'; form-action 'none'";

/**
 * The boots as one HTML page that needs no other file and no script. The records are in it as JSON, so that `crngwatch
 * analyze` reads it as it reads a log.
 */
export function bootsHtml(records: readonly Diagnosed[]): string {
  const [first] = records;
  const title =
    first === undefined ? "crngwatch" : `${records.length === 1 ? "" : `${records.length} boots, `}${titleOf(first)}`;
  const page = tag(
    "html",
    { lang: "en" },
    tag(
      "head",
      {},
      trusted('<meta charset="utf-8">'),
      trusted(`<meta http-equiv="Content-Security-Policy" content="${policy}">`),
      trusted('<meta name="viewport" content="width=device-width, initial-scale=1">'),
      tag("title", {}, text(`crngwatch: ${title}`)),
      tag("style", {}, trusted(style)),
    ),
    tag(
      "body",
      {},
      tag("main", {}, ...records.map((record, index) => bootSection(record, `boot-${index + 1}`))),
      trusted(`\n${recordsElement.start}${inScript(records)}${recordsElement.end}\n`),
    ),
  );
  return `${pageStart}\n${page}\n`;
}

function titleOf({ verdict, ...record }: Diagnosed): string {
  return verdict.rule === undecided.rule ? readinessLine({ ...record, verdict }) : verdict.sentence;
}

/** JSON that holds no `<`, so that it can end no element (WHATWG HTML, "Restrictions for contents of script elements"). */
function inScript(records: readonly Diagnosed[]): string {
  return jsonText({ schema: bootsSchema, boots: records }).replaceAll("<", "\\u003c");
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
