import type { Diagnosed } from "../core/boot-record.ts";
import { fs } from "../platform/builtins.ts";
import { attempt, type Read } from "../platform/pseudo-file.ts";
import { bootsJson } from "../render/boots-json.ts";
import { escapeText } from "../render/escape.ts";
import { bootsText } from "../render/text/boots-text.ts";
import { type FormatName, formatNames } from "./formats.ts";
import type { outputOptions } from "./options.ts";
import { print } from "./print.ts";
import { CommandFailed, exit, type Invocation } from "./verb.ts";

const formats: Readonly<Record<FormatName, (records: readonly Diagnosed[]) => string>> = {
  text: bootsText,
  json: bootsJson,
};

const unwrittenReasons: Readonly<Record<string, string>> = {
  absent: "its folder does not exist",
  denied: "no permission",
};

/**
 * How the invocation wants boot records told, and where. Throws at once for a format that does not exist, before
 * anything is read.
 */
export function outputOf({ given }: Invocation<typeof outputOptions>): (records: readonly Diagnosed[]) => void {
  const { format = given.json === true ? "json" : formatNames[0], output } = given;
  const name = formatNames.find((known) => known === format);
  if (name === undefined) {
    throw new CommandFailed(
      `Unknown format '${escapeText(format)}': want one of ${formatNames.join(", ")}`,
      exit.usage,
    );
  }
  return (records) => {
    const text = formats[name](records);
    if (output === undefined) return print(text);
    const written = attempt(() => fs.writeFileSync(output, text));
    if (written.kind !== "ok") throw unwritten(output, written);
  };
}

/** The failure of an output file that could not be written. */
export function unwritten(path: string, written: Exclude<Read<void>, { readonly kind: "ok" }>): CommandFailed {
  return new CommandFailed(
    `Cannot write '${escapeText(path)}': ${unwrittenReasons[written.kind] ?? (written.kind === "failed" ? written.errno : "")}`,
  );
}
