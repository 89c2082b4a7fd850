/**
 * Starts a program whose answer nobody waits for. That it is missing or fails is no error here: the caller has no
 * second way.
 */
export function runQuietly(program: string, words: readonly string[]): void {
  const child = process
    .getBuiltinModule("node:child_process")
    .spawn(program, words, { stdio: "ignore", detached: false });
  child.on("error", (error) => process.emitWarning(`Cannot run '${program}': ${error.message}`, "ChildWarning"));
  child.unref();
}
