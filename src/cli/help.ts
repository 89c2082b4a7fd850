import { commonOptions, type Option, type Verb } from "./verb.ts";

/** What `crngwatch --help` prints. */
export function help(verbs: readonly Verb[]): string {
  return [
    "crngwatch reports when the kernel's random number generator (the CRNG) became ready, who used it before that, and why it was late.",
    "",
    "Usage: crngwatch VERB [OPTION]... [FILE]...",
    "",
    ...rows(verbs.map(({ name, summary }) => [name, summary])),
    "",
    ...rows([
      ["help VERB", "print a verb's options, exit codes and an example, as VERB --help does"],
      ["--version, -V", "print the version"],
    ]),
    "",
  ].join("\n");
}

export function verbHelp({ name, summary, options, operands, exits, conventions, example }: Verb): string {
  const taken: readonly (readonly [string, string])[] =
    operands === null
      ? []
      : [[operands.choices === undefined ? `${operands.name}...` : operands.name, operands.summary]];
  return [
    `crngwatch ${name}: ${summary}.`,
    "",
    ...rows([...taken, ...[...options, ...commonOptions].map((option) => [flags(option), option.summary] as const)]),
    "",
    `Exit code: ${exits}${conventions === undefined ? "; 1 failed, 2 wrong usage" : ""}.`,
    `Example: ${example}`,
    "",
  ].join("\n");
}

function flags({ name, short, value }: Option): string {
  return `${short === undefined ? "" : `-${short}, `}--${name}${value === null ? "" : ` ${value}`}`;
}

function rows(pairs: readonly (readonly [string, string])[]): readonly string[] {
  const width = Math.max(...pairs.map(([left]) => left.length));
  return pairs.map(([left, right]) => `  ${left.padEnd(width)}  ${right}`);
}
