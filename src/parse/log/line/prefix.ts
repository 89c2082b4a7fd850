import type { StampForm } from "./wall-clock.ts";

/** Who wrote a line. `unsaid`: this format does not show it, as in a plain dmesg. */
export type LineOrigin = "kernel" | "user" | "unsaid";

/** The task in whose context the kernel printed a line. */
export interface PrintingTask {
  readonly pid: number;
  /** Null: printk's caller ("[    T1]") has the number alone. */
  readonly comm: string | null;
}

/** What the prefixes of a line have shown so far, and the text after them. */
export interface PrefixReading {
  origin: LineOrigin;
  at: number | null;
  storedAt: number | null;
  wall: number | null;
  wallForm: StampForm | null;
  seq: number | null;
  /** A wall clock that syslog or the journal wrote: a host and a tag follow it, which they do not in dmesg's. */
  tagged: boolean;
  typed: boolean;
  marked: boolean;
  /** A program's tag was read: what follows is that program's text, whatever it looks like. */
  ended: boolean;
  tag: string | null;
  /** The task that printed, as far as a vendor's kernel or printk's caller names it. */
  task: PrintingTask | null;
  /** A shell's prompt. */
  prompt: string | null;
  text: string;
}

/**
 * Takes one kind of prefix off the text; false where there is none. Each is taken once at most, unless it may repeat.
 */
export interface Prefix {
  readonly is: string;
  /** The characters that it may begin with: all others are passed over without a look at the rest. */
  readonly begins: RegExp;
  readonly repeats?: true;
  readonly take: (reading: PrefixReading) => boolean;
}

/** Takes what matches off the text, unless `then` refuses it. */
export function matched(
  reading: PrefixReading,
  pattern: RegExp,
  then: (match: RegExpExecArray) => boolean | void,
): boolean {
  const match = pattern.exec(reading.text);
  if (match === null) return false;
  const whole = reading.text;
  reading.text = whole.slice(match[0].length);
  if (then(match) !== false) return true;
  reading.text = whole;
  return false;
}
