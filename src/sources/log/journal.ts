import { ChildFailed } from "../../platform/child.ts";
import { escapeText } from "../../render/escape.ts";
import { type JournalSelection, journalctl } from "./journalctl.ts";
import { LogUnreadable, quotedJournal } from "./log-unreadable.ts";

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
 * systemd's own lines on how units start, fail and end (sd-messages.h): SD_MESSAGE_UNIT_STARTING, _STARTED, _FAILED,
 * _FAILURE_RESULT, and SD_MESSAGE_STARTUP_FINISHED. They show what a boot waited for that is not the kernel's.
 */
const ofUnits = [
  "MESSAGE_ID=7d4958e842da4a758f6c1cdc7b36dcc5",
  "MESSAGE_ID=39f53479d3a045ac8e11786248231fbf",
  "MESSAGE_ID=be02cf6855d2428ba40df7e9d022f03d",
  "MESSAGE_ID=d9b373ed55a64feb8242e02dbe79a49c",
  "MESSAGE_ID=b07a249cd024414a82dd00cd181378ff",
];
/** The unit that waits for the CRNG on every host: all that systemd and it say of it. */
const seedUnit = "systemd-random-seed.service";
/** Fields that begin with "_" are journald's, so no other program's lines are among them. */
const aboutWaits = [["_TRANSPORT=kernel"], [missed], ["_PID=1", `UNIT=${seedUnit}`], [`_SYSTEMD_UNIT=${seedUnit}`]];
/** What is read of these boots; of all, where none is named. */
const matches = (bootIds: readonly string[], brief: boolean): readonly string[] => {
  const ofBoots = bootIds.map((id) => `_BOOT_ID=${id.replaceAll("-", "")}`);
  const groups = brief ? aboutWaits : [...aboutWaits, ["_PID=1", ...ofUnits]];
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
  return records(name, selection, { bootIds, brief });
}

/**
 * Before systemd 236 there is no --output-fields, before 237 (or built without PCRE) no --grep: what is left out then
 * makes no difference.
 */
const fieldChoices: readonly (readonly string[])[] = [[limited], []];

async function* records(
  name: string,
  selection: JournalSelection,
  { bootIds = [], brief = false }: { readonly bootIds?: readonly string[]; readonly brief?: boolean } = {},
): AsyncGenerator<Buffer, void, undefined> {
  const choices = brief ? [[limited, aboutCrng], ...fieldChoices] : fieldChoices;
  let given = 0;
  for (const choice of choices) {
    try {
      for await (const chunk of journalctl(selection, [...output, ...choice, ...matches(bootIds, brief)])) {
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
    `Cannot read ${part}${quotedJournal(name)}: ${error.code === null ? said : `journalctl says '${said}'`}`,
    { cause: error },
  );
}
