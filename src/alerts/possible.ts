import type { Arithmetic, Comparison, Expression } from "./threshold.ts";

/** Known to hold, known not to, or null: either. */
export type Tri = boolean | null;

/** What is known of a value: whether there is one, and between which ends it lies. */
export interface Possible {
  readonly present: Tri;
  readonly low: number;
  readonly high: number;
}

/** A state of the kernel's random number generator, as far as a threshold can see it. */
export interface PoolState {
  readonly entropy: readonly [low: number, high: number];
  readonly poolBits: number;
}

const anything: Possible = { present: null, low: -Infinity, high: Infinity };
const nothing: Possible = { present: false, low: -Infinity, high: Infinity };
const truth: Possible = { present: true, low: 0, high: 1 };

/** Functions whose value is one of their input's values, by whatever names the monitoring systems have for them. */
const picks = new Set([
  "min",
  "max",
  "avg",
  "mean",
  "prev",
  "median",
  "mode",
  "first",
  "last",
  "topk",
  "bottomk",
  "quantile",
  "limitk",
  "min_over_time",
  "max_over_time",
  "avg_over_time",
  "last_over_time",
  "first_over_time",
  "quantile_over_time",
  "sort",
  "sort_desc",
  "scalar",
  "vector",
  "label_replace",
  "label_join",
  "float",
  "int",
  "percentile",
  "trendavg",
  "trendmin",
  "trendmax",
]);
/** Functions of how a value changes: 0 of a value that stays. Over an unready state they may be anything. */
const changes = new Set([
  "rate",
  "irate",
  "increase",
  "delta",
  "idelta",
  "deriv",
  "changes",
  "resets",
  "stddev",
  "stdvar",
  "stddev_over_time",
  "stdvar_over_time",
  "change",
  "abschange",
  "diff",
  "derivative",
  "difference",
  "spread",
]);
const rounds: Readonly<Record<string, (value: number) => number>> = {
  floor: Math.floor,
  ceil: Math.ceil,
  round: Math.round,
  sqrt: Math.sqrt,
};

/**
 * All that the expression can be in a state, by interval arithmetic. Sound, not complete: what it does not follow is
 * "either".
 */
export function possible(expression: Expression, state: PoolState): Possible {
  switch (expression.kind) {
    case "number":
      return exactly(expression.value);
    case "entropy":
      return { present: true, low: state.entropy[0], high: state.entropy[1] };
    case "pool-size":
      return exactly(state.poolBits);
    case "unknown":
      return anything;
    case "minus": {
      const { present, low, high } = possible(expression.input, state);
      return { present, low: -high, high: -low };
    }
    case "not":
      return ofTri(negated(holds(possible(expression.input, state))));
    case "call":
      return called(
        expression.name,
        expression.inputs.map((input) => possible(input, state)),
        state,
      );
    case "arithmetic": {
      const [left, right] = [possible(expression.left, state), possible(expression.right, state)];
      return { present: both(left.present, right.present), ...arithmetic(expression.operator, left, right) };
    }
    case "comparison": {
      const [left, right] = [possible(expression.left, state), possible(expression.right, state)];
      const result = compared(expression.operator, left, right);
      const present = both(left.present, right.present);
      if (!expression.filters) return { ...ofTri(result), present };
      // PromQL gives the value of the side that is a series.
      return { ...(expression.left.kind === "number" ? right : left), present: both(present, result) };
    }
    case "logic":
      return joined(expression, possible(expression.left, state), possible(expression.right, state));
    case "choice": {
      const chosen = holds(possible(expression.condition, state));
      if (chosen !== null) return possible(chosen ? expression.yes : expression.no, state);
      return either(possible(expression.yes, state), possible(expression.no, state));
    }
  }
}

/** Whether there is a value and it is not 0. */
export function holds({ present, low, high }: Possible): Tri {
  return both(present, low > 0 || high < 0 ? true : low === 0 && high === 0 ? false : null);
}

