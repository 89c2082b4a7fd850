import type { PrefixReading } from "./prefix.ts";
import { prefixes } from "./prefixes.ts";

/** Takes all prefixes off a line's text, in whatever order they stand. */
export function takePrefixes(text: string): PrefixReading {
  const reading: PrefixReading = {
    origin: "unsaid",
    at: null,
    storedAt: null,
    wall: null,
    wallForm: null,
    seq: null,
    tagged: false,
    typed: false,
    marked: false,
    ended: false,
    tag: null,
    task: null,
    prompt: null,
    text,
  };
  // One bit for each prefix: a set would be made anew for each line.
  let taken = 0;
  while (!reading.ended) {
    const found = takePrefix(taken, reading);
    if (found === null) break;
    if (prefixes[found]?.repeats !== true) taken |= 1 << found;
  }
  return reading;
}

/** Takes a prefix off the text that was not taken before; its place in the table. Null: there is none. */
function takePrefix(taken: number, reading: PrefixReading): number | null {
  const possible = beginning(reading.text) & ~taken;
  for (let index = 0; possible >> index !== 0; index++)
    if ((possible & (1 << index)) !== 0 && prefixes[index]?.take(reading) === true) return index;
  return null;
}

/** One bit for each prefix that may begin with the text's first character. */
function beginning(text: string): number {
  return beginningWith[Math.min(text.charCodeAt(0), beyondAscii)] ?? 0;
}

const beyondAscii = 128;
/** By the character's code; any beyond ASCII may begin each of them. */
const beginningWith = Array.from({ length: beyondAscii + 1 }, (_, code) =>
  prefixes.reduce(
    (bits, { begins }, index) =>
      code === beyondAscii || begins.test(String.fromCharCode(code)) ? bits | (1 << index) : bits,
    0,
  ),
);
