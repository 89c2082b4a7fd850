import * as fc from "fast-check";
import { describe, expect, it } from "vitest";
import {
  joinFragments,
  kernelFacility,
  type KmsgRecord,
  parseKmsgRecord,
  splitKmsgRecords,
} from "../../../src/parse/kernel-log/kmsg.ts";
import { growth, linear } from "../../support/growth.ts";
import { anyText } from "../../support/inputs/any-text.ts";

const recordOf = (raw: string): KmsgRecord => {
  const record = parseKmsgRecord(raw);
  if (record === null) throw new Error(`not a record: ${raw}`);
  return record;
};

/** As msg_add_ext_text() of kernel/printk/printk.c writes the text of a record. */
const asTheKernelWrites = (text: string): string =>
  [...Buffer.from(text)]
    .map((byte) =>
      byte < 0x20 || byte >= 0x7f || byte === 0x5c
        ? `\\x${byte.toString(16).padStart(2, "0")}`
        : String.fromCharCode(byte),
    )
    .join("");

describe("a record of /dev/kmsg", () => {
  it("has a facility, a level, a number, a time and a text", () => {
    expect(recordOf("5,391,931586,-;random: crng init done\n")).toEqual({
      facility: kernelFacility,
      level: 5,
      seq: 391,
      at: 0.931586,
      fragment: "whole",
      text: "random: crng init done",
    });
  });

  it.each([
    ["user", "12,812,4012345,-;random: crng init done\n", 1, 4],
    ["daemon", "30,813,4012346,-;random: crng init done\n", 3, 6],
    ["local7", "191,814,4012347,-;random: crng init done\n", 23, 7],
  ])("of facility %s is not the kernel's", (_name, raw, facility, level) => {
    expect(recordOf(raw)).toMatchObject({ facility, level });
  });

  it("cannot get the kernel's facility by a number that overflows", () => {
    expect(parseKmsgRecord(`${2 ** 32 + 5},1,0,-;random: crng init done`)).toBeNull();
    expect(parseKmsgRecord(`${2 ** 33 + 5},1,0,-;random: crng init done`)).toBeNull();
  });

  it("keeps fields after its flag, and its dictionary, out of its text", () => {
    expect(recordOf("5,79,110341,-,caller=T1;random: crng init done\n SUBSYSTEM=random\n DEVICE=c1:9\n").text).toBe(
      "random: crng init done",
    );
    expect(recordOf("6,80,110342,-,caller=C1,more=a:b;usb 1-1: new device\n TEXT=random: crng init done\n").text).toBe(
      "usb 1-1: new device",
    );
  });

  it("may have semicolons, commas and blanks in its text, or none at all", () => {
    expect(recordOf("6,1,0,-;a;b,c; d\n").text).toBe("a;b,c; d");
    expect(recordOf("6,1,0,-;  indented\n").text).toBe("  indented");
    expect(recordOf("6,1,0,-;\n").text).toBe("");
  });

  it("has its control bytes, backslashes and UTF-8 back", () => {
    expect(recordOf(String.raw`5,1,0,-;random: \x1b[31mx\x0agr\xc3\xb6\xc3\x9fe\x5cx41: read`).text).toBe(
      "random: \u001b[31mx\ngröße\\x41: read",
    );
    expect(recordOf(String.raw`5,1,0,-;no escape: \X41 \x4 \xzz`).text).toBe(String.raw`no escape: \X41 \x4 \xzz`);
  });

  it("has the text that the kernel was given, whatever it was", () => {
    fc.assert(
      fc.property(fc.string({ unit: "grapheme" }), (text) => {
        expect(recordOf(`5,1,0,-;${asTheKernelWrites(text)}\n`).text).toBe(text);
      }),
    );
  });

  it.each([
    "",
    "\n",
    "random: crng init done",
    "<5>random: crng init done",
    "5,391,931586;no flag",
    "5,391,-;no time",
    "-5,1,0,-;negative",
    "5,0x1,0,-;hexadecimal",
    "5,1,0,-",
    " SUBSYSTEM=usb",
    "a,1,0,-;x",
  ])("is not made of %j", (raw) => {
    expect(parseKmsgRecord(raw)).toBeNull();
  });

  it("is never made of arbitrary bytes by an exception", () => {
    fc.assert(fc.property(anyText(), (raw) => void parseKmsgRecord(raw)));
    fc.assert(
      fc.property(
        fc.string({ unit: fc.constantFrom(...Array.from("0159,;-c+\\xf \n")) }),
        (raw) => void parseKmsgRecord(raw),
      ),
    );
  });
});

describe("a copy of /dev/kmsg", () => {
  it("falls into its records, each with its dictionary", () => {
    const records = ["6,1,0,-;a", "6,2,0,-;b\n SUBSYSTEM=usb\n DEVICE=+usb:1-1", "6,3,0,-;c"];
    expect(splitKmsgRecords(`${records.join("\n")}\n`)).toEqual(records);
    expect(splitKmsgRecords("")).toEqual([]);
    expect(splitKmsgRecords("\n\n")).toEqual([]);
  });

  it("is split and read in time in proportion to its length, whatever it holds", () => {
    for (const text of [
      (size: number) => "\n".repeat(size),
      (size: number) => "\n ".repeat(size / 2),
      (size: number) => `5,1,0,-;${String.raw`\x`.repeat(size / 2)}`,
      (size: number) => "1".repeat(size),
      (size: number) => `1,1,1,-${",a".repeat(size / 2)}`,
    ])
      expect(growth((size) => void splitKmsgRecords(text(size)).map(parseKmsgRecord), 1 << 18)).toBeLessThan(linear);
  });
});

describe("fragments of a line, before kernel 4.10", () => {
  const joined = (...raw: readonly string[]): readonly string[] =>
    joinFragments(raw.map(recordOf)).map(({ text }) => text);

  it("are put together under the first one's number and time", () => {
    const [whole, ...rest] = joinFragments(
      [
        "4,7,1000000,c;random: systemd: ",
        "4,8,1000010,+;uninitialized urandom read ",
        "4,9,1000020,+;(16 bytes read)",
      ].map(recordOf),
    );
    expect(rest).toEqual([]);
    expect(whole).toMatchObject({ seq: 7, at: 1, text: "random: systemd: uninitialized urandom read (16 bytes read)" });
  });

  it("go on with what they started, not with whole lines or strangers'", () => {
    expect(joined("6,1,0,c;a", "6,2,0,-;b", "6,3,0,+;c")).toEqual(["a", "b", "c"]);
    expect(joined("6,1,0,-;random: crng ", "6,2,0,+;init done")).toEqual(["random: crng ", "init done"]);
    expect(joined("6,1,0,c;random: crng ", "14,2,0,+;init done")).toEqual(["random: crng ", "init done"]);
    expect(joined("6,1,0,c;a", "6,2,0,c;b", "6,3,0,+;c")).toEqual(["a", "bc"]);
    expect(joined("6,1,0,+;c")).toEqual(["c"]);
  });

  it("lose no text, whatever their order", () => {
    const fragment = fc.record({
      prio: fc.constantFrom(6, 14),
      flag: fc.constantFrom("-", "c", "+"),
      text: fc.string({ unit: fc.constantFrom("a", "b") }),
    });
    fc.assert(
      fc.property(fc.array(fragment), (fragments) => {
        const raw = fragments.map(({ prio, flag, text }, index) => `${prio},${index},0,${flag};${text}`);
        expect(joined(...raw).join("")).toBe(fragments.map(({ text }) => text).join(""));
      }),
    );
  });
});
