/**
 * `text` without the characters `end` at its end. A regular expression for this, /\0+$/, takes quadratic time: it
 * starts anew at each character of a run that is not the last thing in the text.
 */
export function withoutTrailing(text: string, end: string): string {
  let length = text.length;
  while (text[length - 1] === end) length--;
  return text.slice(0, length);
}
