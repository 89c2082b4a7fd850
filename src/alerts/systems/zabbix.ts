import { entropyComparisons, type Expression, type Threshold } from "../threshold.ts";
import { type AlertConfig, mostLength } from "./alert-reader.ts";
import { mapsIn, scalarAt, textAt } from "./config-tree.ts";
import { quantityOfKey } from "./entropy-names.ts";
import { parseExpression } from "../expression.ts";

/**
 * Triggers of Zabbix exports (XML, YAML, JSON) of any version: any mapping with an `expression` on an item of entropy.
 */
export function zabbixThresholds({ tree }: AlertConfig): readonly Threshold[] {
  if (tree?.kind !== "map" || !tree.entries.some(([key]) => key === "zabbix_export")) return [];
  const maps = [...mapsIn(tree)];
  const macros = new Map(maps.map((map) => [textAt(map, "macro") ?? "", textAt(map, "value") ?? ""] as const));
  return maps.flatMap((trigger): readonly Threshold[] => {
    const written = scalarAt(trigger, "expression");
    if (written === null) return [];
    const condition = parseTrigger(written.text, macros);
    if (condition === null ? !/entropy/i.test(written.text) : entropyComparisons(condition).length === 0) return [];
    return [
      {
        system: "zabbix",
        line: written.line,
        name: textAt(trigger, "name") ?? textAt(trigger, "description"),
        text: written.text,
        condition,
        fires: "nonzero",
      },
    ];
  });
}

/** `{$MACRO}`, `{$MACRO:context}`. */
const macro = /\{\$[A-Z0-9_.]+(?::[^}]*)?\}/g;
/** Before 5.4: `{HOST:key.function(parameters)}`; a key has its parameters in brackets, and a name may have blanks. */
const oldReference = /\{[^{}:]{1,255}:((?:[^{}[\]]|\[[^\]]*\])*?)\.([a-z]+)\(([^(){}]*)\)\}/g;
/** Since: `function(/HOST/key,parameters)`. */
const newReference = /\b([a-z]+)\(\/[^/,()]{0,255}\/((?:[^,()[\]]|\[[^\]]*\])+)(?:,[^()]*)?\)/g;

/**
 * Functions whose value is one of the item's or a difference of them; others (`count`, `nodata`) say nothing of its
 * level.
 */
const valueFunctions = new Set([
  "last",
  "prev",
  "first",
  "min",
  "max",
  "avg",
  "sum",
  "percentile",
  "trendmin",
  "trendmax",
  "trendavg",
  "change",
  "abschange",
  "diff",
  "delta",
]);

/** Reads a trigger: references to items become names, which then read like any expression. Null: it is none. */
export function parseTrigger(text: string, macros: ReadonlyMap<string, string>): Expression | null {
  if (text.length > mostLength) return null;
  const items: string[] = [];
  const named = (call: string, key: string): string =>
    valueFunctions.has(call) ? `${call}(item:${items.push(key) - 1})` : `other:${items.push(`${call} of ${key}`) - 1}`;
  const plain = text
    .replace(macro, (name) => numberOf(macros.get(name)) ?? `macro:${items.push(name) - 1}`)
    .replace(oldReference, (_whole, key: string, call: string) => named(call, key))
    .replace(newReference, (_whole, call: string, key: string) => named(call, key));
  const meaning = (name: string): Expression | null => {
    const [, kind, index] = /^(item|macro|other):(\d+)$/.exec(name) ?? [];
    const written = items[Number(index)];
    if (written === undefined) return null;
    return (kind === "item" ? quantityOfKey(written) : null) ?? { kind: "unknown", name: written };
  };
  return parseExpression(plain, { meaning });
}

function numberOf(value: string | undefined): string | null {
  return value !== undefined && /^-?\d+(?:\.\d+)?[KMGTsmhdw]?$/.test(value) ? value : null;
}
