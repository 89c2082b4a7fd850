import { entropyComparisons, type Expression, type Threshold } from "../threshold.ts";
import { type AlertConfig, lineFinder, mostThresholds } from "./alert-reader.ts";
import { parseExpression } from "../expression.ts";

interface Line {
  readonly key: string;
  readonly value: string;
  readonly line: number;
}

/** Alarms of netdata's health.d: `alarm` or `template` begins one, and `warn` and `crit` are its thresholds. */
export function netdataThresholds({ text, tree }: AlertConfig): readonly Threshold[] {
  if (tree !== null) return [];
  const found: Threshold[] = [];
  for (const alarm of alarmsIn(text)) {
    found.push(...thresholdsOf(alarm));
    if (found.length > mostThresholds) break;
  }
  return found;
}

/** `key: value`; a line that ends in a backslash continues in the next. */
function* linesOf(text: string): Generator<Line> {
  const form = /^[ \t]{0,99}([a-z][a-z ]{0,30}?)[ \t]{0,9}:[ \t]*((?:[^\n]*\\\r?\n)*[^\n]*)$/gm;
  const lineAt = lineFinder(text);
  for (const { 1: key = "", 2: value = "", index } of text.matchAll(form))
    yield { key, value: value.replaceAll(/\\\r?\n\s*/g, " ").trim(), line: lineAt(index) };
}

/** One at a time, so that of a file with too many no more are read than it takes to see that. */
function* alarmsIn(text: string): Generator<readonly Line[]> {
  let alarm: Line[] | null = null;
  for (const line of linesOf(text)) {
    if (line.key === "alarm" || line.key === "template") {
      if (alarm !== null) yield alarm;
      alarm = [line];
    } else alarm?.push(line);
  }
  if (alarm !== null) yield alarm;
}

function thresholdsOf(alarm: readonly Line[]): readonly Threshold[] {
  const valueOf = (key: string): string => alarm.find((line) => line.key === key)?.value ?? "";
  if (!/^system\.entropy$/.test(valueOf("on"))) return [];
  const entropy: Expression = { kind: "entropy" };
  const lookup: Expression = /^(?:sum|incremental|stddev|cv|count)/.test(valueOf("lookup"))
    ? { kind: "unknown", name: valueOf("lookup") }
    : entropy;
  const calculation = parseExpression(valueOf("calc"), {
    meaning: (name) => (name === "$this" ? lookup : name === "$entropy" ? entropy : null),
  });
  const current = calculation ?? lookup;
  const meaning = (name: string): Expression | null =>
    name === "$this" ? current : name === "$entropy" ? entropy : null;
  return alarm
    .filter(({ key }) => key === "warn" || key === "crit")
    .flatMap(({ key, value, line }): readonly Threshold[] => {
      const condition = parseExpression(value, { meaning });
      if (condition !== null && entropyComparisons(condition).length === 0) return [];
      return [
        {
          system: "netdata",
          line,
          name: alarm[0]?.value ?? null,
          text: `${key}: ${value}`,
          condition,
          fires: "nonzero",
        },
      ];
    });
}
