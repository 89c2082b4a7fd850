/** Most text is printable ASCII without a backslash. */
const plain = /^[\x20-\x5b\x5d-\x7e]*$/;
let unsafe: RegExp | null = null;

/**
 * Text from strangers (comms, command lines, log lines, file names) made safe for a terminal and a journal line:
 * control bytes, escape sequences, line ends and characters that reorder or hide text become \xHH or \u{HHHH}; the rest
 * stays.
 */
export function escapeText(text: string): string {
  if (plain.test(text)) return text;
  // Made on demand, and not a literal: V8 builds Unicode's tables for one when it parses the file, 1 ms of a start.
  unsafe ??= new RegExp(String.raw`[\p{Cc}\p{Cf}\p{Zl}\p{Zp}\p{Cs}\\]`, "gu");
  return text.replace(unsafe, (character) => {
    if (character === "\\") return "\\\\";
    const code = character.codePointAt(0) ?? 0;
    return code < 0x100 ? `\\x${code.toString(16).padStart(2, "0")}` : `\\u{${code.toString(16)}}`;
  });
}

/**
 * A command to be pasted into a shell: what a terminal would obey is escaped, and backslashes are the command's own.
 */
export function escapeCommand(command: string): string {
  return command.replace(/[^\\]+/g, escapeText);
}

/**
 * Lines with text from strangers, such as the host's files: what a terminal would obey is escaped, the lines, tabs and
 * backslashes stay.
 */
export function escapeLines(text: string): string {
  return text.replace(/[^\n\t\\]+/g, escapeText);
}
