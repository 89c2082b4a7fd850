import { isNamed, isStatusLine, type SignLine } from "./line/spoken.ts";

/** The share of its lines that makes a text a log if none of them is surely a log's. */
const leastShare = 1 / 2;
/** Bytes in hexadecimal, as of a certificate or a network address, have more pairs before or behind them. */
const timeInFront = /^.{0,80}(?<![\w:.-])[0-2]\d:[0-5]\d:[0-6]\d(?![\w:-])/;

/**
 * Whether a text is a log: source code, configurations and prose have single lines that look like one of a log, such as
 * a date, "kernel: true" or "Welcome to".
 */
export class TextKind {
  #lines = 0;
  #logLines = 0;
  #sureLines = 0;
  #timedLines = 0;

  /** `isMessage`: the line holds what the kernel alone prints. */
  take(line: SignLine, { isLogLine, isMessage }: { readonly isLogLine: boolean; readonly isMessage: boolean }): void {
    if (line.text !== "") this.#lines++;
    if (isLogLine) this.#logLines++;
    else if (timeInFront.test(line.text)) this.#timedLines++;
    if (isLogLine && (isMessage || isSurelyOfLog(line))) this.#sureLines++;
  }

  /** The lines that are a log's, or have a time of day in front where the log's form is not known; 0: it is no log. */
  get logLines(): number {
    const likely = Math.max(this.#logLines, this.#timedLines);
    return this.#sureLines > 0 || likely >= this.#lines * leastShare ? likely : 0;
  }
}

function isSurelyOfLog(line: SignLine): boolean {
  const { origin, at, storedAt, wall, wallForm, tag, text } = line;
  return (
    at !== null ||
    storedAt !== null ||
    tag !== null ||
    (wall !== null && origin !== "unsaid") ||
    wallForm?.byDmesg === true ||
    isNamed(text) ||
    isStatusLine(text)
  );
}
