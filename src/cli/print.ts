import { errnoOf, isDry } from "../platform/errno.ts";
import { fs } from "../platform/builtins.ts";
import { exit } from "./verb.ts";

const standardOutput = 1;
const standardError = 2;

/** Prints text as it is, whole. Written to the descriptor: process.stdout would first load Node's streams, 2 ms of a verb's time. */
export function print(text: string): void {
  writeWhole(standardOutput, Buffer.from(text));
}

/** Prints one line of crngwatch's own about a failure. */
export function complain(message: string): void {
  writeWhole(standardError, Buffer.from(`crngwatch: ${message.replaceAll(/\s*\n\s*/g, " ")}\n`));
}

function writeWhole(fd: number, bytes: Buffer): void {
  let written = 0;
  while (written < bytes.length) {
    try {
      written += fs.writeSync(fd, bytes, written);
    } catch (error) {
      // A pipe that somebody made non-blocking is full: its reader goes on soon.
      if (isDry(error)) pause();
      // `crngwatch report | head`: a reader that leaves is no error.
      else if (errnoOf(error) === "EPIPE") process.exit(exit.ok);
      else throw error;
    }
  }
}

function pause(): void {
  Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0, 10);
}
