import { bootsSchema } from "../../core/boot-record.ts";
import { isJsonObject, jsonIn } from "../../core/base/json.ts";
import { pageStart, recordsElement } from "../../core/base/page-marks.ts";
import { type SavedRecord, savedRecord } from "../../core/shape/saved-record.ts";

/** How many first bytes show which of our documents a text is. */
export const documentStartBytes = 256;

/** What the first bytes of a text show of a document that crngwatch wrote. */
export interface DocumentStart {
  /** A page of `--format html`, or JSON. */
  readonly form: "page" | "json";
  /** The schema that it names; null: JSON that another program has sorted may name it at the end. */
  readonly schema: string | null;
}

const pageWithSchema = /^<!DOCTYPE html><!-- (crngwatch\.[a-z]{1,32}\/\d{1,9}) -->/;
const jsonWithSchema = /^(?:\xef\xbb\xbf)?\s{0,64}\{\s{0,64}"schema"\s{0,8}:\s{0,8}"(crngwatch\.[a-z]{1,32}\/\d{1,9})"/;
const jsonOfBoots = /^(?:\xef\xbb\xbf)?\s{0,64}\{\s{0,64}"boots"\s{0,8}:\s{0,8}\[/;

/** Reads the first bytes of a text, as Latin 1; null: no document of crngwatch's. */
export function documentStart(head: string): DocumentStart | null {
  const [, ofPage] = pageWithSchema.exec(head) ?? [];
  if (ofPage !== undefined) return { form: "page", schema: ofPage };
  const [, ofJson] = jsonWithSchema.exec(head) ?? [];
  if (ofJson !== undefined) return { form: "json", schema: ofJson };
  return jsonOfBoots.test(head) ? { form: "json", schema: null } : null;
}

/**
 * The boot records that a page of `--format html` holds; null: it is no such page, it was cut off, or as recordsIn().
 */
export function recordsInPage(page: string): readonly SavedRecord[] | null {
  if (!page.startsWith(pageStart)) return null;
  const start = page.lastIndexOf(recordsElement.start);
  const end = page.indexOf(recordsElement.end, start);
  return start === -1 || end === -1 ? null : recordsIn(page.slice(start + recordsElement.start.length, end));
}

/** The boot records of a JSON document of `bootsSchema`, each checked whole; null: it is no such document. */
export function recordsIn(json: string): readonly SavedRecord[] | null {
  const value = jsonIn(json.replace(/^\ufeff/, ""));
  if (!isJsonObject(value)) return null;
  const { schema, boots } = value;
  if (schema !== bootsSchema || !Array.isArray(boots)) return null;
  const records = boots.map((boot) => savedRecord(boot, { missing: "unknown" }));
  return records.every((record) => record !== null) ? records : null;
}
