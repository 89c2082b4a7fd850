import type { Logger, pino as Pino } from "pino";
import type { EntryFields } from "../render/journal/journal-datagram.ts";
import { identifier, type Journal } from "./journal.ts";

/**
 * pino is the one logging call; `notice` is its level for what an administrator should see. `log.warn({ journal: fields
 * }, text)`: the text is for every output, the fields for the journal.
 */
export type Log = Logger<"notice">;

/** One logged line, for a destination: its priority is that of syslog(3). */
export interface OwnLine {
  readonly priority: number;
  readonly text: string;
  readonly fields: EntryFields;
}

/** pino's level numbers and the syslog priorities that they become. */
const priorities: readonly (readonly [level: number, priority: number])[] = [
  [60, 2],
  [50, 3],
  [40, 4],
  [35, 5],
  [30, 6],
  [0, 7],
];

/** What may wait in memory while the reader is slow; beyond it lines are dropped, and the next line says how many. */
const mostPendingBytes = 256 * 1024;

/** The daemon's log; each line is handed to `write` at once. */
export function openLog(write: (line: OwnLine) => void): Log {
  const take = (line: object): void => {
    const {
      level,
      msg,
      journal = {},
    } = line as { readonly level: number; readonly msg: string; readonly journal?: EntryFields };
    write({ priority: priorities.find(([from]) => level >= from)?.[1] ?? 6, text: msg, fields: journal });
  };
  // pino's main entry brings worker threads for its transports, and memory with them; its browser entry is the same
  // logger without, and hands each line to `take`. Only the daemon logs, so it is loaded here.
  const pino = process.getBuiltinModule("node:module").createRequire(import.meta.url)("pino/browser.js") as typeof Pino;
  return pino({ customLevels: { notice: 35 }, level: "info", browser: { write: take } });
}

/** Entries of the journal, with all their fields. */
export function toJournal(journal: Journal): (line: OwnLine) => void {
  return ({ priority, text, fields }) =>
    journal.send({ MESSAGE: text, PRIORITY: String(priority), SYSLOG_IDENTIFIER: identifier, ...fields });
}

/**
 * Lines for the reader. `priority`: "<4>text" as sd-daemon(3) has them, where the journal reads and cannot be had
 * otherwise.
 */
export function toLines(
  out: NodeJS.WriteStream,
  { priority: marked }: { readonly priority: boolean },
): (line: OwnLine) => void {
  let dropped = 0;
  // A full disk, or a reader that has left: the record is still kept and served.
  out.on("error", () => dropped++);
  return ({ priority, text }) => {
    if (out.writableLength > mostPendingBytes) {
      dropped++;
      return;
    }
    const lost = dropped === 0 ? "" : ` (${dropped} lines before this one were dropped: the output was not read)`;
    dropped = 0;
    out.write(`${marked ? `<${priority}>` : ""}${text}${lost}\n`);
  };
}
