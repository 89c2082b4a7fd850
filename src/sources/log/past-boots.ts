import { type BootRecord, emptyRecord } from "../../core/boot-record.ts";
import { fold } from "../../core/fold/fold.ts";
import { type ListedBoot, parseBootList } from "../../parse/log/boot-list.ts";
import { objectIn } from "../../parse/log/entry/journal-json.ts";
import { LogReader } from "../../parse/log/log-reader.ts";
import { type SavedRecord, savedRecord } from "../../core/shape/saved-record.ts";
import { ChildFailed } from "../../platform/child.ts";
import type { Roots } from "../../platform/roots.ts";
import { journalEvents } from "../../render/journal/journal-events.ts";
import { journalOfBoots, unreadable } from "./journal.ts";
import { type JournalSelection, journalctl } from "./journalctl.ts";
import { journalsLeftOut, openJournalsOf } from "./open-journals.ts";
import { LogUnreadable, quotedJournal, thisMachine } from "./log-unreadable.ts";

/** A boot that a journal knows. */
export interface PastBoot extends ListedBoot {
  readonly record: BootRecord;
  /**
   * Which source describes it: the summary of that boot's daemon, or the kernel's log. Null: the journal has neither.
   */
  readonly describedBy: "crngwatch" | "kernel-log" | null;
}

/** Which journal: this machine's, that of a host's folder, or a folder of journal files. */
export interface JournalPlace {
  readonly name: string;
  readonly selection: JournalSelection;
  /** How many journal files, the oldest, are not read because there are too many. */
  readonly leftOut: () => number;
}

/** Boots that are named to journalctl one by one. */
const mostMatches = 8;
/** A longer entry is not read: the bounds of a boot record allow none. */
const longestEntry = 32 << 20;

/** The journal in `folder`, where one was named, else the host's own. */
export function journalPlace(roots: Roots, folder: string | null): JournalPlace {
  const { top, live } = roots;
  if (folder !== null) return { name: folder, selection: [`--directory=${folder}`], leftOut: () => 0 };
  if (live) return { name: thisMachine, selection: [], leftOut: () => 0 };
  return { name: top, selection: () => openJournalsOf(roots), leftOut: () => journalsLeftOut(roots) };
}

/** The boots that a journal knows, the earliest first. Rejects with LogUnreadable. */
export async function listBoots({ name, selection }: JournalPlace): Promise<readonly ListedBoot[]> {
  let text = "";
  for await (const chunk of printed(name, selection, ["--list-boots", "--no-pager", "--quiet"], { TZ: "UTC" }))
    text += chunk.toString("latin1");
  const boots = parseBootList(text);
  if (boots.length === 0) throw new LogUnreadable(`No boot can be read from ${quotedJournal(name)}: ${whyNone()}`);
  return boots;
}

/** Without permission journalctl(1) shows the files that it may read, which may be none. */
function whyNone(): string {
  return process.geteuid?.() === 0
    ? "no journal is kept there, see --directory for journals elsewhere"
    : "run as root or in the group systemd-journal, or name a folder with --directory";
}

/**
 * What the journal knows of these boots: by the summaries of the daemons that ran in them, in one run of journalctl,
 * and for the others by the kernel's log, in another. `brief`: of the log, what a list needs; else what it shows beside
 * a summary too, since no daemon reads the journal. Rejects with LogUnreadable.
 */
export async function describeBoots(
  place: JournalPlace,
  boots: readonly ListedBoot[],
  detail: {
    readonly brief: boolean;
    /** Takes a line about a summary that is not valid. */
    readonly warn: (text: string) => void;
  },
): Promise<readonly PastBoot[]> {
  const leftOut = place.leftOut();
  if (leftOut > 0) detail.warn(`Left out the ${leftOut} oldest files of ${quotedJournal(place.name)}`);
  const wanted = new Set(boots.map(({ bootId }) => bootId));
  const summaries = await summariesIn(place, wanted, detail.warn);
  const read = detail.brief ? boots.filter(({ bootId }) => !summaries.has(bootId)) : boots;
  const logged = read.length === 0 ? new Map<string, BootRecord>() : await loggedIn(place, read, detail);
  return boots.map((boot) => {
    const [summary, record] = [summaries.get(boot.bootId), logged.get(boot.bootId)];
    if (summary !== undefined) return { ...boot, record: withSigns(summary, record), describedBy: "crngwatch" };
    return record === undefined
      ? { ...boot, record: { ...emptyRecord(), bootId: boot.bootId }, describedBy: null }
      : { ...boot, record, describedBy: "kernel-log" };
  });
}

