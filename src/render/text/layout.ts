/** What a line is about: its colour on a terminal. The words say the same without it. */
export type TextTone = "title" | "good" | "warning" | "critical";

/** One line before it is laid out. */
export interface TextLine {
  /** Escaped. Blanks at its start are its indentation. */
  readonly text: string;
  readonly tone?: TextTone | null;
  /** How many characters at the start, after the indentation, have the tone. Default: all. */
  readonly toned?: number;
  /** The column at which a wrapped line continues. Default: two after its indentation. */
  readonly hang?: number;
  /** A command or a line of another program, which a person copies: never broken. */
  readonly unbroken?: boolean;
  /** In place of a text that is the same at any width: a row that fills the columns, or null where they are too few. */
  readonly draw?: (canvas: Canvas) => string | null;
}

/** What a row is drawn on. */
export interface Canvas {
  readonly columns: number;
  /** Whether it shows no more than ASCII. */
  readonly ascii: boolean;
}

/** What the output is printed to. */
export interface Terminal {
  /** Null: lines are not wrapped. */
  readonly columns: number | null;
  readonly colour: boolean;
  /** Whether the user's locale has no UTF-8, so that pictures and signs are drawn in ASCII. */
  readonly ascii?: boolean;
}

/** A file or a pipe. */
export const plain: Terminal = { columns: null, colour: false };

/** Of a file or a pipe, as a serial console has them. */
const usualColumns = 80;
/** Fewer columns are not worth the breaks: words would be alone. */
const fewestColumns = 20;
/** The least room that a hanging indentation leaves for words, in columns. */
const leastRoom = 16;

/** Select Graphic Rendition (ECMA-48, 8.3.117): the eight colours that each terminal's own palette makes readable. */
const sgr: Readonly<Record<TextTone, string>> = { title: "1", good: "32", warning: "1;33", critical: "1;31" };

/** The lines as text, each with its line end: coloured, and wrapped between words. */
export function layOut(lines: readonly TextLine[], { columns, colour, ascii = false }: Terminal): string {
  return lines
    .map((line) => {
      if (line.draw !== undefined) {
        const drawn = line.draw({ columns: columns ?? usualColumns, ascii });
        return drawn === null ? "" : `${drawn}\n`;
      }
      const shown = ascii ? { ...line, text: inAscii(line.text) } : line;
      const rows = columns === null || line.unbroken === true ? [shown.text] : wrapped(shown, columns);
      return `${(colour ? coloured(rows, line) : rows).join("\n")}\n`;
    })
    .join("");
}

/** The signs of texts of ours; in the names of others a letter stays as it is. */
const asciiSigns: Readonly<Record<string, string>> = { "→": "->", "←": "<-", "…": "...", "±": "+/-" };

function inAscii(text: string): string {
  return text.replace(/[→←…±]/g, (sign) => asciiSigns[sign] ?? sign);
}

/** The same lines, indented by this number of blanks. */
export function indented(lines: readonly TextLine[], blanks: number): readonly TextLine[] {
  return lines.map(({ draw, ...line }) => ({
    ...line,
    text: `${" ".repeat(blanks)}${line.text}`,
    ...(draw === undefined ? {} : { draw: drawnAfter(blanks, draw) }),
    ...(line.hang === undefined ? {} : { hang: line.hang + blanks }),
  }));
}

function drawnAfter(blanks: number, draw: NonNullable<TextLine["draw"]>): NonNullable<TextLine["draw"]> {
  return ({ columns, ascii }) => {
    const drawn = draw({ columns: columns - blanks, ascii });
    return drawn === null ? null : `${" ".repeat(blanks)}${drawn}`;
  };
}

/** Rows of two columns. */
export function columnLines(rows: readonly (readonly [string, string])[]): readonly TextLine[] {
  const width = Math.max(0, ...rows.map(([name]) => name.length));
  return rows.map(([name, value]) => ({ text: `${name.padEnd(width)}  ${value}`, hang: width + 2 }));
}

export function textLine(text: string): TextLine {
  return { text };
}

/** Rows of a line. Breaks between words only: a path or a unit's name that is longer than a row stays whole. */
export function wrapped({ text, hang }: TextLine, given: number): readonly string[] {
  const columns = Math.max(given, fewestColumns);
  const indentation = text.length - text.trimStart().length;
  const margin = " ".repeat(Math.min(hang ?? indentation + 2, Math.max(0, columns - leastRoom)));
  const rows: string[] = [];
  let row = " ".repeat(indentation);
  let isEmpty = true;
  // Lengths are UTF-16 units, exact for almost every name. Blanks between words stay, so that columns are aligned.
  let gap = "";
  for (const word of text.trim().split(" ")) {
    if (word === "") gap += " ";
    else if (!isEmpty && row.length + gap.length + word.length > columns) {
      rows.push(row);
      [row, gap] = [`${margin}${word}`, " "];
    } else {
      row += `${isEmpty ? "" : gap}${word}`;
      [isEmpty, gap] = [false, " "];
    }
  }
  return [...rows, row];
}

function coloured(rows: readonly string[], { tone, toned }: TextLine): readonly string[] {
  if (tone === undefined || tone === null) return rows;
  let left = toned ?? Infinity;
  return rows.map((row) => {
    const start = row.length - row.trimStart().length;
    const length = Math.min(left, row.length - start);
    left -= length;
    return length <= 0
      ? row
      : `${row.slice(0, start)}\u001b[${sgr[tone]}m${row.slice(start, start + length)}\u001b[0m${row.slice(start + length)}`;
  });
}
