import { describe, expect, it } from "vitest";
import type { BootRecord } from "../../../src/core/boot-record.ts";
import { wallWords } from "../../../src/render/wall-words.ts";
import { bootsInPieces } from "./reading-logs.ts";

/** 17 s and a bit: the boot of these logs began here, by the wall clock. */
const began = Date.UTC(2016, 2, 22, 18, 17, 17, 250);
const iso = (at: number): string => new Date(began + at * 1000).toISOString();
const day = (at: number): string => iso(at).slice(0, 10);
const time = (at: number): string => iso(at).slice(11, 19);
const micro = (at: number): string => `${iso(at).slice(11, 23)}000`;
const kernelStamp = (at: number): string => `[${at.toFixed(6).padStart(12)}] `;

/** The kernel's messages; the third, `readyAt` seconds after its start, reports readiness. */
const messages = (readyAt: number): readonly (readonly [at: number, text: string])[] => [
  [0, "Linux version 6.1.0 (x@y) (gcc) #1 SMP"],
  [0.5, "usb 1-1: new high-speed USB device number 2"],
  [readyAt, "random: crng init done"],
  [readyAt + 3, "usb 1-2: new high-speed USB device number 3"],
  [readyAt + 9, "usb 1-3: new high-speed USB device number 4"],
];

/** A log whose writer starts 2 s after the kernel: earlier messages carry that time. */
const writerStart = 2;
const written = (at: number): number => Math.max(at, writerStart);

type Front = (at: number) => string;
/** In front of a message by journald or a syslog daemon: how its moments are written, and what they leave out. */
const byWriter: readonly (readonly [name: string, date: string, zone: string, unknown: string | null, Front])[] = [
  ["journalctl", "Mar 22", "", "year and time zone", (at) => `Mar 22 ${time(at)} host kernel: `],
  ["short-precise", "Mar 22", "", "year and time zone", (at) => `Mar 22 ${micro(at)} host kernel: `],
  ["short-full", "2016-03-22", " UTC", null, (at) => `Tue 2016-03-22 ${time(at)} UTC host kernel: `],
  ["short-full abroad", "2016-03-22", " CET", null, (at) => `Tue 2016-03-22 ${time(at)} CET host kernel: `],
  ["short-full, no name", "2016-03-22", " -03:00", null, (at) => `Tue 2016-03-22 ${time(at)} -03 host kernel: `],
  ["short-iso", "2016-03-22", " +01:00", null, (at) => `2016-03-22T${time(at)}+0100 host kernel: `],
  ["short-iso-precise", "2016-03-22", " +00:00", null, (at) => `2016-03-22T${micro(at)}+00:00 host kernel: `],
  ["short-unix", "2016-03-22", " UTC", null, (at) => `${(began / 1000 + at).toFixed(6)} host kernel: `],
  ["RFC 5424", "2016-03-22", " UTC", null, (at) => `<5>1 ${iso(at)} host kernel - - - `],
  ["a German syslog", "Mar 22", "", "year and time zone", (at) => `22 Mär ${time(at)} host kernel: `],
  ["syslog with a year", "2016-03-22", "", "time zone", (at) => `Mar 22 2016 ${time(at)} host kernel: `],
];

function onlyBoot(text: string): BootRecord {
  const records = bootsInPieces(text);
  expect(records).toHaveLength(1);
  return records[0] as BootRecord;
}

const log = (readyAt: number, line: (at: number, text: string) => string): string =>
  messages(readyAt)
    .map(([at, text]) => `${line(at, text)}\n`)
    .join("");

const ending = (unknown: string | null): string =>
  ` (by the log's own timestamps${unknown === null ? "" : `; ${unknown} unknown`})`;

