import { type BootRecord, emptyRecord } from "./boot-record.ts";

/**
 * The boot record that a value of JSON is, written by a crngwatch that knew all of today's fields; null: it is none.
 */
export function savedRecord(value: unknown): BootRecord | null {
  return hasShapeOf(emptyRecord(), value) ? (value as BootRecord) : null;
}

/**
 * The same, by an older one too: fields are added under a schema and none is changed, so what it lacks was not known.
 */
export function olderRecord(value: unknown): BootRecord | null {
  return savedRecord(completed(emptyRecord(), value));
}

/** Whether `value` has all fields of `model`, with the same kinds of values where the model has any. */
function hasShapeOf(model: unknown, value: unknown): boolean {
  if (model === null) return value !== undefined;
  if (Array.isArray(model)) return Array.isArray(value);
  if (typeof model !== "object") return typeof value === typeof model;
  if (typeof value !== "object" || value === null) return false;
  return Object.entries(model).every(([name, part]) =>
    hasShapeOf(part, (value as Readonly<Record<string, unknown>>)[name]),
  );
}

/** `value` with the fields of `model` that it has not. */
function completed(model: unknown, value: unknown): unknown {
  if (value === undefined) return model;
  if (!isObject(model) || !isObject(value)) return value;
  return {
    ...value,
    ...Object.fromEntries(Object.entries(model).map(([name, part]) => [name, completed(part, value[name])])),
  };
}

function isObject(value: unknown): value is Readonly<Record<string, unknown>> {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}
