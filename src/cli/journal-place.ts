import { type JournalPlace, journalPlace } from "../sources/log/past-boots.ts";
import { LogUnreadable } from "../sources/log/log-input.ts";
import type { directory } from "./options.ts";
import { CommandFailed, type Invocation } from "./verb.ts";

/** The journal that --directory names, or that of the host. */
export function journalOf({ roots, given }: Invocation<readonly [typeof directory]>): JournalPlace {
  return journalPlace(roots, given.directory ?? null);
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
