import { spawn } from "node:child_process";
import { accessSync, constants } from "node:fs";
import { delimiter, join } from "node:path";

/** How much of a failed program's error output goes into the error message. */
const QUOTED_ERROR_CHARACTERS = 2_000;

/** Where programs live that an ordinary user's PATH may not name (debootstrap is in /usr/sbin). */
const SYSTEM_DIRECTORIES = ["/usr/local/sbin", "/usr/sbin", "/sbin"];

export interface RunOptions {
  readonly cwd?: string;
  /** Added to this process's own environment. */
  readonly environment?: Readonly<Record<string, string>>;
}

/** The absolute path of a program of this host, or null where there is none. */
export function findProgram(name: string): string | null {
  if (name.includes("/")) return isExecutable(name) ? name : null;
  for (const directory of [...(process.env["PATH"] ?? "").split(delimiter), ...SYSTEM_DIRECTORIES]) {
    const path = join(directory, name);
    if (directory !== "" && isExecutable(path)) return path;
  }
  return null;
}

/**
 * Runs a host program to its end and resolves to its standard output. Throws when it cannot be started
 * or ends with another status than 0; the message quotes the end of what it said.
 */
export async function runProgram(name: string, args: readonly string[], options: RunOptions = {}): Promise<string> {
  return (await readProgram(name, args, options)).toString("utf8");
}

/** Like runProgram, for output that is not text. */
export function readProgram(name: string, args: readonly string[], options: RunOptions = {}): Promise<Buffer> {
  return new Promise((resolve, reject) => {
    const child = spawn(findProgram(name) ?? name, args, {
      cwd: options.cwd,
      env: { ...process.env, LC_ALL: "C", ...options.environment },
      stdio: ["ignore", "pipe", "pipe"],
    });
    const output: Buffer[] = [];
    const errors: Buffer[] = [];
    child.stdout.on("data", (chunk: Buffer) => output.push(chunk));
    child.stderr.on("data", (chunk: Buffer) => errors.push(chunk));
    child.on("error", (cause) => reject(new Error(`Cannot run '${name}'`, { cause })));
    child.on("close", (status, signal) => {
      if (status === 0) {
        resolve(Buffer.concat(output));
        return;
      }
      const said = Buffer.concat(errors).toString("utf8").trim().slice(-QUOTED_ERROR_CHARACTERS);
      reject(new Error(`'${[name, ...args].join(" ")}' ended with ${signal ?? `status ${status}`}: ${said}`));
    });
  });
}

/** Whether an error of the system carries one of these errno names. */
export function hasCode(error: unknown, ...codes: readonly string[]): boolean {
  return error instanceof Error && "code" in error && typeof error.code === "string" && codes.includes(error.code);
}

/** Whether a process of this id exists, of any owner. */
export function isAlive(pid: number): boolean {
  try {
    process.kill(pid, 0);
    return true;
  } catch (error) {
    return hasCode(error, "EPERM");
  }
}

function isExecutable(path: string): boolean {
  try {
    accessSync(path, constants.X_OK);
    return true;
  } catch (error) {
    if (hasCode(error, "ENOENT", "ENOTDIR", "EACCES")) return false;
    throw error;
  }
}
