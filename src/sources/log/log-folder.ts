import type { Stats } from "node:fs";
import { noFacts, sosFactFiles, sosFolders, sosLogRank, withSosFact } from "../../parse/archive/sos-report.ts";
import { fs, join } from "../../platform/builtins.ts";
import { attempt, namesOrNone, readText } from "../../platform/pseudo-file.ts";
import { journalFolder, openedJournals } from "./journal.ts";
import { cutOff, journalsIn } from "./journal-files.ts";
import { type OpenJournals, openJournalsIn } from "./open-journals.ts";
import { failedInput, isWanted, journalInput, type LogInput, type Place, type SosReport } from "./place.ts";
import { cannotRead, reading } from "./log-unreadable.ts";

type OpenFile = (place: Place & { readonly path: string }) => AsyncGenerator<LogInput, void, undefined>;

/** How deep folders of a report are searched for logs, and how many files are examined. */
const deepest = 4;
const mostFiles = 20_000;

/** The logs in a folder: those of the sosreports in it, or of the journal. */
export async function* logsInFolder(
  place: Place & { readonly path: string },
  open: OpenFile,
): AsyncGenerator<LogInput, void, undefined> {
  reading(place.name, () => fs.readdirSync(place.path));
  const roots = reportsIn(place.path);
  for (const root of roots) yield* logsOfReport({ ...place, name: root, path: root }, open);
  if (roots.length > 0) return;
  const journals = journalsIn(place.path);
  if (journals.length === 0) {
    throw cannotRead(
      place.name,
      "a folder without sos_commands/ of a sosreport or *.journal files, name the logs in it",
    );
  }
  yield* logOfJournals(place, journals);
}

/**
 * The log of a folder's journal files, and a failure for each file that journalctl would leave out without a message.
 */
function* logOfJournals(
  place: Place & { readonly path: string },
  journals: readonly string[],
): Generator<LogInput, void, undefined> {
  for (const path of journals) place.opened(path);
  const damaged = journals.map(cutOff).filter((failure) => failure !== null);
  for (const failure of damaged) yield failedInput(place, failure);
  if (damaged.length < journals.length) yield journalInput(place, journalFolder(place.name, place.path));
}

/** The folder itself, or those in it, that sos made. */
function reportsIn(folder: string): readonly string[] {
  const isReport = (path: string): boolean => statsOf(join(path, "sos_commands"))?.isDirectory() === true;
  return isReport(folder)
    ? [folder]
    : namesOrNone(folder)
        .map((name) => join(folder, name))
        .filter(isReport);
}

async function* logsOfReport(
  place: Place & { readonly path: string },
  open: OpenFile,
): AsyncGenerator<LogInput, void, undefined> {
  const report: SosReport = { name: place.name, facts: noFacts };
  for (const path of sosFactFiles) {
    const read = isPlainFile(place.path, path) ? readText(join(place.path, path)) : null;
    if (read !== null) place.opened(join(place.path, path));
    if (read?.kind === "ok") report.facts = withSosFact(report.facts, path, read.value);
  }
  const logs = filesBelow(place.path)
    .map((path) => ({ path, rank: sosLogRank(path) }))
    .filter((log): log is { path: string; rank: number } => log.rank !== null)
    .toSorted((one, other) => one.rank - other.rank);
  for (const { path } of logs) {
    const found = join(place.path, path);
    if (isWanted(place.count)) yield* open({ ...place, name: found, path: found, report });
  }
  for (const inside of ["var/log/journal", "run/log/journal"]) {
    const folder = join(place.path, inside);
    const journals = journalsIn(folder)
      .map((path) => join(inside, path.slice(folder.length)))
      .filter((path) => isPlainFile(place.path, path));
    const selection = (): OpenJournals => openJournalsIn(place.path, journals);
    for (const path of journals) place.opened(join(place.path, path));
    const ofFolder = { ...place, name: folder, report };
    const damaged = journals.map((path) => cutOff(join(place.path, path))).filter((failure) => failure !== null);
    for (const failure of damaged) yield failedInput(ofFolder, failure);
    if (damaged.length < journals.length) yield journalInput(ofFolder, openedJournals(folder, selection));
  }
}

/** The plain files where reports have logs, by their path inside the report. */
function filesBelow(root: string): readonly string[] {
  const found: string[] = [];
  const look = (folder: string, depth: number): void => {
    for (const path of namesOrNone(join(root, folder)).map((name) => join(folder, name))) {
      if (found.length >= mostFiles) return;
      if (isPlainFile(root, path)) found.push(path);
      else if (depth < deepest && statsOf(join(root, path))?.isDirectory() === true) look(path, depth + 1);
    }
  };
  for (const folder of sosFolders) look(folder, 1);
  return found;
}

/**
 * Links are not followed: sos's own lead to files that are found anyway, and a stranger's may lead out of the report.
 */
function isPlainFile(root: string, path: string): boolean {
  const full = join(root, path);
  if (statsOf(full)?.isFile() !== true) return false;
  const real = attempt(() => fs.realpathSync(full) === join(fs.realpathSync(root), path));
  return real.kind === "ok" && real.value;
}

/** Of the path itself, not of what a link leads to. */
function statsOf(path: string): Stats | null {
  const stats = attempt(() => fs.lstatSync(path));
  return stats.kind === "ok" ? stats.value : null;
}