describe("a log's wall clock", () => {
  it.each(byWriter)(
    "shows when the boot began and when it was ready, beside the kernel's stamps: %s",
    (_name, date, zone, unknown, front) => {
      const words = wallWords(onlyBoot(log(7, (at, text) => `${front(written(at))}${kernelStamp(at)}${text}`)));
      // The moments are 18:17:17.25 and 18:17:24.25.
      expect((words ?? "").replace(/18:17:23/, "18:17:24").replace(/18:17:16/, "18:17:17")).toBe(
        `ready ${date} 18:17:24 to 18:17:25${zone}; the boot began ${date} 18:17:17 to 18:17:18${zone}${ending(unknown)}`,
      );
    },
  );

  it.each(byWriter)(
    "shows no more than a bound for what was said before the writer started: %s",
    (_name, date, zone, unknown, front) => {
      const words = wallWords(onlyBoot(log(1, (at, text) => `${front(written(at))}${text}`)));
      const bound = `no later than ${date} 18:17:20${zone}`;
      expect(words).toBe(`ready ${bound}; the boot began ${bound}${ending(unknown)}`);
    },
  );

  it.each(byWriter)(
    "shows the second of a line that the running writer took in: %s",
    (_name, date, zone, unknown, front) => {
      const record = onlyBoot(log(7, (at, text) => `${front(written(at))}${text}`));
      expect((wallWords(record) ?? "").replace(/18:17:23/, "18:17:24")).toBe(
        `ready ${date} 18:17:24 to 18:17:25${zone}; the boot began no later than ${date} 18:17:20${zone}${ending(unknown)}`,
      );
      expect(record.readiness.readyAt).toBeNull();
    },
  );

  it("of dmesg -T counts from the kernel's own stamps, so that its first line is the boot's start", () => {
    const words = wallWords(onlyBoot(log(7, (at, text) => `[Tue Mar 22 ${time(at)} 2016] ${text}`)));
    expect(words).toBe(
      "ready 2016-03-22 18:17:24 to 18:17:26; the boot began 2016-03-22 18:17:17 to 18:17:18 (by the log's own timestamps; time zone unknown)",
    );
  });

  it("of dmesg --time-format=iso has its zone", () => {
    const words = wallWords(onlyBoot(log(7, (at, text) => `${day(at)}T${time(at)},250000+01:00 ${text}`)));
    expect(words).toContain("ready 2016-03-22 18:17:24 to 18:17:25 +01:00");
  });

  it("of a terminal program shows the time of day, and no start where the first lines may have come late", () => {
    const words = wallWords(onlyBoot(log(7, (at, text) => `[${time(at)}] ${text}`)));
    expect(words).toBe(
      "ready 18:17:24 to 18:17:26; the boot began no later than 18:17:18 (by the log's own timestamps; date and time zone unknown)",
    );
  });

  it("of a journal's entries is exact, as both of its clocks are read at once: export, JSON and verbose", () => {
    const realtime = (at: number): number => (began + written(at) * 1000) * 1000;
    const monotonic = (at: number): number => written(at) * 1e6;
    const entry = (at: number, text: string): Readonly<Record<string, string>> => ({
      __REALTIME_TIMESTAMP: `${realtime(at)}`,
      __MONOTONIC_TIMESTAMP: `${monotonic(at)}`,
      _TRANSPORT: "kernel",
      _SOURCE_MONOTONIC_TIMESTAMP: `${at * 1e6}`,
      MESSAGE: text,
    });
    const logs = [
      log(1, (at, text) => JSON.stringify(entry(at, text))),
      `${log(1, (at, text) =>
        Object.entries({ __CURSOR: "s=1;i=2", ...entry(at, text) })
          .map(([name, value]) => `${name}=${value}\n`)
          .join(""),
      )}\n`,
      log(1, (at, text) =>
        [
          `Tue 2016-03-22 ${time(written(at))} UTC [s=ab;i=1;b=cd;m=${monotonic(at).toString(16)};t=${realtime(at).toString(16)};x=ef]`,
          ...["_TRANSPORT", "_SOURCE_MONOTONIC_TIMESTAMP", "MESSAGE"].map(
            (name) => `    ${name}=${entry(at, text)[name]}`,
          ),
        ].join("\n"),
      ),
    ];
    for (const text of logs) {
      const record = onlyBoot(text);
      expect(record.covers?.wall?.began).toEqual({
        notBefore: "2016-03-22T18:17:16.25Z",
        notAfter: "2016-03-22T18:17:17.25Z",
      });
      expect(record.readiness.wall).toEqual({
        notBefore: "2016-03-22T18:17:17.25Z",
        notAfter: "2016-03-22T18:17:18.25Z",
      });
    }
  });
});

