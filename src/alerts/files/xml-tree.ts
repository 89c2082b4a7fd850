import type { XmlElement } from "@rgrove/parse-xml";
import { lineFinder } from "../systems/alert-reader.ts";
import type { ConfigNode } from "../systems/config-tree.ts";
import { ConfigUnreadable, hasMoreThan, mostDepth } from "./config-unreadable.ts";

/** More tags are not read: all templates of Zabbix in one export have fewer. */
const mostTags = 300_000;

/**
 * An XML text as a tree: an element of elements is a mapping, any other its text. Entities that a file declares are not
 * expanded. Throws ConfigUnreadable in words without the file's name.
 */
export async function xmlTree(text: string): Promise<ConfigNode> {
  if (hasMoreThan(mostTags, text, /</g)) throw new ConfigUnreadable(`more than ${mostTags} tags`);
  const { parseXml, XmlElement: Element, XmlError } = await import("@rgrove/parse-xml");
  const lineAt = lineFinder(text);

  function converted(element: XmlElement, depth: number): ConfigNode {
    if (depth > mostDepth) throw new ConfigUnreadable("nested too deeply");
    const line = lineAt(element.start);
    const elements = element.children.filter((child) => child instanceof Element);
    if (elements.length === 0) return { kind: "scalar", line, text: element.text };
    return { kind: "map", line, entries: elements.map((child) => [child.name, converted(child, depth + 1)] as const) };
  }

  try {
    const { root } = parseXml(text, { includeOffsets: true });
    return { kind: "map", line: 1, entries: root === null ? [] : [[root.name, converted(root, 0)]] };
  } catch (error) {
    if (!(error instanceof XmlError)) throw error;
    throw new ConfigUnreadable(`not XML at line ${error.line}: ${error.message.split("\n", 1)[0] ?? ""}`, {
      cause: error,
    });
  }
}
