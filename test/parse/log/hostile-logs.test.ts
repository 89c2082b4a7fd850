import * as fc from "fast-check";
import { describe, expect, it } from "vitest";
import { type BootRecord, type BoundedList, bounds } from "../../../src/core/boot-record.ts";
import { kernelMessages } from "../../../src/parse/kernel-log/kernel-messages.ts";
import { LogReader } from "../../../src/parse/log/log-reader.ts";
import { hostileTexts } from "../../support/inputs/hostile-texts.ts";
import { bootsInPieces, idleLines, type Log, stamp } from "./reading-logs.ts";

/** What holds of the records of any log, whatever is in it. */
function expectSound(boots: readonly BootRecord[], log: Log): void {
  const bytes = Buffer.from(log);
  const lines = bytes.filter((byte) => byte === 0x0a).length + (bytes.length === 0 || bytes.at(-1) === 0x0a ? 0 : 1);
  let next = 1;
  for (const boot of boots) {
    // No NaN and no Infinity, which JSON makes null, and nothing undefined, which it leaves out.
    expect(JSON.parse(JSON.stringify(boot))).toStrictEqual(boot);
    const { covers, readiness, observed, gaps } = boot;
    expect(wrongIn(boot)).toEqual([]);
    const [first, last] = [covers?.firstLine ?? 0, covers?.lastLine ?? 0];
    // One physical line may hold the end of a boot and the start of the next.
    expect(first).toBeGreaterThanOrEqual(next - 1);
    expect(last).toBeGreaterThanOrEqual(first);
    expect(last).toBeLessThanOrEqual(lines);
    const places = [
      readiness,
      ...boot.earlyUses,
      ...boot.reseeds,
      ...boot.waits,
      ...observed.readyLines,
      ...observed.earlyInits,
      ...observed.missed,
      ...observed.notes,
    ];
    for (const { line: at } of places.filter((place) => place.line !== null))
      expect([at, at !== null && at >= first && at <= last]).toEqual([at, true]);
    for (const { from, to } of gaps) expect(from ?? 0).toBeLessThanOrEqual(to ?? Infinity);
    next = last + 1;
  }
}

function wrongIn({ readiness, covers, observed, ...record }: BootRecord): readonly string[] {
  const { notBefore, notAfter, readyAt, exact, level } = readiness;
  const lists = { ...record, ...observed } as unknown as Readonly<
    Record<BoundedList, readonly { readonly line?: number | null; readonly seq?: number | null }[]>
  >;
  const ordered = (["earlyUses", "reseeds", "readyLines", "earlyInits", "missed", "notes"] as const).every((name) => {
    const places = lists[name].filter(({ seq }) => seq === null).map(({ line }) => line ?? 0);
    return places.every((line, index) => index === 0 || line >= (places[index - 1] ?? 0));
  });
  const wrong: readonly (readonly [string, boolean])[] = [
    ["an interval that ends before it starts", notBefore !== null && notAfter !== null && notBefore > notAfter],
    ["exact without a moment", exact && readyAt === null],
    ["a moment without readiness", readyAt !== null && level !== "ready"],
    [
      "ready without a line, or a line without it",
      // A log that mixes two machines decides nothing.
      record.course?.interleaved !== true && (level === "ready") !== observed.readyLines.length > 0,
    ],
    [
      "a line that is not the ready line's",
      readiness.line !== null && !observed.readyLines.some(({ line }) => line === readiness.line),
    ],
    ["a log that ends before it starts", (covers?.firstAt ?? 0) > (covers?.lastAt ?? Infinity)],
    ["lines out of order", !ordered],
    [
      "a list beyond its bound",
      Object.entries(bounds).some(
        ([name, bound]) => name !== "curve" && (lists[name as BoundedList]?.length ?? 0) > bound,
      ),
    ],
    ["a count below nothing", Object.values(record.dropped).some((count) => count < 0)],
  ];
  return wrong.filter(([, holds]) => holds).map(([what]) => what);
}

