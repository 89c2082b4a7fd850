import * as fc from "fast-check";
import { describe, expect, it } from "vitest";
import { formatCall, formatReply, parseCall, parseReply } from "../../src/varlink/message.ts";

const call = (text: string) => parseCall(Buffer.from(text));
const reply = (text: string) => parseReply(Buffer.from(text));
/** As JSON.parse gives it: no -0, and `__proto__` a name like any other. */
const parameters = fc
  .dictionary(fc.string(), fc.jsonValue())
  .map((value) => ({ ...JSON.parse(JSON.stringify(value)) }));
const withoutNul = (bytes: Buffer) => {
  expect(bytes.indexOf(0)).toBe(bytes.length - 1);
  return bytes.subarray(0, -1);
};

describe("parseCall", () => {
  it.each([
    ['{"method":"a.b.C"}', { method: "a.b.C", parameters: {}, mode: "plain" }],
    ['{"method":"a.b.C","parameters":null,"more":null}', { method: "a.b.C", parameters: {}, mode: "plain" }],
    [' {"method":"a.b.C","parameters":{"x":1},"more":true}\n', { method: "a.b.C", parameters: { x: 1 }, mode: "more" }],
    ['{"method":"a.b.C","oneway":true,"more":false}', { method: "a.b.C", parameters: {}, mode: "oneway" }],
    ['{"method":"a.b.C","upgrade":true}', { method: "a.b.C", parameters: {}, mode: "upgrade" }],
    ['{"method":"a.b.C","org.example":{"trace":1}}', { method: "a.b.C", parameters: {}, mode: "plain" }],
    ['{"method":"a.b.C","method":"a.b.D"}', { method: "a.b.D", parameters: {}, mode: "plain" }],
  ])("reads %s", (text, expected) => {
    expect(call(text)).toEqual(expected);
  });

  it.each([
    "",
    "foo",
    "null",
    "[]",
    '"a.b.C"',
    "{}",
    '{"method":1}',
    '{"method":"a.b.C"',
    '{"method":"a.b.C"}{"method":"a.b.C"}',
    '{"method":"a.b.C","parameters":[]}',
    '{"method":"a.b.C","parameters":"x"}',
    '{"method":"a.b.C","more":"true"}',
    '{"method":"a.b.C","more":true,"oneway":true}',
    '{"method":"a.b.C","surprise":true}',
    '{"method":"a.b.C","__proto__":{"more":true}}',
    '\uFEFF{"method":"a.b.C"}',
    "[".repeat(50_000),
    `{"method":"a.b.C","parameters":${"[".repeat(50_000)}}`,
  ])("refuses %.60s", (text) => {
    expect(call(text)).toBeNull();
  });

  it("refuses what is not UTF-8", () => {
    expect(parseCall(Buffer.from('{"method":"a.b.\xff"}', "latin1"))).toBeNull();
  });

  it("uses no prototype from a message", () => {
    const parsed = call('{"method":"a.b.C","parameters":{"__proto__":{"polluted":true}}}');
    expect(Object.keys(parsed?.parameters ?? {})).toEqual(["__proto__"]);
    expect("polluted" in {}).toBe(false);
    expect("polluted" in (parsed?.parameters ?? {})).toBe(false);
  });

  it("reads back what formatCall wrote", () => {
    const mode = fc.constantFrom("plain", "oneway", "more", "upgrade");
    fc.assert(
      fc.property(fc.record({ method: fc.string(), parameters, mode }), (message) => {
        expect(parseCall(withoutNul(formatCall(message)))).toEqual(message);
      }),
    );
  });

  it("never throws", () => {
    fc.assert(fc.property(fc.uint8Array(), (bytes) => parseCall(Buffer.from(bytes)) === null));
    fc.assert(
      fc.property(fc.json(), (text) => {
        const parsed = call(text);
        expect(parsed === null || typeof parsed.method === "string").toBe(true);
      }),
    );
  });
});

describe("parseReply", () => {
  it.each([
    ["{}", { parameters: {}, continues: false, error: null }],
    ['{"parameters":null,"continues":null,"error":null}', { parameters: {}, continues: false, error: null }],
    ['{"parameters":{"x":[]},"continues":true}', { parameters: { x: [] }, continues: true, error: null }],
    ['{"error":"a.b.C","parameters":{}}', { parameters: {}, continues: false, error: "a.b.C" }],
    ['{"org.example":1}', { parameters: {}, continues: false, error: null }],
  ])("reads %s", (text, expected) => {
    expect(reply(text)).toEqual(expected);
  });

  it.each([
    "",
    "[]",
    "1",
    '{"error":1}',
    '{"parameters":1}',
    '{"continues":1}',
    '{"error":"a.b.C","continues":true}',
    '{"x":1}',
  ])("refuses %s", (text) => {
    expect(reply(text)).toBeNull();
  });

  it("reads back what formatReply wrote", () => {
    fc.assert(
      fc.property(fc.record({ parameters, continues: fc.boolean() }), (message) => {
        const written = { ...message, error: null };
        expect(parseReply(withoutNul(formatReply(written)))).toEqual(written);
      }),
    );
  });
});

describe("formatReply", () => {
  it("replaces the code points that are no characters, and no others", () => {
    const wrong: string[] = [];
    for (let code = 0x80; code <= 0x10ffff; code++) {
      const isNear = code % 0x10000 < 2 || code % 0x10000 > 0xfffb || (code > 0xfdc0 && code < 0xfe00);
      if (!isNear || (code >= 0xd800 && code < 0xe000)) continue;
      const character = String.fromCodePoint(code);
      const written = reply(
        String(withoutNul(formatReply({ parameters: { character }, continues: false, error: null }))),
      );
      const expected = /\p{Noncharacter_Code_Point}/u.test(character) ? "\ufffd" : character;
      if (written?.parameters["character"] !== expected) wrong.push(code.toString(16));
    }
    expect(wrong).toEqual([]);
  });
});
