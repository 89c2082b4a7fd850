import { parseAst } from "rolldown/parseAst";

/** Counters of the parts of a program that were run, in the order of its text. */
export interface Instrumented {
  readonly code: string;
  readonly points: number;
}

interface Node {
  readonly type: string;
  readonly start: number;
  readonly end: number;
  readonly [part: string]: unknown;
}

/** A loop with more rounds than this in one run counts as endless. */
const mostRounds = 20_000_000;

/**
 * JavaScript with a counter at each block, branch and loop, as libFuzzer's `-fsanitize-coverage=trace-pc-guard` has it:
 * the module exports `hits`, one number for each. V8's own coverage was weighed: to read it once takes a thousand times
 * as long as a parser takes for a line.
 */
export function instrumented(code: string): Instrumented {
  const inserted: { readonly at: number; readonly text: string; readonly order: number }[] = [];
  let points = 0;
  const put = (at: number, text: string): void => void inserted.push({ at, text, order: inserted.length });
  const wrap = (node: Node): void => {
    put(node.start, `(fuzzHits[${points++}]++, `);
    put(node.end, ")");
  };
  const count = (node: Node, isLoop: boolean): void => {
    const counter = isLoop
      ? `if (fuzzHits[${points++}]++ > ${mostRounds}) throw new Error("endless loop");`
      : `fuzzHits[${points++}]++;`;
    if (node.type === "BlockStatement") return put(node.start + 1, counter);
    put(node.start, `{${counter} `);
    put(node.end, "}");
  };

  const visit = (value: unknown): void => {
    if (Array.isArray(value)) return value.forEach(visit);
    if (!isNode(value)) return;
    countIn(value);
    for (const part of Object.values(value)) visit(part);
  };
  const countIn = (node: Node): void => {
    const part = (name: string): Node | null => (isNode(node[name]) ? node[name] : null);
    const body = part("body");
    switch (node.type) {
      case "ForStatement":
      case "ForInStatement":
      case "ForOfStatement":
      case "WhileStatement":
      case "DoWhileStatement":
        if (body !== null) count(body, true);
        break;
      case "ArrowFunctionExpression":
        if (body?.type === "BlockStatement") count(body, false);
        else if (body !== null) wrap(body);
        break;
      case "FunctionDeclaration":
      case "FunctionExpression":
        if (body !== null) count(body, false);
        break;
      case "IfStatement":
        for (const branch of [part("consequent"), part("alternate")]) if (branch !== null) count(branch, false);
        break;
      case "CatchClause":
        if (body !== null) count(body, false);
        break;
      case "ConditionalExpression":
        for (const branch of [part("consequent"), part("alternate")]) if (branch !== null) wrap(branch);
        break;
      case "LogicalExpression":
        for (const branch of [part("right")]) if (branch !== null) wrap(branch);
        break;
      case "SwitchCase": {
        const [first] = Array.isArray(node["consequent"]) ? (node["consequent"] as unknown[]) : [];
        if (isNode(first)) put(first.start, `fuzzHits[${points++}]++; `);
      }
    }
  };

  visit(parseAst(code));
  return {
    code: `const fuzzHits = new Uint32Array(${points});\nexport { fuzzHits as hits };\n${withInserted(code, inserted)}`,
    points,
  };
}

function isNode(value: unknown): value is Node {
  return typeof value === "object" && value !== null && "type" in value && "start" in value;
}

function withInserted(
  code: string,
  inserted: readonly { readonly at: number; readonly text: string; readonly order: number }[],
): string {
  // At one place what ends there comes before what begins, the inner end first.
  const ends = (text: string): boolean => text === ")" || text === "}";
  const sorted = inserted.toSorted(
    (a, b) =>
      a.at - b.at ||
      Number(ends(b.text)) - Number(ends(a.text)) ||
      (ends(a.text) ? b.order - a.order : a.order - b.order),
  );
  const parts: string[] = [];
  let from = 0;
  for (const { at, text } of sorted) {
    parts.push(code.slice(from, at), text);
    from = at;
  }
  return [...parts, code.slice(from)].join("");
}
