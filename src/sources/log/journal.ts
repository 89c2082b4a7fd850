import { ChildFailed } from "../../platform/child.ts";
import { escapeText } from "../../render/escape.ts";
import { type JournalSelection, journalctl } from "./journalctl.ts";
import { LogUnreadable, quoted } from "./log-unreadable.ts";

/**
 * What a record needs to be read and placed (systemd.journal-fields(7)); journalctl adds the cursor, the stamps and the
 * boot by itself.
 */
const fields = [
  "MESSAGE",
  "MESSAGE_ID",
  "PRIORITY",
  "SYSLOG_FACILITY",
  "SYSLOG_IDENTIFIER",
  "_BOOT_ID",
  "_COMM",
  "_PID",
  "_SOURCE_MONOTONIC_TIMESTAMP",
  "_TRANSPORT",
];
/** "Missed N kernel messages", which journald says itself (SD_MESSAGE_JOURNAL_MISSED). */
const missed = "MESSAGE_ID=e9bf28e6e834481bb6f48f548ad13606";
/** `--all`: long fields come whole. */
const output = ["--output=json", "--all", "--quiet", "--no-pager"];
const limited = `--output-fields=${fields.join(",")}`;
/**
 * The unit that waits for the CRNG on every host: systemd's own lines on its start and end, and its own. Fields that
 * begin with "_" are journald's, so no other program's lines are among them.
 */
const seedUnit = "systemd-random-seed.service";
/** What is read of these boots; of all, where none is named: the kernel's records, and what shows that wait. */
const matches = (bootIds: readonly string[]): readonly string[] => {
  const ofBoots = bootIds.map((id) => `_BOOT_ID=${id.replaceAll("-", "")}`);
  const groups = [["_TRANSPORT=kernel"], [missed], ["_PID=1", `UNIT=${seedUnit}`], [`_SYSTEMD_UNIT=${seedUnit}`]];
  return groups.flatMap((group, index) => [...(index === 0 ? [] : ["+"]), ...ofBoots, ...group]);
};

/** The kernel's records of a journal file, as JSON lines. */
export function journalFile(name: string, path: string): AsyncGenerator<Buffer, void, undefined> {
  // The option takes a pattern, of glob(3).
  return records(name, [`--file=${path.replaceAll(/[\\*?[\]{}~]/g, "\\$&")}`]);
}

/** The same of all files in a folder, or in its folders that are named by machine ID, whichever machine wrote them. */
export function journalFolder(name: string, path: string): AsyncGenerator<Buffer, void, undefined> {
  return records(name, [`--directory=${path}`, "--merge"]);
}

/** The same of files that `selection` opens. */
export function openedJournals(name: string, selection: JournalSelection): AsyncGenerator<Buffer, void, undefined> {
  return records(name, selection);
}

/**
 * What the kernel says of itself and of the CRNG; a capital letter keeps journalctl from ignoring case. Of ten thousand
 * lines this leaves ten.
 */
const aboutCrng =
  "--grep=random|Random|crng|Linux version|Kernel command line|fips mode|entropy|callbacks suppressed|Missed [0-9]";

/**
 * The same of this journal, for these boots. `brief`: only lines about the CRNG,
 * in a tenth of the time and without the stacks of hung tasks.
 */
export function journalOfBoots(
  name: string,
  selection: JournalSelection,
  bootIds: readonly string[],
  { brief }: { readonly brief: boolean },
): AsyncGenerator<Buffer, void, undefined> {
  return records(name, selection, { bootIds, choices: brief ? [[limited, aboutCrng], ...fieldChoices] : fieldChoices });
}

/**
 * Before systemd 236 there is no --output-fields, before 237 (or built without PCRE) no --grep: what is left out then
 * makes no difference.
 */
const fieldChoices: readonly (readonly string[])[] = [[limited], []];

async function* records(
  name: string,
  selection: JournalSelection,
  {
    bootIds = [],
    choices = fieldChoices,
  }: { readonly bootIds?: readonly string[]; readonly choices?: readonly (readonly string[])[] } = {},
): AsyncGenerator<Buffer, void, undefined> {
  let given = 0;
  for (const choice of choices) {
    try {
      for await (const chunk of journalctl(selection, [...output, ...choice, ...matches(bootIds)])) {
        given += chunk.length;
        yield chunk;
      }
      return;
    } catch (error) {
      if (!(error instanceof ChildFailed)) throw error;
      if (given === 0 && choice.length > 0 && error.code !== null) continue;
      throw unreadable(name, error, given === 0 ? "" : "all of ");
    }
  }
}

/** A journal that journalctl could not read, or only in part. */
export function unreadable(name: string, error: ChildFailed, part = ""): LogUnreadable {
  const said = escapeText(error.message);
  return new LogUnreadable(
    `Cannot read ${part}journal ${quoted(name)}: ${error.code === null ? said : `journalctl says '${said}'`}`,
    { cause: error },
  );
}
