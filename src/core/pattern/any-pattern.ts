/**
 * Whether any of the patterns matches, as one test for all of them: nearly every line of a log matches no row of a
 * table, and to ask row by row would be most of what the line costs. No pattern may refer to its own groups by number.
 */
export function anyPattern(patterns: readonly RegExp[]): (text: string) => boolean {
  // Put together at the first use: most starts of the program read no log.
  let joined: readonly RegExp[] | null = null;
  return (text) => (joined ??= join(patterns)).some((pattern) => pattern.test(text));
}

/** One pattern for each set of flags. */
function join(patterns: readonly RegExp[]): readonly RegExp[] {
  const sources = new Map<string, readonly string[]>();
  for (const { source, flags } of patterns) sources.set(flags, [...(sources.get(flags) ?? []), `(?:${source})`]);
  return [...sources].map(([flags, alike]) => new RegExp(alike.join("|"), flags));
}
