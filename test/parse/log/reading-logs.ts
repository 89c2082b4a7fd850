import { expect } from "vitest";
import type { BootRecord } from "../../../src/core/boot-record.ts";
import { LogReader } from "../../../src/parse/log/log-reader.ts";

export type Log = string | Buffer;

/** The boots in a log that comes in pieces of these sizes, the last of them again and again; whole without any. */
export function bootsInPieces(
  text: Log,
  sizes: readonly number[] = [],
  reader: LogReader = new LogReader("boot.log"),
): readonly BootRecord[] {
  const bytes = Buffer.from(text);
  for (let at = 0, index = 0; at < bytes.length; index++) {
    const size = sizes[Math.min(index, sizes.length - 1)] ?? bytes.length;
    // A copy, as in a buffer that is used again: what is kept of it must not change.
    const piece = Buffer.from(bytes.subarray(at, at + size));
    reader.push(piece);
    piece.fill("x");
    at += size;
  }
  return reader.end();
}

/** The boots in a small log, which must be the same whichever way it is cut. */
export function bootsIn(text: Log): readonly BootRecord[] {
  const boots = bootsInPieces(text);
  expect(bootsInPieces(text, [1]), "byte by byte").toEqual(boots);
  for (const cut of cutsOf(Buffer.from(text)))
    expect(bootsInPieces(text, [cut, Infinity]), `cut at byte ${cut}`).toEqual(boots);
  return boots;
}

/** Around each line end, and some within lines: byte by byte meets all places, but with short pieces alone. */
function cutsOf(bytes: Buffer): readonly number[] {
  const [newline, step] = [0x0a, 29];
  return [...bytes.keys()].filter(
    (at) => at > 0 && (at % step === 0 || bytes.subarray(at - 1, at + 2).includes(newline)),
  );
}

/** The one boot of a small log. */
export function bootIn(text: Log): BootRecord {
  const [boot, ...more] = bootsIn(text);
  if (boot === undefined || more.length > 0)
    throw new Error(`not one boot but ${more.length + (boot === undefined ? 0 : 1)}`);
  return boot;
}

/**
 * A log as a template string: its first line end, and the blanks before each line that are before the first, are not
 * part of it.
 */
export function log(parts: TemplateStringsArray, ...values: readonly string[]): string {
  const text = parts.raw
    .map((part, index) => part + (values[index] ?? ""))
    .join("")
    .replace(/^\n/, "");
  const indent = /^ */.exec(text)?.[0].length ?? 0;
  return text
    .split("\n")
    .map((line) => line.slice(Math.min(indent, line.length - line.trimStart().length)))
    .join("\n");
}

/** As many lines that say nothing, stamped a hundredth of a second apart. */
export function idleLines(count: number, from = 1): string {
  return Array.from({ length: count }, (_, index) => `${stamp(from + index / 100)} usb 1-1: line ${index}\n`).join("");
}

/** The kernel's stamp, as print_time() of kernel/printk/printk.c writes it. */
export function stamp(seconds: number): string {
  return `[${seconds.toFixed(6).padStart(12)}]`;
}
