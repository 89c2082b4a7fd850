import { ChildFailed, outputOf } from "../../platform/child.ts";
import { errnoText } from "../../platform/errno.ts";
import type { OpenJournals } from "./open-journals.ts";

/** Which journal: the one that journalctl's options name, or files that are opened for each run. */
export type JournalSelection = readonly string[] | (() => OpenJournals);

type Environment = Readonly<Record<string, string>>;

/** What journalctl prints about a journal. Throws ChildFailed. */
export async function* journalctl(
  selection: JournalSelection,
  words: readonly string[],
  environment: Environment = {},
): AsyncGenerator<Buffer, void, undefined> {
  if (typeof selection !== "function") {
    yield* outputOf("journalctl", [...selection, ...words], { environment });
    return;
  }
  const { descriptors, failed, close } = selection();
  try {
    if (descriptors.length === 0 && failed !== null) throw new ChildFailed(errnoText(failed));
    yield* ofFiles(descriptors, words, environment);
  } finally {
    close();
  }
}

/** Given files by name, journalctl reads none where one is unreadable. In a folder it leaves out that one; so do we. */
async function* ofFiles(
  files: readonly number[],
  words: readonly string[],
  environment: Environment,
): AsyncGenerator<Buffer, void, undefined> {
  // Without a file, it would read this machine's journal.
  if (files.length === 0) return;
  let given = 0;
  try {
    for await (const chunk of run(files, words, environment)) {
      given += chunk.length;
      yield chunk;
    }
  } catch (error) {
    if (!(error instanceof ChildFailed) || error.code === null || given > 0) throw error;
    const readable = await readableOf(files);
    if (readable.length === files.length || readable.length === 0) throw error;
    yield* run(readable, words, environment);
  }
}

/** The files that journalctl can read, found by halving the list: few are damaged as a rule. */
async function readableOf(files: readonly number[]): Promise<readonly number[]> {
  try {
    for await (const _ of run(files, ["--lines=0", "--quiet", "--no-pager"], {})) void _;
    return files;
  } catch (error) {
    if (!(error instanceof ChildFailed)) throw error;
    if (files.length === 1) return [];
    const half = files.length >> 1;
    return [...(await readableOf(files.slice(0, half))), ...(await readableOf(files.slice(half)))];
  }
}

/** The descriptors that journalctl inherits are after the three standard ones. */
function run(
  files: readonly number[],
  words: readonly string[],
  environment: Environment,
): AsyncGenerator<Buffer, void, undefined> {
  const names = files.map((_, index) => `--file=/proc/self/fd/${index + 3}`);
  return outputOf("journalctl", [...names, ...words], { environment, files });
}
