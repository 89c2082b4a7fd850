import { fs, resolve } from "../platform/builtins.ts";
import { confineTo } from "../platform/confined.ts";
import { attempt } from "../platform/pseudo-file.ts";
import { type Roots, rootsBelow } from "../platform/roots.ts";
import { escapeText } from "../render/escape.ts";
import { likelyMeant } from "./did-you-mean.ts";
import {
  CommandFailed,
  commonOptions,
  exit,
  type Option,
  type ParsedInvocation,
  type Verb,
  withoutEffect,
} from "./verb.ts";

export type Parsed =
  | { readonly kind: "version"; readonly verb: Verb | null }
  | { readonly kind: "help"; readonly verb: Verb | null }
  | { readonly kind: "verb"; readonly verb: Verb; readonly invocation: ParsedInvocation };

/**
 * Reads a command line: `VERB [--option[=VALUE]]… [--] [OPERAND]…`, with a short option's value attached or after it,
 * as getopt(3) reads it. Throws CommandFailed (usage) in one line for whatever is no such thing.
 */
export function parseArguments(words: readonly string[], machine: Roots, verbs: readonly Verb[]): Parsed {
  const [first, ...rest] = words[0] === "--" ? words.slice(1) : words;
  if (first === "help") return helpNamed(rest, verbs);
  if (first === undefined || isHelp(first)) return { kind: "help", verb: null };
  if (first === "--version" || first === "-V") return { kind: "version", verb: null };
  const verb = verbNamed(first, verbs);
  const { given, operands } = parseWords(rest, verb);
  if (given["help"] === true) return { kind: "help", verb };
  if (given["version"] === true) return { kind: "version", verb };
  if (operands.length === 0 && verb.operands?.piped === true && isPiped()) operands.push(standardInput);
  const choices = verb.operands?.choices;
  if (choices !== undefined && (operands.length !== 1 || !choices.includes(operands[0] ?? ""))) {
    throw usage(
      `${verb.name} needs one of ${choices.join(", ")}${operands.length === 0 ? "" : `, and '${escapeText(operands.join(" "))}' was given`}`,
    );
  }
  if (verb.operands !== null && operands.length === 0)
    throw usage(`${verb.name} needs a ${verb.operands.name}: ${verb.operands.summary}`);
  return { kind: "verb", verb, invocation: { roots: rootsOf(given["root"], machine), given, operands } };
}

/** What `help WORD…` requests: a verb's help, or, as after a verb, `--help` and `--version`. */
function helpNamed(words: readonly string[], verbs: readonly Verb[]): Parsed {
  const isEnded = words[0] === "--";
  const [name, more] = isEnded ? words.slice(1) : words;
  if (more !== undefined)
    throw usage(`Unexpected argument '${escapeText(more)}' for help: it takes one verb, 'crngwatch help' lists them`);
  if (name === undefined || name === "help" || (!isEnded && isHelp(name))) return { kind: "help", verb: null };
  if (!isEnded && (name === "--version" || name === "-V")) return { kind: "version", verb: null };
  return { kind: "help", verb: verbNamed(name, verbs) };
}

function isHelp(word: string): boolean {
  return word === "--help" || word === "-h";
}

const standardInput = "-";

/** Whether a log comes on standard input. What is no terminal may be /dev/null as well, as that of a service. */
function isPiped(): boolean {
  const stats = attempt(() => fs.fstatSync(0));
  return stats.kind === "ok" && (stats.value.isFIFO() || stats.value.isFile() || stats.value.isSocket());
}

function verbNamed(word: string, verbs: readonly Verb[]): Verb {
  const verb = verbs.find(({ name }) => name === word);
  if (verb !== undefined) return verb;
  const names = [...verbs.map(({ name }) => name), "help", "--help", "--version"];
  const wrong = word.startsWith("-") ? "option" : "verb";
  throw usage(`Unknown ${wrong} '${escapeText(word)}': ${wayOut(word, names, "crngwatch --help")}`);
}

