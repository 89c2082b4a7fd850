import type { BootRecord } from "../../core/boot-record.ts";
import { escapeText } from "../escape.ts";

/** What the verdict rests on, each with its line of the log. */
export function reasonLines({ verdict }: Pick<BootRecord, "verdict">): readonly string[] {
  return verdict.because.map(({ line, text }) => withLine(line, escapeText(text)));
}

/** Where the trouble is visible, the best first. */
export function pointerLines({ verdict }: Pick<BootRecord, "verdict">): readonly string[] {
  return verdict.lookAt.map(({ line, kind, text }) => withLine(line, `${kind}: ${escapeText(text)}`));
}

function withLine(line: number | null, text: string): string {
  return line === null ? text : `line ${line}: ${text}`;
}
