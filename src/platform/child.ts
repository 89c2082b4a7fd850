import { errnoOf } from "./errno.ts";
import type { Readable, Writable } from "node:stream";

/** A program that could not be run, or that failed. What it printed until then has been handed over. */
export class ChildFailed extends Error {
  override readonly name = "ChildFailed";
  /** Null: it did not even start, or a signal ended it. */
  readonly code: number | null;

  constructor(reason: string, code: number | null = null) {
    super(reason);
    this.code = code;
  }
}

/** The first line of what a program prints on standard error is reported. */
const complaintBytes = 4096;

/**
 * What a program prints, as it comes and no faster than it is read; `input` is its standard input, and `files` are open
 * files that it has as descriptors 3 and up. A caller that stops reading ends the program. When this generator has
 * ended, so have the program and the input.
 */
export async function* outputOf(
  program: string,
  words: readonly string[],
  {
    input,
    environment = {},
    files = [],
  }: {
    readonly input?: AsyncIterable<Buffer>;
    readonly environment?: Readonly<Record<string, string>>;
    readonly files?: readonly number[];
  } = {},
): AsyncGenerator<Buffer, void, undefined> {
  const { spawn } = process.getBuiltinModule("node:child_process");
  const child = spawn(program, words, {
    stdio: [input === undefined ? "ignore" : "pipe", "pipe", "pipe", ...files],
    // Nothing else of ours: options in variables (XZ_OPT, SYSTEMD_LOG_LEVEL) would change what comes out.
    env: { PATH: process.env["PATH"] ?? "/usr/bin:/bin", LC_ALL: "C", ...environment },
  });
  const complaint = firstLineOf(child.stderr);
  const ended = new Promise<ChildFailed | null>((resolve) => {
    child.once("error", (error) =>
      resolve(
        new ChildFailed(
          errnoOf(error) === "ENOENT"
            ? `needs the program '${program}'`
            : `'${program}' does not start (${errnoOf(error) ?? error.message})`,
        ),
      ),
    );
    child.once("close", (code, signal) =>
      resolve(
        code === 0 ? null : new ChildFailed(complaint() ?? `'${program}' ended with ${signal ?? `code ${code}`}`, code),
      ),
    );
  });
  const fed = input === undefined || child.stdin === null ? null : feed(child.stdin, input);
  try {
    if (child.stdout !== null) for await (const chunk of child.stdout as AsyncIterable<Buffer>) yield chunk;
    const inputFailed = await fed;
    if (inputFailed !== null) throw inputFailed.error;
    const failed = await ended;
    if (failed !== null) throw failed;
  } finally {
    child.kill("SIGKILL");
    child.stdin?.destroy();
    await fed;
    await ended;
  }
}

/**
 * Writes all of the input, and waits for each piece to be taken: its buffer may be used again. Returns how the input
 * failed, if it did.
 */
async function feed(stdin: Writable, input: AsyncIterable<Buffer>): Promise<{ readonly error: unknown } | null> {
  // Without a listener it would be thrown. How the program ended shows that it reads no more.
  let broken = false;
  stdin.on("error", () => {
    broken = true;
  });
  try {
    for await (const chunk of input) {
      const refused = await new Promise<boolean>((resolve) =>
        stdin.write(chunk, (error) => resolve(error !== null && error !== undefined)),
      );
      if (refused || broken) break;
    }
    return null;
  } catch (error) {
    return { error };
  } finally {
    stdin.end();
  }
}

function firstLineOf(stderr: Readable | null): () => string | null {
  let text = "";
  stderr?.setEncoding("utf8").on("data", (part: string) => {
    if (text.length < complaintBytes) text += part;
  });
  return () =>
    text
      .split("\n")
      .find((line) => line.trim() !== "")
      ?.trim() ?? null;
}

/** The user's language, which grub-mkconfig puts into the boot menu. */
export function userLocale(): Readonly<Record<string, string>> {
  const names = ["LANG", "LANGUAGE", "LC_MESSAGES", "LC_ALL"];
  return Object.fromEntries(names.map((name) => [name, process.env[name] ?? ""]));
}

/** All that a short program prints, in English unless `environment` says otherwise. Throws ChildFailed. */
export async function textOfProgram(
  program: string,
  words: readonly string[],
  environment: Readonly<Record<string, string>> = {},
): Promise<string> {
  const chunks: Buffer[] = [];
  for await (const chunk of outputOf(program, words, { environment })) chunks.push(chunk);
  return Buffer.concat(chunks).toString("utf8");
}

/**
 * Starts a program without waiting for its answer. That it is missing or fails is no error here: the caller has no
 * second way.
 */
export function runQuietly(program: string, words: readonly string[]): void {
  const child = process
    .getBuiltinModule("node:child_process")
    .spawn(program, words, { stdio: "ignore", detached: false });
  child.on("error", (error) => process.emitWarning(`Cannot run '${program}': ${error.message}`, "ChildWarning"));
  child.unref();
}

/**
 * Hands `text` to the first of `pagers` that is there, on this terminal, and returns when the user has left it. False:
 * none could be started. A user who leaves before the end is no failure.
 */
export function showInPager(
  text: string,
  pagers: readonly (readonly string[])[],
  environment: Readonly<Record<string, string | undefined>>,
): boolean {
  const { spawnSync } = process.getBuiltinModule("node:child_process");
  // Ctrl-C is the pager's, to stop a search: without a handler it would end us, and leave the pager to a shell's
  // prompt.
  const ignore = (): void => undefined;
  process.on("SIGINT", ignore);
  try {
    for (const [program, ...words] of pagers) {
      if (program === undefined) continue;
      const { error } = spawnSync(program, words, {
        input: text,
        stdio: ["pipe", "inherit", "inherit"],
        env: { ...process.env, ...environment },
      });
      // EPIPE: it was left before it had read everything.
      const errno = error === undefined ? null : errnoOf(error);
      if (error === undefined || errno === "EPIPE") return true;
    }
    return false;
  } finally {
    process.off("SIGINT", ignore);
  }
}
