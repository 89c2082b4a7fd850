import { execFile, type ExecFileOptions } from "node:child_process";
import { join } from "node:path";

/** The folder of the project. */
export const project = join(import.meta.dirname, "../../..");
/** The shipped program; `npm test` builds it before. */
export const program = join(project, "bin/crngwatch");

/** What Node 20 and 22 put in front of everything when they are started as the daemon is (bin/crngwatch). */
const nodesWarning = /^Warning: disabling flag --expose_wasm [^\n]*\n/;

export interface Ended {
  readonly code: number | string | null;
  readonly stdout: string;
  readonly stderr: string;
}

/** Runs the shipped program to its end. */
export function crngwatch(
  words: readonly string[],
  options: Pick<ExecFileOptions, "cwd" | "env"> = {},
): Promise<Ended> {
  return run(program, words, options);
}

/** Runs a program to its end; an exit code is an answer, not an error. */
export function run(
  file: string,
  words: readonly string[],
  options: Pick<ExecFileOptions, "cwd" | "env"> = {},
): Promise<Ended> {
  return new Promise((resolve) => {
    execFile(
      file,
      words,
      { timeout: 25_000, maxBuffer: 1 << 26, ...options, encoding: "utf8" },
      (error, stdout, stderr) => {
        resolve({
          code: error === null ? 0 : (error.code ?? error.signal ?? null),
          stdout,
          stderr: stderr.replace(nodesWarning, ""),
        });
      },
    );
  });
}

/** Why another user could not start the program: the project's own folder may be closed to others. Null: it ran. */
export function whyClosedToOthers({ stderr }: Ended): string | null {
  return /EACCES|Permission denied|Cannot (?:find|run)/.test(stderr) ? stderr.trim() : null;
}
