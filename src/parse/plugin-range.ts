/**
 * A threshold in the Monitoring Plugins' syntax (guidelines, "Threshold and Ranges"), as it was written and as its
 * ends.
 */
export interface PluginRange {
  readonly text: string;
  readonly start: number;
  readonly end: number;
  /** `@`: alert inside of the range, its ends included, instead of outside. */
  readonly inside: boolean;
}

const number = String.raw`-?\d{1,12}(?:\.\d{1,9})?`;
const form = new RegExp(`^(@?)(?:(~|${number})?:)?(${number})?$`);

/**
 * Reads `[@][start:][end]`: `10` alerts outside of 0 to 10, `10:` below 10, `~:10` above 10, `@10:20` from 10 to 20.
 * Null: it is no range.
 */
export function parsePluginRange(text: string): PluginRange | null {
  const found = form.exec(text);
  if (found === null) return null;
  const [, at, startWord, endWord] = found;
  const hasColon = text.includes(":");
  if (endWord === undefined && !(hasColon && startWord !== undefined)) return null;
  const start = startWord === "~" ? -Infinity : Number(startWord ?? 0);
  const end = endWord === undefined ? Infinity : Number(endWord);
  return start > end ? null : { text, start, end, inside: at === "@" };
}
