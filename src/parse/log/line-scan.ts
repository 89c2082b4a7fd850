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

const [lineFeed, space, bracket, point, zero, nine, dash] = [0x0a, 0x20, 0x5b, 0x2e, 0x30, 0x39, 0x2d];

/**
 * A line longer than this is read as if it ended here: the kernel's own are shorter (LOG_LINE_MAX), the journal's JSON
 * seldom longer.
 */
const longestLine = 1 << 16;

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

  constructor(visit: Visit) {
    this.#visit = visit;
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
    if (from < end) this.#scan(chunk, from, end);
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
      if (block[at] === 0) at += leadingZeros(block.subarray(at, stop));
      if (hit < stop || this.#attended > 0 || block[at] === dash || this.#runsBack(block, at, stop)) {
        this.#take(block.subarray(at, stop));
        if (hit < stop) hit = nextHit(block, next, stop);
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

  #take(line: Buffer): void {
    this.#ended++;
    if (this.#attended > 0) this.#attended--;
    const from = line.length > longestLine ? leadingZeros(line) : 0;
    this.#visit(line.subarray(from, from + longestLine), this.#ended);
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
    if (
      this.#attended > 0 ||
      line[0] === dash ||
      needles.some((needle) => line.includes(needle)) ||
      this.#runsBack(line, 0, line.length)
    )
      this.#take(line);
    else this.#ended++;
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

function leadingZeros(part: Buffer): number {
  let count = 0;
  while (count < part.length && part[count] === 0) count++;
  return count;
}
