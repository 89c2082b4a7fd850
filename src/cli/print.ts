import { oneLine } from "../core/one-line.ts";
import { errnoOf, isDry } from "../platform/errno.ts";
import { fs } from "../platform/builtins.ts";
import { CommandFailed, exit } from "./verb.ts";

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