/** A daemon's record, with what else the journal of that boot shows: units, trouble, how the boot went on. */
function withSigns(summary: BootRecord, logged: BootRecord | undefined): BootRecord {
  if (logged === undefined || logged.course === null) return summary;
  const { signs, reportedWaits, course, dropped } = logged;
  return fold(summary, [{ kind: "log-signs", signs, reportedWaits, course, dropped: dropped.signs }]).record;
}

/**
 * The last summary of each boot. Any user may write an entry with our MESSAGE_ID; only root's are believed, and only of
 * the boot in which they were written.
 */
async function summariesIn(
  { name, selection }: JournalPlace,
  wanted: ReadonlySet<string>,
  warn: (text: string) => void,
): Promise<ReadonlyMap<string, BootRecord>> {
  const summaries = new Map<string, SavedRecord>();
  const matches = ["_UID=0", `MESSAGE_ID=${journalEvents["boot-summary"].id}`];
  const output = ["--output=json", "--all", "--quiet", "--no-pager", "--output-fields=_BOOT_ID,CRNGWATCH_RECORD"];
  for await (const line of linesOf(printed(name, selection, [...output, ...matches]))) {
    const { _BOOT_ID: hex, CRNGWATCH_RECORD: text } = objectIn(line) ?? {};
    const saved = typeof text === "string" ? savedRecord(objectIn(text), { missing: "unknown" }) : null;
    const bootId = saved?.record.bootId ?? null;
    if (saved !== null && bootId !== null && wanted.has(bootId) && bootId.replaceAll("-", "") === hex)
      summaries.set(bootId, saved);
  }
  const damaged = [...summaries].filter(([, { wrong }]) => wrong !== null);
  const [bootId, first] = damaged[0] ?? [];
  if (first !== undefined)
    warn(
      `Left out what is not valid in the summaries of ${damaged.length === 1 ? `boot ${bootId}` : `${damaged.length} boots, the first of them ${bootId}`}: ${first.wrong}`,
    );
  return new Map([...summaries].map(([id, { record }]) => [id, record]));
}

async function loggedIn(
  { name, selection }: JournalPlace,
  boots: readonly ListedBoot[],
  detail: { readonly brief: boolean },
): Promise<ReadonlyMap<string, BootRecord>> {
  const reader = new LogReader(name, { entries: true });
  // journalctl searches for each match separately: from a hundred on, reading all boots takes a tenth of the time.
  const ids = boots.length > mostMatches ? [] : boots.map(({ bootId }) => bootId);
  for await (const chunk of journalOfBoots(name, selection, ids, detail)) reader.push(chunk);
  return new Map(reader.end().flatMap((record) => (record.bootId === null ? [] : [[record.bootId, record] as const])));
}

async function* printed(
  name: string,
  selection: JournalSelection,
  words: readonly string[],
  environment: Readonly<Record<string, string>> = {},
): AsyncGenerator<Buffer, void, undefined> {
  try {
    yield* journalctl(selection, words, environment);
  } catch (error) {
    if (!(error instanceof ChildFailed)) throw error;
    throw unreadable(name, error);
  }
}

async function* linesOf(chunks: AsyncIterable<Buffer>): AsyncGenerator<string, void, undefined> {
  let [parts, length]: [Buffer[], number] = [[], 0];
  for await (const chunk of chunks) {
    for (let from = 0; from < chunk.length;) {
      const end = chunk.indexOf(0x0a, from);
      const part = chunk.subarray(from, end < 0 ? chunk.length : end);
      length += part.length;
      if (length <= longestEntry) parts.push(part);
      else parts = [];
      from += part.length + 1;
      if (end < 0) continue;
      if (length <= longestEntry) yield Buffer.concat(parts).toString();
      [parts, length] = [[], 0];
    }
  }
}
