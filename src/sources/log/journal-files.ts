import { journalBytes, journalHeadBytes } from "../../parse/archive/journal-header.ts";
import { fs, join } from "../../platform/builtins.ts";
import { attempt, namesOrNone } from "../../platform/pseudo-file.ts";
import { cannotRead, type LogUnreadable } from "./log-unreadable.ts";
import { isJournal } from "./open-journals.ts";

/** The journal files of a folder, as sd_journal_open_directory(3) looks for them. */
export function journalsIn(folder: string): readonly string[] {
  return namesOrNone(folder).flatMap((name) => {
    if (isJournal(name)) return [join(folder, name)];
    if (!/^[0-9a-f]{32}(?:\.|$)/.test(name)) return [];
    const ofMachine = join(folder, name);
    return namesOrNone(ofMachine)
      .filter(isJournal)
      .map((file) => join(ofMachine, file));
  });
}

/**
 * What is wrong with a journal file that is shorter than its header says: journalctl leaves it out, with exit code 0.
 * Null: nothing.
 */
export function cutOff(path: string): LogUnreadable | null {
  const read = attempt(() => {
    const fd = fs.openSync(path, fs.constants.O_RDONLY | fs.constants.O_NONBLOCK | fs.constants.O_NOCTTY);
    try {
      const head = Buffer.alloc(journalHeadBytes);
      const count = fs.readSync(fd, head, 0, head.length, 0);
      return { bytes: fs.fstatSync(fd).size, whole: journalBytes(head.subarray(0, count)) };
    } finally {
      fs.closeSync(fd);
    }
  });
  // What else is wrong with it, journalctl reports.
  if (read.kind !== "ok" || read.value.whole === null || read.value.bytes >= read.value.whole) return null;
  return cannotRead(path, `a damaged journal: it has ${read.value.bytes} of ${read.value.whole} bytes, copy it again`);
}
