import { ChildFailed, textOfProgram, userLocale } from "../platform/child.ts";
import { attempt } from "../platform/pseudo-file.ts";
import { NotReplaceable } from "../platform/replace-file.ts";
import { removeFile, rewriteFile } from "../platform/rewrite-file.ts";
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

/** Why a file could not be written, in words; null where it was. */
function failureOf(write: () => void): string | null {
  try {
    const written = attempt(write);
    if (written.kind === "ok") return null;
    return written.kind === "failed"
      ? written.errno
      : { denied: "no permission; run it as root", absent: "its folder does not exist" }[written.kind];
  } catch (error) {
    if (error instanceof NotReplaceable) return error.message;
    throw error;
  }
}

function soFar(done: readonly string[]): string {
  if (done.length === 0) return "; nothing is changed";
  return `; done until then: ${done.map((each) => `'${each}'`).join(", ")}; the same command again goes on from there, and the opposite one ('arm', 'disarm') takes it back`;
}
