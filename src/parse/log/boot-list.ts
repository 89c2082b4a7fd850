import { dashedBootId } from "./entry/journal-entry.ts";

/** One boot of which a journal has entries. */
export interface ListedBoot {
  /** As journalctl counts: 0 is the latest, -1 the one before. */
  readonly index: number;
  readonly bootId: string;
  /** The wall clock's time of its first entry, ISO 8601. */
  readonly firstEntryAt: string | null;
  readonly lastEntryAt: string | null;
}

/**
 * What `TZ=UTC LC_ALL=C journalctl --list-boots` prints, the earliest first: an index, an ID and two times, with a dash
 * between those before systemd 254 and a heading since.
 */
export function parseBootList(text: string): readonly ListedBoot[] {
  return [
    ...text.matchAll(
      /^ *(-?\d{1,9}) ([0-9a-f]{32}) (?:\w{3} (\d{4}-\d\d-\d\d) (\d\d:\d\d:\d\d)\b(?:[^\n]{0,12}\w{3} (\d{4}-\d\d-\d\d) (\d\d:\d\d:\d\d)\b)?)?/gm,
    ),
  ].map(([, index = "", hex = "", day, time, lastDay, lastTime]) => ({
    index: Number(index),
    bootId: dashedBootId(hex) ?? hex,
    firstEntryAt: day === undefined ? null : `${day}T${time}Z`,
    lastEntryAt: lastDay === undefined ? null : `${lastDay}T${lastTime}Z`,
  }));
}
