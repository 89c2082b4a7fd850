import { describe, expect, it } from "vitest";
import type { Gravity, Sign, SignKind } from "../../../src/core/sign.ts";
import { plainSign, SignList, withRepeated } from "../../../src/parse/sign/sign-list.ts";

const sign = (line: number | null, kind: SignKind = "device", gravity: Gravity = "breaks"): Sign => ({
  ...plainSign,
  kind,
  gravity,
  line,
  at: null,
  text: `line ${line}`,
});
const listed = (...signs: readonly Sign[]): readonly (number | null)[] => {
  const list = new SignList();
  for (const one of signs) list.add(one);
  return list.list().map(({ line }) => line);
};

describe("SignList", () => {
  it.each<[gravity: Gravity, first: number, last: number]>([
    ["stops", 12, 4],
    ["breaks", 16, 8],
    ["warns", 6, 3],
    ["notes", 8, 8],
  ])("keeps of what %s the first %i and the last %i, and counts the others", (gravity, first, last) => {
    const list = new SignList();
    for (let line = 1; line <= 100; line++) list.add(sign(line, "device", gravity));
    const lines = Array.from({ length: 100 }, (_, index) => index + 1);
    expect(list.list().map(({ line }) => line)).toEqual([...lines.slice(0, first), ...lines.slice(-last)]);
    expect(list.dropped).toBe(100 - first - last);
    const full = new SignList();
    for (let line = 1; line <= first + last; line++) full.add(sign(1, "device", gravity));
    expect(full.dropped).toBe(0);
  });

  it("is in the log's order, whatever the gravity", () => {
    expect(listed(sign(3, "panic", "stops"), sign(null), sign(1, "device", "notes"), sign(2))).toEqual([null, 1, 2, 3]);
    expect(listed(sign(1, "panic", "stops"), sign(null))).toEqual([null, 1]);
    const [noted, stopped, warned] = [
      sign(7, "device", "notes"),
      sign(3, "device", "stops"),
      sign(5, "device", "warns"),
    ];
    expect(listed(noted, stopped, warned)).toEqual([3, 5, 7]);
  });

  it.each<[kind: SignKind, gravity: Gravity]>([
    ["oops", "breaks"],
    ["panic", "stops"],
    ["rcu-stall", "breaks"],
    ["other", "warns"],
  ])("has one sign of a report that shows its %s in several lines, no more than 45 apart", (kind, gravity) => {
    expect(listed(sign(10, kind, gravity), sign(11, kind, gravity), sign(56, kind, gravity))).toEqual([10]);
    expect(listed(sign(10, kind, gravity), sign(56, kind, gravity))).toEqual([10, 56]);
    expect(listed(sign(10, kind, gravity), sign(55, kind, gravity))).toEqual([10]);
    expect(listed(sign(10, kind, gravity), sign(49, kind, gravity), sign(89, kind, gravity))).toEqual([10]);
    expect(listed(sign(5, kind, gravity), sign(5, kind, gravity))).toEqual([5, 5]);
    // The next boot of the log, or entries without lines.
    expect(listed(sign(10, kind, gravity), sign(9, kind, gravity))).toEqual([9, 10]);
    expect(listed(sign(null, kind, gravity), sign(null, kind, gravity))).toEqual([null, null]);
  });

  it("has each line of other kinds, and each failed self-test", () => {
    expect(listed(sign(10), sign(11), sign(12, "other"), sign(13, "other"))).toEqual([10, 11, 12, 13]);
    expect(listed(sign(10, "fips-selftest"), sign(11, "fips-selftest"))).toEqual([10, 11]);
    expect(listed(sign(10, "fips-selftest", "stops"), sign(11, "fips-selftest", "stops"))).toEqual([10, 11]);
    expect(listed(sign(10, "other", "notes"), sign(11, "other", "notes"))).toEqual([10, 11]);
  });

  it("changes the latest sign that is to be changed, and no other", () => {
    const list = new SignList();
    for (let line = 1; line <= 30; line++) list.add(sign(line));
    const rename = (least: number): boolean =>
      list.amend((one) => ((one.line ?? 0) <= least ? { ...one, name: "changed" } : null));
    expect([rename(30), rename(10), rename(0)]).toEqual([true, true, false]);
    expect(list.list().flatMap(({ line, name }) => (name === null ? [] : [line]))).toEqual([10, 30]);
    list.amend((one) => ((one.line ?? 0) < 3 ? { ...one, inRandomCode: true } : null));
    expect(list.list().flatMap(({ line, inRandomCode }) => (inRandomCode ? [line] : []))).toEqual([2]);
  });
});

describe("withRepeated: a fault that a device reports again and again", () => {
  const faults = (count: number, kind: SignKind = "device"): readonly Sign[] =>
    Array.from({ length: count }, (_, index) => ({
      ...sign(index + 1, kind, "notes"),
      text: `mmc0: error -110 at try ${index}`,
    }));
  const gravities = (signs: readonly Sign[], lastLine: number | null): readonly Gravity[] =>
    withRepeated(signs, lastLine).map(({ gravity }) => gravity);

  it("is graver than a single one from four times on, up to the log's last lines", () => {
    expect(gravities(faults(4), 7)).toEqual(["notes", "notes", "notes", "warns"]);
    expect(gravities(faults(3), 3)).toEqual(["notes", "notes", "notes"]);
    expect(gravities(faults(4), 8)).not.toContain("warns");
    expect(gravities(faults(4), null)).not.toContain("warns");
  });

  it("is a device's, in the same words but for numbers", () => {
    expect(gravities(faults(4, "other"), 4)).not.toContain("warns");
    const other = { ...sign(5, "device", "notes"), text: "usb 1-1: device descriptor read/64, error -32" };
    expect(gravities([...faults(4), other], 5)).not.toContain("warns");
  });
});
