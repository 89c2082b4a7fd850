import { describe, expect, it } from "vitest";
import { type Block, EntryBlocks } from "../../../../src/parse/log/entry/entry-blocks.ts";

/** The blocks in these lines, and the lines that belong to none, by their numbers from 1. */
function read(...lines: readonly string[]): { readonly found: readonly Block[]; readonly others: readonly number[] } {
  const found: Block[] = [];
  const blocks = new EntryBlocks((block) => found.push(block));
  const others = lines.flatMap((line, index) => (blocks.take(line, index + 1) ? [] : [index + 1]));
  blocks.end();
  return { found, others };
}

describe("EntryBlocks: an object of JSON over several lines", () => {
  const object = (...members: readonly string[]): readonly string[] => ["{", ...members, "}"];
  const message = '"MESSAGE" : "random: crng init done"';

  it("is an entry, on the line of its message", () => {
    const { found, others } = read(...object('"_TRANSPORT" : "kernel",', message), "later");
    expect(found).toEqual([
      { kind: "entry", line: 3, fields: { _TRANSPORT: "kernel", MESSAGE: "random: crng init done" } },
    ]);
    expect(others).toEqual([5]);
  });

  it("may be followed by the next on the line of its end", () => {
    const { found } = read("{", message, "},{", message, "}");
    expect(found.map(({ line }) => line)).toEqual([2, 4]);
  });

  it("is a record of dmesg's, with its priority and stamp", () => {
    const { found } = read("{", '"dmesg": [', "{", '"pri": 5,', '"time": 7.284424,', '"msg": "hello"', "},{");
    expect(found).toEqual([{ kind: "record", priority: 5, at: 7.284424, text: "hello", line: 6 }]);
    expect(read(...object('"pri": 5,', '"msg": "hello"')).found).toMatchObject([{ at: null, text: "hello" }]);
    expect(read(...object('"pri": "5",', '"msg": 1')).found).toEqual([]);
  });

  it("has 512 lines at most, and a quarter of a mebibyte", () => {
    const lines = (count: number): number =>
      read(...object(...Array.from({ length: count - 1 }, (_, index) => `"f${index}" : "x",`), message)).found.length;
    expect([lines(512), lines(513)]).toEqual([1, 0]);
    const characters = (count: number): number =>
      read(...object(`"f" : "${"x".repeat(count - message.length - '"f" : "",'.length)}",`, message)).found.length;
    expect([characters(1 << 18), characters((1 << 18) + 1)]).toEqual([1, 0]);
  });

  it("is none where a line is no member of one: a brace may be in any text", () => {
    expect(read("{", "int main(void)", message, "}")).toEqual({ found: [], others: [2, 3, 4] });
  });
});

describe("EntryBlocks: an entry of journalctl -o verbose", () => {
  const start = "Tue 2016-03-22 18:17:17.592123 UTC [s=0a1b;i=2;b=3c;m=6f2a1c;t=52ea3b1c0d0e5;x=1]";

  it("has its two stamps and its fields, each once, up to the next line that is not set in", () => {
    const { found, others } = read(
      start,
      "    _TRANSPORT=kernel",
      "    MESSAGE=random: crng init done",
      "            and more",
      "    MESSAGE=again",
      "    _NOT_READ=x",
      start,
      "    MESSAGE=next",
      "other",
      "    MESSAGE=no entry's",
    );
    const stamps = {
      __MONOTONIC_TIMESTAMP: String(0x6f2a1c),
      __REALTIME_TIMESTAMP: String(Number.parseInt("52ea3b1c0d0e5", 16)),
    };
    expect(found).toEqual([
      { kind: "entry", line: 5, fields: { ...stamps, _TRANSPORT: "kernel", MESSAGE: "random: crng init done" } },
      { kind: "entry", line: 8, fields: { ...stamps, MESSAGE: "next" } },
    ]);
    expect(others).toEqual([9, 10]);
  });
});
