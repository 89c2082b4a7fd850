/**
 * A threshold on `entropy_avail` in some monitoring system's configuration, whatever its language: what readers of
 * configuration give and what is judged.
 */
export interface Threshold {
  readonly system: AlertSystem;
  /** 1-based line of its file. */
  readonly line: number;
  /** The alert's own name, where it has one. */
  readonly name: string | null;
  /** As it was written, for a person. */
  readonly text: string;
  /** Null: it was found, but is not in a form that can be read. */
  readonly condition: Expression | null;
  /** What makes the alert fire: that the condition has a value at all (Prometheus), or that its value is not 0. */
  readonly fires: "any-value" | "nonzero";
}

export type AlertSystem =
  | "prometheus"
  | "grafana"
  | "netdata"
  | "nagios"
  | "icinga"
  | "zabbix"
  | "datadog"
  | "telegraf";

export type Expression =
  | { readonly kind: "number"; readonly value: number }
  | { readonly kind: "entropy" }
  | { readonly kind: "pool-size" }
  /** Something else that is measured, or a variable that the configuration does not set. */
  | { readonly kind: "unknown"; readonly name: string }
  | { readonly kind: "call"; readonly name: string; readonly inputs: readonly Expression[] }
  | { readonly kind: "minus" | "not"; readonly input: Expression }
  | {
      readonly kind: "arithmetic";
      readonly operator: Arithmetic;
      readonly left: Expression;
      readonly right: Expression;
    }
  /** `filters`: it gives the left side where it holds and nothing where not (PromQL), instead of 1 and 0. */
  | {
      readonly kind: "comparison";
      readonly operator: Comparison;
      readonly left: Expression;
      readonly right: Expression;
      readonly filters: boolean;
    }
  | {
      readonly kind: "logic";
      readonly operator: Logic;
      readonly left: Expression;
      readonly right: Expression;
      readonly filters: boolean;
    }
  | { readonly kind: "choice"; readonly condition: Expression; readonly yes: Expression; readonly no: Expression };

export type Arithmetic = "+" | "-" | "*" | "/" | "%" | "^";
export type Comparison = "<" | ">" | "<=" | ">=" | "==" | "!=";
export type Logic = "and" | "or" | "unless";

/**
 * - `never`: whatever the CRNG's state.
 * - `always`: at the latest from readiness on, for good.
 * - `unready-only`: never again once the CRNG is ready.
 * - `unrelated`: with the level of an old pool, which says nothing of readiness.
 * - `unknown`: other things decide, or it cannot be read.
 */
export type AlertVerdict = "never" | "always" | "unready-only" | "unrelated" | "unknown";

/** `poolsize`: 256 is the rewrite of 2022 and its back-ports, 4096 the old pool. */
export type PoolBits = 256 | 4096;

export interface JudgedThreshold extends Threshold {
  readonly file: string;
  readonly verdict: AlertVerdict;
  readonly why: string;
  /** What to write in its place. */
  readonly instead: string;
}

/** The expressions that an expression is made of, one level down. */
export function partsOf(expression: Expression): readonly Expression[] {
  switch (expression.kind) {
    case "call":
      return expression.inputs;
    case "minus":
    case "not":
      return [expression.input];
    case "arithmetic":
    case "comparison":
    case "logic":
      return [expression.left, expression.right];
    case "choice":
      return [expression.condition, expression.yes, expression.no];
    case "number":
    case "entropy":
    case "pool-size":
    case "unknown":
      return [];
  }
}

/** Whether such a thing stands anywhere in the expression. */
export function mentions(expression: Expression, what: Expression["kind"]): boolean {
  return expression.kind === what || partsOf(expression).some((part) => mentions(part, what));
}

/** The comparisons of entropy with something, the innermost ones. None: the expression has no threshold on it. */
export function entropyComparisons(expression: Expression): readonly Expression[] {
  const inner = partsOf(expression).flatMap(entropyComparisons);
  return inner.length > 0 || expression.kind !== "comparison" || !mentions(expression, "entropy")
    ? inner
    : [expression];
}
