import { describe, expect, it } from "vitest";
import { type BootRecord, emptyRecord } from "../../../src/core/boot-record.ts";
import type { Gravity, Sign } from "../../../src/core/sign.ts";
import { distinct, pointersOf, troubleOf } from "../../../src/diagnose/verdict/look-at.ts";
import { aWait } from "../../support/records/waits.ts";
import { aCourse } from "../../support/records/log-course.ts";

const sign = (kind: Sign["kind"], gravity: Gravity, line: number | null, text = `${kind} in line ${line}`): Sign => ({
  kind,
  gravity,
  line,
  at: null,
  text,
  name: null,
  inRandomCode: false,
  byTimeout: false,
});
const recordWith = (signs: readonly Sign[], more: Partial<BootRecord> = {}): BootRecord => ({
  ...emptyRecord(),
  signs,
  ...more,
});
const linesOf = (listed: readonly { readonly line: number | null }[]): readonly (number | null)[] =>
  listed.map(({ line }) => line);

describe("troubleOf: what explains a boot that does not go on", () => {
  it("comes by gravity, then by how near it is to the reason, then by its line", () => {
    const signs = [
      sign("device", "warns", 1),
      sign("unit-failed", "breaks", 2),
      sign("hung-task", "breaks", 3),
      sign("panic", "stops", 9),
      sign("root-device", "stops", 8),
      sign("root-device", "stops", 7),
      sign("network", "breaks", 4),
    ];
    expect(linesOf(troubleOf(recordWith(signs)))).toEqual([7, 8, 9, 3, 2, 4, 1]);
  });

  it("of the same gravity comes by how near its kind is to the reason: a panic follows from what is above it", () => {
    const kinds = [
      "fips-integrity",
      "fips-selftest",
      "root-device",
      "dracut-initqueue",
      "filesystem",
      "oops",
      "hung-task",
      "soft-lockup",
      "rcu-stall",
      "oom",
      "unit-failed",
      "device",
      "emergency-mode",
      "panic",
      "unit-unfinished",
    ] as const;
    const signs = kinds.map((kind, index) => sign(kind, "stops", 100 - index));
    expect(troubleOf(recordWith(signs.toReversed())).map(({ kind }) => kind)).toEqual(kinds);
  });

  it("of the kinds that show no reason comes by its line", () => {
    const kinds = ["unit-unfinished", "silence", "console", "network", "shutdown", "prompt", "other"] as const;
    for (const order of [kinds, kinds.toReversed()]) {
      const signs = order.map((kind, index) => sign(kind, "breaks", index));
      expect(troubleOf(recordWith(signs.toReversed())).map(({ kind }) => kind)).toEqual(order);
    }
  });

  it("of all gravities comes by gravity alone, however near a lighter one is to the reason", () => {
    const signs = [sign("root-device", "warns", 1), sign("oops", "breaks", 2), sign("other", "stops", 3)];
    expect(linesOf(troubleOf(recordWith(signs)))).toEqual([3, 2, 1]);
  });

  it("puts a sign without a line before others of its kind", () => {
    expect(linesOf(troubleOf(recordWith([sign("oops", "breaks", 2), sign("oops", "breaks", null)])))).toEqual([
      null,
      2,
    ]);
  });

  it("leaves out errors that healthy boots print too", () => {
    expect(troubleOf(recordWith([sign("device", "notes", 1)]))).toEqual([]);
  });

  it.each([
    ["the line of a wait", 12, 12, []],
    ["the line next to it", 11, 12, []],
    ["a line further on", 10, 12, [10]],
    ["no line of its own", null, 12, [null]],
    ["a line, where the wait has none", 12, null, [12]],
    ["no line, as the wait", null, null, [null]],
  ])("leaves out a hung task whose report is a wait for the CRNG: with %s", (_what, signLine, waitLine, lines) => {
    const record = recordWith([sign("hung-task", "breaks", signLine)], { waits: [aWait({ line: waitLine })] });
    expect(linesOf(troubleOf(record))).toEqual(lines);
  });

  it("keeps another sign in the line of a wait", () => {
    const record = recordWith([sign("oops", "breaks", 12)], { waits: [aWait({ line: 12 })] });
    expect(linesOf(troubleOf(record))).toEqual([12]);
  });
});