const moment = fc.oneof(
  { weight: 6, arbitrary: fc.nat(400).map((quarters) => stamp(quarters / 4)) },
  { weight: 1, arbitrary: fc.bigInt({ min: 0n, max: 10n ** 21n }).map((second) => `[${second}.000000]`) },
  {
    weight: 1,
    arbitrary: fc.constantFrom(
      "[   -1.000000]",
      "[         NaN]",
      "[    Infinity]",
      "[    1e3.000000]",
      "[    0.000000",
      "[999999999999.999999]",
      "[ 0.5]",
      "[]",
    ),
  },
);
const clock = fc.oneof(
  fc
    .tuple(fc.nat(31), fc.nat(23), fc.nat(59))
    .map(
      ([day, hour, minute]) =>
        `Mar ${String(day).padStart(2)} ${String(hour).padStart(2, "0")}:${String(minute).padStart(2, "0")}:07 `,
    ),
  fc.constantFrom(
    "9999-99-99T99:99:99Z ",
    "0000-00-00 00:00:00.999999999 ",
    "9999999999.999999999 ",
    "[10:56:27] ",
    "[Fri Feb  3 12:32:49 9999] ",
    "02-30 24:60:60.583 ",
    "Feb 31 00:00:00 ",
  ),
);
const front = fc.oneof(
  moment,
  clock,
  fc.constantFrom(
    "<5>",
    "<13>",
    "<9999>",
    "kern  :notice: ",
    "user.info ",
    "host kernel: ",
    "kernel: ",
    "host app[7]: ",
    "host systemd-journald[1]: ",
    "[    T1] ",
    "(0)[1:x]",
    "> ",
    "<p>",
    "\u001b[31m",
    "12:",
    "boot.log:",
    " ",
    "\0",
    "I/",
    "0 0 I ",
    "-- ",
  ),
);
const kmsg = fc
  .tuple(
    fc.constantFrom("5", "13", "0", "9999"),
    fc.oneof(fc.nat(99).map(String), fc.constantFrom("9".repeat(20), "1".repeat(19))),
    fc.oneof(fc.nat(99_000_000).map(String), fc.constant("9".repeat(20))),
  )
  .map(([priority, seq, at]) => `${priority},${seq},${at},-;`);
const message = fc.oneof(
  fc.constantFrom(...kernelMessages.map(({ example }) => example)),
  fc.constantFrom(
    "random: crng init",
    "done",
    "random: a: uninitialized urandom read (999999999 bytes read)",
    "random: =",
    "INFO: task a:1 blocked for more than 120 seconds.",
    "Call Trace:",
    " wait_for_random_bytes+0x1/0x2",
    " __x64_sys_getrandom+0x1/0x2",
  ),
  fc.constantFrom(
    "** 999999999 printk messages dropped **",
    "Missed 7 kernel messages",
    "Missed 999999999 kernel messages",
  ),
  fc.string({ unit: "binary", maxLength: 12 }),
);
const number = fc.oneof(
  fc.nat(99_000_000).map(String),
  fc.constantFrom("9".repeat(20), "9".repeat(21), "-1", "NaN", "1e5", ""),
  fc.double(),
);
const entry = fc
  .record(
    {
      _BOOT_ID: fc.constantFrom("a".repeat(32), "b".repeat(32), "", "x"),
      _TRANSPORT: fc.constantFrom("kernel", "syslog"),
      __MONOTONIC_TIMESTAMP: number,
      _SOURCE_MONOTONIC_TIMESTAMP: number,
      __REALTIME_TIMESTAMP: number,
      SYSLOG_FACILITY: fc.constantFrom("0", "1", "x"),
      SYSLOG_IDENTIFIER: fc.constantFrom("kernel", "systemd-journald"),
      MESSAGE: fc.oneof(message, fc.array(fc.nat(300)), fc.constant(null)),
    },
    { requiredKeys: [] },
  )
  .map((fields) => JSON.stringify(fields));
