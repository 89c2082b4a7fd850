import { parseAst } from "rolldown/parseAst";

/** One small change of a source file. */
export interface Mutant {
  readonly file: string;
  readonly line: number;
  readonly start: number;
  readonly end: number;
  /** What replaces the original. */
  readonly text: string;
  /** A statement that is left out; every other mutant is an expression. */
  readonly leftOut: boolean;
}

interface Node {
  readonly type: string;
  readonly start: number;
  readonly end: number;
  readonly [field: string]: unknown;
}

const operators: Readonly<Record<string, string>> = {
  "<": "<=",
  "<=": "<",
  ">": ">=",
  ">=": ">",
  "===": "!==",
  "!==": "===",
  "==": "!=",
  "!=": "==",
  "+": "-",
  "-": "+",
  "*": "/",
  "&&": "||",
  "||": "&&",
  "??": "&&",
};

/** Every mutant of a file: operators, conditions, numbers, booleans, and statements that are left out. */
export function mutantsOf(file: string, source: string): readonly Mutant[] {
  const found: Mutant[] = [];
  const put = ({ start, end }: Pick<Node, "start" | "end">, text: string, leftOut = false): void => {
    found.push({ file, line: source.slice(0, start).split("\n").length, start, end, text, leftOut });
  };
  const textOf = ({ start, end }: Node): string => source.slice(start, end);
  visit(parseAst(source, { lang: "ts" }) as unknown as Node, (node) => {
    switch (node.type) {
      case "BinaryExpression":
      case "LogicalExpression": {
        const [left, right] = [node["left"] as Node, node["right"] as Node];
        const other = operators[node["operator"] as string];
        if (other !== undefined) put(node, `(${textOf(left)}) ${other} (${textOf(right)})`);
        break;
      }
      case "ConditionalExpression":
      case "IfStatement": {
        const test = node["test"] as Node;
        put(test, `!(${textOf(test)})`);
        break;
      }
      case "UnaryExpression":
        if (node["operator"] === "!") put(node, textOf(node["argument"] as Node));
        break;
      case "Literal":
        if (typeof node["value"] === "number") put(node, otherNumber(node["value"], textOf(node)));
        if (typeof node["value"] === "boolean") put(node, String(!node["value"]));
        break;
      case "ExpressionStatement": {
        const expression = node["expression"] as Node;
        // Not super(), without which the class does not start; directives have no effect.
        if (expression.type === "CallExpression" && (expression["callee"] as Node).type !== "Super")
          put(node, ";", true);
        break;
      }
    }
  });
  return found;
}

/** Not 2 for 1, which is the same to code that compares by its sign. */
function otherNumber(value: number, text: string): string {
  return value === 0 ? "1" : value === 1 ? "0" : `(2 * ${text})`;
}

/** Walks the tree, without types and without keys that are numbers: they are no code. */
function visit(node: Node, see: (node: Node) => void): void {
  if (node.type.startsWith("TS") && !/^TS(?:As|NonNull|Satisfies)/.test(node.type)) return;
  see(node);
  for (const [name, part] of Object.entries(node)) {
    if (name === "typeAnnotation" || name === "typeArguments" || name === "typeParameters") continue;
    if (name === "key" && node["computed"] !== true) continue;
    for (const child of Array.isArray(part) ? part : [part])
      if (typeof child === "object" && child !== null && typeof (child as Node).type === "string")
        visit(child as Node, see);
  }
}
