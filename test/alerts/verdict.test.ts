import * as fc from "fast-check";
import { describe, expect, it } from "vitest";
import type {
  Arithmetic,
  Comparison,
  Expression,
  PoolBits,
  Threshold,
  AlertVerdict,
} from "../../src/alerts/threshold.ts";
import { possible } from "../../src/alerts/possible.ts";
import { isWrong, judgeThreshold } from "../../src/alerts/verdict.ts";
import { quantityOf } from "../../src/alerts/systems/entropy-names.ts";
import { parseExpression } from "../../src/alerts/expression.ts";
import { promqlVerdicts } from "./promql-verdicts.ts";

const threshold = (text: string, filters: boolean): Threshold => ({
  system: "prometheus",
  line: 1,
  name: null,
  text,
  condition: parseExpression(text, { filters, meaning: quantityOf }),
  fires: filters ? "any-value" : "nonzero",
});
const verdictOf = (text: string, pool: PoolBits, filters = true): AlertVerdict =>
  judgeThreshold(threshold(text, filters), "rules.yml", pool).verdict;

describe("on a pool of 256 bits", () => {
  it.each(promqlVerdicts)("%s: %s", (expr, verdict) => {
    expect(verdictOf(expr, 256)).toBe(verdict);
  });

  it.each<[expr: string, verdict: AlertVerdict]>([
    ["entropy_avail < 100 ? 1 : 0", "unready-only"],
    ["entropy_avail < (($status >= $WARNING) ? (200) : (100))", "unready-only"],
    ["entropy_avail < (($status >= $WARNING) ? (2000) : (1000))", "always"],
    ["entropy_avail < (($status >= $WARNING) ? (1000) : (100))", "unknown"],
    ["!(entropy_avail > 100)", "unready-only"],
    ["not entropy_avail < 100", "always"],
    ["entropy_avail > 100 && entropy_avail < 1000 || entropy_avail = 0", "always"],
    ["entropy_avail <> 256", "unready-only"],
    ["entropy_avail < 1K", "always"],
    ["entropy_avail < 100 and hour > 8", "unready-only"],
    ["entropy_avail < 1000 and hour > 8", "always"],
    ["entropy_avail < 100 or hour > 8", "unready-only"],
    ["entropy_avail < limit", "unknown"],
    ["entropy_avail * factor < 100", "unknown"],
    ["entropy_avail < 1000 and entropy_avail < limit", "unknown"],
    ["change(entropy_avail) < -50", "unready-only"],
    ["entropy_avail / 0 > 1", "always"],
    ["something(entropy_avail) < 3", "unknown"],
  ])("where truth is what counts, %s: %s", (expr, verdict) => {
    expect(verdictOf(expr, 256, false)).toBe(verdict);
  });
});

describe("on a pool of 4096 bits", () => {
  it.each<[expr: string, verdict: AlertVerdict]>([
    ["node_entropy_available_bits < 100", "unrelated"],
    ["node_entropy_available_bits < 1000", "unrelated"],
    ["node_entropy_available_bits / node_entropy_pool_size_bits < 0.1", "unrelated"],
    ["node_entropy_available_bits < 100 and up == 1", "unrelated"],
    ["node_entropy_available_bits < 5000", "always"],
    ["node_entropy_available_bits < 5000 and up == 1", "always"],
    ["node_entropy_available_bits > 4096", "never"],
    ["node_entropy_available_bits < my_limit", "unknown"],
    ["node_entropy_available_bits * factor < 100", "unknown"],
    ["node_entropy_available_bits < max(vector(100), vector(200))", "unrelated"],
  ])("%s: %s", (expr, verdict) => {
    expect(verdictOf(expr, 4096)).toBe(verdict);
  });
});

describe("a verdict", () => {
  it("does not hang on which of some limits holds", () => {
    const netdata = "entropy_avail < (($status >= $WARNING) ? (200) : (100))";
    expect(judgeThreshold(threshold(netdata, false), "entropy.conf", 4096).verdict).toBe("unrelated");
  });

  it("names what it would have to know", () => {
    expect(judgeThreshold(threshold("node_entropy_available_bits < limit + margin", true), "rules.yml", 256).why).toBe(
      "it depends on what is not known here: limit, margin",
    );
    expect(judgeThreshold(threshold("sum(node_entropy_available_bits) > 300", true), "rules.yml", 256).why).toBe(
      "crngwatch cannot follow it",
    );
  });

  it("is unknown of what cannot be read, on any pool", () => {
    for (const pool of [256, 4096] as const) expect(verdictOf("node_entropy_available_bits <", pool)).toBe("unknown");
  });

  it("is wrong where the threshold cannot do what it was written for", () => {
    expect((["never", "always", "unrelated", "unready-only", "unknown"] as const).map(isWrong)).toEqual([
      true,
      true,
      true,
      false,
      false,
    ]);
  });
});

describe("what an expression may be", () => {
  const leaf: fc.Arbitrary<Expression> = fc.oneof(
    fc.constant<Expression>({ kind: "entropy" }),
    fc.constant<Expression>({ kind: "pool-size" }),
    fc.integer({ min: -300, max: 300 }).map((value): Expression => ({ kind: "number", value })),
  );
  const { expression } = fc.letrec<{ expression: Expression }>((tie) => ({
    expression: fc.oneof(
      { maxDepth: 4 },
      leaf,
      fc.record({
        kind: fc.constant("arithmetic" as const),
        operator: fc.constantFrom<Arithmetic>("+", "-", "*", "/", "%", "^"),
        left: tie("expression"),
        right: tie("expression"),
      }),
      fc.record({
        kind: fc.constant("comparison" as const),
        operator: fc.constantFrom<Comparison>("<", ">", "<=", ">=", "==", "!="),
        left: tie("expression"),
        right: tie("expression"),
        filters: fc.boolean(),
      }),
      fc.record({
        kind: fc.constant("logic" as const),
        operator: fc.constantFrom("and" as const, "or" as const),
        left: tie("expression"),
        right: tie("expression"),
        filters: fc.boolean(),
      }),
      fc.record({ kind: fc.constantFrom("minus" as const, "not" as const), input: tie("expression") }),
      fc.record({
        kind: fc.constant("choice" as const),
        condition: tie("expression"),
        yes: tie("expression"),
        no: tie("expression"),
      }),
      fc.record({
        kind: fc.constant("call" as const),
        name: fc.constantFrom("abs", "floor", "min", "max", "absent", "avg", "sum"),
        inputs: fc.tuple(tie("expression")),
      }),
    ),
  }));

  it("holds all that it is for each value", () => {
    fc.assert(
      fc.property(expression, fc.integer({ min: 0, max: 255 }), (any, bits) => {
        const whole = possible(any, { entropy: [0, 255], poolBits: 256 });
        const one = possible(any, { entropy: [bits, bits], poolBits: 256 });
        if (whole.present !== null) expect(one.present).toBe(whole.present);
        if (one.present === false || whole.present === false) return;
        expect(one.low).toBeGreaterThanOrEqual(whole.low);
        expect(one.high).toBeLessThanOrEqual(whole.high);
      }),
      { numRuns: 2000 },
    );
  });
});
