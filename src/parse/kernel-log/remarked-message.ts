import type { KernelMessage } from "../../core/kernel-message.ts";
import { kernelMessages, parseKernelMessage } from "./kernel-messages.ts";

/** A message that is not alone on its line, or not spelt as the kernel prints it. */
export interface RemarkedMessage {
  readonly message: KernelMessage;
  /** Typed by a person: the words have two blanks in a row or a wrong letter, so the stamp may be wrong as well. */
  readonly typed: boolean;
  /** A sentence continues after it, or a quotation ends. */
  readonly inSentence: boolean;
}

/** What a message's last word cannot continue with: its letters, or a bracket that belongs to it. */
const messageEnd = String.raw`(?=$|[\s.,;:!?)\]}>"'\`*_~|<\\←→–—”’»$^#\/-])`;

/** The patterns of messages that end where their words do. What follows is a person's remark. */
const openEnded = kernelMessages
  .filter(({ pattern }) => pattern.source.endsWith("$") && !pattern.source.includes("(.*)$"))
  .map(({ pattern, read }) => ({ pattern: new RegExp(pattern.source.slice(0, -1) + messageEnd, pattern.flags), read }));

/** Messages of fixed words that are worth finding with a wrong letter in them. */
const fixedWords: readonly string[] = kernelMessages
  .filter(({ id }) => /^(?:crng-ready|fast-init|nonblocking-pool|reseed|crng-ready-trusting)/.test(id))
  .map(({ example }) => example);

/** A message with a remark is no longer than this: longer lines are not examined. */
const longest = 512;
const maybe = /[rn]a[mn]d?[o0c]|crng|c[rn]+g|init/i;

/**
 * The message of a line that is known to be a kernel's by its stamp or tag, where the message does not fill the line: a
 * full stop, a remark ("<- 127 seconds!") or the rest of a sentence follows, or a person typed it from a screen.
 */
export function parseRemarkedMessage(text: string): RemarkedMessage | null {
  if (text.length > longest || !maybe.test(text)) return null;
  const once = text.replace(/\s+/g, " ");
  const isTyped = once !== text.trim();
  const whole = isTyped ? parseKernelMessage(once) : null;
  if (whole !== null) return { message: whole, typed: true, inSentence: false };
  for (const { pattern, read } of openEnded) {
    const match = pattern.exec(once);
    if (match === null) continue;
    const rest = once.slice(match[0].length);
    if (isTaskName(match[0], rest)) return null;
    return {
      message: read(match),
      typed: isTyped && / {2}/.test(text.slice(0, match[0].length)),
      inSentence: /^[.,;:!?]? [a-z]|^["'”’»]/i.test(rest),
    };
  }
  const meant = fixedWords.find((words) => isMisspelt(once, words));
  const message = meant === undefined ? null : parseKernelMessage(meant);
  return message === null ? null : { message, typed: true, inSentence: false };
}

/** What the kernel prints after the name of a task that read early; the line may be cut off within it. */
const afterNames: readonly string[] = [": uninitialized urandom read", " urandom read with"];

/** Whether the words are a task's name, which may be anything, line ends included (prctl(2), PR_SET_NAME). */
function isTaskName(words: string, rest: string): boolean {
  if (!/(?:random: )?(?:crng|fast) init done$/.test(words)) return false;
  return afterNames.some((known) => rest.startsWith(known) || (rest.length >= 3 && known.startsWith(rest)));
}

/** What readers of a screen take for another: "rn" for "m", digits for letters. */
function folded(text: string): string {
  return text.toLowerCase().replaceAll("rn", "m").replace(/[1|]/g, "l").replaceAll("0", "o").replaceAll("’", "'");
}

/** Whether one letter at most is wrong, missing or too many, or two are the wrong way round. */
function isMisspelt(typed: string, words: string): boolean {
  const [a, b] = [folded(typed.replace(/[.!]$/, "")), folded(words)];
  if (Math.abs(a.length - b.length) > 1) return false;
  let start = 0;
  while (start < a.length && a[start] === b[start]) start++;
  let [endA, endB] = [a.length, b.length];
  while (endA > start && endB > start && a[endA - 1] === b[endB - 1]) [endA, endB] = [endA - 1, endB - 1];
  // A letter in front makes another word ("prandom").
  if (start === 0 && a.length > b.length) return false;
  const [restA, restB] = [a.slice(start, endA), b.slice(start, endB)];
  return (
    Math.max(restA.length, restB.length) <= 1 ||
    (restA.length === 2 && restB.length === 2 && restA[0] === restB[1] && restA[1] === restB[0])
  );
}
