import type { Diagnosed } from "../core/boot-record.ts";
import { fs } from "../platform/builtins.ts";
import { attempt, type Read } from "../platform/pseudo-file.ts";
import { bootsJson } from "../render/boots-json.ts";
import { escapeText } from "../render/escape.ts";
import { bootsText } from "../render/text/boots-text.ts";
import { print } from "./print.ts";
import { CommandFailed, exit, type Invocation } from "./verb.ts";

const formats: Readonly<Record<string, (records: readonly Diagnosed[]) => string>> = {
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
export function outputOf({ given }: Invocation): (records: readonly Diagnosed[]) => void {
  const { format = given["json"] === true ? "json" : "text", output } = given;
  const render = typeof format === "string" && Object.hasOwn(formats, format) ? formats[format] : undefined;
  if (render === undefined) {
    throw new CommandFailed(
      `Unknown format '${escapeText(String(format))}': want one of ${Object.keys(formats).join(", ")}`,
      exit.usage,
    );
  }
  return (records) => {
    const text = render(records);
    if (typeof output !== "string") return print(text);
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