/** Lines of entries that take several: `journalctl -o json-pretty` and `verbose`, `dmesg --json`. */
const blockLine = fc.oneof(
  fc.constantFrom(
    "{",
    "}",
    "   },{",
    "   {",
    '"dmesg": [',
    "]",
    '"_TRANSPORT" : "kernel",',
    '"pri": 5,',
    '"pri": -1,',
    '"time":     1.000000,',
    '"time": 1e999,',
    '"_BOOT_ID" : "a"',
    '"MESSAGE" : null',
  ),
  fc
    .tuple(fc.constantFrom("MESSAGE", "msg", "_SOURCE_MONOTONIC_TIMESTAMP"), fc.oneof(message, number))
    .map(([name, value]) => `  "${name}" : ${JSON.stringify(value)}`),
  fc.constantFrom(
    "Tue 2016-03-22 18:17:17.592123 UTC [s=1;i=2;b=3;m=1e240;t=4;x=5]",
    `Tue 2016-03-22 18:17:17.592123 UTC [s=1;i=2;m=${"f".repeat(40)};t=4]`,
    "    _TRANSPORT=kernel",
    "    _SOURCE_MONOTONIC_TIMESTAMP=99",
    "    MESSAGE=random: crng init done",
    "            random: crng init done",
  ),
);
const anyLine = fc.oneof(
  {
    weight: 8,
    arbitrary: fc.tuple(fc.array(front, { maxLength: 3 }), message).map(([fronts, text]) => fronts.join("") + text),
  },
  { weight: 2, arbitrary: fc.tuple(kmsg, message).map((parts) => parts.join("")) },
  { weight: 2, arbitrary: entry },
  { weight: 3, arbitrary: blockLine },
  { weight: 1, arbitrary: fc.constantFrom("-- Reboot --", `-- Boot ${"c".repeat(32)} --`, "-- No entries --", "") },
);
const end = fc.oneof(
  { weight: 6, arbitrary: fc.constant("\n") },
  { weight: 1, arbitrary: fc.constantFrom("\r\n", "\r", "", "=\n", "\0\0\n", " \n") },
);
const grammar = fc
  .array(
    fc.tuple(anyLine, end).map((parts) => parts.join("")),
    { maxLength: 40 },
  )
  .map((lines) => lines.join(""));
const pieces = fc.array(fc.integer({ min: 1, max: 200 }), { minLength: 1, maxLength: 12 });

describe("a log of lines made of whatever parts", () => {
  it("has records that are sound", () => {
    fc.assert(
      fc.property(grammar, (log) => expectSound(bootsInPieces(log), log)),
      { numRuns: 600 },
    );
  });

  it("has the same records whichever way it is cut", () => {
    fc.assert(
      fc.property(grammar, pieces, (log, sizes) => {
        expect(bootsInPieces(log, sizes)).toEqual(bootsInPieces(log));
      }),
      { numRuns: 300 },
    );
  });

  it("has the same records deep in a long log, but for its place, where each line shows it", () => {
    const texts = fc.array(
      fc.tuple(
        fc.nat(4000),
        fc.constantFrom(
          "random: crng init done",
          "random: fast init done",
          "random: dd: uninitialized urandom read (16 bytes read)",
          "random: crng reseeded on system resumption",
        ),
      ),
      { minLength: 1, maxLength: 12 },
    );
    const start = "Linux version 6.1.0 (x@y) (gcc) #1 SMP";
    const idle = idleLines(20_500);
    const story = ({ readiness, earlyUses, earlyInit, reseeds, covers }: BootRecord, before: number): unknown => {
      const ofPlace = <T extends { readonly line: number | null }>(place: T): T => ({
        ...place,
        line: place.line === null ? null : place.line - before,
      });
      return [
        ofPlace(readiness),
        earlyUses.map(ofPlace),
        earlyInit === null ? null : ofPlace(earlyInit),
        reseeds.map(ofPlace),
        (covers?.lastLine ?? 0) - before,
      ];
    };
    fc.assert(
      fc.property(texts, (list) => {
        const log = `${stamp(0)} ${start}\n${list
          .toSorted(([a], [b]) => a - b)
          .map(([at, text]) => `${stamp(at / 8)} ${text}\n`)
          .join("")}`;
        const [alone] = bootsInPieces(log);
        const deep = bootsInPieces(idle + log).at(-1);
        if (alone === undefined || deep === undefined) throw new Error("no boot");
        expect(story(deep, 20_500)).toEqual(story(alone, 0));
      }),
      { numRuns: 10 },
    );
  });
});

