import { parseTimeSpan } from "./systemd/time-span.ts";

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

/**
 * The same with ends that may be time spans, as in "5s:2min" (systemd.time(7)). Its text has them in seconds, as the
 * guidelines' performance data must.
 */
export function parseSecondsRange(text: string): PluginRange | null {
  const inSeconds = text.replaceAll(/[^@~:]+/g, (end) => {
    const seconds = /[a-z]/i.test(end) ? parseTimeSpan(end) : null;
    return seconds === null ? end : String(seconds);
  });
  return parsePluginRange(inSeconds);
}
