import type { KernelMessage } from "../../core/kernel-message.ts";
import { parseKernelMessage } from "../kernel-log/kernel-messages.ts";
import { parseRemarkedMessage } from "../kernel-log/remarked-message.ts";
import { endsSoftly } from "./line/line-marks.ts";
import { isBare, type LogLine } from "./line/log-line.ts";
import { parseLogLine } from "./line/parse-log-line.ts";

/** A line's message about randomness, and the line with what that message shows of it; null: it has none. */
export interface ReadLine {
  readonly line: LogLine;
  readonly message: KernelMessage | null;
}

/** Reads a line's message about randomness. */
export function readMessage(line: LogLine): ReadLine {
  if (line.origin === "user") return { line, message: null };
  // Without any prefix the words alone, which one vendor's kernel prints, do not distinguish a message from talk
  // about it.
  if (line.text === "crng init done" && isBare(line)) return { line, message: null };
  const message = parseKernelMessage(line.text);
  if (message?.kind === "command-line" && message.early && isBare(line)) return { line, message: null };
  if (message !== null) return { line, message };
  const retyped = parseRetyped(line);
  if (retyped !== null) return { line: { ...line, typed: true }, message: retyped };
  // Talk about a message has no stamp and no tag in front.
  const isKernels = line.at !== null || line.origin === "kernel";
  const remarked = isKernels ? parseRemarkedMessage(line.text) : parsePointedAt(line);
  if (remarked === null) return { line, message: null };
  const { typed, inSentence } = remarked;
  return {
    line: { ...line, typed: line.typed || typed, quoted: line.quoted || (inSentence && line.origin !== "kernel") },
    message: remarked.message,
  };
}

/** The whole line is a message that a person typed with a blank in front of its colon, as French typists do. */
function parseRetyped({ text }: LogLine): KernelMessage | null {
  return text.startsWith("random : ") ? parseKernelMessage(`random: ${text.slice("random : ".length)}`) : null;
}

/** A remark after a message that has neither stamp nor tag: an arrow or a comment's mark sets it apart. */
function parsePointedAt({ text }: LogLine): ReturnType<typeof parseRemarkedMessage> {
  const end = text.search(/\s(?:<[-=]|←|#|\/\/|\^\^)/);
  const message = end === -1 ? null : parseKernelMessage(text.slice(0, end).trimEnd());
  return message === null ? null : { message, typed: false, inSentence: false };
}

/** The kernel's stamp in the middle of a line. */
const stampWithin = /\[ *\d{1,12}\.\d{6}\]/g;
/** A stamp that was typed or masked by a person, where a message follows. */
const typedStampWithin = /\[ *\d{1,9}\.[\dx]{0,9}\](?= ?random: )/g;
/** A program's name and process ID: what follows is that program's. */
const programTag = /[\w.-]\[\d{1,7}\]: /;
/** After a quotation mark it is a quotation. */
const opensQuotation = /["'`“‘«(]$/;

/** Where in the line the kernel's stamps stand; none where a program's name is in front. */
function stampsWithin({ text }: LogLine): readonly number[] {
  const places = [...text.matchAll(stampWithin)].map(({ index }) => index);
  const found = places.length > 0 ? places : [...text.matchAll(typedStampWithin)].map(({ index }) => index);
  return found[0] === undefined || programTag.test(text.slice(0, found[0])) ? [] : found;
}

/**
 * The kernel's lines inside a line of a console: after what a program was printing when the kernel cut in, or one
 * right after another where the line end between was lost. None without a message among them, and of those without one
 * only such as come after the last. Within a line of the kernel's that is no message itself, a message is a quotation.
 */
export function messagesWithin(line: LogLine): readonly ReadLine[] {
  const [first, ...later] = stampsWithin(line);
  if (first === undefined) return [];
  const front = line.text.slice(0, first);
  // The next record's level may be in front of its stamp.
  const printed = front.replace(/<\d{1,4}>$/, "");
  const head = { ...line, text: printed.trim() };
  const headRead = isBare(line) ? null : readMessage(head);
  if (headRead !== null && headRead.message === null) return [];
  const found: ReadLine[] = headRead === null ? [] : [headRead];
  [first, ...later].forEach((start, index) => {
    const part = parseLogLine(line.text.slice(start, later[index]).replace(/<\d{1,4}>$/, ""));
    const quoted = line.quoted || opensQuotation.test(line.text.slice(0, start).trimEnd());
    const begun = index === 0 && isBare(line) && head.text !== "" ? { front: printed } : {};
    found.push(readMessage({ ...part, ...begun, quoted: part.quoted || quoted }));
  });
  const last = found.findLastIndex(({ message }) => message !== null);
  return found.filter(
    ({ line: part, message }, index) =>
      message !== null || (last >= 0 && index > last && (part.at ?? 0) >= (found[last]?.line.at ?? 0)),
  );
}

/** A line, or its end, with which a message may begin that the next line continues; null: there is none. */
export function cutIn(line: LogLine, raw: string): LogLine | null {
  if (line.origin === "user") return null;
  if (endsSoftly(raw) || beginsMessage(line)) return line;
  const last = isBare(line) ? stampsWithin(line).at(-1) : undefined;
  const tail = last === undefined ? null : parseLogLine(line.text.slice(last));
  return tail !== null && beginsMessage(tail) ? tail : null;
}

/** A message's first words, or a stamp with nothing after it. */
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
