import * as fc from "fast-check";
import { describe, expect, it } from "vitest";
import { journalFieldNames, type JournalFields } from "../../../../src/parse/log/entry/journal-entry.ts";
import { JournalExport } from "../../../../src/parse/log/entry/journal-export.ts";
import { anyText } from "../../../support/inputs/any-text.ts";

interface Entry {
  readonly line: number;
  readonly fields: JournalFields;
}

/** Entries in bytes that come in pieces of these sizes, the last of them again and again; whole without any. */
function entriesIn(bytes: Buffer, sizes: readonly number[] = []): readonly Entry[] {
  const entries: Entry[] = [];
  const reader = new JournalExport((fields, line) => entries.push({ line, fields: { ...fields } }));
  for (let at = 0, index = 0; at < bytes.length; index++) {
    const size = sizes[Math.min(index, sizes.length - 1)] ?? bytes.length;
    const piece = Buffer.from(bytes.subarray(at, at + size));
    reader.push(piece);
    piece.fill(0x78);
    at += size;
  }
  reader.end();
  return entries;
}

/** The same, which must not depend on where the bytes are cut. */
function entriesOf(...parts: readonly (string | Buffer)[]): readonly Entry[] {
  const bytes = Buffer.concat(parts.map((part) => Buffer.from(part)));
  const entries = entriesIn(bytes);
  expect(entriesIn(bytes, [1]), "byte by byte").toEqual(entries);
  for (let cut = 1; cut < bytes.length; cut++)
    expect(entriesIn(bytes, [cut, Infinity]), `cut at byte ${cut}`).toEqual(entries);
  return entries;
}

/** A field with a size, as the journal writes a value that is not one line of printable text. */
function counted(name: string, value: string | Buffer): Buffer {
  const bytes = Buffer.from(value);
  const size = Buffer.alloc(8);
  size.writeBigUInt64LE(BigInt(bytes.length));
  return Buffer.concat([Buffer.from(`${name}\n`), size, bytes, Buffer.from("\n")]);
}

describe("an entry of the journal's export format", () => {
  it("has its fields, those that are read, and the line of its message", () => {
    expect(
      entriesOf(
        "__CURSOR=s=1;i=2\n__REALTIME_TIMESTAMP=1458685037592123\n_TRANSPORT=kernel\nPRIORITY=5\nMESSAGE=random: crng init done\n_COMM=x\n\n",
      ),
    ).toEqual([
      {
        line: 5,
        fields: { __REALTIME_TIMESTAMP: "1458685037592123", _TRANSPORT: "kernel", MESSAGE: "random: crng init done" },
      },
    ]);
  });

  it("ends at an empty line; the last one also at the end", () => {
    expect(entriesOf("MESSAGE=a\n\nMESSAGE=b\n\n\n\nMESSAGE=c")).toEqual([
      { line: 1, fields: { MESSAGE: "a" } },
      { line: 3, fields: { MESSAGE: "b" } },
      { line: 7, fields: { MESSAGE: "c" } },
    ]);
  });

  it("is none without a field that is read", () => {
    expect(entriesOf("__CURSOR=a\n\n__CURSOR=b\n\n\n")).toEqual([]);
    expect(entriesOf("")).toEqual([]);
  });

  it("keeps what is after the first '=' of a field, and a field that is empty", () => {
    expect(entriesOf("MESSAGE=a=b=\n_BOOT_ID=\n\n")).toEqual([{ line: 1, fields: { MESSAGE: "a=b=", _BOOT_ID: "" } }]);
  });

  it("keeps 64 KiB of a field, whichever way its end is shown", () => {
    const longest = 1 << 16;
    const kept = (bytes: number) =>
      [
        `MESSAGE=${"x".repeat(bytes)}\n\n`,
        Buffer.concat([counted("MESSAGE", "x".repeat(bytes)), Buffer.from("\n")]),
      ].map((text) => entriesIn(Buffer.from(text))[0]?.fields.MESSAGE?.length);
    expect([kept(longest), kept(longest + 1)]).toEqual([
      [longest, longest],
      [longest, longest],
    ]);
  });

  it("has a field once: the first", () => {
    expect(entriesOf("MESSAGE=a\nMESSAGE=b\n\n")).toEqual([{ line: 1, fields: { MESSAGE: "a" } }]);
  });

  it("has no field whose name only contains another's, or is one of JavaScript's", () => {
    expect(entriesOf("XMESSAGE=a\nMESSAGE_ID=b\nmessage=c\n__proto__=d\nconstructor=e\n_TRANSPORT=kernel\n\n")).toEqual(
      [{ line: 1, fields: { _TRANSPORT: "kernel" } }],
    );
  });
});

