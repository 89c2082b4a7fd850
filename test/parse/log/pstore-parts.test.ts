import { describe, expect, it } from "vitest";
import { diagnose } from "../../../src/diagnose/findings.ts";
import { PstoreParts } from "../../../src/parse/log/pstore-parts.ts";
import { growth, linear } from "../../support/growth.ts";
import { bootsIn } from "./reading-logs.ts";

/** The lines as they are given, each with its place in the file; the rest of the file passes by. */
function ordered(...lines: readonly string[]): {
  readonly lines: readonly string[];
  readonly places: readonly number[];
  readonly isReordered: boolean;
} {
  const [given, places]: [string[], number[]] = [[], []];
  const parts = new PstoreParts((raw, number) => {
    given.push(raw);
    places.push(number);
  });
  for (const [index, raw] of lines.entries()) if (!parts.take(raw, index + 1)) given.push(`by: ${raw}`);
  parts.end();
  return { lines: given, places, isReordered: parts.isReordered };
}
const at = (seconds: number, text: string): string => `<6>[${seconds.toFixed(6).padStart(12)}] ${text}`;
const [one, two, three, four] = [at(1, "one"), at(2, "two"), at(3, "three"), at(4, "four")];

describe("PstoreParts: the parts of a dump", () => {
  it("come in the order of time, the newest of which is part 1, after the oldest one's header", () => {
    expect(ordered("Oops#1 Part1", three, four, "Oops#1 Part2", one, two)).toEqual({
      lines: ["Oops#1 Part2", one, two, three, four],
      places: [4, 5, 6, 2, 3],
      isReordered: true,
    });
  });

  it("stay where they are if they stand so, as in what systemd-pstore joins", () => {
    expect(ordered("Panic#2 Part2", one, two, "Panic#2 Part1", three)).toEqual({
      lines: ["Panic#2 Part2", one, two, three],
      places: [1, 2, 3, 5],
      isReordered: false,
    });
  });

  it("are found in a mail's quotation, and in a block of code each", () => {
    const fence = "```";
    expect(ordered("> Oops#1 Part1", `> ${two}`, "> Oops#1 Part2", `> ${one}`).lines).toEqual([
      "> Oops#1 Part2",
      `> ${one}`,
      `> ${two}`,
    ]);
    expect(ordered(fence, "Oops#1 Part1", two, fence, "", fence, "Oops#1 Part2", one, fence).lines).toEqual([
      `by: ${fence}`,
      "Oops#1 Part2",
      one,
      two,
      fence,
    ]);
  });

  it("are none without the kernel's own header", () => {
    for (const header of ["Oops#1 Part#1", "Part1", "Oops: #1 Part1", "the Oops#1 Part1", "Oops#1 Part1 of 3"])
      expect(ordered(header, one).lines, header).toEqual([`by: ${header}`, `by: ${one}`]);
  });

  it("end after the last record, where time runs back in one, and after 4 MiB or 1000 parts", () => {
    const prose = "This is what I found in /sys/fs/pstore.";
    expect(ordered("Oops#1 Part1", two, "Oops#1 Part2", one, "", prose).lines).toEqual([
      "Oops#1 Part2",
      one,
      two,
      "",
      prose,
    ]);
    expect(ordered("Oops#1 Part1", three, one).lines).toEqual(["Oops#1 Part1", three, `by: ${one}`]);
    expect(ordered("Oops#1 Part1", two, at(1.001, "late"), one).lines.at(-1)).toBe(one);
    const long = two.padEnd((1 << 16) - 64, "x");
    const many = Array.from({ length: 66 }, () => long);
    expect(ordered("Oops#1 Part1", ...many).lines.slice(-2)).toEqual([long, `by: ${long}`]);
    const parts = Array.from({ length: 1001 }, (_, index) => [`Oops#1 Part${index + 1}`, one]).flat();
    expect(ordered(...parts).lines.slice(-2)).toEqual(["Oops#1 Part1001", one]);
  });

  it("join a line that an old kernel cut where a part was full, and lose a rest whose beginning is not here", () => {
    const [head, rest] = [at(2, "usb 1-1: new").slice(0, -3), "new"];
    expect(ordered("Oops#1 Part1", rest, three, "Oops#1 Part2", one, head).lines).toEqual([
      "Oops#1 Part2",
      one,
      at(2, "usb 1-1: new"),
      three,
    ]);
    expect(ordered("Oops#1 Part1", rest, three, "Oops#1 Part3", one).lines).toEqual(["Oops#1 Part3", one, three]);
    expect(ordered("Oops#1 Part1", "[x]: no prefix anywhere", "Oops#1 Part2", "nor here").lines).toEqual(
      ["Oops#1 Part2", "[x]: no prefix anywhere", "nor here"].toSorted(),
    );
  });
});

