import { describe, expect, it } from "vitest";
import {
  fipsByRequest,
  fipsOfRequest,
  librariesOfRequest,
  libraryOfRequest,
  mayWait,
} from "../../../src/parse/trace/request-fingerprint.ts";

describe("a request's length and flags", () => {
  it.each([
    [8, 1, { libc: null }],
    [48, 0, { libcrypto: null, libgcrypt: true }],
    [24, 0, { libgcrypt: true }],
    [24, 2, { libgcrypt: true }],
    [32, 2, { libgcrypt: true }],
    [16, 2, { libgcrypt: true }],
    [120, 0, { libgcrypt: false }],
    [64, 0, { libgnutls: null }],
    [1, 1, { libgnutls: null, libgcrypt: null }],
    [16, 0, {}],
    [24, 1, {}],
  ])("%i bytes with flags %i: of which libraries, and in which FIPS mode: %j", (bytes, flags, modes) => {
    expect(librariesOfRequest({ bytes, flags })).toEqual(Object.keys(modes));
    for (const [family, fips] of Object.entries(modes))
      expect(fipsOfRequest({ bytes, flags }, `${family}.so.1`)).toBe(fips);
    expect(fipsOfRequest({ bytes, flags }, "libother.so.1")).toBeNull();
  });

  it.each<[what: string, bytes: number, known: boolean | null, shown: object]>([
    ["true, where it is not known", 24, null, { fips: true }],
    ["nothing, where as much is known", 24, true, {}],
    ["nothing, where a program outside of it may have chosen its generator", 24, false, {}],
    ["false, whatever the kernel's mode is", 120, true, { fips: false }],
    ["nothing, where the library asks so in both", 8, null, {}],
  ])("show FIPS mode of the library that called: %s", (_what, bytes, known, shown) => {
    const request = { syscall: "getrandom", bytes, flags: 0 } as const;
    const found = fipsByRequest({ library: "libgcrypt.so.20", request }, known);
    expect(found).toMatchObject(shown);
    expect(Object.keys(found)).toEqual(Object.keys(shown).length === 0 ? [] : ["fips", "fipsWhy"]);
  });

  it("may wait without GRND_NONBLOCK and GRND_INSECURE", () => {
    expect([0, 1, 2, 3, 4, 5, 6].filter((flags) => mayWait({ flags }))).toEqual([0, 2]);
  });
});

describe("a request names a library", () => {
  const both = ["libcrypto.so.3", "libgcrypt.so.20"];
  const named = (
    bytes: number,
    { flags = 0, door = "getentropy", libraries = both, fips = false }: Partial<Naming> = {},
  ): string | null => libraryOfRequest({ syscall: "getrandom", bytes, flags }, door, libraries, fips);
  interface Naming {
    readonly flags: number;
    readonly door: "getrandom" | "getentropy" | "syscall" | null;
    readonly libraries: readonly string[];
    readonly fips: boolean | null;
  }

  it("if no other of the process makes it, and through the same function of libc", () => {
    expect(named(120)).toBe("libgcrypt.so.20");
    expect(named(24, { fips: true })).toBe("libgcrypt.so.20");
    expect(named(48, { libraries: ["libcrypto.so.3"] })).toBe("libcrypto.so.3");
    expect(named(90, { door: "syscall" })).toBe("libgcrypt.so.20");
    expect(named(24, { flags: 2, door: "getrandom", fips: true })).toBe("libgcrypt.so.20");
    expect(named(64, { door: "getrandom", libraries: ["libgnutls.so.30"] })).toBe("libgnutls.so.30");
  });

  it.each<[what: string, bytes: number, facts: Partial<Naming>]>([
    ["two libraries of the process ask so", 48, {}],
    ["the program asked for as much by another function", 120, { door: "getrandom" }],
    ["the function is not known", 120, { door: null }],
    ["the process is not in FIPS mode", 24, {}],
    ["FIPS mode is not known", 24, { fips: null }],
    ["the process has no such library", 120, { libraries: ["libcrypto.so.3"] }],
    ["many ask so", 16, {}],
    ["the flags are others", 120, { flags: 2 }],
    ["its library asks by another function", 90, {}],
    [
      "the program came through a function that its library does not use",
      64,
      { door: "syscall", libraries: ["libgnutls.so.30"] },
    ],
  ])("not where %s", (_what, bytes, facts) => {
    expect(named(bytes, facts)).toBeNull();
  });

  it("not where a device was read", () => {
    expect(libraryOfRequest({ syscall: "read", bytes: 120, flags: 0 }, "getentropy", both, false)).toBeNull();
  });
});
