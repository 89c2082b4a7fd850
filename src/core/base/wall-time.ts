import { withoutTrailing } from "./without-trailing.ts";

/** What a wall clock's stamps show: year, day and time; day and time; or the time of day alone. */
export type WallShows = "date" | "no-year" | "time-of-day";

/** The form of a wall clock's stamps. */
export interface WallForm {
  readonly shows: WallShows;
  /** As it is written: "Z", an offset ("+01:00"), an abbreviation ("CET"). Null: it is not written. */
  readonly zone: string | null;
}

/** An interval by the wall clock, as ISO 8601 (`wallText`) or as seconds. */
export interface WallSpan<T extends string | number = string> {
  /** Null: at any moment before. */
  readonly notBefore: T | null;
  readonly notAfter: T;
}

/** The year that stands for one that is not written: a leap year, so that every day of a log without a year exists. */
export const someYear = 2000;

const [start, length]: readonly [Record<WallShows, number>, number] = [
  { date: 0, "no-year": 5, "time-of-day": 10 },
  "2000-01-01T00:00:00".length,
];

/**
 * A moment in ISO 8601, without the parts that the form does not show: "2016-03-22T18:17:17.25+01:00",
 * "--03-22T18:17:17", "T18:17:17". Null: no date that can be written so. `seconds`: since 1970, in UTC where the form
 * has an offset, else as the clock shows them.
 */
export function wallText(seconds: number, { shows, zone }: WallForm): string | null {
  const date = new Date(Math.round((seconds + offsetSeconds(zone)) * 1000));
  if (Number.isNaN(date.getTime())) return null;
  const iso = date.toISOString();
  if (iso.length !== length + ".000Z".length) return null;
  const fraction = withoutTrailing(withoutTrailing(iso.slice(length, -1), "0"), ".");
  const suffix = shows === "date" && zone !== null && isOffset(zone) ? zone : "";
  return `${shows === "no-year" ? "--" : ""}${iso.slice(start[shows], length)}${fraction}${suffix}`;
}

/** Both ends as `wallText` writes them; null where one of them is no date. */
export function wallSpanText({ notBefore, notAfter }: WallSpan<number>, form: WallForm): WallSpan | null {
  const [from, to] = [notBefore === null ? null : wallText(notBefore, form), wallText(notAfter, form)];
  return to === null || (notBefore !== null && from === null) ? null : { notBefore: from, notAfter: to };
}

/** The seconds that `wallText` wrote, in that form; null where the text is none of its own. */
export function wallSecondsOf(text: string, { shows, zone }: WallForm): number | null {
  const whole = {
    date: text,
    "no-year": text.replace(/^-/, String(someYear)),
    "time-of-day": `${someYear}-01-01${text}`,
  };
  const [, local = ""] =
    /^(\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(?:\.\d{1,3})?)(?:Z|[+-]\d\d:\d\d)?$/.exec(whole[shows]) ?? [];
  const at = Date.parse(`${local}Z`) / 1000;
  return Number.isNaN(at) ? null : at - offsetSeconds(zone);
}

/** How far a zone that is written as an offset is ahead of UTC; of others, 0. */
export function offsetSeconds(zone: string | null): number {
  const [, sign, hours, minutes] = /^([+-])(\d\d):(\d\d)$/.exec(zone ?? "") ?? [];
  return sign === undefined ? 0 : (sign === "-" ? -1 : 1) * (Number(hours) * 3600 + Number(minutes) * 60);
}

function isOffset(zone: string): boolean {
  return zone === "Z" || /^[+-]\d\d:\d\d$/.test(zone);
}
