/** A line of a dump, as it stands in the file. */
interface DumpedLine {
  readonly raw: string;
  readonly number: number;
}

/** What the kernel wrote into one record of its persistent storage. */
interface PstorePart {
  readonly header: DumpedLine;
  /** Which dump of this kernel's it is of; the parts of one dump count up while the log goes backwards. */
  readonly count: number;
  readonly part: number;
  readonly lines: DumpedLine[];
}

/** The first line of a record: pstore_dump() of fs/pstore/platform.c, with the reasons of kmsg_dump_reason_str(). */
const partHeader =
  /^[>|\s]{0,24}(?:Panic|Oops|Emergency|Shutdown|Restart|Halt|Poweroff|Unknown)#(\d{1,6}) Part(\d{1,6})\s*$/;
/** What syslog(2) and pstore put in front of each line: its level, its stamp. */
const prefixed = /^[>|\s]{0,24}(?:<\d{1,3}>|\[ *\d{1,12}\.\d{6}\])/;
const stampOf = /^[>|\s]{0,24}(?:<\d{1,3}>)?\[ *(\d{1,12}\.\d{6})\]/;
/** Files are pasted one below the other, each in a block of code of its own. */
const between = /^[>|\s]{0,24}(?:`{3,}\w{0,16}|~{3,}|\{(?:code|noformat)\}|\[\/?code\])?\s*$/;

/** Stamps of one boot may run back by less than this. */
const disorderSeconds = 1;
/** A machine's persistent storage holds less. A line that is held takes more than its characters. */
const [mostParts, mostCharacters, lineCharacters] = [1000, 1 << 22, 64];

/**
 * Puts the parts of the kernel's dumps into the order of time: systemd-pstore, a shell's `cat dmesg-*` and people join
 * the files in whatever order, and part 1 is the newest. Of several dumps of one boot, what a later one repeats of an
 * earlier one comes once. Everything else passes it by.
 */
export class PstoreParts {
  readonly #give: (raw: string, number: number) => void;
  #parts: PstorePart[] = [];
  readonly #known = new Set<string>();
  #characters = 0;
  /** The latest stamp of the part that is read. */
  #stamp = -Infinity;
  /** Parts stood in another order than that of time: the numbers of their lines do not rise. */
  isReordered = false;

  constructor(give: (raw: string, number: number) => void) {
    this.#give = give;
  }

  /** Takes a line; false where it belongs to no part: all before it were given. */
  take(raw: string, number: number): boolean {
    const header = raw.includes("#") ? partHeader.exec(raw) : null;
    if (header !== null) {
      this.#begin({ raw, number }, Number(header[1]), Number(header[2]));
      return true;
    }
    const part = this.#parts.at(-1);
    if (part === undefined) return false;
    const stamp = Number(stampOf.exec(raw)?.[1] ?? this.#stamp);
    if (stamp < this.#stamp - disorderSeconds || this.#characters > mostCharacters) {
      this.end();
      return false;
    }
    this.#stamp = Math.max(stamp, this.#stamp);
    this.#characters += raw.length + lineCharacters;
    part.lines.push({ raw, number });
    return true;
  }

  /** No part follows: gives what is held. */
  end(): void {
    const parts = this.#parts;
    const last = parts.at(-1);
    [this.#parts, this.#characters] = [[], 0];
    this.#known.clear();
    if (last === undefined) return;
    // What stands after the last record of the file is of none.
    const after = last.lines.splice(last.lines.findLastIndex(({ raw }) => prefixed.test(raw)) + 1);
    const ordered = inOrderOfTime(parts);
    this.isReordered ||= ordered.some(({ number }, index) => number < (ordered[index - 1]?.number ?? 0));
    for (const { raw, number } of [...ordered, ...after]) this.#give(raw, number);
  }

  #begin(header: DumpedLine, count: number, part: number): void {
    const key = `${count} ${part}`;
    // Another boot's dump: its kernel counts anew.
    if (this.#known.has(key) || this.#parts.length >= mostParts) this.end();
    this.#known.add(key);
    this.#stamp = -Infinity;
    this.#parts.push({ header, count, part, lines: [] });
  }
}

/** The lines of all parts, the oldest first, after one header. */
function inOrderOfTime(parts: readonly PstorePart[]): readonly DumpedLine[] {
  const [oldest, ...later] = parts.toSorted((one, other) => one.count - other.count || other.part - one.part);
  if (oldest === undefined) return [];
  const lines = [oldest.header, ...oldest.lines];
  let before = oldest;
  for (const part of later) {
    addPart(lines, part, before.count === part.count && before.part === part.part + 1);
    before = part;
  }
  const clean = lines.filter(({ raw }) => !between.test(raw));
  return oldest.count === before.count ? clean : merged(clean);
}

/**
 * Old kernels cut a record where a part was full: the rest of the line is the first of the next part. Where that
 * one is not here, a rest alone says nothing, and its stamp may be cut.
 */
function addPart(lines: DumpedLine[], { lines: [first, ...rest] }: PstorePart, isNext: boolean): void {
  if (first === undefined) return;
  const isRest = !prefixed.test(first.raw) && rest.some(({ raw }) => prefixed.test(raw));
  if (!isRest) lines.push(first);
  else if (isNext) {
    const at = lines.findLastIndex(({ raw }) => prefixed.test(raw));
    const cut = lines[at];
    if (cut !== undefined) lines[at] = { ...cut, raw: cut.raw + first.raw };
  }
  lines.push(...rest);
}

/** The lines of several dumps by their stamps, each once. A line without a stamp stays after the one before it. */
function merged(lines: readonly DumpedLine[]): readonly DumpedLine[] {
  const known = new Set<string>();
  let at = -Infinity;
  return lines
    .flatMap((line) => {
      const stamp = stampOf.exec(line.raw)?.[1];
      if (stamp !== undefined) {
        const text = line.raw.trim();
        if (known.has(text)) return [];
        known.add(text);
        at = Number(stamp);
      }
      return [{ ...line, at }];
    })
    .toSorted((one, other) => one.at - other.at);
}
