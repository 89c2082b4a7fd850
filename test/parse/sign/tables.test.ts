import { describe, expect, it } from "vitest";
import { kernelTrouble } from "../../../src/parse/sign/kernel-trouble.ts";
import { programTrouble } from "../../../src/parse/sign/program-trouble.ts";
import { ownWords } from "../../../src/parse/sign/words.ts";

const tables = [
  ["kernelTrouble", kernelTrouble],
  ["programTrouble", programTrouble],
  ["ownWords", ownWords],
] as const;

describe.each(tables)("%s: each row", (_, rows) => {
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
