import { describe, expect, it } from "vitest";
import { fipsOfRequest, librariesOfRequest, mayWait } from "../../../src/parse/trace/request-fingerprint.ts";

describe("a request's length and flags", () => {
  it.each([
    [8, 1, ["libc"], null],
    [48, 0, ["libcrypto", "libgcrypt"], null],
    [24, 0, ["libgcrypt"], true],
    [32, 2, ["libgcrypt"], true],
    [16, 2, ["libgcrypt"], true],
    [1, 1, ["libgnutls", "libgcrypt"], null],
    [16, 0, [], null],
    [24, 1, [], null],
  ])("%i bytes with flags %i: %j", (bytes, flags, libraries, fips) => {
    expect(librariesOfRequest({ bytes, flags })).toEqual(libraries);
    expect(fipsOfRequest({ bytes, flags })).toBe(fips);
  });

  it("may wait without GRND_NONBLOCK and GRND_INSECURE", () => {
    expect([0, 1, 2, 3, 4, 5, 6].filter((flags) => mayWait({ flags }))).toEqual([0, 2]);
  });
});
