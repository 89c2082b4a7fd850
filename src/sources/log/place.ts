import type { SosFacts } from "../../parse/archive/sos-report.ts";
import type { LogUnreadable } from "./log-unreadable.ts";

/** One log, from wherever it was found. */
export interface LogInput {
  /**
   * The path that was named, and after it the path inside an archive or folder. From strangers: not for a terminal as
   * it is.
   */
  readonly name: string;
  readonly kind: "text" | "journal-json";
  /** The machine that it is from, where it lies in a sosreport or another copy of a machine's folders. */
  readonly report: SosReport | null;
  /**
   * Size of the file on disk, packed or not; the logs of one archive share it. Null: a pipe, or a folder of journals.
   */
  readonly totalBytes: number | null;
  /** How much of it has been read. */
  readonly consumedBytes: () => number;
  /** A chunk holds until the next one is requested. Throws `LogUnreadable` after what could be read. */
  readonly chunks: AsyncIterable<Buffer>;
}

/**
 * The logs of one machine. In an archive the files with facts may follow the logs: all are known after the last log.
 */
export interface SosReport {
  readonly name: string;
  facts: SosFacts;
}

/** Where a stream of bytes was found. */
export interface Place extends Omit<LogInput, "kind" | "chunks"> {
  /** The file itself, where nothing is wrapped around these bytes. */
  readonly path: string | null;
  /** Layers that were taken off to get here. */
  readonly compressions: number;
  readonly archives: number;
  readonly count: LogCount;
  /** A member of an archive whose name says JSON or HTML: read only where crngwatch saved boot records in it. */
  readonly onlySaved?: true;
  /** Takes each file of this machine that is read, by descriptor or by path. */
  readonly opened: (file: number | string) => void;
}

/** How many logs were found; those beyond the limit are only counted. */
export interface LogCount {
  found: number;
  readonly most: number;
}

/** Counts one more log; false: it is beyond the limit. */
export function isWanted(count: LogCount): boolean {
  return ++count.found <= count.most;
}

/** A log as text, in whatever format. */
export function textInput(place: Place, chunks: AsyncIterable<Buffer>): LogInput {
  return input(place, "text", chunks);
}

/** A log as the journal's entries in JSON, one a line. */
export function journalInput(place: Place, chunks: AsyncIterable<Buffer>): LogInput {
  return input(place, "journal-json", chunks);
}

/** A log that stands among others and cannot be read: the reader gets the error, and may go on to the next. */
export function failedInput(place: Place, error: LogUnreadable): LogInput {
  // oxlint-disable-next-line require-yield -- it has nothing to give
  async function* chunks(): AsyncGenerator<Buffer, void, undefined> {
    throw error;
  }
  return input(place, "text", chunks());
}

function input(
  { name, report, totalBytes, consumedBytes }: Place,
  kind: LogInput["kind"],
  chunks: AsyncIterable<Buffer>,
): LogInput {
  return { name, kind, report, totalBytes, consumedBytes, chunks };
}
