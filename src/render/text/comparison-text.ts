import {
  type ComparedBoot,
  type ComparedReason,
  type BootComparison,
  comparisonSchema,
  type Difference,
  differenceWords,
} from "../../core/comparison.ts";
import { escapeText } from "../escape.ts";
import { jsonText } from "../json-text.ts";
import { layOut, type Terminal, type TextLine } from "./layout.ts";

const explainsWords: Readonly<Record<ComparedReason["explains"], string>> = {
  likely: "likely",
  possible: "possible",
  unlikely: "unlikely",
  no: "does not explain it",
};

/** What changed between two boots, for a terminal. */
export function comparisonText(comparison: BootComparison, terminal: Terminal): string {
  const { before, after, sentence, effects, reasons, unknown } = comparison;
  const sections = [
    [line(sentence, 0), ...bootLines("before", before), ...bootLines("after", after)],
    section("What changed", effects.map(differenceWords)),
    section(
      "Why, likeliest first",
      reasons.map((reason) => `${explainsWords[reason.explains]}: ${differenceWords(reason)}`),
    ),
    section("Not compared", unknownWords(unknown)),
  ];
  return sections
    .filter((lines) => lines.length > 0)
    .map((lines) => layOut(lines, terminal))
    .join("\n");
}

export function comparisonJson(comparison: BootComparison): string {
  return `${jsonText({ schema: comparisonSchema, ...comparison }, 2)}\n`;
}

function section(title: string, texts: readonly string[]): readonly TextLine[] {
  return texts.length === 0 ? [] : [{ text: title, tone: "title" }, ...texts.map((text) => line(text, 2))];
}

function line(text: string, blanks: number): TextLine {
  return { text: `${" ".repeat(blanks)}${escapeText(text)}` };
}

function bootLines(which: string, { file, bootId, release, verdict }: ComparedBoot): readonly TextLine[] {
  const parts = [file, bootId === null ? null : `boot ${bootId}`, release === null ? null : `Linux ${release}`];
  const known = parts.filter((part) => part !== null);
  return [line(`${which}: ${known.length === 0 ? "this boot" : known.join(", ")}`, 0), line(verdict, 2)];
}

function unknownWords(unknown: readonly Difference[]): readonly string[] {
  const ofOne = unknown.filter(({ before, after }) => before !== null || after !== null);
  const ofNone = unknown.filter(({ before, after }) => before === null && after === null).map(({ kind }) => kind);
  return [
    ...ofOne.map(({ kind, before, after }) => `${kind}: ${oneWords(before)} → ${oneWords(after)}`),
    ...(ofNone.length === 0 ? [] : [`unknown in both boots: ${ofNone.join(", ")}`]),
  ];
}

function oneWords(value: string | null): string {
  return value === null ? "unknown" : value === "" ? "none" : value;
}
