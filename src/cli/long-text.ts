import { print } from "./print.ts";
import { isTerminal, sizeOf, terminalOf, type Variables } from "./terminal.ts";

/** Prints text of lines that are not laid out yet. A command, after four blanks or a colon, stays in one line. */
export async function printLines(text: string): Promise<void> {
  const terminal = terminalOf("never");
  if (terminal.columns === null) return print(text);
  const { layOut } = await import("../render/text/layout.ts");
  const lines = text.replace(/\n$/, "").split("\n");
  print(
    layOut(
      lines.map((line) => ({ text: line, unbroken: /^ {2}(?: {2}|instead: )/.test(line) })),
      terminal,
    ),
  );
}

/** Prints text that may be long: on a terminal that is too small for it through a pager. */
export async function printLong(text: string, environment: Variables = process.env): Promise<void> {
  if (isTerminal() && environment["TERM"] !== "dumb") {
    const { columns, rows } = sizeOf(environment);
    const pagers = pagersOf(environment);
    if (pagers.length > 0 && rowsOf(text, columns) >= rows) {
      const { showInPager } = await import("../platform/child.ts");
      if (showInPager(text, pagers, pagerEnvironment(environment))) return;
    }
  }
  print(text);
}

/** With the rows that the terminal itself makes of a line that is not wrapped. */
function rowsOf(text: string, columns: number): number {
  return text
    .split("\n")
    .slice(0, -1)
    .reduce((sum, line) => sum + Math.max(1, Math.ceil(line.length / columns)), 0);
}

/**
 * What to try, the user's own choice first, by systemd's rules: $SYSTEMD_PAGER, $PAGER, less, more. An empty one and
 * "cat" mean none. In secure mode less alone, which has such a mode (less(1), SECURITY).
 */
function pagersOf(environment: Variables): readonly (readonly string[])[] {
  const chosen = environment["SYSTEMD_PAGER"] ?? environment["PAGER"];
  if (chosen !== undefined && (chosen.trim() === "" || chosen.trim() === "cat")) return [];
  if (isSecure(environment)) return [["less"]];
  return [...(chosen === undefined ? [] : [chosen.trim().split(/\s+/)]), ["less"], ["more"]];
}

/** From a pager a user may start a shell, which sudo would have made one of root's. */
function isSecure({ SYSTEMD_PAGERSECURE: wanted, SUDO_UID: caller }: Variables): boolean {
  if (wanted !== undefined) return /^(?:1|y|yes|t|true|on)$/i.test(wanted);
  return caller !== undefined;
}

/**
 * F: no pager for what fits. R: colours. S: no wrapping of its own. X: the text stays when it is left. K: Ctrl-C
 * leaves.
 */
function pagerEnvironment(environment: Variables): Readonly<Record<string, string | undefined>> {
  return {
    LESS: environment["SYSTEMD_LESS"] ?? "FRSXMK",
    LESSCHARSET: environment["SYSTEMD_LESSCHARSET"] ?? environment["LESSCHARSET"] ?? "utf-8",
    ...(isSecure(environment) ? { LESSSECURE: "1" } : {}),
  };
}
