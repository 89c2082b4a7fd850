import type { Comparison, Expression, Threshold } from "../threshold.ts";
import { parsePluginRange } from "../../parse/plugin-range.ts";
import { type AlertConfig, lineFinder } from "./alert-reader.ts";

/**
 * Where Nagios, Icinga 1, NRPE and what writes their files run a plugin for entropy: `check_entropy -w 200 -c 100` on
 * any line, and `check_command check_entropy!200!100`. The plugins of that name alert below their limits; Debian's
 * calls the limit a watermark.
 */
export function nagiosThresholds({ text, tree }: AlertConfig): readonly Threshold[] {
  if (tree !== null) return [];
  const lineAt = lineFinder(text);
  return [...text.matchAll(/^.*\bcheck[_-]entrop(?:h?y)\b.*$/gm)].flatMap((found) => {
    const [written] = found;
    const line = lineAt(found.index);
    if (/^\s*(?:[#;]|\/\/)/.test(written)) return [];
    const limits = [...ofOptions(written), ...ofArguments(written)];
    return limits.length === 0
      ? unlimited(written, line)
      : limits.map(({ words, limit }) => nagiosThreshold("nagios", line, words, limit));
  });
}

/** Run without any option, a plugin has a limit of its own. */
function unlimited(written: string, line: number): readonly Threshold[] {
  const command = /\/(check[_-]entrop(?:h?y)(?:\.\w+)?)['"]?(?:\s*[,;])?$/.exec(written.trimEnd())?.[1];
  if (command === undefined) return [];
  const right: Expression = { kind: "unknown", name: "the plugin's own limit (800 in Debian's)" };
  return [
    {
      system: "nagios",
      line,
      name: null,
      text: command,
      condition: { kind: "comparison", operator: "<", left: { kind: "entropy" }, right, filters: false },
      fires: "nonzero",
    },
  ];
}

/** A plugin's limit; `text` is as it was written. */
export function nagiosThreshold(system: "nagios" | "icinga", line: number, text: string, limit: string): Threshold {
  return { system, line, name: null, text, condition: alertsOutside(limit), fires: "nonzero" };
}

interface NagiosLimit {
  readonly words: string;
  readonly limit: string;
}

function ofOptions(line: string): readonly NagiosLimit[] {
  const command = line.slice(line.search(/check[_-]entrop/));
  return [
    ...command.matchAll(
      /(?<=\s)(-[wc]|--(?:warning|critical|watermark))(?:\s*=\s*|\s+|(?=\d))['"]?([@~:\d.]+)%?['"]?/g,
    ),
  ].map(({ 1: option = "", 2: limit = "" }) => ({ words: `check_entropy ${option} ${limit}`, limit }));
}

/** Which argument is which, the command's definition says; for a plugin that alerts below, each is a limit. */
function ofArguments(line: string): readonly NagiosLimit[] {
  const given = /\bcheck[_-]entrop(?:h?y)((?:![^!\s;]*)+)/.exec(line)?.[1] ?? "";
  return [...given.matchAll(/!([@~:\d.]+)/g)].map(({ 1: limit = "" }) => ({ words: `check_entropy!${limit}`, limit }));
}

/** A plain number is a lower limit; a range is one of the Monitoring Plugins'. */
function alertsOutside(limit: string): Expression | null {
  const compare = (operator: Comparison, value: number): Expression => ({
    kind: "comparison",
    operator,
    left: { kind: "entropy" },
    right: { kind: "number", value },
    filters: false,
  });
  if (/^\d+(?:\.\d+)?$/.test(limit)) return compare("<", Number(limit));
  const range = parsePluginRange(limit);
  if (range === null) return null;
  const { start, end, inside } = range;
  return inside
    ? { kind: "logic", operator: "and", left: compare(">=", start), right: compare("<=", end), filters: false }
    : { kind: "logic", operator: "or", left: compare("<", start), right: compare(">", end), filters: false };
}