describe("a log of arbitrary bytes", () => {
  it("has records that are sound, the same whichever way it is cut", () => {
    const bytes = fc.oneof(
      fc.uint8Array({ maxLength: 400 }).map((list) => Buffer.from(list)),
      fc
        .string({ unit: fc.constantFrom(...Array.from("[]<>(){}0159.:;,-=+ \n\r\t\0\u001bmrandom")), maxLength: 400 })
        .map((text) => Buffer.from(text)),
    );
    fc.assert(
      fc.property(bytes, pieces, (log, sizes) => {
        const boots = bootsInPieces(log);
        expectSound(boots, log);
        expect(bootsInPieces(log, sizes)).toEqual(boots);
      }),
      { numRuns: 300 },
    );
  });

  it("after the start of the export format has records that are sound", () => {
    const field = fc
      .tuple(
        fc.constantFrom(
          "MESSAGE",
          "_BOOT_ID",
          "_TRANSPORT",
          "_SOURCE_MONOTONIC_TIMESTAMP",
          "__MONOTONIC_TIMESTAMP",
          "x",
          "",
        ),
        fc.oneof(message, number.map(String), fc.constant("kernel")),
      )
      .map((parts) => parts.join("="));
    const part = fc.oneof(
      { weight: 6, arbitrary: field },
      { weight: 2, arbitrary: fc.constant("") },
      { weight: 1, arbitrary: fc.constantFrom("MESSAGE", "\u0003\0\0\0\0\0\0\0abc") },
    );
    fc.assert(
      fc.property(fc.array(part), pieces, (parts, sizes) => {
        const log = `__CURSOR=s=1\n${parts.join("\n")}`;
        const boots = bootsInPieces(log);
        expectSound(boots, log);
        expect(bootsInPieces(log, [16, ...sizes])).toEqual(boots);
      }),
      { numRuns: 300 },
    );
  });
});

// Ten times what is kept: more would show no more.
describe("a log of masses", { timeout: 120_000 }, () => {
  const version = "Linux version 6.1.0 (x@y) (gcc) #1 SMP";
  const repeated = (count: number, make: (index: number) => string): string =>
    Array.from({ length: count }, (_, index) => make(index)).join("");

  it.each<[what: string, count: number, text: (index: number) => string]>([
    ["boots by version lines", 5_000, () => `${stamp(0)} ${version}\n${stamp(1)} random: crng init done\n`],
    ["boots by stamps that run back", 5_000, (index) => `${stamp(index + 99)} x\n${stamp(0)} y\n`],
    [
      "boots by boot IDs",
      5_000,
      (index) => `{"_BOOT_ID":"${index}","_TRANSPORT":"kernel","MESSAGE":"random: crng init done"}\n`,
    ],
    ["boots by marks", 5_000, () => "-- Reboot --\nrandom: crng init done\n"],
  ])("keeps the latest 500 of %s, and counts the others", (_what, count, make) => {
    const text = repeated(count, make);
    const reader = new LogReader("boot.log");
    const boots = bootsInPieces(text, [1 << 20], reader);
    expect(boots).toHaveLength(500);
    expect(reader.droppedBoots).toBeGreaterThanOrEqual(count - 500);
    expectSound(boots, text);
  });

  it.each<[what: BoundedList, line: (index: number) => string]>([
    ["earlyUses", (index) => `random: p${index}: uninitialized urandom read (16 bytes read)`],
    ["readyLines", () => "random: crng init done"],
    ["earlyInits", () => "random: fast init done"],
    ["missed", () => "random: 7 urandom warning(s) missed due to ratelimiting"],
    ["reseeds", () => "random: crng reseeded on system resumption"],
    [
      "notes",
      () => "random: Missing cycle counter and fallback timer; RNG entropy collection will consequently suffer.",
    ],
  ])("keeps %s within their bound, and counts the others", (list, text) => {
    const count = 5_000;
    const log = repeated(count, (index) => `${stamp(index / 100)} ${text(index)}\n`);
    const [boot, ...more] = bootsInPieces(log, [1 << 20]);
    if (boot === undefined) throw new Error("no boot");
    expect(more).toEqual([]);
    expectSound([boot], log);
    const kept = list in boot ? boot[list as "earlyUses"] : boot.observed[list as "missed"];
    expect(kept).toHaveLength(bounds[list]);
    expect(boot.dropped[list]).toBe(count - bounds[list]);
  });
});

