import { holdsNeedle, needlePlaces, type SearchedBlock } from "./needles.ts";

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
 * this: that much before a line worth reading is read for the record's beginning.
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

  /** Where in a line the kernel's stamp is in this log, and the second of the last one. */
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

  push(chunk: SearchedBlock): void {
    const places = chunk.places ?? needlePlaces(chunk);
    let from = 0;
    if (this.#restBytes > 0) {
      const stop = chunk.indexOf(lineFeed);
      this.#keep(stop === -1 ? chunk : chunk.subarray(0, stop));
      if (stop === -1) return;
      this.#endRest();
      from = stop + 1;
    }
    const end = chunk.lastIndexOf(lineFeed) + 1;
    if (from < end) {
      this.#scan(chunk, from, end, places);
      this.#remember(chunk.subarray(from, end));
    }
    if (Math.max(from, end) < chunk.length) this.#keep(chunk.subarray(Math.max(from, end)));
  }

  /** The input is at its end: a last line without a line feed is one. */
  end(): void {
    if (this.#restBytes > 0) this.#endRest();
    this.#secondBefore = this.#lastSecond;
  }

  /** Goes through the whole lines of `block` from `from` to `end`. `places`: those of its needles. */
  #scan(block: Buffer, from: number, end: number, places: readonly number[]): void {
    let index = 0;
    const hitFrom = (least: number): number => {
      while ((places[index] ?? Infinity) < least) index++;
      return places[index] ?? Infinity;
    };
    let hit = hitFrom(from);
    for (let at = from; at < end;) {
      if (this.#attended === 0) at = this.#passOver(block, at, Math.min(hit, end));
      if (at === end) return;
      const stop = block.indexOf(lineFeed, at);
      const line = block.subarray(at, stop);
      this.#scanLine(line.subarray(leadingZeros(line)), hit < stop, block.subarray(from, at));
      if (hit < stop) hit = hitFrom(stop);
      at = stop + 1;
    }
  }

  /** `isHit`: it holds a needle. `before`: the lines of its block in front of it. */
  #scanLine(line: Buffer, isHit: boolean, before: Buffer): void {
    this.#secondBefore = this.#lastSecond;
    if (isHit) this.#takeHit(before, line);
    else if (this.#attended > 0 || line[0] === dash || this.#runsBack(line)) this.#take(line);
    else this.#ended++;
  }

  /**
   * Counts the lines from `from` on that end before `until`, up to one that begins with a zero or a dash or whose stamp
   * runs back: returns where that begins, or the line that holds `until`. Most of a long log goes through this loop.
   */
  #passOver(block: Buffer, from: number, until: number): number {
    const offset = this.#stampOffset;
    let [at, ended, last] = [from, 0, this.#lastSecond];
    while (at < until) {
      const stop = block.indexOf(lineFeed, at);
      if (stop >= until || block[at] === 0 || block[at] === dash) break;
      const second = offset < 0 ? -1 : secondAt(block, at + offset, stop);
      if (second >= 0) {
        if (second < last) break;
        last = second;
      }
      ended++;
      at = stop + 1;
    }
    this.#lastSecond = last;
    this.#ended += ended;
    return at;
  }

  /** Whether the line has an earlier stamp than the one before it, by whole seconds. */
  #runsBack(line: Buffer): boolean {
    const second = this.#stampOffset < 0 ? -1 : secondAt(line, this.#stampOffset, line.length);
    if (second < 0) return false;
    const runsBack = second < this.#lastSecond;
    this.#lastSecond = second;
    return runsBack;
  }

  /** Takes a line that holds a needle, with what surrounds it: it may be a part of another record. */
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
    if (this.#neighbours) this.#before = this.#lastBytes(lines);
  }

  #lastBytes(lines: Buffer): Buffer {
    const most = lookBackBytes + 1;
    return Buffer.concat([this.#before, lines.subarray(-most)]).subarray(-most);
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
    this.#scanLine(line, holdsNeedle(line), Buffer.alloc(0));
    this.#remember(Buffer.concat([line, Buffer.of(lineFeed)]));
  }
}

/** The whole second of the stamp that begins at `place`; -1: there is none. */
function secondAt(block: Buffer, place: number, stop: number): number {
  if (place >= stop || block[place] !== bracket) return -1;
  let at = place + 1;
  let byte = block[at] as number;
  while (byte === space) byte = block[++at] as number;
  let second = 0;
  for (; byte >= zero && byte <= nine; byte = block[++at] as number) second = second * 10 + byte - zero;
  return byte === point ? second : -1;
}

/** Whether a line and a later one have the same stamp, or are both set below the text of a first one. */
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
  while (part[count] === 0) count++;
  return count;
}
