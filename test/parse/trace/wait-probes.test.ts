import { expect, it } from "vitest";
import { generatorProbes } from "../../../src/parse/trace/wait-probes.ts";

it("generatorProbes: one probe where a caller enters the FIPS generator, and one where it returns", () => {
  expect(
    generatorProbes("ours").map(({ name, entry, definition }) => [name, entry, definition.replace(/\d+/, "N")]),
  ).toEqual([
    ["drbg", true, "p:ours/drbg crypto_devrandom_read_iter"],
    ["drbgd", false, expect.stringMatching(/^r.*:ours\/drbgd crypto_devrandom_read_iter$/)],
  ]);
});
