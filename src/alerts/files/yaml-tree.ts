import type { Node, Scalar } from "yaml";
import type { ConfigNode } from "../systems/config-tree.ts";
import { ConfigUnreadable, hasMoreThan, mostDepth } from "./config-unreadable.ts";

/**
 * How many lines, items and anchors are read: the parser takes 20 µs for each. All templates of Zabbix in one export
 * have fewer.
 */
const mostParts = 100_000;

/**
 * A YAML or JSON text as a tree; several documents are a list. An alias stands for a text only: aliases of more, by
 * which a small file becomes an endless one, are left out. Throws ConfigUnreadable in words without the file's name.
 */
export async function yamlTree(text: string): Promise<ConfigNode> {
  if (hasMoreThan(mostParts, text, /[\n,{[&*#]/g))
    throw new ConfigUnreadable(`more than ${mostParts} lines, items and anchors`);
  const { isAlias, isMap, isScalar, isSeq, LineCounter, parseAllDocuments } = await import("yaml");
  const lines = new LineCounter();
  const lineOf = (node: Node): number => lines.linePos(node.range?.[0] ?? 0).line;

  /** What was anchored so far: an alias stands for the latest before it (YAML 1.2.2, 7.1). */
  let anchors = new Map<string, string | null>();

  function converted(node: Node | null, depth: number): ConfigNode | null {
    if (depth > mostDepth) throw new ConfigUnreadable("nested too deeply");
    if (node !== null && !isAlias(node) && node.anchor !== undefined)
      anchors.set(node.anchor, isScalar(node) ? textOf(node) : null);
    if (isScalar(node)) return { kind: "scalar", line: lineOf(node), text: textOf(node) };
    if (isSeq<Node>(node))
      return {
        kind: "list",
        line: lineOf(node),
        items: node.items.flatMap((item) => converted(item, depth + 1) ?? []),
      };
    if (isMap<Node, Node | null>(node)) {
      const entries = node.items.flatMap(({ key, value }) => {
        const tree = converted(value, depth + 1);
        return isScalar(key) && tree !== null ? [[textOf(key), tree] as const] : [];
      });
      return { kind: "map", line: lineOf(node), entries };
    }
    if (!isAlias(node)) return null;
    const meant = anchors.get(node.source) ?? null;
    return meant === null ? null : { kind: "scalar", line: lineOf(node), text: meant };
  }

  const documents = parseAllDocuments(text, {
    lineCounter: lines,
    prettyErrors: false,
    logLevel: "silent",
    uniqueKeys: false,
  });
  if (!Array.isArray(documents)) return { kind: "list", line: 1, items: [] };
  const [error] = documents.flatMap(({ errors }) => errors);
  if (error?.code === "RESOURCE_EXHAUSTION") throw new ConfigUnreadable("nested too deeply");
  if (error !== undefined)
    throw new ConfigUnreadable(`not YAML or JSON at line ${lines.linePos(error.pos[0]).line}: ${error.message}`);
  const trees = documents.flatMap(({ contents }) => {
    anchors = new Map();
    return converted(contents, 0) ?? [];
  });
  const [only] = trees;
  return trees.length === 1 && only !== undefined ? only : { kind: "list", line: 1, items: trees };
}

/** As it was written: a number stays `0x10`. */
function textOf({ value, source }: Scalar): string {
  return typeof value === "string" ? value : (source ?? "");
}
