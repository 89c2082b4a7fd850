import { bootsSchema } from "../../core/boot-record.ts";
import { pageStart, recordsElement } from "../../core/page-marks.ts";
import { type SavedRecord, savedRecord } from "../../core/shape/saved-record.ts";

/**
 * The boot records that a page of `--format html` holds, each checked whole; null: the text is no such page, or what it
 * holds are no records of this schema.
 */
export function recordsInPage(page: string): readonly SavedRecord[] | null {
  if (!page.startsWith(pageStart)) return null;
  const start = page.lastIndexOf(recordsElement.start);
  const end = page.indexOf(recordsElement.end, start);
  return start < 0 || end < 0 ? null : recordsIn(page.slice(start + recordsElement.start.length, end));
}

function recordsIn(json: string): readonly SavedRecord[] | null {
  let value: unknown;
  try {
    value = JSON.parse(json);
  } catch (error) {
    if (error instanceof SyntaxError) return null;
    throw error;
  }
  const { schema, boots } = Object(value) as { readonly schema?: unknown; readonly boots?: unknown };
  if (schema !== bootsSchema || !Array.isArray(boots)) return null;
  const records = boots.map((boot) => savedRecord(boot, { missing: "unknown" }));
  return records.every((record) => record !== null) ? records : null;
}
