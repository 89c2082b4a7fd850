import { gzipSync } from "node:zlib";
import * as fc from "fast-check";
import { describe, expect, it } from "vitest";
import { formatOf } from "../../../src/parse/archive/file-format.ts";
import { archive, member } from "../../support/inputs/tar-archive.ts";

describe("the format of a file", () => {
  it.each([
    ["gzip", gzipSync("x")],
    ["xz", Buffer.from("fd377a585a000004", "hex")],
    ["zstd", Buffer.from("28b52ffd0458", "hex")],
    ["bzip2", Buffer.from("BZh91AY&SY", "latin1")],
    ["bzip2", Buffer.from("425a6831177245385090", "hex")],
    ["journal", Buffer.from("LPKSHHRH\0\0\0\0")],
    ["tar", archive(member({ path: "a" }, "x"))],
    ["foreign-archive", Buffer.from("PK\x03\x04")],
    ["foreign-archive", Buffer.from("7z\xbc\xaf\x27\x1c", "latin1")],
    ["no-log", Buffer.from("7f454c46020101", "hex")],
    ["no-log", Buffer.from("!<arch>\ndebian-binary")],
    ["no-log", Buffer.from("%PDF-1.7")],
    ["text", Buffer.from("PERFILE is no magic")],
    ["text", Buffer.from("[    0.000000] Linux version 6.1.0")],
    ["text", Buffer.from("BZh9 is how bzip2 starts")],
    ["text", Buffer.alloc(10_240)],
    ["text", Buffer.alloc(0)],
  ])("%s", (format, head) => {
    expect(formatOf(head)).toBe(format);
  });

  it("is text where less than a magic is there", () => {
    for (const head of [gzipSync("x"), Buffer.from("LPKSHHRH"), Buffer.from("fd377a585a00", "hex")])
      expect(formatOf(head.subarray(0, 2))).toBe("text");
    expect(formatOf(archive(member({ path: "a" })).subarray(0, 511))).toBe("text");
  });

  it("is something for whatever bytes", () => {
    fc.assert(
      fc.property(fc.uint8Array({ maxLength: 600 }), (bytes) => {
        expect(typeof formatOf(Buffer.from(bytes))).toBe("string");
      }),
    );
  });
});
