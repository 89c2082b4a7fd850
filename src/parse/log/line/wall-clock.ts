/** A wall-clock stamp at the start of a text, and how many characters it takes. */
export interface WallStamp {
  /**
   * Seconds since 1970 as far as the stamp says: without a year or a zone, only differences within one log mean
   * something.
   */
  readonly seconds: number;
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
  /^(?:\p{L}{1,10}\.? )?(\d{4})-(\d\d)-(\d\d)[T ](\d\d):(\d\d):(\d\d)(?:[.,](\d{1,9}))?(?: ?(Z|UTC|[+-]\d\d:?\d\d)(?![\w:]))?/u;
/** RFC 3164, ctime(3) and journalctl's short: [weekday] month day [year] time [year]. */
const named =
  /^(?:\p{L}{1,10}\.?,? +)?(\d{0,2}\p{L}{1,10}\.?) *(\d{1,2}),? (?:(\d{4}) )?(\d\d):(\d\d):(\d\d)(?:[.,](\d{1,9}))?(?: (\d{4})(?!\d))?/u;
/** The same with the day in front, as many locales have it. */
const dayFirst =
  /^(?:\p{L}{1,10}\.?,? +)?(\d{1,2})\.? (\p{L}{1,10}\.?) (?:(\d{4}) )?(\d\d):(\d\d):(\d\d)(?:[.,](\d{1,9}))?(?: (\d{4})(?!\d))?/u;
const timeOfDay = /^(\d\d):(\d\d):(\d\d)(?:[.,](\d{1,9}))?/;
/** logcat -v threadtime and time: month-day time. */
const monthDay = /^(\d\d)-(\d\d) (\d\d):(\d\d):(\d\d)(?:[.,](\d{1,9}))?/;
/** journalctl -o short-unix, moreutils ts. */
const epoch = /^(\d{9,10})(?:\.(\d{1,9}))?(?![\w.])/;

/** A leap year, so that every day of a log without a year exists. */
const someYear = 2000;

/** Reads a wall-clock stamp in any of the forms in which logs print it; null where the text starts with none. */
export function parseWallStamp(text: string): WallStamp | null {
  let match = iso.exec(text);
  if (match !== null) {
    const [, year, month, day, hour, minute, second, fraction, zone] = match;
    return {
      seconds: at(Number(year), Number(month) - 1, Number(day), hour, minute, second, fraction) - offsetOf(zone),
      length: match[0].length,
    };
  }
  match = epoch.exec(text);
  if (match !== null) return { seconds: Number(match[1]) + fractionOf(match[2]), length: match[0].length };
  match = monthDay.exec(text);
  if (match !== null) {
    const [, month, day, hour, minute, second, fraction] = match;
    return {
      seconds: at(someYear, Number(month) - 1, Number(day), hour, minute, second, fraction),
      length: match[0].length,
    };
  }
  match = timeOfDay.exec(text);
  if (match !== null) {
    const [, hour, minute, second, fraction] = match;
    return { seconds: at(someYear, 0, 1, hour, minute, second, fraction), length: match[0].length };
  }
  match = named.exec(text);
  if (match !== null) return ofNames(match[0].length, match[1], match[2], match.slice(3));
  match = dayFirst.exec(text);
  return match === null ? null : ofNames(match[0].length, match[2], match[1], match.slice(3));
}

function ofNames(
  length: number,
  name: string | undefined,
  day: string | undefined,
  rest: readonly (string | undefined)[],
): WallStamp | null {
  const month = months.findIndex((pattern) => pattern.test(name ?? ""));
  const [year, hour, minute, second, fraction, yearBehind] = rest;
  // A month of a language that is not known still stamps a line; what it means is not known, so differences over its
  // end are wrong by design.
  return {
    seconds: at(
      Number(year ?? yearBehind ?? someYear),
      Math.max(0, month),
      Number(day),
      hour,
      minute,
      second,
      fraction,
    ),
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

function offsetOf(zone: string | undefined): number {
  if (zone === undefined || zone === "Z" || zone === "UTC") return 0;
  const [sign, hours, minutes] = [zone.startsWith("-") ? -1 : 1, Number(zone.slice(1, 3)), Number(zone.slice(-2))];
  return sign * (hours * 3600 + minutes * 60);
}
