import { ChildFailed, textOfProgram } from "../platform/child.ts";
import type { ListedBoot } from "../parse/log/boot-list.ts";
import type { Diagnosed } from "../core/boot-record.ts";
import { diagnose } from "../diagnose/findings.ts";
import { escapeText } from "../render/escape.ts";
import { type JournalPlace, journalPlace, listBoots, describeBoots } from "../sources/log/past-boots.ts";
import { LogUnreadable } from "../sources/log/log-input.ts";
import { bootForm, type directory, type InvocationOf } from "./options.ts";
import { complain } from "./print.ts";
import { CommandFailed, exit, type Invocation, withoutEffect } from "./verb.ts";

/** The journal that --directory names, or that of the host. */
export function journalOf({ roots, given }: Invocation<readonly [typeof directory]>): JournalPlace {
  return journalPlace(roots, given.directory ?? null);
}

/** Throws CommandFailed (usage) where two journals are named: only the folder's would be read. */
export function requireOneJournal({ roots, given }: Invocation<readonly [typeof directory]>): void {
  if (!roots.live && given.directory !== undefined)
    throw withoutEffect("root", "with --directory: leave one of them out");
}

/** Reads a journal; that it cannot be read is a line for a person. */
export async function readingJournal<T>(read: () => Promise<T>): Promise<T> {
  try {
    return await read();
  } catch (error) {
    if (error instanceof LogUnreadable) throw new CommandFailed(error.message);
    throw error;
  }
}

/**
 * The boot that journalctl(1) takes `wanted` for. 0 is the last, -1 the one before; positive numbers count from the
 * first, which is 1; after an ID both count from that boot.
 */
export function bootNamed(wanted: string, known: readonly ListedBoot[]): ListedBoot | undefined {
  const found = bootForm.exec(wanted);
  if (found === null) return undefined;
  const [, id, fromId = "0", place] = found;
  if (id === undefined) {
    const number = Number(place);
    return number > 0 ? known[number - 1] : known.at(number - 1);
  }
  const hex = id.replaceAll("-", "").toLowerCase();
  const at = known.findIndex(({ bootId }) => bootId.replaceAll("-", "") === hex);
  return at < 0 ? undefined : known[at + Number(fromId)];
}

/** The boot that `wanted` names: see bootNamed(). */
export async function pastBoot(place: JournalPlace, wanted: string): Promise<Diagnosed> {
  const found = await readingJournal(async () => {
    const known = await listBoots(place);
    const boot = bootNamed(wanted, known);
    return boot === undefined ? undefined : (await describeBoots(place, [boot], { brief: false, warn: complain }))[0];
  });
  if (found === undefined)
    throw new CommandFailed(`The journal has no boot '${escapeText(wanted)}': 'crngwatch boots' lists its boots`);
  if (found.describedBy === null)
    throw new CommandFailed(
      `The journal has no record of boot '${escapeText(wanted)}': it has neither its kernel's log nor crngwatch's summary`,
    );
  return diagnose(found.record);
}

/** Of more boots the latest are listed. */
const mostListed = 500;

/**
 * Which of the boots of a journal --since, --until and --lines leave; throws CommandFailed where that is none. Rejects
 * with CommandFailed (usage) for what is no time or number.
 */
export async function bootSelection({
  given,
}: Pick<InvocationOf<"boots">, "given">): Promise<(boots: readonly ListedBoot[]) => readonly ListedBoot[]> {
  const { lines } = given;
  if (lines !== undefined && !/^(?:all|\+?[1-9]\d{0,8})$/.test(lines))
    throw new CommandFailed(
      `Unknown number '${escapeText(lines)}' of --lines: expected 1 or more, such a number after '+', or 'all'`,
      exit.usage,
    );
  const most = lines === undefined || lines === "all" ? Infinity : Number(lines);
  const [since, until] = [await momentOf(given, "since"), await momentOf(given, "until")];
  return (boots) => {
    const inTime = boots.filter(
      ({ firstEntryAt, lastEntryAt }) =>
        isNot(lastEntryAt, (at) => at < since) && isNot(firstEntryAt, (at) => at > until),
    );
    if (inTime.length === 0)
      throw new CommandFailed(
        "No boot of this journal is in that time: leave out --since and --until for a list of all",
      );
    const wanted = lines?.startsWith("+") === true ? inTime.slice(0, most) : inTime.slice(-most);
    if (wanted.length > mostListed)
      complain(`The journal has ${wanted.length} boots: the latest ${mostListed} are listed, see --since and --until`);
    return wanted.slice(-mostListed);
  };
}

/** False where the journal does not say when the boot was: it is listed. */
function isNot(at: string | null, outside: (seconds: number) => boolean): boolean {
  return at === null || !outside(Date.parse(at) / 1000);
}

/** Seconds of the epoch. systemd itself reads the time, as it does for journalctl: systemd.time(7). */
async function momentOf(given: InvocationOf<"boots">["given"], name: "since" | "until"): Promise<number> {
  const text = given[name];
  if (text === undefined) return name === "since" ? -Infinity : Infinity;
  const unread = (why: string): CommandFailed =>
    new CommandFailed(
      `Cannot read the time '${escapeText(text)}' of --${name}: ${escapeText(why)}; systemd.time(7) has the forms, such as '2026-03-01 12:00' or 'yesterday'`,
      exit.usage,
    );
  try {
    const { TZ: zone } = process.env;
    const printed = await textOfProgram(
      "systemd-analyze",
      ["timestamp", "--", text],
      zone === undefined ? {} : { TZ: zone },
    );
    const seconds = /^ *UNIX seconds: @(\d{1,12}(?:\.\d{1,6})?)$/m.exec(printed)?.[1];
    if (seconds === undefined) throw unread("'systemd-analyze timestamp' gives no moment");
    return Number(seconds);
  } catch (error) {
    if (error instanceof ChildFailed) throw unread(error.message);
    throw error;
  }
}
