import type { Comparison, Expression } from "./threshold.ts";
import { NoExpression, type Token, tokensOf } from "./expression-tokens.ts";

export interface Language {
  /** What a name stands for; null where it is nothing that is known. */
  readonly meaning: (name: string) => Expression | null;
  /** PromQL: a comparison without `bool` drops what does not hold, and `and` joins series. */
  readonly filters?: boolean;
  /** TICKscript: "double quotes" hold a field's name. */
  readonly quotedNames?: boolean;
}

/** Deeper nesting than this does not occur in real expressions. */
const mostDepth = 100;

/** How tightly operators bind; PromQL's, netdata's, Zabbix's and InfluxData's languages agree. */
const binding: Readonly<Record<string, number>> = {
  or: 1,
  "||": 1,
  "|": 1,
  and: 2,
  unless: 2,
  "&&": 2,
  "&": 2,
  "<": 3,
  ">": 3,
  "<=": 3,
  ">=": 3,
  "==": 3,
  "!=": 3,
  "=": 3,
  "<>": 3,
  "=~": 3,
  "!~": 3,
  "+": 4,
  "-": 4,
  "*": 5,
  "/": 5,
  "%": 5,
  "^": 6,
};
const comparisons: Readonly<Record<string, Comparison>> = {
  "<": "<",
  ">": ">",
  "<=": "<=",
  ">=": ">=",
  "==": "==",
  "=": "==",
  "!=": "!=",
  "<>": "!=",
};

/**
 * Reads the expression of an alert: one reader for the languages of PromQL, netdata, Zabbix, TICKscript and Flux, since
 * what thresholds are made of is alike in them. What it does not read is unknown. Null: it is no expression of
 * these.
 */
export function parseExpression(text: string, language: Language): Expression | null {
  try {
    const reader = new Reader(tokensOf(text), language);
    return reader.whole();
  } catch (error) {
    if (error instanceof NoExpression) return null;
    throw error;
  }
}

class Reader {
  #at = 0;
  #depth = 0;
  readonly #tokens: readonly Token[];
  readonly #language: Language;

  constructor(tokens: readonly Token[], language: Language) {
    this.#tokens = tokens;
    this.#language = language;
  }

  whole(): Expression {
    const expression = this.#choice();
    if (this.#at < this.#tokens.length) throw new NoExpression("more than one expression");
    return expression;
  }

  #choice(): Expression {
    if (++this.#depth > mostDepth) throw new NoExpression("nested too deeply");
    const condition = this.#operation(0);
    if (!this.#accept("?")) {
      this.#depth--;
      return condition;
    }
    const yes = this.#choice();
    this.#require(":");
    const no = this.#choice();
    this.#depth--;
    return { kind: "choice", condition, yes, no };
  }

  #operation(least: number): Expression {
    let left = this.#operand();
    for (;;) {
      const operator = this.#operator();
      const tightness = operator === null ? undefined : binding[operator];
      if (operator === null || tightness === undefined || tightness <= least) return left;
      this.#at++;
      const { bool } = this.#matching();
      // `^` binds to the right, so that its right side may hold another.
      const right = this.#operation(operator === "^" ? tightness - 1 : tightness);
      left = this.#joined(operator, left, right, bool);
    }
  }

