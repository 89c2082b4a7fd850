import * as fc from "fast-check";
import { describe, expect, it } from "vitest";
import { kernelMessages } from "../../../src/parse/kernel-log/kernel-messages.ts";
import { LineScan } from "../../../src/parse/log/line-scan.ts";
import { needlePlaces } from "../../../src/parse/log/needles.ts";
import { idleLines, stamp } from "./reading-logs.ts";
import { anyText } from "../../support/inputs/any-text.ts";

interface Options {
  /** Lines to visit whatever they hold. */
  readonly attend?: number;
  /** The stamp's place and the second before the first line. */
  readonly watch?: readonly [offset: number, second: number];
  /** Sizes of the pieces in which the text comes. */
  readonly pieces?: readonly number[];
  /** The pieces come with the places of their needles. */
  readonly searched?: boolean;
}

interface Scanned {
  readonly lines: number;
  /** "NUMBER TEXT" of each line that was visited. */
  readonly visited: readonly string[];
}

function scan(text: string | Buffer, { attend = 0, watch, pieces = [], searched = false }: Options = {}): Scanned {
  const visited: string[] = [];
  const reader = new LineScan((line, number) => visited.push(`${number} ${line.toString("latin1")}`));
  if (attend > 0) reader.attend(attend);
  if (watch !== undefined) reader.watch(...watch);
  const bytes = Buffer.from(text);
  for (let at = 0, index = 0; at < bytes.length; index++) {
    const size = pieces[Math.min(index, pieces.length - 1)] ?? bytes.length;
    const piece = Buffer.from(bytes.subarray(at, at + size));
    reader.push(searched ? Object.assign(piece, { places: needlePlaces(piece) }) : piece);
    at += size;
  }
  reader.end();
  return { lines: reader.lines, visited };
}

describe("lines that are visited", () => {
  it("are those that hold a word of a message's, by their numbers in the file", () => {
    const { lines, visited } = scan("one\n\ntwo random words\nthree\nfour crng\n");
    expect({ lines, visited }).toEqual({ lines: 5, visited: ["3 two random words", "5 four crng"] });
  });

  it("are all lines if requested, for that number of lines", () => {
    expect(scan("a\nb\nc\nd\n", { attend: 2 }).visited).toEqual(["1 a", "2 b"]);
    expect(scan("a\n\nc", { attend: 9 })).toEqual({ lines: 3, visited: ["1 a", "2 ", "3 c"] });
  });

  it("are as many as the visitor requests, and never fewer than it requested before", () => {
    const visited: number[] = [];
    const reader = new LineScan((line, number) => {
      visited.push(number);
      if (line.includes("crng")) reader.attend(2);
      if (line.includes("then")) reader.attend(1);
    });
    reader.push(Buffer.from("a\ncrng\nthen\nb\nc\n"));
    expect(visited).toEqual([2, 3, 4]);
  });

  it("are those that start with a dash, as the journal's marks do", () => {
    expect(scan("a\n-- Reboot --\n - b\n-").visited).toEqual(["2 -- Reboot --", "4 -"]);
  });

  it("are those whose stamp is earlier than the one before, by whole seconds", () => {
    const text = [9, 10.5, 10.1, 11, 9.9, 9.95, 12, 1].map((at) => `${stamp(at)} x\n`).join("");
    expect(scan(text, { watch: [0, 5] }).visited).toEqual([`5 ${stamp(9.9)} x`, `8 ${stamp(1)} x`]);
    expect(scan(text).visited).toEqual([]);
  });

  it("have their stamp where it is said to stand, and only there", () => {
    const text =
      "Mar 22 18:17:17 host kernel: [    9.000000] a\nMar 22 18:17:17 host kernel: [    1.000000] b\n[    0.000000] c\n";
    expect(scan(text, { watch: [29, 0] }).visited).toEqual(["2 Mar 22 18:17:17 host kernel: [    1.000000] b"]);
  });

  it.each(["[", "[ ", "[    9", "[    9]", "[x.000000]", "[].", "9.000000"])(
    "do not start with %j, which is no stamp",
    (start) => {
      expect(scan(`${start} x\n[   99.000000]\n`, { watch: [0, 98] }).visited).toEqual([]);
    },
  );

  it("have a stamp of however many digits", () => {
    expect(scan(`[${"9".repeat(400)}.000000] a\n[    1.000000] b\n`, { watch: [0, 0] }).visited).toEqual([
      "2 [    1.000000] b",
    ]);
  });

  it("have no stamp in the line after them", () => {
    expect(scan("x\n[    1.000000] far behind\n", { watch: [2, 9] }).visited).toEqual([]);
  });

  it("include every message but those that a kernel prints only as it starts", () => {
    const unseen = kernelMessages
      .filter(({ example }) => scan(`${example}\n`).visited.length === 0)
      .map(({ id }) => id);
    expect(unseen.toSorted()).toEqual(
      [
        "command-line",
        "cpu-rng-problem",
        "early-command-line",
        "efi-seed",
        "fips-mode",
        "fips-unknown",
        "hardware-name",
        "hypervisor-detected",
        "no-cycle-counter",
        "other-architecture",
      ].filter((id) => unseen.includes(id)),
    );
  });
});

