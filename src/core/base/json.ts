/** An object of JSON: any members, of any kind. */
export type JsonObject = Readonly<Record<string, unknown>>;

/** False for an array and for null, which `typeof` calls objects too. */
export function isJsonObject(value: unknown): value is JsonObject {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}

/** The value that a text of JSON stands for; undefined, which JSON does not have, where the text is none. */
export function jsonIn(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch (error) {
    if (error instanceof SyntaxError) return undefined;
    throw error;
  }
}