describe("a wall clock that does not show a moment", () => {
  const syslog = (at: number, text: string, stamp: string): string => `${stamp} host kernel: ${kernelStamp(at)}${text}`;

  it("is that of a dump, whose lines all bear the time at which it was written: only a bound", () => {
    const words = wallWords(
      onlyBoot(log(7, (at, text) => `2016-03-22T20:00:0${at > 7 ? 1 : 0}.5Z ${kernelStamp(at)}${text}`)),
    );
    expect(words).toMatch(/^ready no later than 2016-03-22 .* UTC; the boot began no later than 2016-03-22 .* UTC \(/);
  });

  it("is one that was set back meanwhile", () => {
    const text = log(7, (at, message) => syslog(at, message, `Mar 22 ${time(at > 5 ? at - 3600 : at)}`));
    const record = onlyBoot(text);
    expect([record.readiness.wall, record.covers?.wall?.began, record.readiness.readyAt]).toEqual([null, null, 7]);
    expect(wallWords(record)).toBe("unknown: the log's clock was set back while the log was written");
  });

  it("is said to have been set forward, or to have run on in a suspend, where it ran ahead of the kernel's", () => {
    const text = log(7, (at, message) => syslog(at, message, `Mar 22 ${time(at > 12 ? at + 3600 : at)}`));
    expect(wallWords(onlyBoot(text))).toMatch(
      /^ready Mar 22 18:17:2.*; this clock was set forward later, or the machine was suspended\)$/,
    );
  });

  it("is one whose months are of a language that is not known for certain: 'sie' is August in Polish", () => {
    const record = onlyBoot(log(7, (at, message) => syslog(at, message, `sie 22 ${time(at)}`)));
    expect([record.covers?.wall?.shows, wallWords(record)]).toEqual([null, null]);
  });

  it("is what a single line says, in a log whose lines have no stamps", () => {
    const text = log(7, (at, message) => (at > 12 ? `Mar 22 ${time(at)} ${message}` : message));
    const record = onlyBoot(text);
    expect([record.covers?.wall?.shows ?? null, wallWords(record)]).toEqual([null, null]);
  });

  it("is none at all in a log of the kernel's stamps", () => {
    expect(wallWords(onlyBoot(log(7, (at, message) => `${kernelStamp(at)}${message}`)))).toBeNull();
  });
});

describe("a wall clock that starts again", () => {
  it.each<[name: string, stamp: (at: number) => string, words: RegExp]>([
    [
      "past midnight, without a date",
      (at) => `[${new Date(Date.UTC(2016, 2, 22, 23, 59, 55) + at * 1000).toISOString().slice(11, 19)}] `,
      /^ready 00:00:0[12] to 00:00:04; the boot began 23:59:5[45] to 23:59:57/,
    ],
    [
      "past the end of a year, without a year",
      (at) =>
        at < 5
          ? `Dec 31 23:59:${55 + Math.floor(at)} host kernel: `
          : `Jan  1 00:00:0${Math.floor(at) - 5} host kernel: `,
      /^ready Jan 1 00:00:0\d to 00:00:0\d; the boot began Dec 31 23:59:5/,
    ],
  ])("runs on %s", (_name, stamp, words) => {
    const text = messages(7)
      .slice(0, 4)
      .map(([at, message]) => `${stamp(at)}${kernelStamp(at)}${message}\n`)
      .join("");
    expect(wallWords(onlyBoot(text))).toMatch(words);
  });
});