describe("lines around one that holds a word of a message's, if neighbours are requested", () => {
  const inPieces = (size: number, ...lines: readonly string[]): readonly string[] => {
    const visited: string[] = [];
    const reader = new LineScan((line, number) => visited.push(`${number} ${line.toString("latin1")}`), {
      neighbours: true,
    });
    const text = Buffer.from(lines.map((line) => `${line}\n`).join(""));
    for (let at = 0; at < text.length; at += size) reader.push(Buffer.from(text.subarray(at, at + size)));
    reader.end();
    return visited;
  };
  const around = (...lines: readonly string[]): readonly string[] => inPieces(64, ...lines);
  const at = (seconds: number, text: string): string => `${stamp(seconds)} ${text}`;

  it("are the one in front, and the next", () => {
    expect(around(at(1, "a"), at(2, "b"), at(3, "random"), at(4, "c"), at(5, "d"))).toEqual([
      `2 ${at(2, "b")}`,
      `3 ${at(3, "random")}`,
      `4 ${at(4, "c")}`,
    ]);
  });

  it("are all with the same stamp, and the one in front of those", () => {
    const same = ["b", "c", "d"].map((text) => at(2, text));
    expect(around(at(1, "a"), ...same, at(2, "random"))).toEqual([
      `1 ${at(1, "a")}`,
      ...same.map((line, index) => `${index + 2} ${line}`),
      `5 ${at(2, "random")}`,
    ]);
  });

  it("are eight where there is no stamp, and none twice", () => {
    const lines = Array.from({ length: 12 }, (_, index) => `line ${index + 1}`);
    expect(around(...lines, "random", "crng")).toEqual([
      ...lines.slice(4).map((line, index) => `${index + 5} ${line}`),
      "13 random",
      "14 crng",
    ]);
  });
});

describe("lines in front of a hit", () => {
  const visitedOf = (text: string, size: number): readonly string[] => {
    const visited: string[] = [];
    const reader = new LineScan((line, number) => visited.push(`${number} ${line.toString("latin1").slice(0, 12)}`), {
      neighbours: true,
    });
    for (let at = 0; at < text.length; at += size) reader.push(Buffer.from(text.slice(at, at + size)));
    reader.end();
    return visited;
  };
  const both = (text: string): readonly string[] => {
    const [whole, cut] = [visitedOf(text, text.length), visitedOf(text, 64)];
    expect(cut).toEqual(whole);
    return whole;
  };

  it("are those set in as far, up to the one that is not: it begins their record", () => {
    expect(both("a\nhead\n  one\n  two\n  random\nb\nc\n")).toEqual([
      "2 head",
      "3   one",
      "4   two",
      "5   random",
      "6 b",
    ]);
    // One blank is not set in.
    expect(both("a\nhead\n one\n  random\n")).toEqual(["3  one", "4   random"]);
  });

  it("are the first of the file, too", () => {
    expect(both("  one\n  two\n  random\n")).toEqual(["1   one", "2   two", "3   random"]);
    expect(both("one\nrandom\n")).toEqual(["1 one", "2 random"]);
  });

  it("are none twice where two hits are near each other", () => {
    expect(both("a\nrandom\nb\nrandom\nc\n")).toEqual(["1 a", "2 random", "3 b", "4 random", "5 c"]);
  });

  it("are those within 4096 bytes, each from its beginning", () => {
    // With its line end the one in front takes 4096 bytes, or one more.
    expect(both(`a\n${"x".repeat(4095)}\n  random\n`)).toEqual(["2 xxxxxxxxxxxx", "3   random"]);
    expect(both(`a\n${"x".repeat(4096)}\n  random\n`)).toEqual(["3   random"]);
  });

  it("are read with no second before them where no stamps are watched", () => {
    const seconds: (number | null)[] = [];
    const reader = new LineScan(() => seconds.push(reader.secondBefore), { neighbours: true });
    reader.push(Buffer.from("a\nb\nrandom\nc\nd\n"));
    reader.end();
    expect(new Set([...seconds, reader.secondBefore])).toEqual(new Set([null]));
  });

  it("show no second of their own; the hit shows that of the line in front of it", () => {
    const seconds: (number | null)[] = [];
    const reader = new LineScan(() => seconds.push(reader.secondBefore), { neighbours: true });
    reader.watch(0, 1);
    const lines = [2, 3, 4].map((at) => `${stamp(at)} x\n`);
    reader.push(Buffer.from(`${lines.join("")}${stamp(5)} random\n`));
    expect(seconds).toEqual([null, 4]);
  });
});

