import { offsetSeconds, someYear, type WallForm } from "../../../core/base/wall-time.ts";

/** The form of a line's stamp. */
export interface StampForm extends WallForm {
  /** As `dmesg -T` and `--time-format=iso` write it: counted from the kernel's own stamp. */
  readonly byDmesg: boolean;
}

/** A wall-clock stamp at the start of a text, and how many characters it takes. */
export interface WallStamp {
  /**
   * Seconds since 1970 as far as the stamp shows it: without a year or a zone, only differences within one log mean
   * something.
   */
  readonly seconds: number;
  /** Null: the month is of a language that is not known for certain, so that only differences mean something. */
  readonly form: StampForm | null;
  readonly length: number;
}

/** Month names as syslog writes them, and as strftime(3) abbreviates them in other locales: by their first letters. */
const months: readonly RegExp[] = [
  /^ja|^ene|^gen|^1月/i,
  /^f|^2月/i,
  /^m[aä]r|^3月/i,
  /^a[pvb]|^4月/i,
  /^ma[yijg]|^5月/i,
  /^jun|^juin|^gi|^6月/i,
  /^jul|^juil|^lu|^7月/i,
  /^au|^ao|^ag|^8月/i,
  /^s|^9月/i,
  /^o|^10月/i,
  /^n|^11月/i,
  /^d|^12月/i,
];

const iso =
  /^(?:\p{L}{1,10}\.? )?(\d{4})-(\d\d)-(\d\d)[T ](\d\d):(\d\d):(\d\d)(?:[.,](\d{1,9}))?(?: ?(Z|UTC|[+-]\d\d(?::?\d\d)?)(?![\w:]))?/u;
/** As terminal programs stamp what they capture: "2019/12/19 9:12:41". */
const slashed = /^(\d{4})[/.](\d{1,2})[/.](\d{1,2}) +(\d{1,2}):(\d\d):(\d\d)(?:[.,](\d{1,9}))?/;
/** RFC 3164, ctime(3) and journalctl's short: [weekday] month day [year] time [year]. */
const named =
  /^(?:\p{L}{1,10}\.?,? +)?(\d{0,2}\p{L}{1,10}\.?) *(\d{1,2}),? (?:(\d{4}) )?(\d\d):(\d\d):(\d\d)(?:[.,](\d{1,9}))?(?: (\d{4})(?!\d))?/u;
/** The same with the day in front, as many locales have it. */
const dayFirst =
  /^(?:\p{L}{1,10}\.?,? +)?(\d{1,2})\.? (\p{L}{1,10}\.?) (?:(\d{4}) )?(\d\d):(\d\d):(\d\d)(?:[.,](\d{1,9}))?(?: (\d{4})(?!\d))?/u;
/** What date(1) prints after the time: "UTC 2024", "PM CET 2024" and "PM CET". */
const afterDate = /^(?: [AP]M)? (?:[A-Z]{2,5}|[+-]\d{2,4}) (?:19|20)\d\d\s*$|^ [AP]M (?:[A-Z]{2,5}|[+-]\d{2,4})\s*$/;
const timeOfDay = /^(\d\d):(\d\d):(\d\d)(?:[.,](\d{1,9}))?/;
/** logcat -v threadtime and time: month-day time. */
const monthDay = /^(\d\d)-(\d\d) (\d\d):(\d\d):(\d\d)(?:[.,](\d{1,9}))?/;
/** journalctl -o short-unix, moreutils ts. */
const epoch = /^(\d{9,10})(?:\.(\d{1,9}))?(?![\w.])/;

/** Seconds since 1970, as journal and epoch stamps have them. */
export const sinceEpoch: StampForm = { shows: "date", zone: "Z", byDmesg: false };
const ofDay: StampForm = { shows: "time-of-day", zone: null, byDmesg: false };

