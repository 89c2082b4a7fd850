import { describe, expect, it } from "vitest";
import { readinessLine } from "../../../src/render/verdict.ts";
import { bootsInPieces } from "./reading-logs.ts";

const started = Date.UTC(2016, 2, 22, 18, 17, 17, 123);
const iso = (at: number): string => new Date(started + at * 1000).toISOString();
const time = (at: number): string => iso(at).slice(11, 19);
const micro = (at: number): string => `${iso(at).slice(11, 23)}456`;

/** What is in front of a line of the kernel's that was taken in so many seconds after the log's writer started. */
type Front = (at: number) => string;

/** Written by the journal, or by a syslog daemon: with the resolution of the stamps. */
const byWriter: readonly (readonly [name: string, resolution: number, front: Front])[] = [
  ["journalctl", 1, (at) => `Mar 22 ${time(at)} host kernel: `],
  ["journalctl --no-hostname", 1, (at) => `Mar 22 ${time(at)} kernel: `],
  ["journalctl -o short-precise", 1e-6, (at) => `Mar 22 ${micro(at)} host kernel: `],
  ["journalctl -o short-full", 1, (at) => `Tue 2016-03-22 ${time(at)} UTC host kernel: `],
  ["journalctl -o short-iso", 1, (at) => `2016-03-22T${time(at)}+0000 host kernel: `],
  ["journalctl -o short-iso-precise", 1e-6, (at) => `2016-03-22T${micro(at)}+00:00 host kernel: `],
  ["journalctl -o short-unix", 1e-6, (at) => `${((started + at * 1000) / 1000).toFixed(6)} host kernel: `],
  ["syslog of RFC 5424", 1e-6, (at) => `<5>1 ${iso(at)} host kernel - - - `],
  ["a syslog whose days come first", 1, (at) => `22 Mar ${time(at)} host kernel: `],
];
/** Stamped as the lines came, or counted from the kernel's own stamps. */
const asTheyCame: readonly (readonly [name: string, front: Front])[] = [
  ["dmesg -T", (at) => `[Tue Mar 22 ${time(at)} 2016] `],
  ["a terminal program", (at) => `[${time(at)}] `],
];

/** The kernel's lines from before the writer started all bear the second in which it did. */
const logOf = (front: Front, readyAt: number): string =>
  [
    [0, "Linux version 6.1.0 (x@y) (gcc) #1 SMP"],
    [0, "usb 1-1: new high-speed USB device number 2"],
    [0, "EXT4-fs (sda1): mounted filesystem"],
    [readyAt, "random: crng init done"],
    [9, "usb 1-2: new high-speed USB device number 3"],
  ]
    .map(([at, text]) => `${front(Number(at))}${text}\n`)
    .join("");

describe("readiness by the stamps of the log's writer", () => {
  it.each(byWriter)("is no later than its start, among the lines that %s stamps alike", (_name, resolution, front) => {
    const [record] = bootsInPieces(logOf(front, 0));
    expect(record?.readiness).toMatchObject({
      level: "ready",
      readyAt: null,
      exact: false,
      byWallClock: { since: "writer-start", notBefore: null, notAfter: resolution },
    });
  });

  it.each(byWriter)("is an interval after its start, by %s", (_name, resolution, front) => {
    const [record] = bootsInPieces(logOf(front, 7));
    const { byWallClock, readyAt, notAfter } = record?.readiness ?? {};
    expect([byWallClock?.since, readyAt, notAfter]).toEqual(["writer-start", null, null]);
    expect(byWallClock?.notBefore).toBeCloseTo(7 - resolution, 5);
    expect(byWallClock?.notAfter).toBeCloseTo(7 + resolution, 5);
  });

  it("is reported as a bound, from the writer's start", () => {
    for (const [, , front] of byWriter) {
      const text = (readyAt: number): string =>
        bootsInPieces(logOf(front, readyAt))
          .map((record) => readinessLine(record))
          .join("\n");
      expect(text(0)).toContain("before this log's writer (the journal or syslog) started");
      expect(text(7)).toMatch(
        /no later than [78](?:\.\d+)? s after this log's writer \(the journal or syslog\) started/,
      );
    }
  });
});

describe("readiness by stamps of lines as they came", () => {
  it.each(asTheyCame)("is an interval after the boot's first line, by %s", (_name, front) => {
    const [record] = bootsInPieces(logOf(front, 7));
    expect(record?.readiness.byWallClock).toEqual({ since: "first-line", notBefore: 6, notAfter: 8 });
  });
});

describe("readiness by the kernel's own stamp", () => {
  it("needs no wall clock", () => {
    const [record] = bootsInPieces(
      logOf((at) => `Mar 22 ${time(at)} host kernel: [${(at + 4).toFixed(6).padStart(12)}] `, 7),
    );
    expect(record?.readiness).toMatchObject({ readyAt: 11, exact: true, byWallClock: null });
  });
});
