/**
 * How a kernel command line is quoted where it is written down. `kernel`: it goes to the kernel as it is, next_arg() of
 * lib/cmdline.c. `grub`: GRUB's shell reads it first, and there a `;` outside quotes ends the command.
 */
export type Quoting = "kernel" | "grub";

/** A character of a value, and the part of the text that stands for it. */
export interface Placed {
  readonly char: string;
  readonly start: number;
  readonly end: number;
  readonly quoted: boolean;
}

/** One argument of a command line, and where it stands in the text. */
export interface KernelArgument {
  /** With `_` for each `-`, which are one letter to the kernel. */
  readonly name: string;
  readonly start: number;
  readonly end: number;
  readonly value: readonly Placed[];
  /** What is put here is the beginning of the value, inside the kernel's quotes. */
  readonly valueStart: number;
  /** What is put there needs no quotes of its own: there are some, or nobody looks for any. */
  readonly isProtected: boolean;
}

export interface KernelArguments {
  /** All, with a value or without. */
  readonly words: readonly { readonly start: number; readonly end: number }[];
  /** Those with a value, in order. */
  readonly valued: readonly KernelArgument[];
  /** The end of the last argument of the kernel's that ends: what stands behind an open quote would be part of it. */
  readonly end: number;
}

interface Word {
  readonly start: number;
  readonly end: number;
  readonly chars: readonly Placed[];
  readonly closed: boolean;
}

const blank = /\s/;

/** The arguments in `text` up to `--`, behind which they are init's. */
export function kernelArguments(text: string, quoting: Quoting): KernelArguments {
  const words: Word[] = [];
  const valued: KernelArgument[] = [];
  let end = 0;
  for (let at = 0; ;) {
    while (at < text.length && blank.test(text.charAt(at))) at++;
    if (at === text.length) break;
    const word = quoting === "kernel" ? kernelWord(text, at) : grubWord(text, at);
    if (text.slice(word.start, word.end) === "--") break;
    words.push(word);
    const argument = quoting === "kernel" ? kernelArgument(text, word) : grubArgument(word);
    if (argument !== null) valued.push(argument);
    if (word.closed) end = word.end;
    at = word.end;
  }
  return { words, valued, end };
}

export function textOf(value: readonly Placed[]): string {
  return value.map(({ char }) => char).join("");
}

/** A double quote anywhere protects blanks up to the next one, and stays part of the word but at its ends. */
function kernelWord(text: string, start: number): Word {
  const chars: Placed[] = [];
  let quoted = false;
  let at = start;
  for (; at < text.length && (quoted || !blank.test(text.charAt(at))); at++) {
    if (text.charAt(at) === '"') quoted = !quoted;
    chars.push({ char: text.charAt(at), start: at, end: at + 1, quoted: true });
  }
  return { start, end: at, chars, closed: !quoted };
}

function kernelArgument(text: string, { start, end, chars }: Word): KernelArgument | null {
  const whole = text.charAt(start) === '"';
  const equals = text.indexOf("=", start + 1);
  if (equals < 0 || equals >= end) return null;
  const name = text.slice(start + (whole ? 1 : 0), equals);
  const opened = equals + 1 < end && text.charAt(equals + 1) === '"';
  const valueStart = equals + (opened ? 2 : 1);
  const closes = (opened || whole) && end > valueStart && text.charAt(end - 1) === '"';
  const value = chars.slice(valueStart - start, end - start - (closes ? 1 : 0));
  return { name: name.replaceAll("-", "_"), start, end, value, valueStart, isProtected: true };
}

/**
 * As GRUB's lexer takes words (grub-core/script/yylex.l): single quotes, double quotes with `\"`, `\\`, `\$`, and a
 * bare `\`.
 */
function grubWord(text: string, start: number): Word {
  const chars: Placed[] = [];
  let quote = "";
  let at = start;
  for (; at < text.length; at++) {
    const char = text.charAt(at);
    const next = text.charAt(at + 1);
    if (quote === "" && blank.test(char)) break;
    if (char === quote) quote = "";
    else if (quote === "" && (char === "'" || char === '"')) quote = char;
    else if (char === "\\" && next !== "" && (quote === "" || (quote === '"' && '"\\$'.includes(next))))
      chars.push({ char: next, start: at, end: ++at + 1, quoted: true });
    else chars.push({ char, start: at, end: at + 1, quoted: quote !== "" });
  }
  return { start, end: at, chars, closed: quote === "" };
}

function grubArgument({ start, end, chars }: Word): KernelArgument | null {
  const equals = chars.findIndex(({ char }) => char === "=");
  if (equals <= 0) return null;
  const name = textOf(chars.slice(0, equals)).replaceAll("-", "_");
  const sign = chars[equals] as Placed;
  const isInQuotes = sign.quoted && sign.end === sign.start + 1;
  return { name, start, end, value: chars.slice(equals + 1), valueStart: sign.end, isProtected: isInQuotes };
}
