import { describe, expect, it } from "vitest";
import { parseMappings } from "../../../src/parse/proc/proc-maps.ts";
import { bytesWithin, safeRanges } from "../../../src/parse/proc/safe-ranges.ts";

const types = new Map([
  ["8:2", "ext4"],
  ["0:45", "fuse.sshfs"],
  ["0:46", "tmpfs"],
]);
const line = (range: string, device: string): string => `${range} r--p 00000000 ${device} 17 /a`;
const mappings = parseMappings(
  [
    line("1000-3000", "08:02"),
    line("3000-4000", "00:2e"),
    line("4000-5000", "00:2d"),
    line("5000-6000", "00:00"),
    line("8000-9000", "08:02"),
    line("9000-a000", "00:63"),
  ].join("\n"),
);
const ranges = safeRanges(mappings, types);

describe("safeRanges", () => {
  it("are joined where they meet, without files of FUSE and those of a mount that is not known", () => {
    expect(ranges).toEqual([
      { start: 0x1000, end: 0x4000 },
      { start: 0x5000, end: 0x6000 },
      { start: 0x8000, end: 0x9000 },
    ]);
  });

  it("do not hold what is after the last mapping that was listed", () => {
    const many = Array.from({ length: 8193 }, (_, index) => {
      const [start, end] = [index * 2 + 1, index * 2 + 2].map((page) => (page * 0x1000).toString(16));
      return line(`${start}-${end}`, "08:02");
    });
    const listed = safeRanges(parseMappings(many.join("\n")), types);
    expect(bytesWithin(listed, (8191 * 2 + 1) * 0x1000, 8)).toBe(8);
    expect(bytesWithin(listed, (8192 * 2 + 1) * 0x1000, 8)).toBe(0);
  });
});

describe("bytesWithin", () => {
  it.each([
    [0, 0x1001, 0],
    [0xfff, 8, 0],
    [0x1000, 8, 8],
    [0x1000, 0x3000, 0x3000],
    [0x1000, 0x3001, 0x3000],
    [0x3fff, 8, 1],
    [0x4000, 8, 0],
    [0x4fff, 8, 0],
    [0x5000, 0x10_000, 0x1000],
    [0x7fff, 8, 0],
    [0x8fff, 8, 1],
    [0x9000, 1, 0],
    [0x8000, 0, 0],
  ])("from %i on, of %i bytes: %i", (address, bytes, within) => {
    expect(bytesWithin(ranges, address, bytes)).toBe(within);
  });

  it("is 0 without ranges, and of what is no address", () => {
    expect(bytesWithin([], 0, 8)).toBe(0);
    expect(bytesWithin(ranges, Number.NaN, 8)).toBe(0);
    expect(bytesWithin(ranges, -8, 8)).toBe(0);
  });
});
