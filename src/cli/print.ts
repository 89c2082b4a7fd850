import { oneLine } from "../core/one-line.ts";
import { errnoOf, isDry } from "../platform/errno.ts";
import { fs } from "../platform/builtins.ts";
import { CommandFailed, exit, type ExitCode } from "./verb.ts";

const standardOutput = 1;
const standardError = 2;

/**
 * Prints text as it is, whole. Written to the descriptor: process.stdout would first load Node's streams, 2 ms of a
 * verb's time.
 */
export function print(text: string): void {
  const failure = writeWhole(standardOutput, text);
  // `crngwatch report | head`: a reader that leaves is no error.
  if (failure === "EPIPE") process.exit(exit.ok);
  if (failure !== null) throw new CommandFailed(`Cannot write to standard output: ${failure}`);
}

/** Prints one line of crngwatch's own about a failure. Where even that fails, there is no place left to report it. */
export function complain(message: string): void {
  writeWhole(standardError, `crngwatch: ${oneLine(message)}\n`);
}

/** Runs a verb to its exit code; where it fails, prints why. */
export async function exitCodeOf(perform: () => Promise<ExitCode>): Promise<ExitCode> {
  try {
    return await perform();
  } catch (error) {
    const { message, code } = failureOf(error);
    complain(message);
    return code;
  }
}

/** What a person reads of a failure, and the exit code. */
export function failureOf(error: unknown): { readonly message: string; readonly code: ExitCode } {
  if (error instanceof CommandFailed) return error;
  // An unexpected error is a defect: its place helps a developer, its stack would not help a user.
  const text = error instanceof Error ? `${error.name}: ${error.message}` : String(error);
  return { message: `${text}; this is a defect of crngwatch`, code: exit.failed };
}

/** Writes all of the text; null when it is written, else the errno name. */
function writeWhole(fd: number, text: string): string | null {
  const bytes = Buffer.from(text);
  for (let written = 0; written < bytes.length;) {
    try {
      written += fs.writeSync(fd, bytes, written);
    } catch (error) {
      // The pipe was made non-blocking and is full: its reader continues soon.
      if (!isDry(error)) return errnoOf(error) ?? String(error);
      pause();
    }
  }
  return null;
}

function pause(): void {
  Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0, 10);
}
