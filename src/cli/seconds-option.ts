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
  const seconds = Number(text);
  if (text.trim() === "" || !(seconds >= 0 && seconds <= longestSeconds)) {
    throw new CommandFailed(
      `Cannot wait '${escapeText(text)}' seconds: want a number from 0 to ${longestSeconds}`,
      exit.usage,
    );
  }
  return seconds;
}
