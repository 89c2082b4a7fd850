import { expect, it } from "vitest";
import { differenceWords } from "../../src/core/comparison.ts";

it("differenceWords: names what is new, what is gone, and what became something else", () => {
  const words = (before: string | null, after: string | null): string =>
    differenceWords({ kind: "kernel", before, after });
  expect([words(null, "6.2"), words("6.1", null), words("6.1", "6.2")]).toEqual([
    "kernel: 6.2 is new",
    "kernel: 6.1 is gone",
    "kernel: 6.1 → 6.2",
  ]);
});
