import { array, assert, constantFrom, integer, nat, property, string } from "fast-check";
import { describe, expect, it } from "vitest";
import { layOut, plain, type TextLine, type TextTone } from "../../../src/render/text/layout.ts";

const escape = String.fromCodePoint(0x1b);
const sgr = new RegExp(`${escape}\\[[0-9;]*m`, "g");

describe("layOut", () => {
  it("layOut: a file or a pipe gets each line as it is", () => {
    const text = `  ${"word ".repeat(60)}end`;
    expect(layOut([{ text, tone: "critical" }, { text: "" }], plain)).toBe(`${text}\n\n`);
  });

  it("layOut: words are kept whole, in their order, and no row is wider than the terminal unless one word is", () => {
    const word = string({ unit: constantFrom("a", "b", "é", "x"), minLength: 1, maxLength: 40 });
    assert(
      property(
        array(word, { minLength: 1, maxLength: 30 }),
        nat(8),
        nat(30),
        integer({ min: 1, max: 100 }),
        (words, indentation, hang, columns) => {
          const text = `${" ".repeat(indentation)}${words.join(" ")}`;
          const rows = layOut([{ text, hang }], { columns, colour: false }).trimEnd().split("\n");
          expect(rows.join(" ").trim().split(/ +/)).toEqual(words);
          for (const row of rows)
            if (row.trim().includes(" ")) expect(row.length).toBeLessThanOrEqual(Math.max(20, columns));
        },
      ),
    );
  });

  it("layOut: rows of two columns continue in the second", () => {
    expect(layOut([{ text: "name   one two three four", hang: 7 }], { columns: 24, colour: false })).toBe(
      "name   one two three\n       four\n",
    );
  });

  it("layOut: where the locale has no UTF-8, signs of ours are written in ASCII before lines are broken, and names stay", () => {
    const terminal = { columns: 20, colour: false, ascii: true };
    expect(layOut([{ text: "é 1 s ± 1 ms → a ← b …" }], terminal)).toBe("é 1 s +/- 1 ms -> a\n  <- b ...\n");
    expect(layOut([{ text: "a → b" }], { ...terminal, ascii: false })).toBe("a → b\n");
  });

  it("layOut: a command is not broken, so that it can be copied", () => {
    const text = `      ${"virt-xml DOMAIN ".repeat(9)}`.trimEnd();
    expect(layOut([{ text, unbroken: true }], { columns: 40, colour: true })).toBe(`${text}\n`);
  });

  it("layOut: colour adds nothing but colour, ends on its own row, and leaves the indentation alone", () => {
    const lines: readonly TextLine[] = (["title", "good", "warning", "critical"] as const).map((tone: TextTone) => ({
      text: `    ${tone}: ${"words and more words ".repeat(8)}`.trimEnd(),
      tone,
    }));
    const coloured = layOut(lines, { columns: 60, colour: true });
    expect(coloured.replace(sgr, "")).toBe(layOut(lines, { columns: 60, colour: false }));
    for (const row of coloured.trimEnd().split("\n"))
      expect(row).toMatch(new RegExp(`^ +${escape}\\[[0-9;]+m[^ ].*${escape}\\[0m$`));
  });

  it("layOut: the toned part may be the first word alone", () => {
    expect(layOut([{ text: "  warning: words", tone: "warning", toned: 8 }], { columns: 80, colour: true })).toBe(
      `  ${escape}[1;33mwarning:${escape}[0m words\n`,
    );
  });
});
