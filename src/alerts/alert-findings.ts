import { counted } from "../core/base/counted.ts";
import { jsonText } from "../render/json-text.ts";
import type { JudgedThreshold, PoolBits, AlertVerdict } from "./threshold.ts";
import { escapeText } from "../render/escape.ts";

/** The schema of the JSON document of `lint-alerts`. Fields may be added under it; none changes meaning. */
const alertsSchema = "crngwatch.alerts/1";

export interface UnreadableConfig {
  readonly file: string;
  readonly problem: string;
}

/** What `lint-alerts` found in files, and for which kernel. */
export interface AlertFindings {
  readonly poolBits: PoolBits;
  readonly files: number;
  readonly thresholds: readonly JudgedThreshold[];
  readonly unreadable: readonly UnreadableConfig[];
}

const verdictWords: Readonly<Record<AlertVerdict, string>> = {
  never: "never fires",
  always: "always fires",
  "unready-only": "fires only while unready",
  unrelated: "says nothing of readiness",
  unknown: "unknown",
};

/** An expression fits a terminal's line; the file has the rest. */
const mostCharacters = 160;

/** One paragraph for each threshold, in the form that editors jump to, and a line that sums up. */
export function alertFindingsText({ poolBits, files, thresholds }: AlertFindings): string {
  const listed = thresholds.map(({ file, line, name, text, verdict, why, instead }) => {
    const title = name === null ? "" : ` (${shortened(name)})`;
    return `${escapeText(file)}:${line}: ${verdictWords[verdict]}: ${shortened(text)}${title}\n  ${escapeText(why)}\n  instead: ${instead}\n`;
  });
  return [...listed, `${summary(thresholds)} in ${counted(files, "file")}, for a pool of ${poolBits} bits\n`].join(
    "\n",
  );
}

/** The same as a JSON document. */
export function alertFindingsJson({ poolBits, files, thresholds, unreadable }: AlertFindings): string {
  const listed = thresholds.map(({ file, line, system, name, text, verdict, why, instead }) => ({
    file,
    line,
    system,
    name,
    expression: text,
    verdict,
    why,
    instead,
  }));
  return `${jsonText({ schema: alertsSchema, poolBits, files, thresholds: listed, unreadable }, 2)}\n`;
}

function summary(thresholds: readonly JudgedThreshold[]): string {
  if (thresholds.length === 0) return "No threshold on entropy_avail";
  const counts = Object.entries(verdictWords).flatMap(([verdict, words]) => {
    const count = thresholds.filter((threshold) => threshold.verdict === verdict).length;
    return count === 0 ? [] : [`${words}: ${count}`];
  });
  return `${counted(thresholds.length, "threshold")} on entropy_avail (${counts.join(", ")})`;
}

function shortened(text: string): string {
  const line = text.trim().replaceAll(/\s+/g, " ");
  return escapeText(line.length > mostCharacters ? `${line.slice(0, mostCharacters)}…` : line);
}
