import { expect, it } from "vitest";
import { nextStage, stagesPassed } from "../../src/diagnose/wait-stages.ts";

it.each([
  [0, 0, 1],
  [0.999, 0, 1],
  [1, 1, 10],
  [9.9, 1, 10],
  [10, 2, 60],
  [59, 2, 60],
  [60, 3, 120],
  [119, 3, 120],
  [120, 4, 240],
  [240, 5, 480],
  [100_000, 13, 122_880],
])("a wait of %d s was due %d times, and is due again at %d s", (seconds, passed, next) => {
  expect([stagesPassed(seconds), nextStage(seconds)]).toEqual([passed, next]);
});
