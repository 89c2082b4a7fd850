import { expect, it } from "vitest";
import { remember } from "../../../src/core/base/bounded-map.ts";

it("remember: keeps as many entries as it may, and forgets the one that was put in longest ago", () => {
  const map = new Map<string, number>();
  for (const [index, key] of ["a", "b", "a", "c"].entries()) remember(map, key, index, 2);
  expect([...map]).toEqual([
    ["a", 2],
    ["c", 3],
  ]);
  remember(map, "d", 4, 3);
  expect([...map.keys()]).toEqual(["a", "c", "d"]);
});
