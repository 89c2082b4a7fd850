import { columnLines, indented, layOut, plain, type Terminal, type TextLine, textLine } from "../render/text/layout.ts";
import { commonOptions, type Option, type Verb } from "./verb.ts";

/** What `crngwatch --help` prints. */
export function help(verbs: readonly Verb[], terminal: Terminal = plain): string {
  return laidOut(terminal, [
    "crngwatch reports when the kernel's random number generator (the CRNG) became ready,",
    "who used it before that, and why it was late.",
    "",
    "Usage: crngwatch VERB [OPTION]... [FILE]...",
    "",
    ...rows(verbs.map(({ name, summary }) => [name, summary])),
    "",
    ...rows([
      ["help VERB", "print a verb's options, exit codes and an example, as VERB --help does"],
      ["--version, -V", "print the version"],
    ]),
  ]);
}

/** What `crngwatch VERB --help` prints. */
export function verbHelp(
  { name, summary, options, operands, exits, conventions, example }: Verb,
  terminal: Terminal = plain,
): string {
  const taken: readonly (readonly [string, string])[] =
    operands === null
      ? []
      : [[operands.choices === undefined ? `${operands.name}...` : operands.name, operands.summary]];
  return laidOut(terminal, [
    `crngwatch ${name}: ${summary}.`,
    "",
    ...rows([...taken, ...[...options, ...commonOptions].map((option) => [flags(option), option.summary] as const)]),
    "",
    `Exit code: ${exits}${conventions === undefined ? "; 1 failed, 2 wrong usage" : ""}.`,
    { text: `Example: ${example}`, hang: 9 },
  ]);
}

function flags({ name, short, value, usual }: Option): string {
  const taken = value === null ? "" : usual === undefined ? ` ${value}` : `[=${value}]`;
  return `${short === undefined ? "" : `-${short}, `}--${name}${taken}`;
}

function rows(pairs: readonly (readonly [string, string])[]): readonly TextLine[] {
  return indented(columnLines(pairs), 2);
}

function laidOut(terminal: Terminal, lines: readonly (string | TextLine)[]): string {
  return layOut(
    lines.map((line) => (typeof line === "string" ? textLine(line) : line)),
    terminal,
  );
}
