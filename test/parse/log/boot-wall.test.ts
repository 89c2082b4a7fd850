import { describe, expect, it } from "vitest";
import { type WallForm, wallSecondsOf, wallText } from "../../../src/core/base/wall-time.ts";
import { BootWall } from "../../../src/parse/log/boot-wall.ts";
import type { LogLine } from "../../../src/parse/log/line/log-line.ts";
import { parseLogLine } from "../../../src/parse/log/line/parse-log-line.ts";

const form = { shows: "date", zone: "Z", byDmesg: false } as const;
const plain = parseLogLine("usb 1-1: new device");
/** Noon of some day. */
const noon = Date.UTC(2016, 2, 22, 12) / 1000;

/** A line stamped `wall` seconds after noon by the wall clock, and `at` by the kernel's. */
function line(wall: number | null, at: number | null = null, more: Partial<LogLine> = {}): LogLine {
  return { ...plain, wall: wall === null ? null : noon + wall, wallForm: wall === null ? null : form, at, ...more };
}
/** A line of the journal, with its monotonic stamp. */
const stored = (wall: number, storedAt: number): LogLine => line(wall, null, { storedAt, origin: "kernel" });

function read(...lines: readonly LogLine[]): BootWall {
  const boot = new BootWall();
  for (const each of lines) boot.take(each);
  return boot;
}
const adjusted = (...lines: readonly LogLine[]): unknown => read(...lines).clock("printk", true)?.adjusted;

/** When the boot began, in seconds after noon. */
function began(boot: BootWall, fromStart = true): readonly (number | null)[] | null {
  const span = boot.clock("printk", fromStart)?.began ?? null;
  const seconds = (text: string | null): number | null =>
    text === null ? null : (wallSecondsOf(text, form) ?? Number.NaN) - noon;
  return span === null ? null : [seconds(span.notBefore), seconds(span.notAfter)];
}

describe("BootWall: a clock that was changed", () => {
  it("was set back where a stamp runs back by more than 2 s", () => {
    expect(adjusted(line(10), line(8))).toBeNull();
    expect(adjusted(line(10), line(7.75))).toBe("back");
  });

  it("ran ahead where it ran on by more than a minute longer than the kernel's", () => {
    expect(adjusted(line(0, 0), line(70, 10))).toBeNull();
    expect(adjusted(line(0, 0), line(70.25, 10))).toBe("ahead");
  });

  it("ran ahead, or back, by more than 2 s of the journal's own", () => {
    expect(adjusted(stored(0, 0), stored(12, 10))).toBeNull();
    expect(adjusted(stored(0, 0), stored(12.25, 10))).toBe("ahead");
    expect(adjusted(stored(0, 0), stored(8, 10))).toBeNull();
    expect(adjusted(stored(0, 0), stored(7.75, 10))).toBe("back");
  });

  it("is not compared on lines whose kernel's stamp is a program's, quoted or typed", () => {
    for (const more of [{ origin: "user" }, { quoted: true }, { typed: true }] as const)
      expect(adjusted(line(10), line(0, 1, more))).toBeNull();
    // The journal stamps a program's line by both clocks.
    expect(adjusted(line(10), line(0, null, { origin: "user", storedAt: 1 }))).toBe("back");
  });
});

describe("BootWall: a time of day that begins again", () => {
  const ofDay: WallForm = { shows: "time-of-day", zone: null };
  const day = (...seconds: readonly number[]): unknown =>
    read(...seconds.map((wall) => ({ ...line(0), wall, wallForm: { ...ofDay, byDmesg: false } }))).clock("wall", true)
      ?.adjusted;

  it("has run past midnight where it runs back by more than nine tenths of a day", () => {
    expect(day(80_000, 2_239)).toBeNull();
    expect(day(80_000, 2_240)).toBe("back");
  });

  it("runs past one midnight after another", () => {
    expect(day(80_000, 2_000, 80_000, 2_000, 2_100)).toBeNull();
    expect(day(80_000, 2_000, 1_997)).toBe("back");
  });
});

