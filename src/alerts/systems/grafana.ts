import { type Comparison, entropyComparisons, type Expression, mentions, type Threshold } from "../threshold.ts";
import type { AlertConfig, SharedNames } from "./alert-reader.ts";
import { type ConfigMap, itemsAt, mapAt, mapsAt, mapsIn, scalarAt, scalarsIn, textAt } from "./config-tree.ts";
import { type Language, parseExpression } from "../expression.ts";

/**
 * Alerts of Grafana, provisioned or exported, over any data source, and those in panels of dashboards before Grafana 9.
 */
export function grafanaThresholds({ tree }: AlertConfig, { promql }: SharedNames): readonly Threshold[] {
  if (tree === null) return [];
  return [...mapsIn(tree)].flatMap((map) => [...unified(map, promql), ...ofPanel(map, promql)]);
}

/** A rule: queries and expressions on them by `refId`, one of which is the condition. */
function unified(rule: ConfigMap, language: Language): readonly Threshold[] {
  const condition = textAt(rule, "condition");
  const models = new Map(
    mapsAt(rule, "data").map((data) => [textAt(data, "refId") ?? "", mapAt(data, "model") ?? data] as const),
  );
  const model = condition === null ? undefined : models.get(condition);
  if (condition === null || model === undefined) return [];
  const read = new Map<string, Expression>();
  const meaning = (refId: string): Expression => {
    const known = read.get(refId);
    if (known !== undefined) return known;
    const unknown: Expression = { kind: "unknown", name: refId };
    read.set(refId, unknown);
    const found = models.get(refId);
    const expression = found === undefined ? unknown : meaningOf(found, meaning, language);
    read.set(refId, expression);
    return expression;
  };
  return threshold(meaning(condition), model, textAt(rule, "title"), wordsOf(models));
}

function meaningOf(model: ConfigMap, ref: (refId: string) => Expression, language: Language): Expression {
  const input = textAt(model, "expression") ?? "";
  switch (textAt(model, "type") ?? "") {
    case "math":
      return (
        parseExpression(input, { meaning: (name) => (name.startsWith("$") ? ref(name.slice(1)) : null) }) ?? {
          kind: "unknown",
          name: input,
        }
      );
    case "reduce":
    case "resample":
      return textAt(model, "reducer") === "count" ? { kind: "unknown", name: "count" } : ref(input);
    case "threshold":
      return evaluated(ref(input), mapsAt(model, "conditions")[0]);
    case "classic_conditions":
      return conditions(mapsAt(model, "conditions"), ref);
    default:
      return queried(model, language);
  }
}

function ofPanel(panel: ConfigMap, language: Language): readonly Threshold[] {
  const alert = mapAt(panel, "alert");
  if (alert === null) return [];
  const targets = new Map(mapsAt(panel, "targets").map((target) => [textAt(target, "refId") ?? "", target] as const));
  const ref = (refId: string): Expression => {
    const target = targets.get(refId);
    return target === undefined ? { kind: "unknown", name: refId } : queried(target, language);
  };
  return threshold(conditions(mapsAt(alert, "conditions"), ref), alert, textAt(alert, "name"), wordsOf(targets));
}

function threshold(
  condition: Expression,
  { line, entries }: ConfigMap,
  name: string | null,
  queries: string,
): readonly Threshold[] {
  if (entropyComparisons(condition).length === 0) return [];
  const at = entries.find(([key]) => key === "conditions" || key === "expression")?.[1].line ?? line;
  return [{ system: "grafana", line: at, name, text: queries, condition, fires: "nonzero" }];
}

function conditions(all: readonly ConfigMap[], ref: (refId: string) => Expression): Expression {
  const [first, ...more] = all.map((condition) => {
    const query = mapAt(condition, "query");
    const refId = query === null ? undefined : itemsAt(query, "params")[0];
    return {
      operator: textAt(mapAt(condition, "operator") ?? condition, "type"),
      expression: evaluated(ref(refId?.kind === "scalar" ? refId.text : ""), condition),
    };
  });
  if (first === undefined) return { kind: "unknown", name: "conditions" };
  return more.reduce<Expression>(
    (left, { operator, expression: right }) => ({
      kind: "logic",
      operator: operator === "or" ? "or" : "and",
      left,
      right,
      filters: false,
    }),
    first.expression,
  );
}

const evaluators: Readonly<Record<string, Comparison>> = { lt: "<", gt: ">", lte: "<=", gte: ">=", eq: "==", ne: "!=" };

function evaluated(value: Expression, condition: ConfigMap | undefined): Expression {
  const evaluator = condition === undefined ? null : mapAt(condition, "evaluator");
  if (evaluator === null) return { kind: "unknown", name: "evaluator" };
  const type = textAt(evaluator, "type") ?? "";
  const [low, high] = itemsAt(evaluator, "params").map((param): Expression => {
    const number = param.kind === "scalar" ? Number(param.text) : NaN;
    return Number.isNaN(number) ? { kind: "unknown", name: "params" } : { kind: "number", value: number };
  });
  const operator = evaluators[type];
  const compare = (by: Comparison, right: Expression): Expression => ({
    kind: "comparison",
    operator: by,
    left: value,
    right,
    filters: false,
  });
  if (low !== undefined && operator !== undefined) return compare(operator, low);
  if (low === undefined || high === undefined) return { kind: "unknown", name: type };
  if (type === "within_range")
    return { kind: "logic", operator: "and", left: compare(">", low), right: compare("<", high), filters: false };
  if (type === "outside_range")
    return { kind: "logic", operator: "or", left: compare("<", low), right: compare(">", high), filters: false };
  return { kind: "unknown", name: type };
}

/**
 * The query to a data source: PromQL where it parses as that, else (Flux, InfluxQL, SQL) the field that it names.
 */
function queried(model: ConfigMap, language: Language): Expression {
  const expr = scalarAt(model, "expr");
  const read = expr === null ? null : parseExpression(expr.text, language);
  if (read !== null && mentions(read, "entropy")) return read;
  const named = [...scalarsIn(model)].some(({ text }) => /\bentropy_avail\b|\bentropy[._]available/.test(text));
  return named ? { kind: "entropy" } : { kind: "unknown", name: expr?.text ?? "query" };
}

function wordsOf(models: ReadonlyMap<string, ConfigMap>): string {
  return [...models]
    .map(([refId, model]) => {
      const evaluator = [...mapsIn(model)].map((map) => mapAt(map, "evaluator")).find((found) => found !== null);
      const params =
        evaluator == null
          ? ""
          : ` ${textAt(evaluator, "type") ?? "?"} ${itemsAt(evaluator, "params")
              .map((param) => (param.kind === "scalar" ? param.text : "?"))
              .join(" ")}`;
      return `${refId}: ${textAt(model, "expr") ?? textAt(model, "query") ?? textAt(model, "expression") ?? textAt(model, "measurement") ?? "query"}${params}`;
    })
    .join("; ");
}
