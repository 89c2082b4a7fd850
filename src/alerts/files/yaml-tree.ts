import type { Document, Node, Scalar } from "yaml";
import type { ConfigNode } from "../systems/config-tree.ts";
import { ConfigUnreadable, mostDepth } from "./config-unreadable.ts";

/**
 * A YAML or JSON text as a tree; several documents are a list. An alias stands for a text only: aliases of more, by
 * which a small file becomes an endless one, are left out. Throws ConfigUnreadable in words without the file's name.
 */
export async function yamlTree(text: string): Promise<ConfigNode> {
  const { isAlias, isMap, isScalar, isSeq, LineCounter, parseAllDocuments } = await import("yaml");
  const lines = new LineCounter();
  const lineOf = (node: Node): number => lines.linePos(node.range?.[0] ?? 0).line;

  function converted(node: Node | null, document: Document, depth: number): ConfigNode | null {
    if (depth > mostDepth) throw new ConfigUnreadable("nested too deeply");
    if (isScalar(node)) return { kind: "scalar", line: lineOf(node), text: textOf(node) };
    if (isSeq<Node>(node))
      return {
        kind: "list",
        line: lineOf(node),
        items: node.items.flatMap((item) => converted(item, document, depth + 1) ?? []),
      };
    if (isMap<Node, Node | null>(node)) {
      const entries = node.items.flatMap(({ key, value }) => {
        const tree = converted(value, document, depth + 1);
        return isScalar(key) && tree !== null ? [[textOf(key), tree] as const] : [];
      });
      return { kind: "map", line: lineOf(node), entries };
    }
    if (!isAlias(node)) return null;
    const meant = node.resolve(document);
    return isScalar(meant) ? { kind: "scalar", line: lineOf(node), text: textOf(meant) } : null;
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
  const trees = documents.flatMap((document) => converted(document.contents, document, 0) ?? []);
  const [only] = trees;
  return trees.length === 1 && only !== undefined ? only : { kind: "list", line: 1, items: trees };
}

/** As it was written: a number stays `0x10`. */
function textOf({ value, source }: Scalar): string {
  return typeof value === "string" ? value : (source ?? "");
}
