import type { Diagnosed } from "../../core/boot-record.ts";
import { undecided } from "../../core/verdict.ts";
import { escapeText } from "../escape.ts";
import { wrapped } from "../text/layout.ts";
import { firstLines, readinessLine } from "../verdict.ts";
import { wallWords } from "../wall-words.ts";
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

/** Room around the pictures of an SVG file, and the height of a row of text. */
const [fileWidth, margin, rowHeight] = [960, 12, 17] as const;

/** Columns of a row of text: the verdict is larger than what stands below it. */
const [verdictColumns, labelColumns] = [108, 125] as const;

/** The boots' verdicts and pictures, one below the other, as an SVG file. */
export function bootsSvg(records: readonly Diagnosed[]): string {
  const parts: Markup[] = [];
  let top: number = margin;
  for (const [index, record] of records.entries()) {
    const picture = timeLine(record, `boot-${index + 1}`, labelColumns);
    const rows = heading(record, picture !== null);
    for (const { words, kind } of rows) {
      top += rowHeight;
      parts.push(tag("text", { x: margin, y: top, class: kind }, escaped(words)));
    }
    top += margin;
    if (picture === null) continue;
    parts.push(
      tag("svg", { x: margin, y: top, width: fileWidth - 2 * margin, height: picture.height }, picture.markup),
    );
    top += picture.height + margin;
  }
  const file = tag(
    "svg",
    { xmlns: "http://www.w3.org/2000/svg", width: fileWidth, height: top },
    tag("style", {}, trusted(style.replaceAll("&", "&amp;").replaceAll("<", "&lt;"))),
    ...parts,
  );
  return `<?xml version="1.0" encoding="UTF-8"?>\n${file}\n`;
}

/** What stands above a picture: the verdict, the CRNG's state, and which boot it is. */
function heading(record: Diagnosed, hasPicture: boolean): readonly { words: string; kind: "verdict" | "facts" }[] {
  const [first = "", ...others] = firstLines(record);
  const known = [record.file, record.kernel.release].filter((part) => part !== null).join(", ");
  const which = [known === "" ? [] : [escapeText(known)], hasPicture ? [] : ["no time of this boot is known"]].flat();
  const byWallClock = wallWords(record);
  const clock = byWallClock === null ? [] : wrapped({ text: `Wall clock: ${byWallClock}` }, labelColumns);
  return [
    ...wrapped({ text: shortened(first, 3 * verdictColumns) }, verdictColumns).map(
      (words) => ({ words: shortened(words, verdictColumns), kind: "verdict" }) as const,
    ),
    ...[...others, ...which, ...clock].map(
      (words) => ({ words: shortened(words, labelColumns), kind: "facts" }) as const,
    ),
  ];
}
