import { describe, expect, it } from "vitest";
import { requiredWords } from "../../../src/core/pattern/required-words.ts";

describe("requiredWords", () => {
  it.each<readonly [RegExp, readonly string[] | null]>([
    [/^Kernel panic: (.*)$/, ["kernel panic: "]],
    [/^(?:FATAL: |Fatal )error/, ["fatal: error", "fatal error"]],
    [/alpha|beta .*|gamma{2}/, ["alpha", "beta ", "gamm"]],
    [/^(?:DEPEND )?failed for \S+ at 0x\d+/, ["depend failed for ", "failed for "]],
    [/\.device: (?:Job|Timed out)/, [".device: job", ".device: timed out"]],
    [/^ab.{0,80}long enough?$/, ["long enough", "long enoug"]],
    [/[Ff]ailed to [a-z]+ (?<what>unit)/, ["failed to "]],
    [/\x41\u0042cde+f/, ["abcd"]],
    [/(?:abcd)+/i, ["abcd"]],
    [/(?!never)(?<!either)here(?= it)/, ["here"]],
    [/übermut/, ["bermut"]],
  ])("%s", (pattern, words) => expect(requiredWords(pattern, 4)).toEqual(words));

  it.each([/.*/, /abc/, /^(?:abcd)?$/, /(?:abcd)*x/, /(?:abcd){0,3}/, /abcd|\d+/, /abcd|/, /(?:abcd|.)e/, /kilo/iu])(
    "%s requires no word of four letters, or none that is sure",
    (pattern) => expect(requiredWords(pattern, 4)).toBeNull(),
  );

  it("accepts words as short as the caller allows", () => {
    expect([requiredWords(/^a\dbc$/, 2), requiredWords(/^a\dbc$/, 3)]).toEqual([["bc"], null]);
  });

  it("follows no more combinations of a pattern's parts than a handful", () => {
    const many = new RegExp("(?:aa|bb|cc|dd) ".repeat(9));
    expect(requiredWords(many, 3)).toEqual(["aa ", "bb ", "cc ", "dd "]);
  });
});
