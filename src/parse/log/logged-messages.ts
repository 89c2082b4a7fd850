import type { KernelMessage } from "../../core/kernel-message.ts";
import { parseKernelMessage } from "../kernel-log/kernel-messages.ts";
import { endsSoftly } from "./line-marks.ts";
import { isBare, type LogLine, parseLogLine } from "./log-line.ts";

/** A message of the kernel, and the line that it would have been alone. */
export interface FoundMessage {
  readonly line: LogLine;
  readonly message: KernelMessage;
}

/** What a line of the log says about randomness, or null. */
export function messageOf(line: LogLine): KernelMessage | null {
  if (line.origin === "user") return null;
  // Without any prefix the words alone, which one vendor's kernel prints, are too little to tell a message from talk
  // about it.
  if (line.text === "crng init done" && isBare(line)) return null;
  return parseKernelMessage(line.text);
}

/** The kernel's stamp in the middle of a line. Behind a quotation mark it is a quotation. */
const stampWithin = /(?<!["'`“‘«(])\[ *\d{1,12}\.\d{6}\]/g;
/** A program's name and process ID: what follows is that program's. */
const programTag = /[\w.-]\[\d{1,7}\]: /;

/** Where in the line the kernel's stamps stand; none where a program's name is in front. */
function stampsWithin({ text }: LogLine): readonly number[] {
  const places = [...text.matchAll(stampWithin)].map(({ index }) => index);
  return places[0] === undefined || programTag.test(text.slice(0, places[0])) ? [] : places;
}

/**
 * The messages inside a line of a console: behind what a program was printing when the kernel cut in, or one right
 * behind another where the line end between was lost. Within a line of the kernel's that is no message itself, a
 * message is a quotation.
 */
export function messagesWithin(line: LogLine): readonly FoundMessage[] {
  const [first, ...later] = stampsWithin(line);
  if (first === undefined) return [];
  // The next record's level may stand in front of its stamp.
  const head = {
    ...line,
    text: line.text
      .slice(0, first)
      .replace(/<\d{1,4}>$/, "")
      .trim(),
  };
  const headMessage = isBare(line) ? null : messageOf(head);
  if (!isBare(line) && headMessage === null) return [];
  const found: FoundMessage[] = headMessage === null ? [] : [{ line: head, message: headMessage }];
  [first, ...later].forEach((start, index) => {
    const part = parseLogLine(line.text.slice(start, later[index]).replace(/<\d{1,4}>$/, ""));
    const message = messageOf(part);
    if (message !== null) found.push({ line: part, message });
  });
  return found;
}

/** A line, or the end of one, with which a message may begin that the next line goes on with; null where none does. */
export function cutIn(line: LogLine, raw: string): LogLine | null {
  if (line.origin === "user") return null;
  if (endsSoftly(raw) || beginsMessage(line)) return line;
  const last = isBare(line) ? stampsWithin(line).at(-1) : undefined;
  const tail = last === undefined ? null : parseLogLine(line.text.slice(last));
  return tail !== null && beginsMessage(tail) ? tail : null;
}

/** A message's first words, or a stamp with nothing behind it. */
function beginsMessage({ text, at }: LogLine): boolean {
  return /^(?:random:(?: |$)|Linux version )/.test(text) || (text === "" && at !== null);
}

/**
 * A message that a narrow terminal or a mail program broke in two: between words, within one, or by quoted-printable's
 * "=".
 */
export function joinedMessage(
  first: LogLine,
  firstRaw: string,
  secondRaw: string,
  secondText: string,
): KernelMessage | null {
  // The right-hand border of a quotation that has one.
  const second =
    /^[>\s]*\|/.test(firstRaw) && secondText.endsWith("|") ? secondText.slice(0, -1).trimEnd() : secondText;
  const candidates = [first.text + second, `${first.text} ${second}`];
  if (endsSoftly(firstRaw)) candidates.unshift(parseLogLine(firstRaw.slice(0, -1) + secondRaw).text);
  for (const candidate of candidates) {
    const message = parseKernelMessage(candidate);
    if (message !== null) return message;
  }
  return null;
}
