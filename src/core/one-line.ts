/** Text as one line: each line end, with the white space and the empty lines around it, becomes a blank. */
export function oneLine(text: string): string {
  return text.includes("\n")
    ? text
        .split("\n")
        .map((line) => line.trim())
        .filter((line) => line !== "")
        .join(" ")
    : text;
}

/** A text on one line, cut where it is longer than `most` characters. */
export function capped(text: string, most = 120): string {
  const line = text.replaceAll(/\s+/g, " ").trim();
  return line.length <= most ? line : `${line.slice(0, most - 1)}…`;
}
