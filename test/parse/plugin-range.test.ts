import * as fc from "fast-check";
import { describe, expect, it } from "vitest";
import { parsePluginRange, parseSecondsRange } from "../../src/parse/plugin-range.ts";
import { anyText } from "../support/inputs/any-text.ts";

describe("a range of the Monitoring Plugins guidelines", () => {
  it.each<[text: string, start: number, end: number, inside: boolean]>([
    ["10", 0, 10, false],
    ["10:", 10, Infinity, false],
    ["~:10", -Infinity, 10, false],
    ["10:20", 10, 20, false],
    ["@10:20", 10, 20, true],
    ["@10", 0, 10, true],
    ["0.5:1.25", 0.5, 1.25, false],
    ["-5:-1", -5, -1, false],
    [":7", 0, 7, false],
    ["0", 0, 0, false],
    ["~:", -Infinity, Infinity, false],
  ])("%s", (text, start, end, inside) => {
    expect(parsePluginRange(text)).toEqual({ text, start, end, inside });
  });

  it.each([
    "",
    "@",
    ":",
    "x",
    "10s",
    "20:10",
    "1:2:3",
    "~",
    "1e3",
    " 1",
    "1 ",
    "1\n",
    "--1",
    "1..2",
    "Infinity",
    "10|x",
    "9".repeat(40),
  ])("is none: %j", (text) => {
    expect(parsePluginRange(text)).toBeNull();
  });

  it("holds what may stand in performance data, and no more", () => {
    const unit = fc.oneof(fc.constantFrom(...Array.from("@~:-.0123456789")), anyText({ maxLength: 1 }));
    fc.assert(
      fc.property(fc.string({ unit, maxLength: 12 }), (text) => {
        expect(parsePluginRange(text)?.text ?? "0").toMatch(/^[@~:\d.-]+$/);
      }),
    );
  });

  it.each([
    ["5s", "5"],
    ["2min", "120"],
    ["1min 30s", "90"],
    ["5s:2min", "5:120"],
    ["500ms:", "0.5:"],
    ["~:2min", "~:120"],
    ["@5s:1h", "@5:3600"],
    ["10:20", "10:20"],
    ["-5:-1", "-5:-1"],
  ])("parseSecondsRange: %s is %s, with time spans in seconds", (text, plain) => {
    expect(parseSecondsRange(text)).toEqual(parsePluginRange(plain));
    expect(parseSecondsRange(text)?.text).toBe(plain);
  });

  it.each(["", "s", "5parsec", "2min:1s", "5s:6s:7s", "-5s", "1e3", "0x10", "~5s"])(
    "parseSecondsRange: '%s' is no range",
    (text) => {
      expect(parseSecondsRange(text)).toBeNull();
    },
  );
});
