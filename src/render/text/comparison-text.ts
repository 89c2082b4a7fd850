import {
  type ComparedBoot,
  type ComparedReason,
  type BootComparison,
  comparisonSchema,
  differenceWords,
} from "../../core/comparison.ts";
import { escapeText } from "../escape.ts";
import { jsonText } from "../json-text.ts";

const explainsWords: Readonly<Record<ComparedReason["explains"], string>> = {
  likely: "likely",
  possible: "possible",
  unlikely: "unlikely",
  no: "does not explain it",
};

/** What changed between two boots, for a terminal. */
export function comparisonText({ before, after, sentence, effects, reasons, unknown }: BootComparison): string {
  const parts = [
    [sentence, `before: ${bootWords(before)}`, `after:  ${bootWords(after)}`],
    section("What changed", effects.map(differenceWords)),
    section(
      "Why, likeliest first",
      reasons.map((reason) => `${explainsWords[reason.explains]}: ${differenceWords(reason)}`),
    ),
    section("Not known of both", unknown.length === 0 ? [] : [unknown.join(", ")]),
  ];
  return `${parts
    .filter((lines) => lines.length > 0)
    .map((lines) => lines.map(escapeText).join("\n"))
    .join("\n\n")}\n`;
}

export function comparisonJson(comparison: BootComparison): string {
  return `${jsonText({ schema: comparisonSchema, ...comparison }, 2)}\n`;
}

function section(title: string, lines: readonly string[]): readonly string[] {
  return lines.length === 0 ? [] : [title, ...lines.map((line) => `  ${line}`)];
}

function bootWords({ file, bootId, release }: ComparedBoot): string {
  const parts = [file, bootId === null ? null : `boot ${bootId}`, release === null ? null : `Linux ${release}`];
  const known = parts.filter((part) => part !== null);
  return known.length === 0 ? "this boot" : known.join(", ");
}
