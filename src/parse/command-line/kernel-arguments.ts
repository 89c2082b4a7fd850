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

/** One word of a command line, and where it is in the text. */
export interface KernelWord {
  /** With `_` for each `-`, which are one letter to the kernel. */
  readonly name: string;
  readonly start: number;
  readonly end: number;
  /** Null: there is no `=`. */
  readonly value: readonly Placed[] | null;
}

/** An argument that has a value. */
export interface KernelArgument extends KernelWord {
  readonly value: readonly Placed[];
  /** What is put here is the beginning of the value, inside the kernel's quotes. */
  readonly valueStart: number;
  /** What is put there needs no quotes of its own: there are some, or none are required. */
  readonly isProtected: boolean;
}

export interface KernelArguments {
  /** All, with a value or without. */
  readonly words: readonly KernelWord[];
  /** Those with a value, in order. */
  readonly valued: readonly KernelArgument[];
  /** The end of the last argument of the kernel's that ends: what is after an open quote would be part of it. */
  readonly end: number;
}

interface Word {
  readonly start: number;
  readonly end: number;
  readonly chars: readonly Placed[];
  readonly closed: boolean;
}

const blank = /\s/;

/** The arguments in `text` up to `--`, after which they are init's. */
export function kernelArguments(text: string, quoting: Quoting): KernelArguments {
  const words: KernelWord[] = [];
  const valued: KernelArgument[] = [];
  let end = 0;
  for (let at = 0; ;) {
    while (at < text.length && blank.test(text.charAt(at))) at++;
    if (at === text.length) break;
    const word = quoting === "kernel" ? kernelWord(text, at) : grubWord(text, at);
    if (text.slice(word.start, word.end) === "--") break;
    const argument = quoting === "kernel" ? kernelArgument(text, word) : grubArgument(word);
    words.push(argument);
    if (hasValue(argument)) valued.push(argument);
    if (word.closed) end = word.end;
    at = word.end;
  }
  return { words, valued, end };
}

function hasValue(argument: KernelWord | KernelArgument): argument is KernelArgument {
  return argument.value !== null;
}

export function valueText(value: readonly Placed[]): string {
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

/** As next_arg() of lib/cmdline.c: a `=` in the first place is part of the name; quotes at the ends are taken off. */
function kernelArgument(text: string, { start, end, chars }: Word): KernelWord | KernelArgument {
  const whole = text.charAt(start) === '"';
  const nameStart = start + (whole ? 1 : 0);
  const equals = chars.findIndex(({ char }, index) => index > nameStart - start && char === "=") + start;
  if (equals < start) {
    const closes = whole && text.charAt(end - 1) === '"';
    return { name: kernelName(text.slice(nameStart, end - (closes ? 1 : 0))), start, end, value: null };
  }
  const name = kernelName(text.slice(nameStart, equals));
  const opened = text.charAt(equals + 1) === '"';
  const valueStart = equals + (opened ? 2 : 1);
  const closes = (opened || whole) && text.charAt(end - 1) === '"';
  const value = chars.slice(valueStart - start, end - start - (closes ? 1 : 0));
  return { name, start, end, value, valueStart, isProtected: true };
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

function grubArgument({ start, end, chars }: Word): KernelWord | KernelArgument {
  const equals = chars.findIndex(({ char }) => char === "=");
  if (equals <= 0) return { name: kernelName(valueText(chars)), start, end, value: null };
  const name = kernelName(valueText(chars.slice(0, equals)));
  const sign = chars[equals] as Placed;
  const isInQuotes = sign.quoted && sign.end === sign.start + 1;
  return { name, start, end, value: chars.slice(equals + 1), valueStart: sign.end, isProtected: isInQuotes };
}

function kernelName(text: string): string {
  return text.replaceAll("-", "_");
}
