/** Seconds from which a person needs them in larger units as well. */
const longSeconds = 120;

/**
 * Seconds as a person reads them: "40.20 s", and from two minutes on with their larger units, "1502.00 s (25 min 2 s)".
 * `decimals`: of the seconds, as many as are known or needed.
 */
export function durationWords(seconds: number, decimals: number): string {
  const larger = largerUnits(seconds);
  return `${seconds.toFixed(decimals)} s${larger === null ? "" : ` (${larger})`}`;
}

/** "25 min 2 s", "1 h 10 min", "4 d 3 h"; null: so few seconds need none. */
export function largerUnits(seconds: number): string | null {
  if (!(seconds >= longSeconds)) return null;
  const whole = Math.round(seconds);
  if (whole < 3_600) return `${Math.floor(whole / 60)} min ${whole % 60} s`;
  const minutes = Math.round(seconds / 60);
  if (minutes < 1_440) return `${Math.floor(minutes / 60)} h ${minutes % 60} min`;
  const hours = Math.round(seconds / 3_600);
  return `${Math.floor(hours / 24)} d ${hours % 24} h`;
}
