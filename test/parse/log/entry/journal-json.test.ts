import * as fc from "fast-check";
import { describe, expect, it } from "vitest";
import { journalFieldNames, lineOfEntry } from "../../../../src/parse/log/entry/journal-entry.ts";
import { objectIn, parseJournalJson } from "../../../../src/parse/log/entry/journal-json.ts";
import type { LogLine } from "../../../../src/parse/log/line/log-line.ts";
import { anyText } from "../../../support/inputs/any-text.ts";

/** What `journalctl -o json` prints of one record of the kernel's. */
const fields = {
  __CURSOR: "s=1",
  __REALTIME_TIMESTAMP: "1458685037592123",
  __MONOTONIC_TIMESTAMP: "7301000",
  _BOOT_ID: "0123456789abcdef0123456789abcdef",
  _TRANSPORT: "kernel",
  PRIORITY: "5",
  SYSLOG_FACILITY: "0",
  SYSLOG_IDENTIFIER: "kernel",
  _SOURCE_MONOTONIC_TIMESTAMP: "7284424",
  MESSAGE: "random: crng init done",
};
const { __CURSOR: _cursor, PRIORITY: _priority, ...kept } = fields;

const entry = (more: object): unknown => parseJournalJson(JSON.stringify(more));

it("objectIn: gives an object, and no other value of JSON", () => {
  expect(objectIn('{"a":1}')).toEqual({ a: 1 });
  for (const text of ["5", '"a"', "true", "null", "[1]", "{", ""]) expect(objectIn(text), text).toBeNull();
});

describe("a line of JSON from the journal", () => {
  it("is an entry, of which the fields that are read are kept", () => {
    expect(entry(fields)).toEqual({ kind: "entry", fields: kept });
  });

  it.each([
    ["json-seq", (text: string) => `\x1e${text}`],
    ["json-sse", (text: string) => `data: ${text}`],
    ["indented", (text: string) => `  ${text}  `],
    ["at a file's start", (text: string) => `\ufeff${text}`],
  ])("may be %s", (_how, printed) => {
    expect(parseJournalJson(printed(JSON.stringify(fields)))).toEqual({ kind: "entry", fields: kept });
  });

  it.each<[how: string, value: unknown, text: string | undefined]>([
    ["text", "größe", "größe"],
    ["the bytes of text that is not UTF-8", [...Buffer.from("größe\u001b[31m")], "größe\u001b[31m"],
    ["no byte at all", [], ""],
    ["null, since it is too long", null, undefined],
    ["several values, of which the first counts", ["a", "b"], "a"],
    ["several values, one of them bytes", [null, [0x62], "c"], "b"],
    ["a number, which the journal never prints", 7, undefined],
    ["numbers that are no bytes", [1, 256], undefined],
    ["numbers that are none", [1, 1.5], undefined],
    ["an object", { a: 1 }, undefined],
  ])("has as its message %s", (_how, value, text) => {
    expect(entry({ _TRANSPORT: "kernel", MESSAGE: value })).toEqual({
      kind: "entry",
      fields: { _TRANSPORT: "kernel", ...(text === undefined ? {} : { MESSAGE: text }) },
    });
  });

  it("has no field that it does not name itself", () => {
    expect(parseJournalJson('{"__proto__":{"MESSAGE":"a"},"constructor":"b","_BOOT_ID":"c"}')).toEqual({
      kind: "entry",
      fields: { _BOOT_ID: "c" },
    });
  });
});

describe("a line that a log collector wrapped", () => {
  it.each([
    [
      "Docker's json-file",
      '{"log":"[    7.284424] random: crng init done\\n","stream":"stdout","time":"2020-05-18T10:56:27Z"}',
    ],
    ["LAVA", '- {"dt": "2020-05-18T10:56:27", "lvl": "target", "msg": "[    7.284424] random: crng init done"}'],
    ["bunyan's kin", '{"level":30,"message":"[    7.284424] random: crng init done"}'],
  ])("by %s is that line", (_who, text) => {
    expect(parseJournalJson(text)).toEqual({ kind: "wrapped", text: "[    7.284424] random: crng init done" });
  });

  it.each(['{"log":7}', '{"lines":["a"]}', "{}"])("is not in %s", (text) => {
    expect(parseJournalJson(text)).toBeNull();
  });
});

