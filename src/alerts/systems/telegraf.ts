import { entropyComparisons, type Expression, type Threshold } from "../threshold.ts";
import { type AlertConfig, lineFinder, mostLength } from "./alert-reader.ts";
import { quantityOf } from "./entropy-names.ts";
import { type Language, parseExpression } from "../expression.ts";

/**
 * Alerts on `entropy_avail` of Telegraf's kernel plugin: TICKscripts of Kapacitor and tasks in Flux. Telegraf's own
 * configuration has no thresholds.
 */
export function telegrafThresholds({ text, tree }: AlertConfig): readonly Threshold[] {
  if (tree !== null || !/\bentropy_avail\b/.test(text)) return [];
  const code = text.replaceAll(/^[ \t]*\/\/.*$/gm, "");
  return code.includes("lambda:") ? ofTickscript(text) : ofFlux(text);
}

function ofTickscript(text: string): readonly Threshold[] {
  const variables = variablesOf(text, /^[ \t]*var[ \t]+(\w+)[ \t]*=[ \t]*(-?[\d.]+)[ \t]*$/gm);
  // `|mean('entropy_avail').as('level')`: a node's result is named after it, or as it says.
  const results = new Set(
    [...text.matchAll(/\|\s*(\w+)\(\s*'entropy_avail'\s*\)(?:\s*\.as\(\s*'([^']+)'\s*\))?/g)].map(
      ({ 1: node = "", 2: name }) => name ?? node,
    ),
  );
  const meaning = (name: string): Expression | null => {
    const value = variables.get(name);
    return value === undefined
      ? results.has(name)
        ? { kind: "entropy" }
        : quantityOf(name)
      : { kind: "number", value };
  };
  return found(text, /\.(?:info|warn|crit)\(\s*lambda:/g, { meaning, quotedNames: true });
}

function ofFlux(text: string): readonly Threshold[] {
  const variables = variablesOf(text, /^[ \t]*(\w+)[ \t]*=[ \t]*(-?[\d.]+)[ \t]*$/gm);
  const meaning = (name: string): Expression | null => {
    const value = variables.get(name);
    if (value !== undefined) return { kind: "number", value };
    return name === "r._value" || name === "r.entropy_avail" ? { kind: "entropy" } : null;
  };
  return found(text, /\(\s*r\s*\)\s*=>/g, { meaning });
}

/** The variables that are numbers; `assignment` finds the name, then the value. */
function variablesOf(text: string, assignment: RegExp): ReadonlyMap<string, number> {
  return new Map([...text.matchAll(assignment)].map(({ 1: name = "", 2: value = "" }) => [name, Number(value)]));
}

function found(text: string, start: RegExp, language: Language): readonly Threshold[] {
  const lineAt = lineFinder(text);
  return [...text.matchAll(start)].flatMap(({ 0: head, index }): readonly Threshold[] => {
    const written = argumentAt(text, index + head.length);
    // Flux has two ways to name a column; this one reads as a name.
    const condition = parseExpression(written.replaceAll(/\br\["(\w+)"\]/g, "r.$1"), language);
    if (condition === null || entropyComparisons(condition).length === 0) return [];
    return [{ system: "telegraf", line: lineAt(index), name: null, text: written, condition, fires: "nonzero" }];
  });
}

/**
 * The text from `start` on, up to the parenthesis that closes one opened before, a comma outside of any, or the line's
 * end outside of any.
 */
function argumentAt(text: string, start: number): string {
  let open = 0;
  const rest = text.slice(start, start + mostLength);
  for (const { 0: sign, index } of rest.matchAll(/[(){}\n,]/g)) {
    if ("({".includes(sign)) open++;
    else if (")}".includes(sign)) open--;
    if (open < 0 || (open === 0 && (sign === "," || (sign === "\n" && index > 0)))) return rest.slice(0, index).trim();
  }
  return rest.trim();
}
