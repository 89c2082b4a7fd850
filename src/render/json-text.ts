let unsafe: RegExp | null = null;

/**
 * A value as JSON for people, pipes and files: what a terminal would obey or hide is escaped, as JSON itself does with
 * the control characters below U+0020. The rest are U+007F to U+009F, which terminals take for commands, characters
 * that reorder or hide text, and the line and paragraph separators. `indent`: the width of a level; none: one line.
 */
export function jsonText(value: unknown, indent?: number): string {
  // JSON.stringify() writes line ends between members alone.
  const text = JSON.stringify(value, null, indent);
  if (/^[\n\x20-\x7e]*$/.test(text)) return text;
  // On demand, as in `escape.ts`.
  unsafe ??= new RegExp(String.raw`[^\P{Cc}\n]|[\p{Cf}\p{Zl}\p{Zp}]`, "gu");
  return text.replaceAll(unsafe, (character) =>
    Array.from({ length: character.length }, (_, at) => escaped(character.charCodeAt(at))).join(""),
  );
}

/** A document of jsonText() with line ends as one line. Line ends stand between its members alone. */
export function jsonInOneLine(document: string): string {
  return `${document.trimEnd().replaceAll(/\n */g, "")}\n`;
}

function escaped(unit: number): string {
  return `\\u${unit.toString(16).padStart(4, "0")}`;
}