  #joined(operator: string, left: Expression, right: Expression, bool: boolean): Expression {
    const filters = this.#language.filters === true && !bool;
    const comparison = comparisons[operator];
    if (comparison !== undefined) return { kind: "comparison", operator: comparison, left, right, filters };
    switch (operator) {
      case "+":
      case "-":
      case "*":
      case "/":
      case "%":
      case "^":
        return { kind: "arithmetic", operator, left, right };
      case "or":
      case "||":
      case "|":
        return { kind: "logic", operator: "or", left, right, filters };
      case "and":
      case "&&":
      case "&":
        return { kind: "logic", operator: "and", left, right, filters };
      case "unless":
        return { kind: "logic", operator: "unless", left, right, filters };
      default:
        return { kind: "unknown", name: operator };
    }
  }

  /** The operator that comes next, in lower case, without taking it. */
  #operator(): string | null {
    const token = this.#tokens[this.#at];
    if (token?.kind === "sign") return token.value;
    return token?.kind === "name" && ["and", "or", "unless"].includes(token.value.toLowerCase())
      ? token.value.toLowerCase()
      : null;
  }

  /** PromQL: `bool`, and by which labels both sides are matched. */
  #matching(): { readonly bool: boolean } {
    const bool = this.#acceptName("bool");
    if (this.#acceptName("on", "ignoring")) this.#labels();
    if (this.#acceptName("group_left", "group_right") && this.#peekSign("(")) this.#labels();
    return { bool };
  }

  #operand(): Expression {
    if (++this.#depth > mostDepth) throw new NoExpression("nested too deeply");
    const operand = this.#bareOperand();
    this.#modifiers();
    this.#depth--;
    return operand;
  }

  #bareOperand(): Expression {
    const token = this.#tokens[this.#at++];
    switch (token?.kind) {
      case "number":
        return { kind: "number", value: token.value };
      case "text":
        return this.#language.quotedNames === true ? this.#named(token.value) : { kind: "unknown", name: token.value };
      case "name":
        return this.#name(token.value);
      case "selector": {
        const name = /__name__\s*=\s*["']([^"']*)["']/.exec(token.value)?.[1];
        return name === undefined ? { kind: "unknown", name: token.value } : this.#named(name);
      }
      case "sign":
        return this.#signed(token.value);
      case undefined:
        throw new NoExpression("it ends too early");
    }
  }

  #signed(sign: string): Expression {
    switch (sign) {
      case "(": {
        const inner = this.#choice();
        this.#require(")");
        return inner;
      }
      case "-":
        // Below `^`, above everything else: -2^2 is -4.
        return { kind: "minus", input: this.#operation(5) };
      case "+":
        return this.#operation(5);
      case "!":
        return { kind: "not", input: this.#operand() };
      default:
        throw new NoExpression(`'${sign}' begins no expression`);
    }
  }

  #name(name: string): Expression {
    if (name.toLowerCase() === "not") return { kind: "not", input: this.#operation(2) };
    const grouped = this.#acceptName("by", "without");
    if (grouped) this.#labels();
    if (!this.#accept("(")) {
      if (grouped) throw new NoExpression("an aggregation of nothing");
      return this.#named(name);
    }
    const inputs: Expression[] = [];
    if (!this.#peekSign(")"))
      do inputs.push(this.#choice());
      while (this.#accept(","));
    this.#require(")");
    if (this.#acceptName("by", "without")) this.#labels();
    return { kind: "call", name: name.toLowerCase(), inputs };
  }

  #named(name: string): Expression {
    return this.#language.meaning(name) ?? { kind: "unknown", name };
  }

  /** What may follow a metric and does not change which it is: matchers, a range, `offset 5m`, `@ end()`. */
  #modifiers(): void {
    for (;;) {
      if (this.#tokens[this.#at]?.kind === "selector") this.#at++;
      else if (this.#acceptName("offset")) {
        this.#accept("-");
        this.#at++;
      } else if (this.#accept("@")) this.#operand();
      else return;
    }
  }

  #labels(): void {
    this.#require("(");
    while (!this.#accept(")")) if (this.#at++ >= this.#tokens.length) throw new NoExpression("a list without an end");
  }

  #peekSign(sign: string): boolean {
    const token = this.#tokens[this.#at];
    return token?.kind === "sign" && token.value === sign;
  }

  #accept(sign: string): boolean {
    if (!this.#peekSign(sign)) return false;
    this.#at++;
    return true;
  }

  #acceptName(...names: readonly string[]): boolean {
    const token = this.#tokens[this.#at];
    if (token?.kind !== "name" || !names.includes(token.value.toLowerCase())) return false;
    this.#at++;
    return true;
  }

  #require(sign: string): void {
    if (!this.#accept(sign)) throw new NoExpression(`'${sign}' is missing`);
  }
}
