import type { KernelMessage } from "../../../core/kernel-message.ts";
import { parseRemarkedMessage } from "../../kernel-log/remarked-message.ts";
import type { LogLine } from "./log-line.ts";
import { parseLogLine } from "./parse-log-line.ts";
import { closingQuote } from "./quoted-text.ts";

/** A line of the kernel's that a sentence quotes. `message`: that the CRNG is ready, where the sentence says so. */
export interface QuotedLine {
  readonly line: LogLine;
  readonly message: KernelMessage | null;
}

/** Longer sentences are not examined. */
const longestSentence = 600;
const stamp = /\[ *\d{1,9}\.\d{6}\] ?(?=\S)/;
/** What the CRNG prints, and nothing else begins with. */
const ofCrng = /\brandom: (?=crng |fast init |nonblocking pool |.{1,64}: uninitialized urandom read )/;
/** The line is not there, or is sought. */
const denied =
  /\b(?:no|not|never|without|if|whether|should|would|expect\w{0,3}|look(?:ing|ed)? for|search\w{0,3}|grep|instead of|until I|missing)\b|n['’]t\b|\?/i;

/**
 * The line that a text quotes: one with the kernel's stamp, or one of the CRNG's own in quotation marks. Null: none.
 */
export function quotedLine(text: string): QuotedLine | null {
  if (text.length > longestSentence) return null;
  const stamped = text.search(stamp);
  const start = stamped === -1 ? text.search(ofCrng) : stamped;
  if (start === -1) return null;
  const close = closingQuote[text[start - 1] ?? ""];
  const end = close === undefined ? -1 : text.indexOf(close, start);
  // Without a stamp, words that no mark sets apart are talk.
  if (stamped === -1 && end === -1) return null;
  const quoted = text.slice(start, end === -1 ? undefined : end);
  const line: LogLine = { ...parseLogLine(quoted), quoted: true };
  if (stamped !== -1) return { line, message: null };
  const sentence = text.slice(Math.max(...[". ", "! ", "? "].map((mark) => text.lastIndexOf(mark, start) + 1)));
  const read = denied.test(sentence) ? null : parseRemarkedMessage(quoted);
  const message = read?.message.kind === "ready" && read.message.trusting === null ? read.message : null;
  return { line: { ...line, origin: "kernel" }, message };
}