describe("an entry that never ends", () => {
  it.each([
    ["as JSON over several lines", '{\n"a": 1,\n'],
    ["as one JSON object of many lines", '"MESSAGE" : "random: crng init done",\n'],
    ["as text over several lines", "    MESSAGE=random: crng init done\n"],
  ])("hides no line after it: %s", (_how, lines) => {
    const start = "{\nTue 2016-03-22 18:17:17.592123 UTC [s=1;i=2;b=3;m=1e240;t=4;x=5]\n";
    const log = `${start}${lines.repeat(20_000)}${stamp(0)} Linux version 6.1.0 (x@y) (gcc) #1 SMP\n${stamp(2)} random: crng init done\n`;
    const boots = bootsInPieces(log, [1 << 20]);
    expectSound(boots, log);
    expect(boots.at(-1)?.readiness.readyAt).toBe(2);
  });
});

describe("a line that never ends", () => {
  it("of two megabytes is one line, and hides no other", () => {
    for (const filler of ["x", " ", "random: ", "\0", "[", "é"]) {
      const log = `${stamp(0)} Linux version 6.1.0 (x@y) (gcc) #1 SMP\n${stamp(1)} ${filler.repeat((2 << 20) / filler.length)}\n${stamp(2)} random: crng init done\n`;
      const boots = bootsInPieces(log, [1 << 16]);
      expect(boots).toMatchObject([{ readiness: { readyAt: 2, line: 3 }, covers: { lastLine: 3 } }]);
      expect(bootsInPieces(log)).toEqual(boots);
    }
  });
});

/**
 * Were a line read in time that grows with the square of its length, each of these would take longer than a test may.
 */
describe("lines that are one thing over and over are read in linear time", { timeout: 15_000 }, () => {
  /** Nearly as long as a line is read, so that its end is read as well. */
  const size = 65_000;
  it.each(hostileTexts)("%j", (thing) => {
    const text = thing.repeat(Math.floor(size / thing.length));
    const log = Buffer.from(
      [text, text + text, `${stamp(1)} ${text}`, `x${text}>>`, `Mar 22 18:17:17 host kernel: ${text}`]
        .map((line) => `${line}\n`)
        .join(""),
    );
    expectSound(bootsInPieces(log, [1 << 20]), log);
  });

  it("tags of a web page at a line's end, many of them", () => {
    const log = Buffer.from(`x${"<a>".repeat(size / 3)}>>\n`.repeat(15));
    expectSound(bootsInPieces(log, [1 << 20]), log);
  });

  it("a carriage return, which ends a line's part", () => {
    const log = Buffer.from(`${"\r".repeat(size)}\n${"\rrandom: crng init done".repeat(size / 23)}\n`.repeat(4));
    expectSound(bootsInPieces(log, [1 << 20]), log);
  });
});
