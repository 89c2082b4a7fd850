/** A value of JSON in which one place was replaced. */
export interface Mutation {
  readonly path: string;
  /** What is there now, in words. */
  readonly wrong: string;
  readonly value: unknown;
}

/** What a place is replaced by: each type of JSON, and what is hard to show of each. */
export const wrongValues: readonly unknown[] = [
  undefined,
  null,
  true,
  0,
  -1,
  1.5,
  1e300,
  Number.POSITIVE_INFINITY,
  "",
  "\u001b[31mred\u001b[0m\n\u202e\u2028<script>",
  [],
  [null],
  [[[]]],
  {},
  { toString: 1, length: -1, toFixed: null },
];

/** `value` with each of its places, at any depth, replaced by each of `others`. */
export function* mutations(
  value: unknown,
  others: readonly unknown[],
  path = "",
): Generator<Mutation, void, undefined> {
  if (path !== "")
    for (const other of others)
      yield {
        path,
        wrong: typeof other === "number" ? String(other) : (JSON.stringify(other) ?? "missing"),
        value: other,
      };
  if (typeof value !== "object" || value === null) return;
  for (const [name, part] of Object.entries(value)) {
    const at = Array.isArray(value) ? `${path}[${name}]` : path === "" ? name : `${path}.${name}`;
    for (const { value: inner, ...mutation } of mutations(part, others, at))
      yield { ...mutation, value: withPart(value, name, inner) };
  }
}

function withPart(value: object, name: string, part: unknown): unknown {
  if (Array.isArray(value)) return value.with(Number(name), part);
  return { ...value, [name]: part };
}
