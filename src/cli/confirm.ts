import { fs } from "../platform/builtins.ts";
import { print } from "./print.ts";
import { CommandFailed } from "./verb.ts";

const standardInput = 0;

/** Asks on the terminal; any answer but yes means no. Throws CommandFailed if there is no terminal to ask on. */
export function confirm(question: string): boolean {
  if (!process.getBuiltinModule("node:tty").isatty(standardInput))
    throw new CommandFailed(
      "Standard input is not a terminal, nothing was changed: use --yes to proceed without a question, --dry-run to show the change",
    );
  print(`${question} [y/N] `);
  return /^\s*y(?:es)?\s*$/i.test(answer());
}

function answer(): string {
  const bytes = Buffer.alloc(256);
  let length = 0;
  while (length < bytes.length && !bytes.subarray(0, length).includes("\n")) {
    const count = fs.readSync(standardInput, bytes, length, bytes.length - length, null);
    if (count === 0) break;
    length += count;
  }
  return bytes.toString("utf8", 0, length);
}
