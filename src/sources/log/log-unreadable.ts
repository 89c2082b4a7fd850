import { errnoOf, isDenied, isVanished } from "../../platform/errno.ts";
import { escapeText } from "../../render/escape.ts";

/** A log that cannot be read, or not to its end: one line for a person. What was read before remains valid. */
export class LogUnreadable extends Error {
  override readonly name = "LogUnreadable";
}

export const standardInput = "-";

/** A name, as messages print it. */
export function quoted(name: string): string {
  return name === standardInput ? "standard input" : `'${escapeText(name)}'`;
}

/** The name of the host's own journal, which is in no folder that a person named. */
export const thisMachine = "this machine";

/** A journal, as messages name it. */
export function quotedJournal(name: string): string {
  return name === thisMachine ? "this machine's journal" : `journal ${quoted(name)}`;
}

/** `name`: as a person gave it; `why`: a clause, with what to do. */
export function cannotRead(name: string, why: string, cause?: unknown): LogUnreadable {
  return new LogUnreadable(`Cannot read ${quoted(name)}: ${why}`, { cause });
}

/** Runs an operation on the files of `name`; its failure is a line for a person. */
export function reading<T>(name: string, operation: () => T): T {
  try {
    return operation();
  } catch (error) {
    if (isVanished(error))
      throw cannotRead(name, errnoOf(error) === "ENXIO" ? "a socket, not a log" : "no such file", error);
    if (isDenied(error)) throw cannotRead(name, "no permission", error);
    if (errnoOf(error) === null) throw error;
    throw cannotRead(name, errnoOf(error) ?? "", error);
  }
}