/** Reads a wall-clock stamp in any of the forms in which logs print it; null where the text starts with none. */
export function parseWallStamp(text: string): WallStamp | null {
  let match = epoch.exec(text);
  if (match !== null)
    return { seconds: Number(match[1]) + fractionOf(match[2]), form: sinceEpoch, length: match[0].length };
  match = text.charAt(4) === "/" || text.charAt(4) === "." ? slashed.exec(text) : null;
  if (match !== null) {
    const [stamp, year, month, day, hour, minute, second, fraction] = match;
    return {
      seconds: at(Number(year), Number(month) - 1, Number(day), hour, minute, second, fraction),
      form: { shows: "date", zone: null, byDmesg: false },
      length: stamp.length,
    };
  }
  if (!isAfterHour(text, text.indexOf(":"))) return null;
  match = iso.exec(text);
  if (match !== null) {
    const [stamp, year, month, day, hour, minute, second, fraction, written] = match;
    const zone = zoneOf(written) ?? zoneName(text, stamp);
    return {
      seconds: at(Number(year), Number(month) - 1, Number(day), hour, minute, second, fraction) - offsetSeconds(zone),
      form: { shows: "date", zone, byDmesg: /^[\d-]+T[\d:]+,\d{6}[+-]/.test(stamp) },
      length: stamp.length,
    };
  }
  match = monthDay.exec(text);
  if (match !== null) {
    const [, month, day, hour, minute, second, fraction] = match;
    return {
      seconds: at(someYear, Number(month) - 1, Number(day), hour, minute, second, fraction),
      // Others than logcat may put the day in front.
      form: ofDay,
      length: match[0].length,
    };
  }
  match = timeOfDay.exec(text);
  if (match !== null) {
    const [, hour, minute, second, fraction] = match;
    return { seconds: at(someYear, 0, 1, hour, minute, second, fraction), form: ofDay, length: match[0].length };
  }
  const isMonthFirst = (match = named.exec(text)) !== null;
  match ??= dayFirst.exec(text);
  if (match === null || afterDate.test(text.slice(match[0].length, match[0].length + 16))) return null;
  const [stamp, first, second] = match;
  return ofNames(stamp.length, isMonthFirst ? first : second, isMonthFirst ? second : first, match.slice(3));
}

/** In each form with an hour the first colon of the text is the one after it. */
function isAfterHour(text: string, colon: number): boolean {
  return colon >= 2 && isDigit(text.charCodeAt(colon - 1)) && isDigit(text.charCodeAt(colon - 2));
}

function isDigit(code: number): boolean {
  return code >= 0x30 && code <= 0x39;
}

function ofNames(
  length: number,
  name = "",
  day: string | undefined,
  rest: readonly (string | undefined)[],
): WallStamp | null {
  const month = months.findIndex((pattern) => pattern.test(name));
  const [written, hour, minute, second, fraction, yearAtEnd] = rest;
  const year = written ?? yearAtEnd;
  const isSure = /^\d/.test(name) || surelyNamed.has(name.toLowerCase().replace(/\.$/, ""));
  return {
    // A month of a language that is not known still stamps a line, but differences over its end are wrong.
    seconds: at(Number(year ?? someYear), Math.max(0, month), Number(day), hour, minute, second, fraction),
    form:
      isSure && month !== -1
        ? { shows: year === undefined ? "no-year" : "date", zone: null, byDmesg: yearAtEnd !== undefined }
        : null,
    length,
  };
}

function at(
  year: number,
  month: number,
  day: number,
  hour = "0",
  minute = "0",
  second = "0",
  fraction?: string,
): number {
  return Date.UTC(year, month, day, Number(hour), Number(minute), Number(second)) / 1000 + fractionOf(fraction);
}

function fractionOf(digits: string | undefined): number {
  return digits === undefined ? 0 : Number(`0.${digits}`);
}

/** "+0530", "+05:30" and "+05" in the form with a colon. */
function zoneOf(zone: string | undefined): string | null {
  if (zone === undefined) return null;
  if (zone === "Z" || zone === "UTC") return "Z";
  return `${zone.slice(0, 3)}:${zone.slice(3).replace(":", "") || "00"}`;
}

/**
 * Names of months that mean one month in all languages that glibc has locales of: English in full and short, and how
 * strftime(3) shortens them in German, French, Spanish, Italian and Portuguese. `months` reads more, by their first
 * letters, which is enough for differences: "sie" is August in Polish, and begins as September.
 */
const surelyNamed = new Set(
  (
    "january february march april may june july august september october november december " +
    "jan feb mar apr jun jul aug sep sept oct nov dec mär mai okt dez " +
    "janv févr mars avril juin juil août déc ene abr ago dic gen mag giu lug set ott fev out"
  ).split(" "),
);

/** `journalctl -o short-full` writes the weekday in front, and after it the zone, by name where that has one. */
function zoneName(text: string, stamp: string): string | null {
  if (!/^\p{L}/u.test(stamp)) return null;
  return /^ ([A-Z]{2,5})(?= |$)/.exec(text.slice(stamp.length))?.[1] ?? null;
}
