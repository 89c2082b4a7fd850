import type { Diagnosed } from "../../core/boot-record.ts";
import { escapeText } from "../escape.ts";
import { reportText } from "./report-text.ts";
import { answer, readinessLine } from "../verdict.ts";

/** More boots than this are listed, one a line; the full reports are in the JSON. */
const mostStories = 10;

/**
 * The stories of several boots, each under the name of its log, with a line for each in front. One that was observed
 * live stands alone.
 */
export function bootsText(records: readonly Diagnosed[]): string {
  const titles = records.map((record, index) => titleOf(record, index, records));
  const stories = records.map((record, index) =>
    titles[index] === null ? reportText(record) : `${titles[index]}\n${reportText(record)}`,
  );
  if (records.length < 2) return stories.join("");
  const list = records.map(
    (record, index) => `${titles[index] ?? "this machine"}: ${answer(record) ?? readinessLine(record)}`,
  );
  if (records.length > mostStories)
    return `${list.join("\n")}\n\nThe stories of ${records.length} boots are told by --format json\n`;
  return [`${list.join("\n")}\n`, ...stories].join("\n");
}

function titleOf({ file, covers }: Diagnosed, index: number, records: readonly Diagnosed[]): string | null {
  if (file === null) return null;
  const ofFile = records.filter((record) => record.file === file).length;
  const place = records.slice(0, index).filter((record) => record.file === file).length + 1;
  const lines = covers?.firstLine == null ? "" : `, lines ${covers.firstLine} to ${covers.lastLine}`;
  const name = file === "-" ? "standard input" : escapeText(file);
  return `${name}${ofFile === 1 ? "" : `, boot ${place} of ${ofFile}`}${lines}`;
}