describe("PstoreParts: several dumps", () => {
  it("of one boot give each line once, by their stamps", () => {
    const lines = ["Panic#2 Part1", three, four, "Panic#2 Part2", two, "Oops#1 Part1", two, three, "Oops#1 Part2", one];
    expect(ordered(...lines).lines).toEqual(["Oops#1 Part2", one, two, three, four]);
    expect(ordered("Panic#2 Part1", two, " and more", three, "Oops#1 Part1", one).lines).toEqual([
      "Oops#1 Part1",
      one,
      two,
      " and more",
      three,
    ]);
  });

  it("of two boots stay apart: the second begins with a part that is there already", () => {
    expect(ordered("Panic#1 Part1", three, "Panic#1 Part1", one).lines).toEqual([
      "Panic#1 Part1",
      three,
      "Panic#1 Part1",
      one,
    ]);
  });
});

describe("a log of the kernel's dumps", () => {
  const boot = (text: string) => {
    const boots = bootsIn(text).map(diagnose);
    expect(boots).toHaveLength(1);
    return boots[0];
  };
  const text = [
    ["Panic#2 Part1", at(60.2, "Kernel panic - not syncing: Fatal exception")],
    ["Panic#2 Part2", at(60.1, "BUG: kernel NULL pointer dereference, address: 0000000000000008"), at(60.15, "PGD 0")],
    ["Panic#2 Part3", at(20, "random: crng init done"), at(21, "eth0: link up")],
  ];

  it("is one boot whichever part comes first, with the lines' own places", () => {
    const record = boot(`${text.flat().join("\n")}\n`);
    expect(record?.verdict).toMatchObject({ crng: "innocent", rule: "trouble-stops-the-boot" });
    expect(record?.verdict.because).toEqual([expect.objectContaining({ line: 2 })]);
    expect(record?.covers).toMatchObject({ firstLine: 2, lastLine: 8, firstAt: 20, lastAt: 60.2 });
    expect(boot(`${text.toReversed().flat().join("\n")}\n`)?.verdict.rule).toBe("trouble-stops-the-boot");
  });

  it("shows when the CRNG was ready, and says of no line that it stands before or after that", () => {
    const record = boot(`${text.flat().join("\n")}\n`);
    expect(record?.readiness).toMatchObject({ level: "ready", readyAt: 20, line: null });
    expect(record?.course?.ready?.ready).toEqual({ at: 20, line: null });
    expect(boot(`${text.toReversed().flat().join("\n")}\n`)?.readiness.line).toBe(2);
  });

  it("is a log by its header, without any stamp", () => {
    expect(boot("Panic#1 Part1\n<4> Call Trace:\n<4> probe of radio failed\n")?.course?.logLines).toBeGreaterThan(0);
  });
});

it("parts take work in proportion to their lines", () => {
  const partOf = (number: number): readonly string[] => [
    `Oops#1 Part${number}`,
    ...Array.from({ length: 20 }, (_, index) => at(1000 - number + index / 100, "x")),
  ];
  const [few, many] = [200, 800].map((size) => Array.from({ length: size }, (_, index) => partOf(index + 1)).flat());
  const read = (size: number): void => {
    const parts = new PstoreParts(() => undefined);
    for (const [index, raw] of ((size === 200 ? few : many) ?? []).entries()) parts.take(raw, index + 1);
    parts.end();
  };
  // The first runs are of code that is not compiled yet.
  for (let run = 0; run < 5; run++) read(800);
  expect(growth(read, 200)).toBeLessThan(linear);
});
