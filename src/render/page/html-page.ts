import { jsonText } from "../json-text.ts";
import { bootsSchema } from "../../core/boot-record.ts";
import { pageStart, recordsElement } from "../../core/base/page-marks.ts";
import { type Markup, tag, asText, trusted } from "./markup.ts";
import { style } from "./style.ts";

/** Nothing is loaded and nothing runs, whatever a record holds. */
const policy = "default-src 'none'; style-src 'unsafe-inline'; base-uri 'none'; form-action 'none'";

/** A page that needs no other file and no script; `records` are in it as JSON, so that `analyze` reads it again. */
export function htmlPage(title: string, content: readonly Markup[], records: readonly object[]): string {
  const page = tag(
    "html",
    { lang: "en" },
    tag(
      "head",
      {},
      trusted('<meta charset="utf-8">'),
      trusted(`<meta http-equiv="Content-Security-Policy" content="${policy}">`),
      trusted('<meta name="viewport" content="width=device-width, initial-scale=1">'),
      tag("title", {}, asText(`crngwatch: ${title}`)),
      tag("style", {}, trusted(style)),
    ),
    tag(
      "body",
      {},
      tag("main", {}, ...content),
      trusted(`\n${recordsElement.start}${inScript(records)}${recordsElement.end}\n`),
    ),
  );
  return `${pageStart}\n${page}\n`;
}

/**
 * JSON that holds no `<`, so that it can end no element (WHATWG HTML, "Restrictions for contents of script elements").
 */
function inScript(records: readonly object[]): string {
  return jsonText({ schema: bootsSchema, boots: records }).replaceAll("<", "\\u003c");
}
