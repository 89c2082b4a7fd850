const contextLines = 3;

/**
 * The difference of two texts as `diff -u` prints it, in one hunk from the first line that differs to the last. Empty
 * where they are equal.
 */
export function fileDiff(path: string, before: string, after: string): string {
  if (before === after) return "";
  const [old, fresh] = [linesOf(before), linesOf(after)];
  const shorter = Math.min(old.length, fresh.length);
  let same = 0;
  while (same < shorter && old[same] === fresh[same]) same++;
  let sameEnd = 0;
  while (sameEnd < shorter - same && old.at(-1 - sameEnd) === fresh.at(-1 - sameEnd)) sameEnd++;
  const start = Math.max(0, same - contextLines);
  const trailing = Math.min(contextLines, sameEnd);
  const range = (lines: readonly string[]): string => {
    const count = lines.length - sameEnd + trailing - start;
    return `${count === 0 ? start : start + 1},${count}`;
  };
  return [
    `--- ${path}\n+++ ${path}\n@@ -${range(old)} +${range(fresh)} @@\n`,
    ...old.slice(start, same).map((line) => ` ${ended(line)}`),
    ...old.slice(same, old.length - sameEnd).map((line) => `-${ended(line)}`),
    ...fresh.slice(same, fresh.length - sameEnd).map((line) => `+${ended(line)}`),
    ...old.slice(old.length - sameEnd, old.length - sameEnd + trailing).map((line) => ` ${ended(line)}`),
  ].join("");
}

/** Each with its line end, which the last may lack. */
function linesOf(text: string): readonly string[] {
  return text === "" ? [] : text.split(/(?<=\n)/);
}

function ended(line: string): string {
  return line.endsWith("\n") ? line : `${line}\n\\ No newline at end of file\n`;
}
