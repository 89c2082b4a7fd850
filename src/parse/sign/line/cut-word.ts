/** A step's end on a line of its own, not the rest of a word. */
const isAnswer = /^(?:done|ok|fail|failed|ready|complete|completed|finished|success|skipped)\b/;

/**
 * Whether the kernel printed into the midst of a word: what a program had begun and what it printed next belong
 * together, so it was writing at that moment. "Starting sshd" with "done" after it is a step and its end.
 */
export function isCutWord(begun: string, rest: string): boolean {
  return /[\w/-]$/.test(begun) && /^[a-z\d_/-]/.test(rest) && !isAnswer.test(rest);
}
