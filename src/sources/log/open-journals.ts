import { fs, join } from "../../platform/builtins.ts";
import { openToRead } from "../../platform/confined.ts";
import { attempt, namesOrNone } from "../../platform/pseudo-file.ts";
import type { Roots } from "../../platform/roots.ts";

/** Journal files that are open to be read, for a program that inherits them. */
export interface OpenJournals {
  readonly descriptors: readonly number[];
  /** Why the first that failed could not be opened, as errno's name; null: all could. */
  readonly failed: string | null;
  readonly close: () => void;
}

/** Descriptors are limited, and journald keeps a hundred files of a kind (journald.conf(5)). */
const mostFiles = 400;

/**
 * Opens the journal files of the host below a root. journalctl itself would follow the host's links to files of this
 * machine. A file that may not be read is left out, as journalctl leaves it out.
 */
export function openJournalsOf(roots: Pick<Roots, "var" | "run">): OpenJournals {
  return opened(journalsOf(roots).slice(0, mostFiles), openToRead);
}

/** How many, the oldest, are not opened because there are too many. */
export function journalsLeftOut(roots: Pick<Roots, "var" | "run">): number {
  return Math.max(0, journalsOf(roots).length - mostFiles);
}

/**
 * Opens journal files by their paths inside a folder that was made on another machine. One that a link leads to is left
 * out: the link may lead out of the folder.
 */
export function openJournalsIn(folder: string, paths: readonly string[]): OpenJournals {
  const { O_RDONLY, O_NONBLOCK, O_NOFOLLOW } = fs.constants;
  const real = fs.realpathSync(folder);
  return opened(paths.slice(0, mostFiles), (path) => {
    const fd = fs.openSync(join(real, path), O_RDONLY | O_NONBLOCK | O_NOFOLLOW);
    if (fs.fstatSync(fd).isFile() && fs.readlinkSync(`/proc/self/fd/${fd}`) === join(real, path)) return fd;
    fs.closeSync(fd);
    return null;
  });
}

function opened(paths: readonly string[], open: (path: string) => number | null): OpenJournals {
  const descriptors: number[] = [];
  let failed: string | null = null;
  for (const path of paths) {
    const fd = attempt(() => open(path));
    if (fd.kind === "ok" && fd.value !== null) descriptors.push(fd.value);
    if (fd.kind === "denied") failed ??= "EACCES";
    if (fd.kind === "failed") failed ??= fd.errno;
  }
  return {
    descriptors,
    failed,
    close: () => {
      for (const fd of descriptors) fs.closeSync(fd);
    },
  };
}

/** Where sd_journal_open_directory(3) looks for the files of a host, the latest first. */
function journalsOf(roots: Pick<Roots, "var" | "run">): readonly string[] {
  return [roots.var, roots.run]
    .flatMap((folder) => {
      const top = join(folder, "log/journal");
      return [
        top,
        ...namesOrNone(top)
          .filter(isMachine)
          .map((name) => join(top, name)),
      ];
    })
    .flatMap((folder) =>
      namesOrNone(folder)
        .filter(isJournal)
        .map((name) => ({ path: join(folder, name), name })),
    )
    .toSorted((one, other) => (archivedAt(one.name) < archivedAt(other.name) ? 1 : -1))
    .map(({ path }) => path);
}

/** A machine's ID, in both forms; a namespace's folder (ID.NAMESPACE) is not of the host's own journal. */
function isMachine(name: string): boolean {
  return /^[0-9a-f]{8}(-?)[0-9a-f]{4}\1[0-9a-f]{4}\1[0-9a-f]{4}\1[0-9a-f]{12}$/i.test(name);
}

/** Whether a file has a journal's name; journald adds "~" to one that was not closed in order. */
export function isJournal(name: string): boolean {
  return /\.journal~?$/.test(name);
}

/** The time in an archived file's name, in hexadecimal; one that is written to is later than all. */
function archivedAt(name: string): string {
  return /@(?:[0-9a-f]{32}-[0-9a-f]{16}-)?([0-9a-f]{16})(?:-[0-9a-f]{16})?\.journal~?$/.exec(name)?.[1] ?? "g";
}