describe("pointersOf: where to look", () => {
  it("names grave signs of different kinds first, then the others of those kinds", () => {
    const signs = [
      sign("hung-task", "breaks", 1),
      sign("hung-task", "breaks", 2),
      sign("oops", "breaks", 3),
      sign("unit-failed", "breaks", 4),
    ];
    expect(linesOf(pointersOf(recordWith(signs)))).toEqual([3, 1, 4]);
    expect(linesOf(pointersOf(recordWith(signs.slice(0, 3))))).toEqual([3, 1, 2]);
  });

  it("names three at most, faults that the kernel reports of itself before small errors", () => {
    const signs = [
      sign("device", "notes", 1),
      sign("other", "warns", 2),
      sign("panic", "stops", 3),
      sign("other", "warns", 4),
      sign("device", "notes", 5),
    ];
    expect(linesOf(pointersOf(recordWith(signs)))).toEqual([3, 2, 4]);
  });

  it("names of small errors one of each subsystem, those with an error number or a time-out first", () => {
    const notes = [
      sign("device", "notes", 1, "usb 1-1: device not accepting address"),
      sign("device", "notes", 2, "usb 1-1: device descriptor read/64, error -71"),
      sign("device", "notes", 3, "i915 0000:00:02.0: [drm] *ERROR* no flip"),
      sign("other", "notes", 4, "tpm tpm0: A TPM error occurred"),
    ];
    expect(linesOf(pointersOf(recordWith(notes)))).toEqual([2, 3, 4]);
    expect(linesOf(pointersOf(recordWith(notes.slice(0, 2))))).toEqual([2, 1]);
    expect(linesOf(pointersOf(recordWith([...notes.slice(0, 3), sign("network", "notes", 9)])))).toEqual([9, 2, 3]);
  });

  it("names a driver that gave up before other errors, and a unit without an end after those that have a number", () => {
    const notes = [
      sign("device", "notes", 1, "foo 0000:00:02.0: link is wrong"),
      sign("unit-unfinished", "notes", 2),
      sign("device", "notes", 3, "bar 0000:00:03.0: loading failed with status -2"),
      sign("device", "notes", 4, "baz: probe of baz failed with error -2"),
    ];
    expect(linesOf(pointersOf(recordWith(notes)))).toEqual([4, 3, 2]);
    expect(linesOf(pointersOf(recordWith(notes.slice(0, 3))))).toEqual([3, 2, 1]);
  });

  it("names a unit that was left out before other faults of units", () => {
    const notes = [
      sign("unit-failed", "notes", 1, "sysinit.target: Found ordering cycle on haveged.service/start"),
      sign("unit-failed", "notes", 2, "systemd did not start a: its job was deleted to break an ordering cycle"),
    ];
    expect(linesOf(pointersOf(recordWith(notes)))).toEqual([2, 1]);
  });

  it.each([
    "pcieport 0000:00:1c.5: AER: Corrected error received: 0000:00:1c.5",
    "pcieport 0000:00:1c.5: PCIe Bus Error: severity=Corrected, type=Physical Layer, (Receiver ID)",
    "{1}[Hardware Error]: event severity: corrected",
    "mce: [Hardware Error]: CPU 2: Machine Check: 0 Bank 5: 9c00004000010091",
    "foo 0000:00:14.3: Direct firmware load for foo-46.ucode failed with error -2",
    "EXT4-fs (sda2): VFS: Can't find ext4 filesystem",
  ])("names last of all what is put right at once, or what healthy boots print: '%s'", (text) => {
    const others = [sign("device", "notes", 2, "i2c i2c-1: error"), sign("unit-unfinished", "notes", 3)];
    const record = recordWith([sign("device", "warns", 1, text), ...others]);
    expect(linesOf(pointersOf(record))).toEqual([3, 2, 1]);
    const course = aCourse({ longestSilence: { from: { line: 4, at: 1 }, to: { line: 5, at: 31 } } });
    expect(linesOf(pointersOf({ ...record, course, signs: record.signs.slice(0, 1) }))).toEqual([5, 4, 1]);
  });

  it.each([
    "pcieport 0000:00:1c.5: PCIe Bus Error: severity=Uncorrected (Fatal), type=Transaction Layer, (Requester ID)",
    "mce: [Hardware Error]: CPU 2: Machine Check: 0 Bank 5: bea0000000000108",
  ])("names a fault that the hardware did not correct with the other faults: '%s'", (text) => {
    const record = recordWith([sign("device", "notes", 2, "i2c i2c-1: error"), sign("device", "warns", 9, text)]);
    expect(linesOf(pointersOf(record))).toEqual([9, 2]);
  });

  it("names the longest silence after the signs, with its length, where both its ends have a time", () => {
    const silence = (from: number | null, to: number | null): BootRecord =>
      recordWith([sign("device", "notes", 1)], {
        course: aCourse({ longestSilence: { from: { line: 4, at: from }, to: { line: 5, at: to } } }),
      });
    expect(pointersOf(silence(2, 33.25))).toEqual([
      { line: 1, kind: "device", text: "device in line 1" },
      { line: 5, kind: "silence", text: "a silence of 31.3 s ends here" },
      { line: 4, kind: "silence", text: "a silence of 31.3 s begins here" },
    ]);
    for (const record of [silence(null, 33.25), silence(2, null)]) expect(linesOf(pointersOf(record))).toEqual([1]);
  });

  it("names slow parts of the boot last, which no line shows", () => {
    const record = recordWith([sign("device", "notes", 1)], {
      units: { initrdAt: null, userspaceAt: 31, finishedAt: 40, units: [], silences: null },
    });
    expect(pointersOf(record)).toEqual([
      { line: 1, kind: "device", text: "device in line 1" },
      { line: null, kind: "other", text: "the kernel and the initrd took 31.0 s" },
    ]);
  });

  it("is empty where nothing is wrong", () => {
    expect(pointersOf(emptyRecord())).toEqual([]);
  });
});

describe("distinct: pointers of several sources", () => {
  it("names each line once, by what was said of it first, and each text without a line once", () => {
    const pointers = [
      { line: 3, kind: "oops", text: "a" },
      { line: null, kind: "other", text: "b" },
      { line: 3, kind: "panic", text: "c" },
      { line: null, kind: "other", text: "d" },
      { line: 4, kind: "panic", text: "e" },
      { line: null, kind: "panic", text: "b" },
      { line: null, kind: "panic", text: "a" },
    ] as const;
    expect(distinct(pointers).map(({ text }) => text)).toEqual(["a", "b", "d", "e", "a"]);
  });
});
