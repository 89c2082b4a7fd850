/**
 * What a line must hold to be worth reading where nothing is going on. Every message of `kernel-messages.ts` holds one,
 * but those that a kernel prints only as it starts: they come right behind its version line, where every line is read.
 * "q: Show" is sysrq's. A rare first letter makes a needle cheap.
 */
const needles: readonly Buffer[] = [
  "andom",
  "crng",
  "Linux version",
  "INFO: task",
  "q: Show",
  "q : Show",
  "# tracer",
  "Dumping ft",
  "Missed ",
].map((text) => Buffer.from(text));

const [lineFeed, space, bracket, closingBracket, point, zero, nine, dash] = [
  0x0a, 0x20, 0x5b, 0x5d, 0x2e, 0x30, 0x39, 0x2d,
];

/**
 * A line longer than this is read as if it ended here: the kernel's own are shorter (LOG_LINE_MAX), the journal's JSON
 * seldom longer.
 */
const longestLine = 1 << 16;

/**
 * What the kernel prints of one record, or the page of mount options in it (see `record-parts.ts`), is no longer than
 * this: so much in front of a line that is worth reading is read for the record's beginning.
 */
const lookBackBytes = 4096;
/** The bytes of a line within which a stamp ends, and the number of lines without one that are read. */
const [stampBytes, mostUnstamped] = [100, 8];

/** Receives a line without its end, and its number from 1. */
export type Visit = (line: Buffer, number: number) => void;

/**
 * Finds the lines of a log that are worth reading, fast enough for gigabytes: needles are searched in a whole block at
 * once; of the lines between, only the stamp is read, since time that runs backwards is another boot.
 */
export class LineScan {
  readonly #visit: Visit;
  /** Lines that have ended so far. */
  #ended = 0;
  #attended = 0;
  #stampOffset = -1;
  #lastSecond = -1;
  #secondBefore = -1;
  /** The start of a line whose end has not come yet. */
  #rest: Buffer[] = [];
  #restBytes = 0;
  /** The last lines that were scanned, and the number of the last one visited. */
  #before: Buffer = Buffer.alloc(0);
  #visited = 0;

  readonly #neighbours: boolean;

  /** `neighbours`: visits the lines around one that holds a needle, too, that may be of the same record. */
  constructor(visit: Visit, { neighbours = false }: { readonly neighbours?: boolean } = {}) {
    this.#visit = visit;
    this.#neighbours = neighbours;
  }

  /** Visits the next `lines` lines whatever they hold, more if that is asked already. */
  attend(lines: number): void {
    this.#attended = Math.max(this.#attended, lines);
  }

  /** Where in a line the kernel's stamp stands in this log, and the second of the last one. */
  watch(stampOffset: number, second: number): void {
    this.#stampOffset = stampOffset;
    this.#lastSecond = second;
  }

  /** The whole second of the stamp before the line that is visited; null where stamps are not watched. */
  get secondBefore(): number | null {
    return this.#secondBefore < 0 ? null : this.#secondBefore;
  }

  /** Lines seen so far. */
  get lines(): number {
    return this.#ended;
  }

  push(chunk: Buffer): void {
    let from = 0;
    if (this.#restBytes > 0) {
      const stop = chunk.indexOf(lineFeed);
      this.#keep(stop < 0 ? chunk : chunk.subarray(0, stop));
      if (stop < 0) return;
      this.#endRest();
      from = stop + 1;
    }
    const end = chunk.lastIndexOf(lineFeed) + 1;
    if (from < end) {
      this.#scan(chunk, from, end);
      this.#remember(chunk.subarray(from, end));
    }
    if (Math.max(from, end) < chunk.length) this.#keep(chunk.subarray(Math.max(from, end)));
  }

  /** The input is at its end: a last line without a line feed is one. */
  end(): void {
    if (this.#restBytes > 0) this.#endRest();
    this.#secondBefore = this.#lastSecond;
  }

  /** Goes through the whole lines of `block` between two places. */
  #scan(block: Buffer, from: number, end: number): void {
    const next = needles.map((needle) => placeOf(block, needle, from));
    let hit = Math.min(...next);
    for (let at = from; at < end;) {
      const stop = block.indexOf(lineFeed, at);
      this.#secondBefore = this.#lastSecond;
      const start = at;
      if (block[at] === 0) at += leadingZeros(block.subarray(at, stop));
      if (hit < stop || this.#attended > 0 || block[at] === dash || this.#runsBack(block, at, stop)) {
        if (hit < stop) {
          this.#takeHit(block.subarray(from, start), block.subarray(at, stop));
          hit = nextHit(block, next, stop);
        } else this.#take(block.subarray(at, stop));
      } else {
        this.#ended++;
      }
      at = stop + 1;
    }
  }