/** One suggestion at most: a list of all that is known is what the help is for. */
function wayOut(word: string, names: readonly string[], help: string): string {
  const meant = likelyMeant(
    word,
    names.filter((name) => name !== word),
  );
  return meant === null ? `'${help}' lists what is known` : `did you mean '${meant}'?`;
}

interface ParsedWords {
  readonly given: ParsedInvocation["given"];
  readonly operands: string[];
}

function parseWords(words: readonly string[], verb: Verb): ParsedWords {
  const known = [...verb.options, ...commonOptions];
  const given: Record<string, string | true> = {};
  const operands: string[] = [];
  for (let at = 0; at < words.length; at++) {
    const word = words[at] as string;
    if (word === "--") {
      operands.push(...words.slice(at + 1));
      if (verb.operands === null && operands.length > 0) throw unexpected(operands[0] as string, verb);
      break;
    }
    if (verb.operands !== null && (word === "-" || !word.startsWith("-"))) {
      operands.push(word);
      continue;
    }
    // Several short switches may follow one dash.
    for (let flags: string | null = word; flags !== null;) {
      const [flag, attached]: readonly [string, string | null] = splitFlag(flags);
      const option = known.find((candidate) => flag === `--${candidate.name}` || flag === `-${candidate.short}`);
      if (option === undefined || (option.value === null && /^-[^-]-/.test(flags))) throw unknown(word, verb);
      flags = option.value === null && attached !== null && !flag.startsWith("--") ? `-${attached}` : null;
      given[option.name] =
        option.value === null
          ? switched(option, flags === null ? attached : null)
          : (attached ?? (takesNext(words[at + 1], option) ? valueAfter(words, ++at, option) : (option.usual ?? "")));
    }
  }
  for (const { name, excludes = [] } of known)
    for (const other of excludes)
      if (given[name] !== undefined && given[other] !== undefined)
        throw withoutEffect(other, `with --${name}: leave one of them out`);
  return { given, operands };
}

/** Whether an option's value is the next word: if it may have none, only a word that can be its value. */
function takesNext(next: string | undefined, { usual, form }: Option): boolean {
  return usual === undefined || (next !== undefined && form?.test(next) === true);
}

function unexpected(word: string, verb: Verb): CommandFailed {
  const help = `crngwatch ${verb.name} --help`;
  return usage(`Unexpected argument '${escapeText(word)}' for ${verb.name}: '${help}' lists what it takes`);
}

function unknown(word: string, verb: Verb): CommandFailed {
  const help = `crngwatch ${verb.name} --help`;
  if (!word.startsWith("-")) return unexpected(word, verb);
  const names = [...verb.options, ...commonOptions].map(({ name }) => `--${name}`);
  return usage(`Unknown option '${escapeText(word)}' for ${verb.name}: ${wayOut(splitFlag(word)[0], names, help)}`);
}

/** `--name=value`, and `-nvalue` as getopt(3) reads it. */
function splitFlag(word: string): readonly [flag: string, value: string | null] {
  if (!word.startsWith("--") && word.length > 2) return [word.slice(0, 2), word.slice(2)];
  const equals = word.indexOf("=");
  return equals < 0 ? [word, null] : [word.slice(0, equals), word.slice(equals + 1)];
}

function switched({ name, attached: words }: Option, attached: string | null): string | true {
  if (attached === null) return true;
  if (words === undefined) throw usage(`Option --${name} takes no value, and '${escapeText(attached)}' was given`);
  if (words.includes(attached)) return attached;
  throw usage(`Unknown value '${escapeText(attached)}' of --${name}: it takes ${words.join(" or ")}, or none`);
}

function valueAfter(words: readonly string[], at: number, option: Option): string {
  const value = words[at];
  if (value === undefined) throw usage(`Option --${option.name} needs a value: --${option.name} ${option.value}`);
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
