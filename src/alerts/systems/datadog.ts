import { entropyComparisons, type Threshold } from "../threshold.ts";
import { type AlertConfig, lineFinder, mostLength, type SharedNames } from "./alert-reader.ts";
import { mapAt, mapsIn, scalarAt, textAt } from "./config-tree.ts";
import { quantityOf } from "./entropy-names.ts";
import { parseExpression } from "../expression.ts";

/**
 * What a query says in front of its metric and after it: `avg(last_15m):min:system.entropy.available{*} by {host} <
 * 250`.
 */
const query =
  /(?:\w{1,32}\([^()]{0,64}\)\s{0,9}:\s{0,9})?(?:\w{1,32}\s{0,9}:\s{0,9})?\bsystem\.entropy\.available\b(?:\s*\{(?:[^{}]|\{[^{}]*\})*\})?(?:\s*by\s*\{[^{}]*\})?\)?\s*([<>]=?|[=!]=)\s*("?\$\{[^}]*\}|-?[\d.]+)/;

/**
 * Monitors of Datadog: `query` with `options.thresholds` in exported JSON or YAML, `query` with `monitor_thresholds` in
 * Terraform.
 */
export function datadogThresholds({ text, tree }: AlertConfig, { variables }: SharedNames): readonly Threshold[] {
  if (tree === null) return ofTerraform(text, variables);
  return [...mapsIn(tree)].flatMap((monitor) => {
    const written = scalarAt(monitor, "query");
    const limits = mapAt(mapAt(monitor, "options") ?? monitor, "thresholds");
    const warning = limits === null ? null : scalarAt(limits, "warning");
    return written === null
      ? []
      : ofQuery(
          written.text,
          written.line,
          textAt(monitor, "name"),
          warning === null ? [] : [{ limit: warning.text, line: warning.line }],
        );
  });
}

interface DatadogLimit {
  readonly limit: string;
  readonly line: number;
}

/** The query has the critical limit; a warning's is compared in the same way. */
function ofQuery(
  text: string,
  line: number,
  name: string | null,
  warnings: readonly DatadogLimit[],
): readonly Threshold[] {
  const [written, operator = "", limit = ""] = query.exec(text.slice(0, mostLength)) ?? [];
  if (written === undefined) return [];
  return [{ limit, line }, ...warnings].flatMap((each): readonly Threshold[] => {
    const condition = parseExpression(`system.entropy.available ${operator} ${each.limit}`, { meaning: quantityOf });
    if (condition !== null && entropyComparisons(condition).length === 0) return [];
    const words = each.line === line ? written : `warning: ${operator} ${each.limit}`;
    return [{ system: "datadog", line: each.line, name, text: words, condition, fires: "nonzero" }];
  });
}

/** HCL: a `${var.name}` is its variable's default. */
function ofTerraform(text: string, variables: ReadonlyMap<string, string>): readonly Threshold[] {
  const lineAt = lineFinder(text);
  const settled = (words: string): string =>
    words.replaceAll(
      /"?\$\{\s*var\.([\w-]+)\s*\}"?|^var\.([\w-]+)$/g,
      (whole, quoted?: string, bare?: string) => variables.get(quoted ?? bare ?? "") ?? whole,
    );
  return [...text.matchAll(hclQuery)].flatMap(({ 1: quoted, 3: document, index }) => {
    // The limits of the same resource: up to where the next one begins.
    const rest = text.slice(index, index + mostLength).split(/^(?:resource|module)\b/m, 1)[0] ?? "";
    const warnings = [...rest.matchAll(hclWarning)].map((found) => ({
      limit: settled((found[1] ?? "").replaceAll(/^"|"$/g, "")),
      line: lineAt(index + found.index),
    }));
    return ofQuery(settled(quoted ?? document ?? ""), lineAt(index), null, warnings);
  });
}

const hclQuery = /\bquery\s*=\s*(?:"((?:[^"\\]|\\.)*)"|<<[-~]?(\w+)\n([^]{0,1024}?)\n[ \t]*\2\b)/g;
const hclWarning = /\b(?:warning|warning_threshold)\s*=\s*("?\$\{[^}]*\}"?|var\.[\w-]+|"?-?[\d.]+"?)/g;
const hclVariable = /\bvariable\s+"([\w-]+)"\s*\{[^{}]*?\bdefault\s*=\s*"?(-?[\d.]+)"?/g;

/** The numbers that Terraform's variables are by default, in whichever file they are declared. */
export function terraformVariables(configs: readonly AlertConfig[]): ReadonlyMap<string, string> {
  const written = configs.filter(({ tree }) => tree === null).flatMap(({ text }) => [...text.matchAll(hclVariable)]);
  return new Map(written.map(({ 1: name = "", 2: value = "" }) => [name, value]));
}
