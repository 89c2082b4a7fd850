/** The mark that closes a quotation, by the one that opens it. */
export const closingQuote: Readonly<Record<string, string | undefined>> = {
  '"': '"',
  "'": "'",
  "`": "`",
  "“": "”",
  "‘": "’",
  "«": "»",
};

/** A string's text without the backslashes that its language put in front of marks, and without line ends after it. */
export function unescaped(text: string): string {
  return text.includes("\\") ? text.replace(/(?:\\[rn])+$/, "").replace(/\\(["'\\/])/g, "$1") : text;
}
