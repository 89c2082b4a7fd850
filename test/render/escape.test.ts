import * as fc from "fast-check";
import { describe, expect, it } from "vitest";
import { escapeText } from "../../src/render/escape.ts";
import { anyText } from "../support/inputs/any-text.ts";

describe("text from strangers", () => {
  it.each([
    ["an escape sequence", "\u001b[31mred\u001b[0m", String.raw`\x1b[31mred\x1b[0m`],
    ["a title for the terminal", "\u001b]0;owned\u0007", String.raw`\x1b]0;owned\x07`],
    ["a line end", "one\ntwo\r", String.raw`one\x0atwo\x0d`],
    ["a NUL and a DEL", "a\0b\u007f", String.raw`a\x00b\x7f`],
    ["an 8-bit control sequence", "\u009b31m", String.raw`\x9b31m`],
    ["text that runs the other way", "\u202eevil", String.raw`\u{202e}evil`],
    ["text that hides", "a\u200bb\ufeff", String.raw`a\u{200b}b\u{feff}`],
    ["another line end", "a\u2028b\u2029", String.raw`a\u{2028}b\u{2029}`],
    ["half a character", "\ud800x", String.raw`\u{d800}x`],
    ["a tag beyond 16 bits", "\u{e0041}", String.raw`\u{e0041}`],
    ["a backslash", String.raw`C:\x1b`, String.raw`C:\\x1b`],
  ])("loses %s", (_what, text, safe) => {
    expect(escapeText(text)).toBe(safe);
  });

  it.each(["systemd-udevd", "größe", "日本語", "🎲", "a: b; c, 'd' \"e\" $f `g` (h) [i]", ""])(
    "keeps what does no harm: %j",
    (text) => {
      expect(escapeText(text)).toBe(text);
    },
  );

  it("is one line of printable text, and two texts stay two", () => {
    fc.assert(
      fc.property(anyText(), anyText(), (one, other) => {
        expect(escapeText(one)).toMatch(/^[^\p{Cc}\p{Cf}\p{Cs}\p{Zl}\p{Zp}]*$/u);
        expect(escapeText(one) === escapeText(other)).toBe(one === other);
      }),
    );
  });
});
