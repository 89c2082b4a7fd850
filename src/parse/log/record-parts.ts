import type { KernelMessage } from "../../core/kernel-message.ts";
import { isBare, type LogLine } from "./line/log-line.ts";

/** A line as it was read. `isPart`: it is the rest of the kernel's record in front of it, not a record of its own. */
export interface LineInOrder {
  readonly line: LogLine;
  readonly number: number | null;
  readonly message: KernelMessage | null;
  readonly isPart: boolean;
}

/** The last line that began a record, and what is known of the text that it quotes. */
interface Front {
  readonly line: LogLine;
  /** A quotation that it opens and does not close, by its mark. */
  readonly open: string | null;
  /** It, or a line of the same moment before it, quotes something. */
  readonly quotes: boolean;
  /** A line after it was found to be a part: what follows at the same moment is one as well. */
  readonly inside: boolean;
  /** How many more lines may be parts where nothing but the open quotation shows it. */
  readonly left: number;
}

/**
 * A mount option holds a page at most (PAGE_SIZE of fs/namespace.c); these are the lines of it in a log without stamps.
 */
const [mostParts, mostByWallClock] = [64, 8];

/**
 * Finds the lines that are no records of the kernel's own. A record of printk may hold line ends: the kernel quotes
 * mount options, file names and task names of any user, and syslog(2), consoles and pstore put stamp and level in front
 * of each line (record_print_text() of kernel/printk/printk.c). So any user can make the kernel print "random: crng
 * init done". /dev/kmsg and the journal's own formats mark records; elsewhere the neighbours may show a part: a
 * quotation that is open in front of it, its end after it, both at the same microsecond, or the blanks that dmesg and
 * journalctl put in front of a record's further lines.
 */
export class RecordParts {
  #front: Front | null = null;
  /** A message that is a part if the next line ends a quotation. */
  #held: { readonly read: LineInOrder; readonly afterOpen: boolean } | null = null;

  /** Takes the next line; returns those of which it is now known what they are, in order. */
  classify(line: LogLine, number: number | null, message: KernelMessage | null): readonly LineInOrder[] {
    const before = this.#release(line);
    const afterOpen = this.#front !== null && this.#front.open !== null;
    const isPart = this.#isPart(line, message);
    this.#remember(line, isPart);
    const read = { line, number, message, isPart };
    if (isPart || message === null || line.marked || line.at === null) return [...before, read];
    this.#held = { read, afterOpen };
    return before;
  }

  /** What is still held: the log is at its end, or continues with something else. */
  end(): readonly LineInOrder[] {
    const held = this.#held;
    [this.#held, this.#front] = [null, null];
    return held === null ? [] : [held.read];
  }

  /** What is held, now that the line after it is known. */
  #release(next: LogLine): readonly LineInOrder[] {
    const held = this.#held;
    this.#held = null;
    if (held === null) return [];
    const { read, afterOpen } = held;
    const isEnded =
      !next.marked &&
      next.origin !== "user" &&
      quotationsIn(next.text, null).closes &&
      (sameMoment(read.line, next) !== null || (afterOpen && isBare(next)));
    if (isEnded && this.#front !== null) this.#front = { ...this.#front, inside: true };
    return [{ ...read, isPart: isEnded }];
  }

  #isPart(line: LogLine, message: KernelMessage | null): boolean {
    const front = this.#front;
    if (front === null || line.marked || line.origin === "user") return false;
    // dmesg and journalctl set a record's further lines below the first one's text.
    if (!isBare(front.line) && line.indent >= Math.max(front.line.column, leastColumn)) return true;
    const moment = sameMoment(front.line, line);
    if (moment !== null) {
      if (front.open !== null || front.inside) return true;
      return front.quotes && isFine(moment) && (message !== null || beginsReport.test(line.text));
    }
    if (front.open === null || front.left <= 0) return false;
    // A record begins with the stamp that its parts have: prose in front of a pasted log begins none.
    return mayFollow(front.line, line) || (!isBare(front.line) && beginsReport.test(line.text));
  }

  #remember(line: LogLine, isPart: boolean): void {
    const front = this.#front;
    if (line.marked || line.origin === "user") this.#front = null;
    else if (!isPart || front === null) this.#front = this.#frontOf(line);
    else {
      const closed = front.open !== null && quotationsIn(line.text, front.open).open === null;
      this.#front = { ...front, open: closed ? null : front.open, inside: true, left: front.left - 1 };
      // Without a stamp nothing shows how far the record goes but its quotation.
      if (closed && front.line.at === null) this.#front = null;
    }
  }

  #frontOf(line: LogLine): Front {
    const text = isBare(line) ? line.text.replace(codeMark, "") : line.text;
    const { open, quotes } = quotationsIn(text, null);
    const before = this.#front !== null && sameMoment(this.#front.line, line) !== null && this.#front.quotes;
    return {
      line,
      open,
      quotes: open !== null || quotes || before,
      inside: false,
      left: isBare(line) || line.at !== null ? mostParts : mostByWallClock,
    };
  }
}

/** The shortest prefix of a line of the kernel's, by far: what stands less far to the right was not set apart. */
const leastColumn = 8;

/** What begins a report that may show a task's wait. */
const beginsReport = /^(?:INFO: task |task:|sysrq: |SysRq : )/;

/**
 * The stamp of the kernel that two lines both have; null: they do not. The clock is at 0 in the early boot. A part
 * may look like a line that the journal stamped ("host kernel: ").
 */
function sameMoment(one: LogLine, other: LogLine): number | null {
  const stamp = other.typed ? null : (other.at ?? other.storedAt);
  return stamp !== null && stamp > 0 && stamp === one.at ? stamp : null;
}

/** A clock of ticks gives whole milliseconds, and many records the same; by a fine one two records differ. */
function isFine(stamp: number): boolean {
  return Math.round(stamp * 1e6) % 1000 !== 0;
}

/** Whether a line without the kernel's stamp may be the rest of the record that begins with `front`. */
function mayFollow(front: LogLine, line: LogLine): boolean {
  const unstamped = [front, line].every(({ at, storedAt }) => at === null && storedAt === null);
  return isBare(line) || (unstamped && front.wall === line.wall);
}

/**
 * Markdown's mark in front of code, which may go on over many lines: a person's, who pastes a log, and no text of a
 * record's.
 */
const codeMark = /^`{1,8}/;
const mayQuote = /["'`]/;
const nothingQuoted = { open: null, quotes: false, closes: false };

/**
 * The quotations in a text. `within`: the mark of the one that is open where it begins. An apostrophe within a word
 * opens none.
 */
function quotationsIn(
  text: string,
  within: string | null,
): { readonly open: string | null; readonly quotes: boolean; readonly closes: boolean } {
  if (within === null && !mayQuote.test(text)) return nothingQuoted;
  let [open, quotes, closes] = [within, false, false];
  for (const { 0: mark, index } of text.matchAll(/["'`]/g)) {
    const isLast = index + 1 === text.length;
    const ends = isLast || " ,.;:)]".includes(text[index + 1] as string);
    const opens = index === 0 ? !ends : " (=:,[{<".includes(text[index - 1] as string) && (isLast || !ends);
    if (open === null && opens) open = mark;
    else if (open !== null && ends && (mark === open || (open === "`" && mark === "'"))) [open, quotes] = [null, true];
    else if (open === null && ends) closes = true;
  }
  return { open, quotes, closes };
}
