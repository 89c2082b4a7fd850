import { describe, expect, it } from "vitest";
import { lastedSeconds } from "../../src/core/wait.ts";

describe("lastedSeconds: how long a wait lasted", () => {
  it("is not known where an end of it is not", () => {
    expect([lastedSeconds(null, 3), lastedSeconds(2, null), lastedSeconds(null, null)]).toEqual([null, null, null]);
  });

  it("has microseconds, and is never less than nothing", () => {
    expect([lastedSeconds(2, 3.5), lastedSeconds(0.1, 0.3), lastedSeconds(3, 2)]).toEqual([1.5, 0.2, 0]);
  });
});
