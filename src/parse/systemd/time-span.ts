/**
 * Seconds of each unit that systemd.time(7) has a name for; a number alone is seconds. A year is longer than any boot.
 */
const secondsPer: ReadonlyMap<string, number> = new Map(
  [
    { seconds: 1e-6, names: ["us", "usec"] },
    { seconds: 1e-3, names: ["ms", "msec"] },
    { seconds: 1, names: ["", "s", "sec", "second", "seconds"] },
    { seconds: 60, names: ["m", "min", "minute", "minutes"] },
    { seconds: 3_600, names: ["h", "hr", "hour", "hours"] },
    { seconds: 86_400, names: ["d", "day", "days"] },
    { seconds: 604_800, names: ["w", "week", "weeks"] },
    { seconds: 2_629_800, names: ["M", "month", "months"] },
  ].flatMap(({ seconds, names }) => names.map((name) => [name, seconds] as const)),
);

const part = /\s{0,8}(\d{1,15}(?:\.\d{1,9})?)\s{0,8}([A-Za-z]{0,8})\s{0,8}/y;

/** Seconds of a time span as systemd reads and prints it: "90", "1.5s", "3min 3.505s". Null: it is none. */
export function parseTimeSpan(text: string): number | null {
  let seconds: number | null = null;
  for (part.lastIndex = 0; part.lastIndex < text.length;) {
    const [, value, unit = ""] = part.exec(text) ?? [];
    const factor = secondsPer.get(unit);
    if (value === undefined || factor === undefined) return null;
    seconds = (seconds ?? 0) + Number(value) * factor;
  }
  // systemd's own resolution; 0.001 and its like have no exact double.
  return seconds === null ? null : Math.round(seconds * 1e6) / 1e6;
}
