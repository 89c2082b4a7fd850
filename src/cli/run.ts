import { version } from "../core/base/version.ts";
import type { Roots } from "../platform/roots.ts";
import { parseArguments } from "./arguments.ts";
import { complain, failureOf, print, exitCodeOf } from "./print.ts";
import { terminalOf } from "./terminal.ts";
import { CommandFailed, exit, type ExitCode, type Verb } from "./verb.ts";

/** UNKNOWN of the Monitoring Plugins; their module is loaded only on demand. */
const pluginUnknown = 3;

/**
 * Runs the command line `words`, which calls one of `verbs`, on the machine at `machine`. Returns the exit code;
 * everything else is printed.
 */
export function run(words: readonly string[], machine: Roots, verbs: readonly Verb[]): Promise<ExitCode> {
  const isPlugin = verbs.find(({ name }) => name === words[0])?.conventions === "monitoring-plugin";
  return isPlugin
    ? performed(words, machine, verbs).catch((error: unknown) => unknown(failureOf(error).message))
    : exitCodeOf(() => performed(words, machine, verbs));
}

async function performed(words: readonly string[], machine: Roots, verbs: readonly Verb[]): Promise<ExitCode> {
  const parsed = parseArguments(words, machine, verbs);
  switch (parsed.kind) {
    case "version":
      print(`crngwatch ${version}\n`);
      return codeOfText(parsed.verb);
    case "help": {
      const { help, verbHelp } = await import("./help.ts");
      // Text without colours.
      const terminal = terminalOf("never");
      print(parsed.verb === null ? help(verbs, terminal) : verbHelp(parsed.verb, terminal));
      return codeOfText(words[0] === "help" ? null : parsed.verb);
    }
    case "verb": {
      const perform = await parsed.verb.load();
      return await perform(parsed.invocation);
    }
  }
}

/** A check that is configured to print its help or version is never one that is OK. */
function codeOfText(verb: Verb | null): ExitCode {
  return verb?.conventions === "monitoring-plugin" ? pluginUnknown : exit.ok;
}

/** A monitoring system reads standard output, and takes 1 and 2 for answers about the host. */
async function unknown(message: string): Promise<ExitCode> {
  const { unknownLine } = await import("../render/text/check-line.ts");
  try {
    print(unknownLine(message).text);
  } catch (error) {
    if (!(error instanceof CommandFailed)) throw error;
    complain(error.message);
  }
  return pluginUnknown;
}
