import { isJsonObject, jsonIn, type JsonObject } from "../../../core/base/json.ts";
import { type JournalFields, journalFieldNames } from "./journal-entry.ts";

/** A line of JSON: the fields of a journal entry, or the text of a log line that a log collector wrapped. */
export type JsonLine =
  | { readonly kind: "entry"; readonly fields: JournalFields }
  | { readonly kind: "wrapped"; readonly text: string };

/** Where collectors put the line: Docker's json-file, LAVA, Loki, Google Cloud, Splunk, GELF, EC2's console output. */
const wrappedIn: readonly string[] = [
  "log",
  "msg",
  "message",
  "line",
  "textPayload",
  "_raw",
  "short_message",
  "body",
  "Output",
  "output",
];

/**
 * Reads one entry as `journalctl -o json` prints it (systemd.journal-export-formats, "Journal JSON Format"), with what
 * json-seq and json-sse put in front. Null: no such line.
 */
export function parseJournalJson(text: string): JsonLine | null {
  const start = text.indexOf("{");
  const value = start === -1 ? null : objectIn(text.slice(start));
  if (value === null) return null;
  if (isEntry(value)) return { kind: "entry", fields: fieldsOf(value) };
  const wrapped = wrappedText(value);
  return wrapped === null ? null : { kind: "wrapped", text: wrapped };
}

/** Whether an object is an entry of a journal. */
export function isEntry(value: JsonObject): boolean {
  return "_BOOT_ID" in value || "_TRANSPORT" in value || "MESSAGE" in value;
}

/** The text, of one line or more, that a collector put into an object; null: none. */
export function wrappedText(value: JsonObject): string | null {
  const wrapped = wrappedIn.map((name) => value[name]).find((inner) => typeof inner === "string");
  return wrapped === undefined ? null : wrapped.trimEnd();
}

/** The fields of an entry that are read. */
export function fieldsOf(entry: JsonObject): JournalFields {
  const fields: Record<string, string> = {};
  for (const name of journalFieldNames) {
    const field = textOf(entry[name]);
    if (field !== null) fields[name] = field;
  }
  return fields;
}

/** The object that the text is; null where it is none. */
export function objectIn(text: string): JsonObject | null {
  const value = jsonIn(text);
  return isJsonObject(value) ? value : null;
}

/**
 * A field is text, an array of its bytes where it is not UTF-8, an array of both where the entry has it more than once,
 * null where it is too long.
 */
function textOf(value: unknown): string | null {
  const text = plainText(value);
  if (text !== null || !Array.isArray(value)) return text;
  return value.map(plainText).find((one) => one !== null) ?? null;
}

function plainText(value: unknown): string | null {
  if (typeof value === "string") return value;
  if (!Array.isArray(value) || !value.every((byte) => Number.isInteger(byte) && byte >= 0 && byte < 256)) return null;
  return Buffer.from(value as number[]).toString("utf8");
}
