import * as fc from "fast-check";
import { describe, expect, it } from "vitest";
import type { Expression } from "../../src/alerts/threshold.ts";
import { quantityOf, quantityOfKey } from "../../src/alerts/systems/entropy-names.ts";
import { type Language, parseExpression } from "../../src/alerts/expression.ts";
import { parseTrigger } from "../../src/alerts/systems/zabbix.ts";
import { anyText } from "../support/inputs/any-text.ts";

const promql: Language = { filters: true, meaning: quantityOf };

/** The expression with all its parentheses, for the eye. */
function shown(expression: Expression | null): string {
  switch (expression?.kind) {
    case undefined:
      return "none";
    case "number":
      return String(expression.value);
    case "entropy":
      return "E";
    case "pool-size":
      return "P";
    case "unknown":
      return `?${expression.name}`;
    case "call":
      return `${expression.name}(${expression.inputs.map(shown).join(", ")})`;
    case "minus":
    case "not":
      return `(${expression.kind} ${shown(expression.input)})`;
    case "arithmetic":
      return `(${shown(expression.left)} ${expression.operator} ${shown(expression.right)})`;
    case "comparison":
    case "logic":
      return `(${shown(expression.left)} ${expression.operator}${expression.filters ? "" : " bool"} ${shown(expression.right)})`;
    case "choice":
      return `(${shown(expression.condition)} ? ${shown(expression.yes)} : ${shown(expression.no)})`;
  }
}

describe("PromQL", () => {
  it.each([
    ["node_entropy_available_bits < 100", "(E < 100)"],
    ["1 + 2 * 3 ^ 2 ^ 2 - 4", "((1 + (2 * (3 ^ (2 ^ 2)))) - 4)"],
    ["-2 ^ 2", "(minus (2 ^ 2))"],
    ["a or b and c unless d < 1 + 2", "(?a or ((?b and ?c) unless (?d < (1 + 2))))"],
    ["a AND b Or c", "((?a and ?b) or ?c)"],
    ['node_entropy_available_bits{a="}", b=~"\\"x"}[5m:1m] offset -5m @ end()', "E"],
    [
      "sum by (instance, job) (node_entropy_available_bits) / sum(node_entropy_pool_size_bits) without (x)",
      "(sum(E) / sum(P))",
    ],
    ["a > bool on (x) group_left (y) b", "(?a > bool ?b)"],
    ["a * on (x) group_left b", "(?a * ?b)"],
    ['{__name__="node_entropy_available_bits"} == 1', "(E == 1)"],
    ["job:entropy:ratio{} < .5", "(?job:entropy:ratio < 0.5)"],
    ["quantile(0.9, node_entropy_available_bits)", "quantile(0.9, E)"],
    ["time()", "time()"],
    ["a # node_entropy_available_bits < 3\n< 2", "(?a < 2)"],
    ["", "none"],
    ["a <", "none"],
    ["(a", "none"],
    ["a b", "none"],
    ["a < 1)", "none"],
    ["sum by (x", "none"],
    ["sum by (x)", "none"],
    ["\u0000", "none"],
    [`${"(".repeat(200)}a${")".repeat(200)}`, "none"],
    ["a + ".repeat(9000), "none"],
  ])("%s", (text, expected) => {
    expect(shown(parseExpression(text, promql))).toBe(expected);
  });
});

describe("other languages", () => {
  const meaning = (name: string): Expression | null => (name === "$this" ? { kind: "entropy" } : null);

  it.each([
    ["$this < (($status >= $WARNING) ? (200) : (100))", "(E < bool ((?$status >= bool ?$WARNING) ? 200 : 100))"],
    ["($this > 5) && ($this < 10 || $this == 3)", "((E > bool 5) and bool ((E < bool 10) or bool (E == bool 3)))"],
    ["!$this OR NOT $this <> ${disk space}", "((not E) or bool (not (E != bool ?$disk space)))"],
    ["$this = 1K", "(E == bool 1024)"],
  ])("%s", (text, expected) => {
    expect(shown(parseExpression(text, { meaning }))).toBe(expected);
  });
});

describe("a trigger of Zabbix", () => {
  const macros = new Map([
    ["{$LOW}", "1K"],
    ["{$WORD}", "low"],
    ['{$CTX:"web"}', "64"],
  ]);

  it.each([
    ["{Template OS: kernel.entropy.last(0)}<200", "(last(E) < bool 200)"],
    ["{host:vfs.file.contents[/proc/sys/kernel/random/entropy_avail].min(5m)}<{$LOW}", "(min(E) < bool 1024)"],
    [
      "last(/host/vfs.file.contents[/proc/sys/kernel/random/entropy_avail,UTF-8],#3)<{$WORD}",
      "(last(E) < bool ?{$WORD})",
    ],
    ['min(/host name/system.entropy["a,b"],5m)<={$CTX:"web"}', "(min(E) <= bool 64)"],
    [
      "count(/host/kernel.entropy,5m)>3 and last(/host/kernel.entropy)<>0",
      "((?count of kernel.entropy > bool 3) and bool (last(E) != bool 0))",
    ],
    ["last(/host/kernel.random.read_wakeup_threshold)<64", "(last(?kernel.random.read_wakeup_threshold) < bool 64)"],
    ["{host:key.last()}>", "none"],
    ["9".repeat(5000), "none"],
  ])("%s", (text, expected) => {
    expect(shown(parseTrigger(text, macros))).toBe(expected);
  });
});

describe("the names of entropy", () => {
  it.each([
    "node_entropy_available_bits",
    "kernel_entropy_avail",
    "entropy_avail",
    "netdata_system_entropy_entropy_average",
    "system.entropy.available",
    "system_entropy_available_bits",
  ])("%s", (name) => {
    expect(quantityOf(name)).toEqual({ kind: "entropy" });
  });

  it.each(["password_entropy_bits", "shannon_entropy", "node_entropy", "xnode_entropy_available_bits"])(
    "are not all: %s",
    (name) => {
      expect(quantityOf(name)).toBeNull();
    },
  );

  it("are those of items with such a name, and not of the thresholds beside it", () => {
    expect(
      [
        "system.entropy",
        "kernel.random.entropy_avail.low",
        "vfs.file.contents[/proc/sys/kernel/random/poolsize]",
        "kernel.random.entropy_avail.maxsamplesbelow_read_wu_threshhold",
        "system.cpu.load",
      ].map((key) => quantityOfKey(key)?.kind ?? null),
    ).toEqual(["entropy", "entropy", "pool-size", null, null]);
  });
});

it("any text is an expression or none, and never an error", () => {
  const word = fc.oneof(
    fc.constantFrom(
      "node_entropy_available_bits",
      "(",
      ")",
      "{",
      "}",
      "[",
      "]",
      "<",
      "and",
      "by",
      "on",
      "bool",
      "offset",
      "@",
      "?",
      ":",
      "-",
      "!",
      "1",
      '"',
      "'",
      ",",
      "\\",
      "$x",
    ),
    anyText({ maxLength: 3 }),
  );
  fc.assert(
    fc.property(fc.array(word, { maxLength: 20 }), (words) => {
      for (const text of [words.join(" "), words.join("")]) {
        expect(() => [parseExpression(text, promql), parseTrigger(text, new Map())]).not.toThrow();
      }
    }),
    { numRuns: 1000 },
  );
});
