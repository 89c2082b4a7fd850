import { fs } from "../../platform/builtins.ts";
import { attempt } from "../../platform/pseudo-file.ts";
import { openLogFile } from "./log-file.ts";
import { logsInFolder } from "./log-folder.ts";
import { failedInput, type LogInput, type Place } from "./place.ts";
import { cannotRead, LogUnreadable, standardInput } from "./log-unreadable.ts";
import { logsIn } from "./unwrap.ts";

export type { LogInput, SosReport } from "./place.ts";
export { LogUnreadable, quoted } from "./log-unreadable.ts";

/** How many logs are read for one path that a person named. */
const mostLogs = 256;

/**
 * The logs at a path: a file, FIFO or `-` for standard input, plain or compressed; an archive; a journal file or a
 * folder of them; a sosreport, packed or not. Each must be read, or left, before the next is requested; everything is
 * closed when the caller stops.
 *
 * Throws `LogUnreadable` where the whole path cannot be read; a log's chunks throw it where that log cannot. Nothing is
 * reported twice.
 *
 * Each file of this machine that is read is handed to `opened`, by descriptor or by path.
 */
export async function* openLogs(
  path: string,
  opened: (file: number | string) => void = () => undefined,
): AsyncGenerator<LogInput, void, undefined> {
  const count = { found: 0, most: mostLogs };
  const place = {
    name: path,
    path,
    report: null,
    totalBytes: null,
    consumedBytes: () => 0,
    compressions: 0,
    archives: 0,
    count,
    opened,
  };
  if (isFolder(path)) yield* logsInFolder(place, logsAmongOthers);
  else yield* logsInFile(place);
  if (count.found > count.most)
    throw cannotRead(path, `it holds ${count.found} logs, of which the first ${count.most} were read`);
}

async function* logsInFile(place: Place & { readonly path: string }): AsyncGenerator<LogInput, void, undefined> {
  const file = openLogFile(place.path);
  const { fd, totalBytes, consumedBytes, chunks } = file;
  place.opened(fd);
  try {
    yield* logsIn(
      { ...place, path: place.path === standardInput ? null : place.path, totalBytes, consumedBytes },
      chunks,
    );
  } finally {
    file.close();
  }
}

/** An error in one file of a report does not stop the others. */
async function* logsAmongOthers(place: Place & { readonly path: string }): AsyncGenerator<LogInput, void, undefined> {
  try {
    yield* logsInFile(place);
  } catch (error) {
    if (!(error instanceof LogUnreadable)) throw error;
    yield failedInput(place, error);
  }
}

function isFolder(path: string): boolean {
  const stats = path === standardInput ? null : attempt(() => fs.statSync(path));
  return stats?.kind === "ok" && stats.value.isDirectory();
}
