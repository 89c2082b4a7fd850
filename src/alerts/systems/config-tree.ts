/** A configuration file as what YAML, JSON and XML have in common. Lines are 1-based. */
export type ConfigNode = ConfigScalar | ConfigList | ConfigMap;

export interface ConfigScalar {
  readonly kind: "scalar";
  readonly line: number;
  readonly text: string;
}

export interface ConfigList {
  readonly kind: "list";
  readonly line: number;
  readonly items: readonly ConfigNode[];
}

/** In XML a name may stand more than once. */
export interface ConfigMap {
  readonly kind: "map";
  readonly line: number;
  readonly entries: readonly (readonly [key: string, value: ConfigNode])[];
}

/** Every mapping of the tree, outer ones first. */
export function* mapsIn(node: ConfigNode): Generator<ConfigMap, void, undefined> {
  if (node.kind === "map") yield node;
  for (const child of childrenOf(node)) yield* mapsIn(child);
}

/** Every text of the tree. */
export function* scalarsIn(node: ConfigNode): Generator<ConfigScalar, void, undefined> {
  if (node.kind === "scalar") yield node;
  for (const child of childrenOf(node)) yield* scalarsIn(child);
}

/** The text under a key, with its line; null: there is none, or it is no text. The same of textAt() and mapAt(). */
export function scalarAt(map: ConfigMap, key: string): ConfigScalar | null {
  const node = nodeAt(map, key);
  return node?.kind === "scalar" ? node : null;
}

export function textAt(map: ConfigMap, key: string): string | null {
  return scalarAt(map, key)?.text ?? null;
}

export function mapAt(map: ConfigMap, key: string): ConfigMap | null {
  const node = nodeAt(map, key);
  return node?.kind === "map" ? node : null;
}

/** The mappings of the list under a key. */
export function mapsAt(map: ConfigMap, key: string): readonly ConfigMap[] {
  return itemsAt(map, key).filter((item) => item.kind === "map");
}

/** The items of the list under a key; none where it is no list. */
export function itemsAt(map: ConfigMap, key: string): readonly ConfigNode[] {
  const node = nodeAt(map, key);
  return node?.kind === "list" ? node.items : [];
}

function nodeAt({ entries }: ConfigMap, key: string): ConfigNode | undefined {
  return entries.find(([name]) => name === key)?.[1];
}

function childrenOf(node: ConfigNode): readonly ConfigNode[] {
  switch (node.kind) {
    case "scalar":
      return [];
    case "list":
      return node.items;
    case "map":
      return node.entries.map(([, value]) => value);
  }
}
