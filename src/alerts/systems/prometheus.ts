import { type Expression, entropyComparisons, partsOf, type Threshold } from "../threshold.ts";
import { type AlertConfig, type SharedNames, TooManyRules } from "./alert-reader.ts";
import { mapsIn, scalarAt, textAt } from "./config-tree.ts";
import { quantityOf } from "./entropy-names.ts";
import { type Language, parseExpression } from "../expression.ts";

/** Recording rules may build on each other, and each use of one multiplies what is to be followed: more is not. */
const mostParts = 1000;
/** Rules that build on each other in one chain. */
const mostChained = 100;

/**
 * Alerting rules of Prometheus, Mimir, VictoriaMetrics and the operator's PrometheusRule: any mapping with `alert` and
 * `expr`.
 */
export function prometheusThresholds({ tree }: AlertConfig, shared: SharedNames): readonly Threshold[] {
  if (tree === null) return [];
  return [...mapsIn(tree)].flatMap((rule): readonly Threshold[] => {
    const [name, written] = [textAt(rule, "alert"), scalarAt(rule, "expr")];
    if (name === null || written === null) return [];
    const condition = parseExpression(written.text, shared.promql);
    const found =
      condition === null
        ? /entropy_avail/.test(written.text) && /[<>=]/.test(written.text)
        : entropyComparisons(condition).length > 0;
    return found
      ? [{ system: "prometheus", line: written.line, name, text: written.text, condition, fires: "any-value" }]
      : [];
  });
}

/** PromQL, with the recording rules of all files. */
export function promql(all: readonly AlertConfig[]): Language {
  const records = new Map<string, string>();
  for (const { tree } of all) {
    for (const rule of tree === null ? [] : mapsIn(tree)) {
      const [name, written] = [textAt(rule, "record"), textAt(rule, "expr")];
      if (name !== null && written !== null) records.set(name, written);
    }
  }
  const meanings = new Map<string, Expression | null>();
  let depth = 0;
  const language: Language = { filters: true, meaning: (name) => quantityOf(name) ?? recorded(name) };
  function recorded(name: string): Expression | null {
    const known = meanings.get(name);
    const written = records.get(name);
    if (known !== undefined || written === undefined) return known ?? null;
    if (depth >= mostChained)
      throw new TooManyRules(`more than ${mostChained} recording rules build on each other, down to '${name}'`);
    // Null while it is read: a rule that builds on itself ends there.
    meanings.set(name, null);
    depth++;
    const read = parseExpression(written, language);
    depth--;
    const meaning = read !== null && countOf(read) <= mostParts ? read : null;
    meanings.set(name, meaning);
    return meaning;
  }
  return language;
}

function countOf(expression: Expression): number {
  return partsOf(expression).reduce((sum, part) => sum + countOf(part), 1);
}
