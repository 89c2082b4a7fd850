/** Emphasis and quotation marks that a person puts around one line of a log. */
const marksInFront = /^[*_\x60"'“‘«]{1,4}(?=\w)/;
const marksAfter = /[*_\x60"'”’»]{1,4}$/;

/** A line without the marks that set it apart in a text. */
export function withoutEmphasis(text: string): string {
  return marksInFront.test(text) ? text.replace(marksInFront, "").trimEnd().replace(marksAfter, "") : text;
}
