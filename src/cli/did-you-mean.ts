/** Two wrong letters in a name of five or more, one in a shorter one. */
const longName = 5;

/** The name that was probably meant by `word`; null: none is near enough. */
export function likelyMeant(word: string, names: readonly string[]): string | null {
  const most = word.length >= longName ? 2 : 1;
  let best: { readonly name: string; readonly away: number } | null = null;
  for (const name of names) {
    // A longer difference in length alone is too far, and bounds the work on what a stranger typed.
    if (Math.abs(name.length - word.length) > most) continue;
    const away = distance(word, name);
    if (away <= most && away < (best?.away ?? Infinity)) best = { name, away };
  }
  return best?.name ?? null;
}

/** Letters to insert, leave out, change, or exchange with their neighbour (optimal string alignment). */
function distance(a: string, b: string): number {
  let [before, row] = [[] as number[], Array.from({ length: b.length + 1 }, (_, column) => column)];
  for (let line = 1; line <= a.length; line++) {
    const next = [line];
    for (let column = 1; column <= b.length; column++) {
      const same = a[line - 1] === b[column - 1] ? 0 : 1;
      let least = Math.min(row[column]! + 1, next[column - 1]! + 1, row[column - 1]! + same);
      if (line > 1 && column > 1 && a[line - 1] === b[column - 2] && a[line - 2] === b[column - 1])
        least = Math.min(least, before[column - 2]! + 1);
      next.push(least);
    }
    [before, row] = [row, next];
  }
  return row[b.length]!;
}
