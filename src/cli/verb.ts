import type { Roots } from "../platform/roots.ts";

/**
 * Exit codes, the same for every verb: 3 is the answer "no", on the CRNG's readiness or on what was searched.
 */
export const exit = { ok: 0, failed: 1, usage: 2, notReady: 3, wrong: 3, unknown: 4 } as const;
export type ExitCode = (typeof exit)[keyof typeof exit];

/** One option of a verb, without its dashes. */
export interface Option {
  readonly name: string;
  readonly short?: string;
  /** What its value is called in the help; null for a switch. */
  readonly value: string | null;
  /** The value where none is given: then it may be left out. */
  readonly usual?: string;
  /** Of such an option: what the next word must be to be taken for its value. */
  readonly form?: RegExp;
  /** Of a switch: the words that may follow it after "=". */
  readonly attached?: readonly string[];
  readonly summary: string;
  /** Options of the same verb that would have no effect beside it. */
  readonly excludes?: readonly string[];
}

/** Options that every verb takes. */
export const commonOptions: readonly Option[] = [
  { name: "help", short: "h", value: null, summary: "print this help" },
  { name: "version", short: "V", value: null, summary: "print the version" },
];

/** What a verb takes besides options, for example files. */
export interface Operands {
  readonly name: string;
  readonly summary: string;
  /** Exactly one is wanted, and it is one of these. */
  readonly choices?: readonly string[];
  /** Where none is named, a file or pipe on standard input is read, as "-" names it. */
  readonly piped?: true;
}

/** The values that were given, by the names of the options; a switch is true. */
export type Given<O extends readonly Option[]> = {
  readonly [One in O[number] as One["name"]]?: One extends { readonly attached: readonly (infer Word)[] }
    ? true | Word
    : One["value"] extends null
      ? true
      : string;
};

/** A command line that was understood, of a verb that takes the options `O`. */
export interface Invocation<O extends readonly Option[] = readonly []> {
  readonly roots: Roots;
  readonly given: Given<O>;
  readonly operands: readonly string[];
}

/** What parseArguments() reads by a verb's own table of options, and so an Invocation of that table. */
export interface ParsedInvocation extends Pick<Invocation, "roots" | "operands"> {
  readonly given: Readonly<Record<string, string | true>>;
}

/**
 * A verb of the command line. Help, usage errors and the table of crngwatch(1) derive from these fields; the code is
 * loaded when called.
 */
export interface Verb {
  readonly name: string;
  readonly summary: string;
  readonly options: readonly Option[];
  /** One or more are wanted; null: none is taken. */
  readonly operands: Operands | null;
  readonly exits: string;
  /**
   * Whose conventions hold for a failure and for wrong usage, where they are not crngwatch's own: its code 3 and a line
   * on standard output.
   */
  readonly conventions?: "monitoring-plugin";
  readonly example: string;
  /** Takes what parseArguments() has read by `options`. */
  readonly load: () => Promise<(invocation: ParsedInvocation) => Promise<ExitCode>>;
}

/** A failure that a person reads: one line that names the wrong thing and the way out, and the exit code. */
export class CommandFailed extends Error {
  override readonly name = "CommandFailed";
  readonly code: ExitCode;

  constructor(message: string, code: ExitCode = exit.failed) {
    super(message);
    this.code = code;
  }
}

/** The refusal of an option, by its name without dashes, that would be ignored: `why` ends the sentence. */
export function withoutEffect(option: string, why: string): CommandFailed {
  return new CommandFailed(`Option --${option} has no effect ${why}`, exit.usage);
}
