import { parseTimeSpan } from "../parse/systemd/time-span.ts";
import { escapeText } from "../render/escape.ts";
import { CommandFailed, exit } from "./verb.ts";

/** setTimeout(3)'s longest, about 24 days: Node makes more than that 1 ms. */
const longestSeconds = 2_147_483;

/** The seconds to wait that an option gives; null where it is not given. */
export function secondsOption<Name extends string>(
  { given }: { readonly given: { readonly [One in Name]?: string } },
  name: Name,
): number | null {
  const text: string | undefined = given[name];
  if (text === undefined) return null;
  const seconds = parseTimeSpan(text);
  if (seconds === null || seconds > longestSeconds) {
    throw new CommandFailed(
      `Cannot wait '${escapeText(text)}': expected a number of seconds up to ${longestSeconds}, or a time span such as '2min'`,
      exit.usage,
    );
  }
  return seconds;
}