  /** Whether the line at `at` has an earlier stamp than the one before it, by whole seconds. */
  #runsBack(block: Buffer, at: number, stop: number): boolean {
    let place = at + this.#stampOffset;
    if (this.#stampOffset < 0 || place >= stop || block[place] !== bracket) return false;
    let byte = block[++place] as number;
    while (byte === space) byte = block[++place] as number;
    let second = 0;
    for (; byte >= zero && byte <= nine; byte = block[++place] as number) second = second * 10 + byte - zero;
    if (byte !== point) return false;
    const runsBack = second < this.#lastSecond;
    this.#lastSecond = second;
    return runsBack;
  }

  /** Takes a line that holds a needle, with what stands around it: it may be a part of another record. */
  #takeHit(block: Buffer, line: Buffer): void {
    if (this.#neighbours && this.#visited < this.#ended) this.#visitBefore(block, line);
    this.#take(line);
    if (this.#neighbours) this.attend(1);
  }

  #take(line: Buffer): void {
    this.#visited = ++this.#ended;
    if (this.#attended > 0) this.#attended--;
    const from = line.length > longestLine ? leadingZeros(line) : 0;
    this.#visit(line.subarray(from, from + longestLine), this.#ended);
  }

  /**
   * Keeps the last bytes of what was scanned, and the one in front of them, which shows whether a line begins there.
   */
  #remember(lines: Buffer): void {
    if (this.#neighbours) this.#before = Buffer.from(this.#lastBytes(lines));
  }

  #lastBytes(lines: Buffer): Buffer {
    const all = lines.length > lookBackBytes ? lines : Buffer.concat([this.#before, lines]);
    return all.subarray(-lookBackBytes - 1);
  }

  /**
   * Visits the lines in front of a hit that may be of the same record: those with the same stamp, or set below a first
   * one's text, and the one before them. `block` holds the lines of this block before the hit.
   */
  #visitBefore(block: Buffer, hit: Buffer): void {
    const before = this.#lastBytes(block);
    const isCut = before.length > lookBackBytes;
    const least = hit.subarray(0, stampBytes).includes(closingBracket) || isIndented(hit) ? 1 : mostUnstamped;
    const starts: number[] = [];
    let end = before.length - 1;
    while (end > 0 && starts.length < this.#ended - this.#visited) {
      const start = before.lastIndexOf(lineFeed, end - 1) + 1;
      if (start === 0 && isCut) break;
      starts.push(start);
      if (starts.length >= least && !mayShareRecord(before.subarray(start, end), hit)) break;
      end = start - 1;
    }
    const first = this.#ended - starts.length + 1;
    const secondBefore = this.#secondBefore;
    // The stamps between are later than those of the lines that are visited now.
    this.#secondBefore = -1;
    for (const [index, start] of starts.toReversed().entries())
      this.#visit(before.subarray(start, before.indexOf(lineFeed, start)), first + index);
    this.#visited = this.#ended;
    this.#secondBefore = secondBefore;
  }

  /** Keeps the start of a line over the end of a block; what is beyond the longest line is let go. */
  #keep(part: Buffer): void {
    const room = longestLine - this.#restBytes;
    // Zeros in front are a file's hole, as an unclean power-off leaves: however many, they are nothing.
    const from = this.#rest.length === 0 ? leadingZeros(part) : 0;
    if (room > 0 && from < part.length) this.#rest.push(Buffer.from(part.subarray(from, from + room)));
    this.#restBytes = Math.max(1, this.#restBytes + Math.min(Math.max(0, room), part.length - from));
  }

  #endRest(): void {
    const line = Buffer.concat(this.#rest);
    this.#rest = [];
    this.#restBytes = 0;
    this.#secondBefore = this.#lastSecond;
    const isHit = needles.some((needle) => line.includes(needle));
    if (isHit) this.#takeHit(Buffer.alloc(0), line);
    else if (this.#attended > 0 || line[0] === dash || this.#runsBack(line, 0, line.length)) this.#take(line);
    else this.#ended++;
    this.#remember(Buffer.concat([line, Buffer.of(lineFeed)]));
  }
}

function placeOf(block: Buffer, needle: Buffer, from: number): number {
  const at = block.indexOf(needle, from);
  return at < 0 ? Infinity : at;
}

/** The first place at or behind `from` that holds a needle; `next` remembers each needle's own. */
function nextHit(block: Buffer, next: number[], from: number): number {
  for (let index = 0; index < needles.length; index++) {
    if ((next[index] as number) < from) next[index] = placeOf(block, needles[index] as Buffer, from);
  }
  return Math.min(...next);
}

/** Whether a line and a later one bear the same stamp, or are both set below the text of a first one. */
function mayShareRecord(line: Buffer, later: Buffer): boolean {
  if (isIndented(later)) return isIndented(line);
  const end = later.subarray(0, stampBytes).indexOf(closingBracket);
  return end > 0 && line.subarray(0, end).equals(later.subarray(0, end));
}

function isIndented(line: Buffer): boolean {
  return line[0] === space && line[1] === space;
}

function leadingZeros(part: Buffer): number {
  let count = 0;
  while (count < part.length && part[count] === 0) count++;
  return count;
}
