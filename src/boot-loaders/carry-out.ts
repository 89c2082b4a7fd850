import { ChildFailed, textOfProgram, userLocale } from "../platform/child.ts";
import { attempt } from "../platform/pseudo-file.ts";
import { NotReplaceable } from "../platform/replace-file.ts";
import { removeFile, requireRewritable, rewriteFile } from "../platform/rewrite-file.ts";
import { Unchangeable } from "../parse/command-line/unchangeable.ts";
import type { Plan } from "./back-end.ts";

/** Does what a change says, in order. Throws Unchangeable, which then names what is done already. */
export async function carryOut({ files, commands }: Plan): Promise<void> {
  const done: string[] = [];
  for (const { path, after } of files) {
    const failure = failureOf(() => (after === null ? removeFile(path) : rewriteFile(path, after)));
    if (failure !== null) throw new Unchangeable(`Cannot write '${path}': ${failure}${soFar(done)}`);
    done.push(path);
  }
  for (const { program, words } of commands) {
    try {
      await textOfProgram(program, words, userLocale());
    } catch (error) {
      if (!(error instanceof ChildFailed)) throw error;
      throw new Unchangeable(`Cannot run '${[program, ...words].join(" ")}': ${error.message}${soFar(done)}`);
    }
    done.push(program);
  }
}

/**
 * Throws Unchangeable where a file of the plan cannot be written, whatever the user: such a plan is not announced. Only
 * root's permission may be missing, since anyone may look at the plan.
 */
export function requirePossible({ files }: Plan): void {
  for (const { path, after } of files) {
    if (after === null) continue;
    const failure = failureOf(() => requireRewritable(path));
    if (failure !== null && failure !== noPermission)
      throw new Unchangeable(`Cannot write '${path}': ${failure}${soFar([])}`);
  }
}

/** Root is refused what chattr(1) or a security module protects. */
const noPermission =
  process.geteuid?.() === 0
    ? "no permission: the file or its folder is immutable or protected"
    : "no permission; run it as root";

/** Why a file could not be written, in words; null where it was. */
function failureOf(write: () => void): string | null {
  try {
    const written = attempt(write);
    if (written.kind === "ok") return null;
    return written.kind === "failed"
      ? written.errno
      : { denied: noPermission, absent: "its folder does not exist" }[written.kind];
  } catch (error) {
    if (error instanceof NotReplaceable) return error.message;
    throw error;
  }
}

function soFar(done: readonly string[]): string {
  if (done.length === 0) return "; nothing is changed";
  return `; done until then: ${done.map((each) => `'${each}'`).join(", ")}; the same command again goes on from there, and the opposite one ('arm', 'disarm') takes it back`;
}
