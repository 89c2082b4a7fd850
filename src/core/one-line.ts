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
