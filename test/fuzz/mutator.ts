/** Mulberry32, by Tommy Ettinger: the same draws for the same seed. */
export class Draws {
  #state: number;

  constructor(seed: number) {
    this.#state = seed | 0;
  }

  /** A whole number from 0 up to, and without, `below`. */
  below(below: number): number {
    this.#state = (this.#state + 0x6d2b79f5) | 0;
    let mixed = Math.imul(this.#state ^ (this.#state >>> 15), this.#state | 1);
    mixed ^= mixed + Math.imul(mixed ^ (mixed >>> 7), mixed | 61);
    return Math.floor((((mixed ^ (mixed >>> 14)) >>> 0) / 2 ** 32) * below);
  }

  one<Item>(items: readonly [Item, ...Item[]]): Item {
    return items[this.below(items.length)] ?? items[0];
  }
}

/** What breaks readers of text and of bytes. */
const oddities: readonly [string, ...string[]] = [
  "\0",
  "\r",
  "\n\n",
  "\t",
  "\u001b[31m",
  "\u202e",
  "\u2028",
  "\ufeff",
  "𝄞",
  "\\",
  '"',
  "'",
  "`",
  "(((((((((",
  "{{{{[[[[",
  "%n%s",
  "-1",
  "0",
  "1e309",
  "9".repeat(20),
  "0x",
  "NaN",
  "__proto__",
  "constructor",
  " ".repeat(50),
  "=",
  ":",
];
const oddBytes: readonly [number, ...number[]] = [0, 1, 0x7f, 0x80, 0xff, 0xc0, 0xed, 10, 13, 34, 39, 92];
const oddWords: readonly [number, ...number[]] = [0, 1, -1, 0x7fff_ffff, -0x8000_0000, 0xffff, 0x100, 8, 16];

/** An input that differs in a few places from `input`, with parts of `others` in it. */
export function mutated(
  input: Buffer,
  others: readonly [Buffer, ...Buffer[]],
  draws: Draws,
  mostBytes: number,
): Buffer {
  let bytes = input;
  for (let count = 1 + draws.below(4); count > 0; count--) bytes = draws.one(changes)(bytes, draws, draws.one(others));
  return Buffer.from(bytes.subarray(0, mostBytes));
}

type Change = (bytes: Buffer, draws: Draws, other: Buffer) => Buffer;

/** A part of at most `most` bytes. */
function range(bytes: Buffer, draws: Draws, most = bytes.length): readonly [from: number, to: number] {
  const from = draws.below(bytes.length + 1);
  return [from, Math.min(bytes.length, from + draws.below(Math.min(most, bytes.length) + 1))];
}

function replaced(bytes: Buffer, [from, to]: readonly [number, number], by: Buffer): Buffer {
  return Buffer.concat([bytes.subarray(0, from), by, bytes.subarray(to)]);
}

const changes: readonly [Change, ...Change[]] = [
  (bytes, draws) => {
    const copy = Buffer.from(bytes);
    if (copy.length > 0) copy[draws.below(copy.length)] = draws.one(oddBytes);
    return copy;
  },
  (bytes, draws) => {
    const copy = Buffer.from(bytes);
    const at = draws.below(copy.length + 1);
    if (at < copy.length) copy[at] = (copy[at] ?? 0) ^ (1 << draws.below(8));
    return copy;
  },
  (bytes, draws) => {
    const copy = Buffer.from(bytes);
    if (copy.length >= 4) copy.writeInt32LE(draws.one(oddWords) | 0, draws.below(copy.length - 3));
    return copy;
  },
  (bytes, draws) => replaced(bytes, range(bytes, draws, 64), Buffer.alloc(0)),
  (bytes, draws) => bytes.subarray(0, draws.below(bytes.length + 1)),
  (bytes, draws) => replaced(bytes, range(bytes, draws, 8), Buffer.from(draws.one(oddities))),
  // A part once more, or many times.
  (bytes, draws) => {
    const [from, to] = range(bytes, draws, 200);
    const part = bytes.subarray(from, to);
    const times = Math.min(1 + draws.below(draws.below(2) === 0 ? 3 : 100), Math.ceil(4096 / Math.max(1, part.length)));
    return replaced(bytes, [to, to], Buffer.concat(Array.from({ length: times }, () => part)));
  },
  // A part of another input.
  (bytes, draws, other) => {
    const [from, to] = range(other, draws, 400);
    return replaced(bytes, range(bytes, draws, 40), other.subarray(from, to));
  },
  // A line of another input, or a line of its own in another place.
  (bytes, draws, other) => {
    const lines = bytes.toString("latin1").split("\n");
    const from = draws.below(2) === 0 ? lines : other.toString("latin1").split("\n");
    lines.splice(draws.below(lines.length + 1), draws.below(2), from[draws.below(from.length)] ?? "");
    return Buffer.from(lines.join("\n"), "latin1");
  },
  // Another number.
  (bytes, draws) => {
    const text = bytes.toString("latin1");
    const numbers = [...text.matchAll(/\d{1,20}/g)];
    const found = numbers[draws.below(Math.max(1, numbers.length))];
    if (found === undefined) return bytes;
    const number = draws.one(["0", "1", "256", "4096", "4294967295", "18446744073709551616", "007", "1e9"]);
    return replaced(bytes, [found.index, found.index + found[0].length], Buffer.from(number));
  },
];
