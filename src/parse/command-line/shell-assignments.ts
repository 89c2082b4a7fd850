import type { Placed } from "./kernel-arguments.ts";

/** A line `NAME="value"` of a file that a shell sources, such as GRUB's defaults. */
export interface ShellAssignment {
  readonly name: string;
  /** `+=`. */
  readonly appends: boolean;
  readonly start: number;
  readonly end: number;
  /**
   * The one pair of quotes around the whole value. Empty where there is none, or the value is put together in another
   * way: such a line can be read, not edited.
   */
  readonly quote: "'" | '"' | "";
  /** The value; variables and commands in it stay as they are written. */
  readonly value: readonly Placed[];
  /** False: a quote is open at the end of the file. */
  readonly isClosed: boolean;
}

/** `export` and blanks may be before it; a comment's line does not begin so. */
const beginning = /^[ \t]*(?:export[ \t]+)?([A-Za-z_]\w*)(\+?)=/gm;

/** The assignments of the variables in `names`, in order. Each has to begin a line. */
export function shellAssignments(text: string, names: readonly string[]): readonly ShellAssignment[] {
  const found: ShellAssignment[] = [];
  let readUpTo = 0;
  for (const match of text.matchAll(beginning)) {
    const [head, name = "", plus] = match;
    // Inside the value of another, which has several lines.
    if (match.index < readUpTo) continue;
    const { chars, end, quote, isClosed } = shellWord(text, match.index + head.length);
    readUpTo = end;
    if (!names.includes(name)) continue;
    found.push({ name, appends: plus === "+", start: match.index, end, quote, value: chars, isClosed });
  }
  return found;
}

interface ShellWord {
  readonly chars: readonly Placed[];
  readonly end: number;
  readonly quote: ShellAssignment["quote"];
  readonly isClosed: boolean;
}

/** One word of a POSIX shell (2.2, Quoting). Expansions are not made. */
function shellWord(text: string, start: number): ShellWord {
  const chars: Placed[] = [];
  let quote = "";
  let parts = 0;
  let at = start;
  for (; at < text.length; at++) {
    const char = text.charAt(at);
    const next = text.charAt(at + 1);
    if (quote === "" && /[\s;&|<>()]/.test(char)) break;
    if (quote === "" && (char === "'" || char === '"')) {
      quote = char;
      parts++;
    } else if (char === quote) quote = "";
    else {
      if (quote === "") parts += 2;
      const escapes = char === "\\" && quote !== "'" && (quote === "" || '"\\$`\n'.includes(next));
      if (escapes && next === "\n") at++;
      else if (escapes && next !== "") chars.push({ char: next, start: at, end: ++at + 1, quoted: true });
      else chars.push({ char, start: at, end: at + 1, quoted: quote !== "" });
    }
  }
  const outer = text.charAt(start);
  const isOnePair = parts === 1 && quote === "" && (outer === "'" || outer === '"');
  return { chars, end: at, quote: isOnePair ? outer : "", isClosed: quote === "" };
}
