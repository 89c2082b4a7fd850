import * as fc from "fast-check";
import { describe, expect, it } from "vitest";
import { jsonText } from "../../src/render/json-text.ts";

describe("jsonText", () => {
  it("is JSON of the same value, whatever its texts are", () => {
    fc.assert(
      fc.property(fc.jsonValue(), fc.constantFrom(undefined, 2), (value, indent) => {
        expect(JSON.parse(jsonText(value, indent))).toEqual(JSON.parse(JSON.stringify(value)));
      }),
    );
  });

  it("has no character that a terminal obeys, or that hides or reorders text", () => {
    const hostile = [
      "\u007f",
      "\u009b31m",
      "\u202e",
      "\u2066",
      "\u2028",
      "\u2029",
      "\ufeff",
      "\u200b",
      "\u{e0001}",
      "\0",
    ];
    expect(jsonText({ hostile }, 2)).toMatch(/^[\n -~]+$/);
    expect(jsonText(hostile)).toMatch(/^[ -~]+$/);
  });

  it("leaves letters of every script as they are", () => {
    expect(jsonText({ name: "ünïcödé 雪 🎲" })).toBe('{"name":"ünïcödé 雪 🎲"}');
  });
});