describe("a value with a size", () => {
  it("may hold line ends, '=' and empty lines; the lines of the file count on", () => {
    expect(entriesOf("_TRANSPORT=kernel\n", counted("MESSAGE", "a\n\nMESSAGE=b\n"), "\n", "MESSAGE=c\n\n")).toEqual([
      { line: 2, fields: { _TRANSPORT: "kernel", MESSAGE: "a\n\nMESSAGE=b\n\n" } },
      { line: 8, fields: { MESSAGE: "c" } },
    ]);
  });

  it("may be one that is not read, or empty", () => {
    expect(
      entriesOf(counted("COREDUMP", "MESSAGE=a\n\n"), counted("MESSAGE", ""), "\n").map(({ fields }) => fields),
    ).toEqual([{ MESSAGE: "\n" }]);
  });

  it("counts bytes, not characters", () => {
    expect(entriesOf(counted("MESSAGE", "größe 日本"), "_BOOT_ID=x\n\n").map(({ fields }) => fields)).toEqual([
      { MESSAGE: "größe 日本\n", _BOOT_ID: "x" },
    ]);
  });

  it("counts lines wherever a line end's byte stands in the file, in the size too", () => {
    const [first, second] = entriesOf(counted("MESSAGE", "x".repeat(10)), "\nMESSAGE=b\n\n");
    // Ten is the line end's own byte.
    expect([first?.line, second?.line]).toEqual([1, 5]);
  });

  it("is read to the file's end where it is said to be longer", () => {
    const size = Buffer.alloc(8, 0xff);
    expect(entriesOf("MESSAGE=a\n\nMESSAGE\n", size, "rest\n\nMESSAGE=b\n\n").map(({ fields }) => fields)).toEqual([
      { MESSAGE: "a" },
    ]);
  });
});

describe("a stream that is cut short", () => {
  it("returns the entries before the cut, and no exception", () => {
    const whole = Buffer.concat([
      Buffer.from("MESSAGE=first\n\n_TRANSPORT=kernel\n"),
      counted("MESSAGE", "second\n"),
      Buffer.from("\n"),
    ]);
    for (let length = 16; length < whole.length; length++)
      expect(entriesIn(whole.subarray(0, length))[0]).toEqual({ line: 1, fields: { MESSAGE: "first" } });
  });
});

describe("an export of whatever bytes", () => {
  const value = fc.oneof(anyText(), fc.string({ unit: fc.constantFrom("a", "\n", "=") }));
  const name = fc.oneof(fc.constantFrom(...journalFieldNames), fc.stringMatching(/^[A-Z_]{1,20}$/));
  const entry = fc.uniqueArray(fc.tuple(name, value), { selector: ([known]) => known, minLength: 1, maxLength: 6 });
  const pieces = fc.array(fc.integer({ min: 1, max: 40 }), { minLength: 1, maxLength: 20 });

  it("holds the entries that were written, at their lines", () => {
    fc.assert(
      fc.property(fc.array(entry, { maxLength: 6 }), pieces, (entries, sizes) => {
        let line = 1;
        const parts: Buffer[] = [];
        const expected: Entry[] = [];
        const write = (bytes: Buffer): void => {
          parts.push(bytes);
          line += bytes.filter((byte) => byte === 0x0a).length;
        };
        for (const fields of entries) {
          let entryLine = line;
          for (const [field, text] of fields) {
            if (field === "MESSAGE") entryLine = line;
            write(text.includes("\n") ? counted(field, text) : Buffer.from(`${field}=${text}\n`));
          }
          write(Buffer.from("\n"));
          const kept = fields
            .filter(([field]) => journalFieldNames.has(field))
            .map(
              ([field, text]) =>
                [field, Buffer.from(text.includes("\n") ? `${text}\n` : text).toString("utf8")] as const,
            );
          if (kept.length > 0) expected.push({ line: entryLine, fields: Object.fromEntries(kept) });
        }
        const bytes = Buffer.concat(parts);
        expect(entriesIn(bytes)).toEqual(expected);
        expect(entriesIn(bytes, sizes)).toEqual(expected);
      }),
    );
  });

  it("is read without an exception, and the same whichever way it is cut", () => {
    const bytes = fc.oneof(
      fc.uint8Array({ maxLength: 200 }),
      fc
        .array(fc.constantFrom("MESSAGE", "=", "\n", "a", "\0\0\0\0", "\x03\0\0\0\0\0\0\0"), { maxLength: 60 })
        .map((parts) => Buffer.from(parts.join(""))),
    );
    fc.assert(
      fc.property(bytes, pieces, (any, sizes) => {
        expect(entriesIn(Buffer.from(any), sizes)).toEqual(entriesIn(Buffer.from(any)));
      }),
    );
  });

  it("keeps of names and values that have no end only their starts", () => {
    const megabyte = Buffer.alloc(1 << 20, "A");
    const kept = entriesIn(
      Buffer.concat([
        Buffer.from("MESSAGE="),
        megabyte,
        megabyte,
        Buffer.from("\n"),
        megabyte,
        megabyte,
        Buffer.from("=x\n\n"),
      ]),
      [4096],
    );
    expect(kept.map(({ fields }) => Object.entries(fields).map(([field, text]) => [field, text?.length]))).toEqual([
      [["MESSAGE", 1 << 16]],
    ]);
  });
});
