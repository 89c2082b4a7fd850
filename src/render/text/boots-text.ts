import type { Diagnosed } from "../../core/boot-record.ts";
import { escapeText } from "../escape.ts";
import type { Detail } from "./detail.ts";
import { layOut, type Terminal, textLine, type TextLine } from "./layout.ts";
import { reportLines } from "./report-text.ts";
import { answer, readinessLine } from "../verdict.ts";

/** More boots than this are listed, one a line; the full reports are in the JSON. */
const mostStories = 10;

/**
 * The reports of several boots, each under the name of its log, with a line for each in front. A boot that is observed
 * live is printed alone.
 */
export function bootsText(records: readonly Diagnosed[], detail: Detail, terminal: Terminal): string {
  const titles = records.map((record, index) => titleOf(record, index, records));
  const stories = records.map((record, index): readonly TextLine[] => [
    ...(titles[index] == null ? [] : [{ text: titles[index], hang: 0 }]),
    ...reportLines(record, detail),
  ]);
  if (records.length < 2) return layOut(stories.flat(), terminal);
  const list = records.map((record, index) =>
    textLine(`${titles[index] ?? "this machine"}: ${answer(record) ?? readinessLine(record)}`),
  );
  const rest =
    records.length > mostStories
      ? [textLine(""), textLine(`For the reports on all ${records.length} boots, use --format json`)]
      : stories.flatMap((lines) => [textLine(""), ...lines]);
  return layOut([...list, ...rest], terminal);
}

function titleOf({ file, covers }: Diagnosed, index: number, records: readonly Diagnosed[]): string | null {
  if (file === null) return null;
  const ofFile = records.filter((record) => record.file === file).length;
  const place = records.slice(0, index).filter((record) => record.file === file).length + 1;
  const lines = covers?.firstLine == null ? "" : `, lines ${covers.firstLine} to ${covers.lastLine}`;
  const name = file === "-" ? "standard input" : escapeText(file);
  return `${name}${ofFile === 1 ? "" : `, boot ${place} of ${ofFile}`}${lines}`;
}