describe("BootWall: when the boot began", () => {
  it("is known where two lines came 2 s apart by both clocks, within a second", () => {
    expect(began(read(line(10, 5), line(12, 7)))).toEqual([5, 7]);
    expect(began(read(line(10, 5), line(11, 6)))).toEqual([null, 7]);
    expect(began(read(line(10, 5), line(12, 6)))).toEqual([5, 7]);
    expect(began(read(line(10, 5), line(13, 6)))).toEqual([null, 7]);
  });

  it("is measured from an earlier difference where that is shorter by more than a second", () => {
    expect(began(read(line(10, 5), line(12, 8)))).toEqual([4, 6]);
    expect(began(read(line(10, 5), line(12, 9)))).toEqual([null, 5]);
  });

  it("is known to the second that a writer needs, and to the two that dmesg leaves out", () => {
    const tagged = { origin: "kernel" } as const;
    expect(began(read(line(10, 5, tagged), line(12, 7, tagged)))).toEqual([5, 6]);
    expect(began(read(line(10.5, 5), line(12.5, 7)))).toEqual([4.5, 5.5]);
    expect(began(read(stored(10, 5)))).toEqual([5, 6]);
  });

  it("is the first line of a dmesg that counts from the kernel's own stamps, and else only a bound", () => {
    const counted = { wallForm: { ...form, byDmesg: true } };
    expect(began(read(line(3, null, counted)))).toEqual([3, 4]);
    expect(began(read(line(3, null, counted)), false)).toEqual([null, 4]);
    expect(began(read(line(3)))).toEqual([null, 4]);
  });

  it("is counted anew from the kernel's version line on", () => {
    const boot = read(line(0, 90), line(50, 140));
    boot.begin(line(100, 0));
    expect(began(boot)).toEqual([null, 102]);
    boot.take(line(102, 2));
    expect([began(boot), boot.sinceFirst(noon + 102)]).toEqual([[100, 102], 2]);
  });

  it("is not counted anew where the version line has no stamp", () => {
    const boot = read(line(0, 0), line(2, 2));
    boot.begin(line(null));
    expect([began(boot), boot.sinceFirst(noon + 2)]).toEqual([[0, 2], 2]);
  });
});

describe("BootWall: what its stamps show", () => {
  const first = (...lines: readonly LogLine[]): unknown => read(...lines).clock("wall", true)?.first;

  it("is a moment where at least half of the lines have a stamp", () => {
    expect(first(line(0), line(null))).toBe(wallText(noon, form));
    expect(first(line(0), line(null), line(null))).toBeNull();
    expect(first(line(0), line(1), line(null), line(null), line(null))).toBeNull();
  });

  it("is a time since the first line, and none before it or without a stamp", () => {
    const boot = read(line(4));
    expect([4, 5, 3].map((wall) => boot.sinceFirst(noon + wall))).toEqual([0, 1, null]);
    expect([boot.sinceFirst(null), new BootWall().sinceFirst(noon)]).toEqual([null, null]);
  });

  it("is exact to the second, or to the microsecond where a stamp has a fraction", () => {
    const resolution = (...lines: readonly LogLine[]): unknown => read(...lines).clock("wall", true)?.resolution;
    expect([resolution(line(1), line(2)), resolution(line(1), line(2.5), line(3))]).toEqual([1, 1e-6]);
  });

  it("is when the writer got the line, where lines with the kernel's tag have no other stamp", () => {
    const since = (origin: LogLine["origin"], stamps: "wall" | "printk"): unknown =>
      read(line(1, null, { origin })).clock(stamps, true)?.sinceWriter;
    expect([since("kernel", "wall"), since("kernel", "printk"), since("unsaid", "wall")]).toEqual([true, false, false]);
  });
});
