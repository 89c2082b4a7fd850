import { dirname, fs } from "../platform/builtins.ts";
import { type FileIdentity, identityOf } from "../platform/file-identity.ts";
import { attempt, type Read } from "../platform/pseudo-file.ts";
import { type FileNature, NotReplaceable, replaceFile, requireReplaceable } from "../platform/replace-file.ts";
import { escapeText } from "../render/escape.ts";
import { CommandFailed, exit, type Invocation } from "./verb.ts";

/** The files that were read for what is written: none of them may be replaced by it. */
export class Inputs {
  readonly #files = new Set<FileIdentity>();
  readonly #folders: readonly string[];

  /** What every verb reads: its operands, and any file of the host in --root; `folder` is one more that is read. */
  constructor({ roots, operands }: Pick<Invocation, "roots" | "operands">, folder?: string) {
    for (const operand of operands) this.add(operand);
    this.#folders = [...(roots.live ? [] : [roots.top]), ...(folder === undefined ? [] : [folder])];
  }

  /** One more, by its path or descriptor. */
  readonly add = (file: number | string): void => {
    const identity = identityOf(file === "-" ? standardInput : file);
    if (identity !== null) this.#files.add(identity);
  };

  has(path: string): boolean {
    const identity = identityOf(path);
    return identity !== null && (this.#files.has(identity) || this.#folders.some((folder) => isBelow(path, folder)));
  }
}

const standardInput = 0;

function isBelow(path: string, folder: string): boolean {
  const real = attempt(() => [fs.realpathSync(path), fs.realpathSync(folder)] as const);
  return real.kind === "ok" && real.value[0].startsWith(`${real.value[1]}/`);
}

/**
 * Writes what an option names: beside it, and renamed. Throws CommandFailed for a file that was read, for a symbolic
 * link and for whatever else is not a regular file. `nature` is that of replaceFile().
 */
export function writeOutput(
  path: string,
  text: string,
  inputs: Inputs,
  nature: FileNature | "usual" | null = "usual",
): void {
  requireOutput(path, inputs);
  writing(path, () => replaceFile(path, text, nature));
}

/** Throws CommandFailed where writeOutput() would. */
export function requireOutput(path: string, inputs: Inputs): void {
  if (path === "")
    throw new CommandFailed("Option --output needs the name of a file, leave it out for standard output", exit.usage);
  if (inputs.has(path))
    throw new CommandFailed(
      `Cannot write '${escapeText(path)}': it is read as input and would be lost, name another file`,
      exit.usage,
    );
  writing(path, () => requireReplaceable(path));
}

function writing(path: string, write: () => unknown): void {
  try {
    const written = attempt(write);
    if (written.kind !== "ok") throw unwritten(path, written);
  } catch (error) {
    if (!(error instanceof NotReplaceable)) throw error;
    throw new CommandFailed(
      `Cannot write to a file: ${escapeText(error.message)}, name a regular file or leave out --output`,
    );
  }
}

/** The failure of an output file that could not be written. */
function unwritten(path: string, written: Exclude<Read<unknown>, { readonly kind: "ok" }>): CommandFailed {
  const isOfFile = written.kind === "denied" && isFolderWritable(path);
  const reason = written.kind === "failed" ? written.errno : unwrittenReasons[written.kind];
  return new CommandFailed(`Cannot write '${escapeText(path)}': ${isOfFile ? notReplaced : reason}`);
}

/** Then it is the file that may not be replaced by another. */
function isFolderWritable(path: string): boolean {
  return attempt(() => fs.accessSync(dirname(path), fs.constants.W_OK)).kind === "ok";
}

const unwrittenReasons = {
  absent: "its folder does not exist",
  denied: "no permission to create a file in its folder",
} as const;

/** By chattr(1), or in a folder with the sticky bit. */
const notReplaced = "no permission to replace this file: it is immutable or append-only, or belongs to another user";