describe("the last line", () => {
  it("is one without a line end too", () => {
    expect(scan("a\nrandom")).toEqual({ lines: 2, visited: ["2 random"] });
    expect(scan("a\nb")).toEqual({ lines: 2, visited: [] });
  });

  it("is none after a line end, nor in nothing", () => {
    expect(scan("random\n").lines).toBe(1);
    expect(scan("").lines).toBe(0);
    expect(scan("\n\n")).toEqual({ lines: 2, visited: [] });
  });
});

describe("a line that is too long", () => {
  const longest = 1 << 16;

  it("is read as if it ended before", () => {
    for (const pieces of [[], [1 << 20], [1000], [longest], [longest - 1], [longest + 1]]) {
      const { lines, visited } = scan(`random ${"x".repeat(2 << 20)}\ncrng\n`, { pieces });
      expect(lines).toBe(2);
      expect(visited.map((line) => line.length)).toEqual([longest + 2, 6]);
    }
  });

  it("counts as one line however it comes", () => {
    expect(scan("x".repeat(2 << 20), { pieces: [4096] })).toEqual({ lines: 1, visited: [] });
  });
});

describe("the hole that an unclean power-off leaves in a file", () => {
  it.each([1, 4095, 4096, 1 << 16, (1 << 16) + 1, 1 << 20])("of %i zeros does not hide the line after it", (size) => {
    const text = Buffer.concat([Buffer.from("a\n"), Buffer.alloc(size), Buffer.from("random b\nc\n")]);
    for (const pieces of [[], [1], [4096], [2, size, Infinity]].filter((sizes) => sizes[0] !== 1 || size < 10_000)) {
      const { lines, visited } = scan(text, { pieces });
      expect(lines).toBe(3);
      expect(visited.map((line) => line.replaceAll("\0", ""))).toEqual(["2 random b"]);
    }
  });
});

describe("however the bytes are cut", () => {
  const part = fc.oneof(
    {
      weight: 6,
      arbitrary: fc.constantFrom(
        "x\n",
        "random\n",
        "-- Reboot --\n",
        "\n",
        "crng",
        "\r\n",
        "Linux version",
        "INFO: task\n",
      ),
    },
    { weight: 3, arbitrary: fc.nat(40).map((second) => `${stamp(second / 4)} x\n`) },
    { weight: 1, arbitrary: anyText({ maxLength: 8 }) },
    { weight: 1, arbitrary: fc.constantFrom("\0\0", "[", "[ 1", ".") },
  );
  const text = fc.array(part, { maxLength: 60 }).map((parts) => parts.join(""));
  const pieces = fc.array(fc.integer({ min: 1, max: 30 }), { minLength: 1, maxLength: 20 });

  it("the same lines are visited", () => {
    fc.assert(
      fc.property(
        text,
        pieces,
        fc.nat(5),
        fc.constantFrom<Options["watch"]>(undefined, [0, 3], [2, 3]),
        fc.boolean(),
        (whole, sizes, attend, watch, searched) => {
          const options = watch === undefined ? { attend } : { attend, watch };
          const { lines, visited } = scan(whole, options);
          const cut = scan(whole, { ...options, pieces: sizes, searched });
          // Which leading zeros are gone depends on the cut; they have no meaning.
          const shown = (list: readonly string[]): readonly string[] => list.map((line) => line.replaceAll("\0", ""));
          expect({ lines: cut.lines, visited: shown(cut.visited) }).toEqual({ lines, visited: shown(visited) });
          expect(lines).toBe(
            Buffer.from(whole).filter((byte) => byte === 0x0a).length + (whole === "" || whole.endsWith("\n") ? 0 : 1),
          );
        },
      ),
    );
  });

  it("a line of interest is found wherever a cut goes through it", () => {
    const needle = `${idleLines(3)}random: crng init done\n${idleLines(3)}`;
    for (let cut = 1; cut < needle.length; cut++)
      expect(scan(needle, { pieces: [cut, Infinity] }).visited).toEqual(["4 random: crng init done"]);
  });
});
