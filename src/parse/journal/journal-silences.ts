import { longPartSeconds, type JournalMoment, type JournalSilence } from "../../core/boot-units.ts";
import { lineOfEntry } from "../log/entry/journal-entry.ts";
import { parseJournalJson } from "../log/entry/journal-json.ts";

/** Kept: the longest. */
const most = 8;
const longestText = 160;
/** A longer line of JSON is skipped: no message of a boot's is as long. */
const longestLine = 1 << 20;

/** The fields that are read of each entry; journalctl adds the stamps by itself. */
export const silenceFields = ["MESSAGE", "SYSLOG_IDENTIFIER", "_TRANSPORT", "_SOURCE_MONOTONIC_TIMESTAMP"] as const;

/**
 * Finds where the journal of one boot is silent, in entries as `journalctl --output=json` prints them, the earliest
 * first. The kernel's lines count by the kernel's stamp, all others by when journald stored them. A stamp before one
 * that was already there ends no silence.
 */
export class JournalSilences {
  readonly #until: number;
  #rest = "";
  #skipping = false;
  #last: JournalMoment | null = null;
  #silences: JournalSilence[] = [];
  #isPast = false;

  /** `until`: lines after this moment of CLOCK_MONOTONIC are not of the boot any more. */
  constructor(until: number) {
    this.#until = until;
  }

  /** An entry after the boot's end was there: nothing more is to be read. */
  get isPast(): boolean {
    return this.#isPast;
  }

  push(text: string): void {
    const lines = (this.#rest + text).split("\n");
    this.#rest = lines.pop() ?? "";
    for (const line of lines) {
      if (this.#skipping) this.#skipping = false;
      else this.#takeEntry(line);
    }
    if (this.#rest.length > longestLine) {
      this.#rest = "";
      this.#skipping = true;
    }
  }

  /** The longest first. */
  list(): readonly JournalSilence[] {
    return this.#silences;
  }

  #takeEntry(json: string): void {
    const entry = parseJournalJson(json);
    if (entry?.kind !== "entry") return;
    const { at, storedAt, tag, text } = lineOfEntry(entry.fields);
    const time = at ?? storedAt;
    if (time === null || (this.#last !== null && time < this.#last.at)) return;
    if (time > this.#until) {
      this.#isPast = true;
      return;
    }
    const now = { at: time, by: (tag ?? "kernel").slice(0, 64), text: text.slice(0, longestText) };
    const before = this.#last;
    this.#last = now;
    if (before === null || now.at - before.at < longPartSeconds) return;
    this.#silences = [...this.#silences, { from: before, to: now }]
      .toSorted((a, b) => b.to.at - b.from.at - (a.to.at - a.from.at))
      .slice(0, most);
  }
}
