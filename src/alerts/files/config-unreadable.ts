/** A configuration file that cannot be read: one line for a person. */
export class ConfigUnreadable extends Error {
  override readonly name = "ConfigUnreadable";
}

/** Deeper nesting than this does not occur in real configurations. */
export const mostDepth = 100;

/** Whether the text holds more matches than that; the pattern is global, and each match short. */
export function hasMoreThan(most: number, text: string, pattern: RegExp): boolean {
  let count = 0;
  for (const _ of text.matchAll(pattern)) if (++count > most) return true;
  return false;
}
