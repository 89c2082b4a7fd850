import { execFileSync } from "node:child_process";
import { mkdirSync, readFileSync, symlinkSync, truncateSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import * as fc from "fast-check";
import { describe, expect, it } from "vitest";
import { type MemberType, TarDamaged, TarReader } from "../../../src/parse/archive/tar.ts";
import { temporaryFolder } from "../../support/host/host-folder.ts";
import { archive, type Fields, header, member, pax } from "../../support/inputs/tar-archive.ts";
import { whyMissing } from "../../support/running/programs.ts";

interface Member {
  readonly path: string;
  readonly type: MemberType;
  readonly size: number;
  content: string;
  whole: boolean;
}

/** All members, with the archive cut into chunks at these places. */
function read(bytes: Buffer, cuts: readonly number[] = []): readonly Member[] {
  const members: Member[] = [];
  const reader = new TarReader();
  const ends = [...cuts.map((cut) => cut % (bytes.length + 1)).toSorted((one, other) => one - other), bytes.length];
  for (const [index, end] of ends.entries()) take(reader, bytes.subarray(ends[index - 1] ?? 0, end), members);
  reader.end();
  return members;
}

function take(reader: TarReader, chunk: Buffer, members: Member[]): void {
  for (const event of reader.push(chunk)) {
    const last = members.at(-1);
    if (event.kind === "member")
      members.push({ path: event.path, type: event.type, size: event.size, content: "", whole: false });
    else if (last !== undefined && event.kind === "bytes") last.content += event.bytes.toString("latin1");
    else if (last !== undefined) last.whole = true;
  }
}

const file = (path: string, content: string): Member => ({
  path,
  type: "file",
  size: content.length,
  content,
  whole: true,
});
const other = (path: string, content = ""): Member => ({ ...file(path, content), type: "other" });
const dots = (count: number): string => ".".repeat(count);

describe("the members of an archive", () => {
  it("come in order, with their bytes", () => {
    const three = archive(
      member({ path: "a" }, "first"),
      member({ path: "b/", type: "5" }),
      member({ path: "b/c" }, dots(1500)),
      member({ path: "empty" }),
    );
    expect(read(three)).toEqual([file("a", "first"), other("b/"), file("b/c", dots(1500)), file("empty", "")]);
  });

  it("come the same from whatever chunks", () => {
    const bytes = archive(
      member({ path: "a" }, "first"),
      member({ type: "L" }, `${"long/".repeat(40)}\0`),
      member({ path: "x" }, dots(1024)),
      pax({ path: "ü" }),
      member({}, "z"),
    );
    const whole = read(bytes);
    expect(whole.map(({ path }) => path)).toEqual(["a", "long/".repeat(40), "ü"]);
    fc.assert(
      fc.property(fc.array(fc.nat()), (cuts) => {
        expect(read(bytes, cuts)).toEqual(whole);
      }),
    );
    expect(read(bytes, Array.from(bytes.keys()))).toEqual(whole);
  });

  it("are not copied", () => {
    const bytes = archive(member({ path: "a" }, dots(4000)));
    const events = [...new TarReader().push(bytes)];
    const [part] = events.flatMap((event) => (event.kind === "bytes" ? [event.bytes] : []));
    expect(part?.buffer).toBe(bytes.buffer);
  });

  it("end where a block of zeros stands, whatever is after it", () => {
    const reader = new TarReader();
    const members: Member[] = [];
    take(reader, Buffer.concat([archive(member({ path: "a" }, "first")), member({ path: "b" }, "second")]), members);
    expect(() => reader.end()).not.toThrow();
    expect(members).toEqual([file("a", "first")]);
  });

  it("may have no end mark", () => {
    expect(read(member({ path: "a" }, "first"))).toEqual([file("a", "first")]);
    expect(read(Buffer.alloc(0))).toEqual([]);
  });
});

describe("a member's name", () => {
  const named = (...blocks: readonly Buffer[]): readonly string[] => read(archive(...blocks)).map(({ path }) => path);

  it("may have a start of its own, in ustar only", () => {
    expect(
      named(
        member({ path: "name", prefix: "very/long" }, "x"),
        member({ path: "name", prefix: "13571357", magic: "ustar  \0" }, "x"),
      ),
    ).toEqual(["very/long/name", "name"]);
  });

  it("may fill its field", () => {
    expect(named(member({ path: "n".repeat(100), prefix: "p".repeat(155) }))).toEqual([
      `${"p".repeat(155)}/${"n".repeat(100)}`,
    ]);
  });

  it("of a link that is long is none of the member's", () => {
    expect(named(member({ type: "K" }, "target\0"), member({ path: "link", type: "2" }))).toEqual(["link"]);
  });

  it("comes from the last extension before it, and is for one member", () => {
    expect(
      named(pax({ path: "one", "SCHILY.xattr.user.x": "a=b\nc" }), member({ path: "x" }), member({ path: "y" })),
    ).toEqual(["one", "y"]);
  });

  it("is none of all members' (type g)", () => {
    expect(named(pax({ path: "all", comment: "b5f1d5" }, "g"), member({ path: "x" }))).toEqual(["x"]);
  });

  it("may have whatever in it", () => {
    expect(named(member({ path: "a\nb\x1b[31m" }), pax({ path: "new\nline" }), member({}))).toEqual([
      "a\nb\x1b[31m",
      "new\nline",
    ]);
  });
});

describe("a member's size", () => {
  it("may be in base 256, in octal of any shape, or in a pax header", () => {
    for (const size of [
      Buffer.from("800000000000000000000005", "hex"),
      Buffer.from("00000000005\0"),
      Buffer.from("          5 "),
      Buffer.from("000000000005"),
      Buffer.from("5\0garbage+++"),
    ]) {
      expect(read(Buffer.concat([header({ path: "a", size }), block("12345")]))).toEqual([file("a", "12345")]);
    }
    expect(
      read(
        archive(
          pax({ size: "5" }),
          Buffer.concat([header({ path: "a", size: 0 }), block("12345")]),
          member({ path: "b" }, "next"),
        ),
      ),
    ).toEqual([file("a", "12345"), file("b", "next")]);
  });

  it("may be more than 32 bits", () => {
    const size = Buffer.from("800000000000000280000000", "hex");
    expect([...new TarReader().push(header({ path: "a", size }))]).toEqual([
      { kind: "member", path: "a", type: "file", size: 0x2_8000_0000 },
    ]);
  });

  it("means nothing for what has no data", () => {
    for (const type of ["1", "2", "3", "4", "5", "6"]) {
      expect(read(archive(header({ path: "a", type, size: 4096 }), member({ path: "b" }, "next")))).toEqual(
        [other("a"), file("b", "next")].map((one) => ({ ...one, size: one.content.length })),
      );
    }
  });
});

describe("a member's type", () => {
  const typed = (fields: Fields, content = ""): readonly MemberType[] =>
    read(archive(member(fields, content), member({ path: "z" }))).map(({ type }) => type);

  it("is a file's in three ways, but not with a folder's name", () => {
    expect(["0", "7", "\0"].map((type) => typed({ path: "a", type }, "x")[0])).toEqual(["file", "file", "file"]);
    expect(typed({ path: "a/", type: "\0" })).toEqual(["other", "file"]);
  });

  it("of an unknown type is passed over with its data", () => {
    for (const type of ["V", "M", "D", "N", "A", "~"])
      expect(typed({ path: "a", type }, dots(700))).toEqual(["other", "file"]);
  });

  it("is sparse in GNU's own way, with maps of any length", () => {
    const map = (more: number): Buffer => Buffer.concat([Buffer.alloc(504), Buffer.of(more), Buffer.alloc(7)]);
    expect(
      read(
        archive(
          header({ path: "s", type: "S", size: 3, continues: true }),
          map(1),
          map(0),
          block("abc"),
          member({ path: "z" }),
        ),
      ),
    ).toEqual([{ ...file("s", "abc"), type: "sparse" }, file("z", "")]);
    expect(typed({ path: "s", type: "S" }, "abc")).toEqual(["sparse", "file"]);
  });

  it("is sparse in pax's way", () => {
    expect(
      read(
        archive(pax({ "GNU.sparse.major": "1", "GNU.sparse.name": "s" }), member({ path: "GNUSparseFile.0/s" }, "1\n")),
      )[0],
    ).toMatchObject({ path: "s", type: "sparse" });
  });
});

describe("an archive that is damaged", () => {
  const good = archive(member({ path: "a" }, "first"), pax({ path: "long" }), member({ path: "b" }, dots(600)));

  it("is not whole when it ends anywhere but between two members", () => {
    const boundaries: number[] = [];
    for (let length = 0; length < good.length; length++) {
      try {
        read(good.subarray(0, length));
        boundaries.push(length);
      } catch (error) {
        expect(error).toBeInstanceOf(TarDamaged);
      }
    }
    // The start, after the first member, after the second, and inside what follows the first block of zeros.
    expect(boundaries.slice(0, 4)).toEqual([0, 1024, 3584, 4096]);
  });

  it("gives the bytes that are there", () => {
    const members: Member[] = [];
    const reader = new TarReader();
    take(reader, good.subarray(0, 2560 + 100), members);
    expect(members.map(({ content, whole }) => [content.length, whole])).toEqual([
      [5, true],
      [100, false],
    ]);
    expect(() => reader.end()).toThrow("the archive is cut short at byte 2660");
  });

  it.each<[string, readonly Buffer[], string]>([
    ["no checksum", [Buffer.alloc(512, "x")], "no header of a member at byte 1024 of the archive"],
    [
      "a size that is none",
      [header({ path: "a", size: Buffer.from("9".repeat(12)) })],
      "no header of a member at byte 1024",
    ],
    ["a negative size", [header({ path: "a", size: Buffer.alloc(12, 0xff) })], "no header of a member at byte 1024"],
    [
      "a size beyond all numbers",
      [header({ path: "a", size: Buffer.from(`80${"ff".repeat(11)}`, "hex") })],
      "no header of a member at byte 1024",
    ],
    ["a name of gigabytes", [header({ type: "L", size: 2 ** 31 })], "a header of 2147483648 bytes at byte 1536"],
    [
      "a pax record without a length",
      [member({ type: "x" }, "path=a\n")],
      "a pax header that is none before byte 1543",
    ],
    ["a pax record that is too long", [member({ type: "x" }, "99 path=a\n")], "a pax header that is none"],
    ["a pax record that is too short", [member({ type: "x" }, "3 path=a\n")], "a pax header that is none"],
    ["a pax size that is none", [pax({ size: "-1" })], "a pax header with a size that is none"],
    ["a pax size beyond all numbers", [pax({ size: "9".repeat(16) })], "a pax header with a size that is none"],
  ])("says where: %s", (_, blocks, message) => {
    expect(() => read(archive(member({ path: "good" }, "data"), ...blocks))).toThrow(message);
  });

  it("of whatever bytes is a clear error", () => {
    const attempt = (bytes: Buffer): void => {
      try {
        read(bytes);
      } catch (error) {
        expect(error).toBeInstanceOf(TarDamaged);
      }
    };
    fc.assert(fc.property(fc.uint8Array({ maxLength: 3000 }), (bytes) => attempt(Buffer.from(bytes))));
    fc.assert(
      fc.property(
        fc.constantFrom(...Array.from("0LKxgSX5V")),
        fc.uint8Array({ maxLength: 1000 }),
        fc.nat(4000),
        fc.nat(255),
        (type, content, at, byte) => {
          const bytes = archive(
            Buffer.concat([header({ path: "a", type, size: content.length }), block(Buffer.from(content))]),
            member({ path: "b" }, "second"),
          );
          attempt(bytes);
          bytes[at % bytes.length] = byte;
          attempt(bytes);
        },
      ),
    );
  });
});

describe.skipIf(whyMissing("tar") !== null)(`archives that tar(1) makes ${whyMissing("tar") ?? ""}`, () => {
  it.each(["v7", "ustar", "gnu", "posix"])("%s", (format) => {
    const folder = temporaryFolder();
    // As long as the format can have it.
    const long =
      format === "v7" ? "short" : `${"d".repeat(90)}/${"n".repeat(90)}${format === "ustar" ? "" : "n".repeat(100)}`;
    mkdirSync(join(folder, "top", long, ".."), { recursive: true });
    writeFileSync(join(folder, "top", long), "kept");
    symlinkSync("short", join(folder, "top/link"));
    execFileSync("tar", ["-C", folder, `--format=${format}`, "--sort=name", "-cf", join(folder, "a.tar"), "top"]);
    const members = read(readFileSync(join(folder, "a.tar")));
    expect(members.filter(({ type }) => type === "file")).toEqual([file(`top/${long}`, "kept")]);
    expect(members.map(({ path }) => path)).toContain("top/link");
  });

  it.each(["gnu", "posix"])("%s, with a sparse file", (format) => {
    const folder = temporaryFolder();
    writeFileSync(join(folder, "sparse"), "");
    truncateSync(join(folder, "sparse"), 1 << 24);
    writeFileSync(join(folder, "z"), "kept");
    execFileSync("tar", ["-C", folder, `--format=${format}`, "-S", "-cf", join(folder, "a.tar"), "sparse", "z"]);
    expect(read(readFileSync(join(folder, "a.tar"))).map(({ path, type }) => [path, type])).toEqual([
      ["sparse", "sparse"],
      ["z", "file"],
    ]);
  });
});

function block(content: string | Buffer): Buffer {
  const bytes = Buffer.from(content);
  return Buffer.concat([bytes, Buffer.alloc(-bytes.length & 511)]);
}
