import { escapeText } from "../render/escape.ts";
import { CommandFailed, exit } from "./verb.ts";

/** setTimeout(3)'s longest, about 24 days: Node makes more than that 1 ms. */
const longestSeconds = 2_147_483;

/** What systemd.time(7) calls its units, those of use to a person who waits. */
const secondsPer: Readonly<Record<string, number>> = {
  ms: 0.001,
  msec: 0.001,
  "": 1,
  s: 1,
  sec: 1,
  second: 1,
  seconds: 1,
  m: 60,
  min: 60,
  minute: 60,
  minutes: 60,
  h: 3600,
  hr: 3600,
  hour: 3600,
  hours: 3600,
  d: 86_400,
  day: 86_400,
  days: 86_400,
};

/** A time span as systemd reads it: "90", "1.5s", "1min 30s". Null: it is none. */
function parseSpan(text: string): number | null {
  let seconds: number | null = null;
  let rest = text.trim();
  while (rest !== "") {
    const [part, value = "", unit = ""] = /^(\d{1,15}(?:\.\d{1,9})?)\s{0,8}([a-z]{0,8})\s*/.exec(rest) ?? [];
    const factor = Object.hasOwn(secondsPer, unit) ? secondsPer[unit] : undefined;
    if (part === undefined || factor === undefined) return null;
    seconds = (seconds ?? 0) + Number(value) * factor;
    rest = rest.slice(part.length);
  }
  return seconds;
}

/** The seconds to wait that an option gives; null where it is not given. */
export function secondsOption<Name extends string>(
  { given }: { readonly given: { readonly [One in Name]?: string } },
  name: Name,
): number | null {
  const text: string | undefined = given[name];
  if (text === undefined) return null;
  const seconds = parseSpan(text);
  if (seconds === null || seconds > longestSeconds) {
    throw new CommandFailed(
      `Cannot wait '${escapeText(text)}': expected a number of seconds up to ${longestSeconds}, or a time span such as '2min'`,
      exit.usage,
    );
  }
  return seconds;
}
