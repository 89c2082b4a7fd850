import "./platform/forget-preload.ts";
import { exitCodeOf } from "./cli/print.ts";
import type { ExitCode } from "./cli/verb.ts";
import { status } from "./cli/verbs/status.ts";
import { rootsBelow } from "./platform/roots.ts";

async function main(words: readonly string[]): Promise<ExitCode> {
  const machine = rootsBelow("/");
  // What a person in a hurry types. There is nothing to parse, so no table of verbs and options is loaded.
  if (words.length === 1 && words[0] === "status")
    return await exitCodeOf(() => status({ roots: machine, given: {}, operands: [] }));
  const [{ run }, { verbs }] = await Promise.all([import("./cli/run.ts"), import("./cli/verbs/registry.ts")]);
  return await run(words, machine, verbs);
}

// All output is written by now, so Node need not take itself apart. What process.exit() does before it calls this takes
// Node 20 another millisecond, and is for listeners of "exit", of which there are none.
const { reallyExit } = process as unknown as { readonly reallyExit: (code: ExitCode) => never };

void main(process.argv.slice(2)).then((code) => reallyExit.call(process, code));
