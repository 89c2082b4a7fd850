import { describe, expect, it } from "vitest";
import { mayNameSymbol } from "../../../src/parse/program/elf-dynamic.ts";
import { asksOtherwise } from "../../../src/parse/trace/own-requests.ts";
import { elfFile } from "../../support/inputs/elf-file.ts";

describe("asksOtherwise", () => {
  it("holds for files whose requests are known, wherever they are", () => {
    for (const file of [
      "/usr/lib64/libcrypto.so.3",
      "/usr/lib/systemd/systemd",
      "/usr/lib/systemd/libsystemd-shared-252.so",
      "/usr/lib/systemd/libsystemd-core-257.so",
      "/usr/lib64/libudev.so.1.7.5",
      "/usr/lib64/libnss_systemd.so.2",
      "/usr/lib/x86_64-linux-gnu/libuuid.so.1.3.0",
      "/usr/lib64/libstdc++.so.6.0.30",
    ])
      expect(asksOtherwise(file, "getentropy"), file).toBe(true);
  });

  it("holds for OpenSSL through getentropy() alone, because RHEL 9's calls getrandom()", () => {
    expect(asksOtherwise("/usr/lib64/libcrypto.so.3", "getrandom")).toBe(false);
    expect(asksOtherwise("/usr/lib64/libgcrypt.so.20", "getrandom")).toBe(true);
  });

  it("holds for no program, and for no library that requests what its caller needs", () => {
    for (const file of [
      "/usr/bin/keys",
      "/usr/lib64/libsodium.so.23",
      "/usr/lib64/libmysystemd.so",
      "/usr/bin/systemd-x",
    ])
      expect(asksOtherwise(file, "getentropy"), file).toBe(false);
  });
});

describe("mayNameSymbol", () => {
  const readerOf =
    (bytes: Buffer) =>
    (offset: number, length: number): Buffer =>
      bytes.subarray(offset, offset + length);
  // The names of needed libraries are in the same table.
  const file = elfFile({ needed: ["getentropy", "libc.so.6"] });
  const names = (bytes: Buffer, ...wanted: readonly string[]): boolean => mayNameSymbol(readerOf(bytes), wanted);

  it("is true of a name in the table, whole or as the end of another, and of any of several", () => {
    expect(names(file, "getentropy")).toBe(true);
    expect(names(file, "entropy")).toBe(true);
    expect(names(file, "arc4random", "getentropy")).toBe(true);
  });

  it("is false of a name that only begins so, and of others", () => {
    expect(names(file, "getentrop")).toBe(false);
    expect(names(file, "getrandom")).toBe(false);
  });

  it("is true where the table cannot be read, is cut off, or is longer than is read", () => {
    expect(names(Buffer.from("nothing"), "getrandom")).toBe(true);
    expect(names(elfFile(), "getrandom")).toBe(true);
    expect(names(file.subarray(0, file.indexOf("libc.so.6")), "getrandom")).toBe(true);
    expect(names(elfFile({ needed: ["x".repeat(1 << 20)] }), "getrandom")).toBe(true);
  });
});