function joined(
  { operator, filters }: { readonly operator: "and" | "or" | "unless"; readonly filters: boolean },
  left: Possible,
  right: Possible,
): Possible {
  if (!filters)
    return ofTri(
      operator === "or" ? negated(both(negated(holds(left)), negated(holds(right)))) : both(holds(left), holds(right)),
    );
  switch (operator) {
    case "and":
      return { ...left, present: both(left.present, right.present) };
    case "unless":
      return { ...left, present: both(left.present, negated(right.present)) };
    case "or":
      if (left.present === true) return left;
      return {
        ...either(left, right),
        present: left.present === false ? right.present : right.present === true ? true : null,
      };
  }
}

function called(name: string, inputs: readonly Possible[], { entropy: [least, most] }: PoolState): Possible {
  const [first = anything] = inputs;
  // `quantile(0.9, x)`, `topk(3, x)`: the series comes last.
  const series = ["quantile", "quantile_over_time", "topk", "bottomk", "limitk"].includes(name)
    ? (inputs.at(-1) ?? anything)
    : first;
  const round = rounds[name];
  if (picks.has(name))
    return inputs.length > 1 && ["min", "max"].includes(name) && inputs.every(({ present }) => present === true)
      ? inputs.reduce(either)
      : series;
  if (changes.has(name))
    return least === most ? { ...first, low: 0, high: 0 } : { ...anything, present: first.present };
  if (round !== undefined) return { ...first, low: round(first.low), high: round(first.high) };
  switch (name) {
    case "abs":
      return {
        ...first,
        low: first.low <= 0 && first.high >= 0 ? 0 : Math.min(Math.abs(first.low), Math.abs(first.high)),
        high: Math.max(Math.abs(first.low), Math.abs(first.high)),
      };
    case "absent":
    case "absent_over_time":
      return { present: negated(first.present), low: 1, high: 1 };
    case "group":
    case "present_over_time":
      return { ...first, low: 1, high: 1 };
    case "count":
    case "count_over_time":
      return { ...first, low: 1, high: Infinity };
    case "sum":
    case "sum_over_time":
      // Of one series or more: not less than one of them, where none is negative.
      return first.low >= 0 ? { ...first, high: Infinity } : { ...anything, present: first.present };
    default:
      return { ...anything, present: inputs.length === 1 ? first.present : null };
  }
}

function arithmetic(operator: Arithmetic, left: Possible, right: Possible): Pick<Possible, "low" | "high"> {
  const apply = operations[operator];
  // Division by what may be 0, and the two that are not monotone, are followed for single values only.
  const single = left.low === left.high && right.low === right.high;
  if (!single && (operator === "%" || operator === "^" || (operator === "/" && right.low <= 0 && right.high >= 0)))
    return anything;
  const ends = [
    apply(left.low, right.low),
    apply(left.low, right.high),
    apply(left.high, right.low),
    apply(left.high, right.high),
  ];
  return ends.some(Number.isNaN) ? anything : { low: Math.min(...ends), high: Math.max(...ends) };
}

const operations: Readonly<Record<Arithmetic, (left: number, right: number) => number>> = {
  "+": (left, right) => left + right,
  "-": (left, right) => left - right,
  "*": (left, right) => left * right,
  "/": (left, right) => left / right,
  "%": (left, right) => left % right,
  "^": (left, right) => left ** right,
};

function compared(operator: Comparison, left: Possible, right: Possible): Tri {
  switch (operator) {
    case "<":
      return left.high < right.low ? true : left.low >= right.high ? false : null;
    case "<=":
      return left.high <= right.low ? true : left.low > right.high ? false : null;
    case ">":
      return compared("<", right, left);
    case ">=":
      return compared("<=", right, left);
    case "==":
      if (left.high < right.low || left.low > right.high) return false;
      return left.low === left.high && right.low === right.high ? left.low === right.low : null;
    case "!=":
      return negated(compared("==", left, right));
  }
}

function exactly(value: number): Possible {
  return { present: true, low: value, high: value };
}

function ofTri(value: Tri): Possible {
  return value === null ? truth : exactly(value ? 1 : 0);
}

function either(one: Possible, other: Possible): Possible {
  if (one.present === false && other.present === false) return nothing;
  return {
    present: one.present === other.present ? one.present : null,
    low: Math.min(one.low, other.low),
    high: Math.max(one.high, other.high),
  };
}

function both(one: Tri, other: Tri): Tri {
  if (one === false || other === false) return false;
  return one === true && other === true ? true : null;
}

function negated(value: Tri): Tri {
  return value === null ? null : !value;
}
