import * as fc from "fast-check";
import { describe, expect, it } from "vitest";
import { anyPattern } from "../../../src/core/pattern/any-pattern.ts";
import { requiredWords } from "../../../src/core/pattern/required-words.ts";
import { anyWordedPattern } from "../../../src/core/pattern/worded-patterns.ts";
import { bootEnds } from "../../../src/parse/sign/boot-end.ts";
import { kernelForms } from "../../../src/parse/sign/line/kernel-form.ts";
import { kernelTables, programTables } from "../../../src/parse/sign/trouble/tables.ts";
import { ownWords } from "../../../src/parse/sign/words.ts";

const troubleTables = { ...kernelTables, ...programTables };
const everyTrouble = Object.values(troubleTables).flat();

describe.each(Object.entries({ ...troubleTables, ownWords, bootEnds, kernelForms }))("%s: each row", (_, rows) => {
  it.each(rows.map((row) => [row.id, row] as const))(
    "'%s' fits its examples and none of its near misses",
    (_id, row) => {
      expect(row.examples.length).toBeGreaterThan(0);
      for (const text of row.examples) expect(row.pattern.test(text), text).toBe(true);
      for (const text of row.near) expect(row.pattern.test(text), text).toBe(false);
    },
  );

  it("has a name of its own", () => {
    expect(new Set(rows.map(({ id }) => id)).size).toBe(rows.length);
  });
});

it("no row of one group of tables fits an example of another group, so that the order of the groups decides nothing", () => {
  const { selftestTrouble, kernelTrouble, reportPartTrouble, ...devices } = kernelTables;
  const { firstProgramTrouble, startTrouble, jobTrouble, ...programs } = programTables;
  const groups = [
    // A panic of a self-test is a panic, too; it comes first.
    [...selftestTrouble, ...kernelTrouble, ...reportPartTrouble],
    ...Object.values(devices),
    // So is a library that is missing, where the first program needs it.
    [...firstProgramTrouble, ...startTrouble, ...jobTrouble],
    // The last table has words of the network, and of dracut's kind, that any program may print.
    Object.values(programs).flat(),
  ];
  const shared = groups.flatMap((rows) => {
    const others = groups.filter((group) => group !== rows).flat();
    return rows
      .flatMap(({ examples }) => examples)
      .flatMap((text) => others.filter(({ pattern }) => pattern.test(text)).map(({ id }) => `${id}: ${text}`));
  });
  expect(shared).toEqual([]);
});

/** A pattern's source without what the generator of texts does not know: "\\b" and what is to follow, or not to. */
function withoutLooks(source: string): string {
  const whole = source.replaceAll(/(?<!\\)\\b/g, "");
  const start = whole.search(/(?<!\\)\(\?[!=]/);
  if (start < 0) return whole;
  let [end, depth] = [start, 0];
  do {
    const [token = ""] = /^(?:\\.|\[(?:\\.|[^\]])*\]|[^])/.exec(whole.slice(end)) ?? [];
    if (token === "(") depth++;
    if (token === ")") depth--;
    end += token.length;
  } while (depth > 0);
  return withoutLooks(whole.slice(0, start) + whole.slice(end));
}

describe("trouble found by its words", () => {
  const patterns = everyTrouble.map(({ pattern }) => pattern);
  const byWords = anyWordedPattern(patterns);
  const whole = anyPattern(patterns);

  it("is what the whole expressions find, in each example, near miss, and pieces of two of them", () => {
    const texts = everyTrouble.flatMap(({ examples, near }) => [...examples, ...near]);
    for (const text of texts) expect(byWords(text), text).toBe(whole(text));
    const part = fc.tuple(fc.constantFrom(...texts), fc.nat(80), fc.nat(80));
    fc.assert(
      fc.property(part, part, ([first, , end], [second, start]) => {
        const text = first.slice(0, end) + second.slice(start);
        expect(byWords(text), text).toBe(whole(text));
      }),
      { numRuns: 2000 },
    );
  });

  it.each(everyTrouble.map(({ id, pattern }) => [id, pattern] as const))(
    "'%s': each text that its pattern matches holds one of the words",
    (_id, pattern) => {
      const words = requiredWords(pattern, 4);
      const source = withoutLooks(pattern.source);
      fc.assert(
        fc.property(fc.stringMatching(new RegExp(source)), (text) => {
          const held = text.toLowerCase();
          expect(words === null || words.some((word) => held.includes(word)), text).toBe(true);
          expect(byWords(text), text).toBe(whole(text));
        }),
        { numRuns: 30 },
      );
    },
  );

  it("asks hardly any pattern of every line: those that require no word of four letters", () => {
    const wordless = everyTrouble.filter(({ pattern }) => requiredWords(pattern, 4) === null);
    expect(wordless.map(({ id }) => id)).toEqual(["headless-frames"]);
  });
});
