import { fs, resolve } from "../platform/builtins.ts";
import { confineTo } from "../platform/confined.ts";
import { attempt } from "../platform/pseudo-file.ts";
import { type Roots, rootsBelow } from "../platform/roots.ts";
import { escapeText } from "../render/escape.ts";
import { CommandFailed, commonOptions, exit, type Option, type ParsedInvocation, type Verb } from "./verb.ts";

export type Parsed =
  | { readonly kind: "version" }
  | { readonly kind: "help"; readonly verb: Verb | null }
  | { readonly kind: "verb"; readonly verb: Verb; readonly invocation: ParsedInvocation };

/**
 * Reads a command line: `VERB [--option[=VALUE]]… [--] [OPERAND]…`. Throws CommandFailed (usage) in one line for
 * whatever is no such thing.
 */
export function parseArguments(words: readonly string[], machine: Roots, verbs: readonly Verb[]): Parsed {
  const [first, ...rest] = words;
  if (first === undefined || first === "--help" || first === "-h" || first === "help")
    return { kind: "help", verb: null };
  if (first === "--version") return { kind: "version" };
  const verb = verbs.find(({ name }) => name === first);
  if (verb === undefined) {
    const wrong = first.startsWith("-") ? "option" : "verb";
    throw usage(`Unknown ${wrong} '${escapeText(first)}': expected one of ${verbs.map(({ name }) => name).join(", ")}`);
  }
  const { given, operands } = parseWords(rest, verb);
  if (given["help"] === true) return { kind: "help", verb };
  const choices = verb.operands?.choices;
  if (choices !== undefined && (operands.length !== 1 || !choices.includes(operands[0] ?? ""))) {
    throw usage(
      `${verb.name} wants one of ${choices.join(", ")}${operands.length === 0 ? "" : `, and '${escapeText(operands.join(" "))}' was given`}`,
    );
  }
  if (verb.operands !== null && operands.length === 0)
    throw usage(`${verb.name} wants a ${verb.operands.name}: ${verb.operands.summary}`);
  return { kind: "verb", verb, invocation: { roots: rootsOf(given["root"], machine), given, operands } };
}

function parseWords(words: readonly string[], verb: Verb): Pick<ParsedInvocation, "given" | "operands"> {
  const known = [...verb.options, ...commonOptions];
  const given: Record<string, string | true> = {};
  const operands: string[] = [];
  for (let at = 0; at < words.length; at++) {
    const word = words[at] as string;
    if (verb.operands !== null && word === "--") {
      operands.push(...words.slice(at + 1));
      break;
    }
    if (verb.operands !== null && (word === "-" || !word.startsWith("-"))) {
      operands.push(word);
      continue;
    }
    const [flag, attached] = splitFlag(word);
    const option = known.find((candidate) => flag === `--${candidate.name}` || flag === `-${candidate.short}`);
    if (option === undefined) {
      const wrong = word.startsWith("-") ? "Unknown option" : "Unexpected argument";
      throw usage(
        `${wrong} '${escapeText(word)}' for ${verb.name}: want ${known.map(({ name }) => `--${name}`).join(", ")}`,
      );
    }
    given[option.name] =
      option.value === null ? switched(option, attached) : (attached ?? valueAfter(words, ++at, option));
  }
  return { given, operands };
}

function splitFlag(word: string): readonly [flag: string, value: string | null] {
  const equals = word.startsWith("--") ? word.indexOf("=") : -1;
  return equals < 0 ? [word, null] : [word.slice(0, equals), word.slice(equals + 1)];
}

function switched(option: Option, attached: string | null): true {
  if (attached !== null) throw usage(`Option --${option.name} takes no value, and '${escapeText(attached)}' was given`);
  return true;
}

function valueAfter(words: readonly string[], at: number, option: Option): string {
  const value = words[at];
  if (value === undefined) throw usage(`Option --${option.name} wants a value: --${option.name} ${option.value}`);
  return value;
}

function rootsOf(folder: string | true | undefined, machine: Roots): Roots {
  if (typeof folder !== "string") return machine;
  const found = attempt(() => fs.statSync(folder).isDirectory());
  if (found.kind !== "ok" || !found.value)
    throw usage(`Cannot find the folder '${escapeText(folder)}' that --root names`);
  const roots = rootsBelow(resolve(folder));
  if (!roots.live) confineTo(roots.top);
  return roots;
}

function usage(message: string): CommandFailed {
  return new CommandFailed(message, exit.usage);
}
