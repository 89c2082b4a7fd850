import { fs } from "../platform/builtins.ts";
import { escapeText } from "../render/escape.ts";
import type { Terminal } from "../render/text/layout.ts";
import { CommandFailed, exit } from "./verb.ts";

export type Variables = Readonly<Record<string, string | undefined>>;

const standardOutput = 1;
/** Of a serial console, which does not know its size. */
const usualSize = { columns: 80, rows: 24 };

/** The major number of /dev/null and its like (Documentation/admin-guide/devices.txt). */
const memoryDevices = 1;

/** Whether standard output is a terminal. Node's own module for that loads its sockets, so it is used last. */
export function isTerminal(): boolean {
  const output = fs.fstatSync(standardOutput);
  return (
    output.isCharacterDevice() &&
    output.rdev >>> 8 !== memoryDevices &&
    process.getBuiltinModule("node:tty").isatty(standardOutput)
  );
}

/**
 * The style of text on standard output, or, where `printed` is false, in a file. Throws CommandFailed (usage) for a
 * --color that is none.
 */
export function terminalOf(color = "auto", printed = true, environment: Variables = process.env): Terminal {
  if (color !== "auto" && color !== "always" && color !== "never")
    throw new CommandFailed(
      `Unknown value '${escapeText(color)}' of --color: it takes auto, always or never`,
      exit.usage,
    );
  if (!printed) return { columns: null, colour: color === "always" };
  const ascii = !isUtf8(environment);
  if (!isTerminal()) return { columns: null, colour: color === "always", ascii };
  return {
    columns: sizeOf(environment).columns,
    colour: color === "always" || (color === "auto" && showsColour(environment)),
    ascii,
  };
}

/**
 * The character set of the user's locale (locale(7)). Where none is set, as on a console, UTF-8, as systemd takes it.
 */
function isUtf8({ LC_ALL, LC_CTYPE, LANG }: Variables): boolean {
  const locale = [LC_ALL, LC_CTYPE, LANG].find((name) => name !== undefined && name !== "");
  return locale === undefined || /utf-?8/i.test(locale);
}

/** https://no-color.org, and terminals that say of themselves that they understand nothing but text. */
function showsColour({ NO_COLOR, TERM }: Variables): boolean {
  return (NO_COLOR ?? "") === "" && TERM !== undefined && TERM !== "" && TERM !== "dumb";
}

/** COLUMNS and LINES win, as in systemd's tools. */
export function sizeOf({ COLUMNS, LINES }: Variables): { readonly columns: number; readonly rows: number } {
  const { columns, rows } = process.stdout;
  return {
    columns: positive(COLUMNS) ?? positive(columns) ?? usualSize.columns,
    rows: positive(LINES) ?? positive(rows) ?? usualSize.rows,
  };
}

function positive(value: string | number | undefined): number | null {
  const number = /^\d{1,9}$/.test(String(value)) ? Number(value) : 0;
  return Number.isSafeInteger(number) && number > 0 ? number : null;
}