describe("a line that is no JSON object", () => {
  it.each([
    "",
    "{",
    "}",
    "{}{}",
    "[1]",
    '"{}"',
    "null",
    "7",
    '{"MESSAGE":"a"',
    "{'MESSAGE':'a'}",
    '{"MESSAGE":"a"} b',
    "[    7.284424] random: {crng} init done",
    "{ [0x1] = 2 };",
  ])("is none: %j", (text) => {
    expect(parseJournalJson(text)).toBeNull();
  });

  it("is none of arbitrary text, without an exception", () => {
    const text = fc.oneof(anyText(), fc.string({ unit: fc.constantFrom(...Array.from('{}[]":,\\u0e+-MESAG')) }));
    fc.assert(fc.property(text, (any) => void parseJournalJson(any)));
    fc.assert(fc.property(fc.json(), (any) => void parseJournalJson(any)));
  });

  it("is read without an exception however deep it is nested", () => {
    const deep = 30_000;
    for (const [open, close] of [
      ["[", "]"],
      ['{"MESSAGE":', "}"],
      ['["",', "]"],
    ] as const) {
      for (const value of [open.repeat(deep), `${open.repeat(deep)}1${close.repeat(deep)}`]) {
        expect(() => parseJournalJson(`{"_TRANSPORT":"kernel","MESSAGE":${value}}`)).not.toThrow();
      }
    }
  });
});

describe("a journal entry as a line of a log", () => {
  const line: LogLine = {
    origin: "kernel",
    at: 7.284424,
    storedAt: 7.301,
    wall: 1_458_685_037.592123,
    wallForm: { shows: "date", zone: "Z", byDmesg: false },
    seq: null,
    indent: 0,
    typed: false,
    quoted: false,
    marked: true,
    column: 0,
    bootId: "01234567-89ab-cdef-0123-456789abcdef",
    tag: null,
    text: "random: crng init done",
  };

  it("has the kernel's stamp, the journal's and the clock's", () => {
    expect(lineOfEntry(kept)).toEqual(line);
  });

  it.each<[what: string, changed: Readonly<Record<string, string | undefined>>, shown: Partial<LogLine>]>([
    ["without its source's stamp, which old journals lack", { _SOURCE_MONOTONIC_TIMESTAMP: undefined }, { at: null }],
    ["without a facility", { SYSLOG_FACILITY: undefined }, {}],
    [
      "of a program that wrote to /dev/kmsg",
      { SYSLOG_FACILITY: "1", SYSLOG_IDENTIFIER: "app" },
      { origin: "user", at: null, tag: "app" },
    ],
    ["of a facility that is none", { SYSLOG_FACILITY: "kern" }, { origin: "user", at: null, tag: "kernel" }],
    [
      "of a program that calls itself the kernel",
      { _TRANSPORT: "syslog" },
      { origin: "user", at: null, tag: "kernel" },
    ],
    [
      "of the journal itself",
      { _TRANSPORT: "driver", SYSLOG_IDENTIFIER: "systemd-journald", MESSAGE: "Missed 3 kernel messages" },
      { origin: "user", at: null, tag: "systemd-journald", text: "Missed 3 kernel messages" },
    ],
    [
      "without a transport, but with a stamp that only /dev/kmsg gives",
      { _TRANSPORT: undefined },
      { origin: "unsaid" },
    ],
    [
      "without a transport and that stamp",
      { _TRANSPORT: undefined, _SOURCE_MONOTONIC_TIMESTAMP: undefined },
      { origin: "user", at: null, tag: "kernel" },
    ],
    ["without a message", { MESSAGE: undefined }, { text: "" }],
    ["with blanks around its message", { MESSAGE: " random: crng init done\n" }, {}],
    ["without a boot ID", { _BOOT_ID: undefined }, { bootId: null }],
    [
      "with stamps that are none",
      { __MONOTONIC_TIMESTAMP: "-1", __REALTIME_TIMESTAMP: "NaN", _SOURCE_MONOTONIC_TIMESTAMP: "1e9" },
      { at: null, storedAt: null, wall: null, wallForm: null },
    ],
    [
      "with stamps beyond any time",
      { __MONOTONIC_TIMESTAMP: "9".repeat(21), _SOURCE_MONOTONIC_TIMESTAMP: "18446744073709550000" },
      { at: 18_446_744_073_709.55, storedAt: null },
    ],
  ])("%s", (_what, changed, changes) => {
    expect(lineOfEntry({ ...kept, ...changed })).toEqual({ ...line, ...changes });
  });

  it("is one without a single field, and of any text in all of them", () => {
    expect(lineOfEntry({})).toEqual({
      origin: "user",
      at: null,
      storedAt: null,
      wall: null,
      wallForm: null,
      seq: null,
      bootId: null,
      tag: null,
      indent: 0,
      typed: false,
      quoted: false,
      marked: true,
      column: 0,
      text: "",
    });
    const any = fc.record(Object.fromEntries([...journalFieldNames].map((name) => [name, anyText()])), {
      requiredKeys: [],
    });
    fc.assert(
      fc.property(any, (given) => {
        const { at, storedAt, wall } = lineOfEntry(given);
        for (const time of [at, storedAt, wall]) expect(Number.isFinite(time ?? 0)).toBe(true);
      }),
    );
  });
});
