import { describe, expect, it } from "vitest";
import { parseKernelMessage } from "../../../src/parse/kernel-log/kernel-messages.ts";
import { parseRemarkedMessage } from "../../../src/parse/kernel-log/remarked-message.ts";

const ready = parseKernelMessage("random: crng init done");

describe("parseRemarkedMessage: a message that a person typed", () => {
  it.each([
    ["a wrong letter", "random: crng unit done"],
    ["a missing letter", "random: crng int done"],
    ["a letter too many", "random: crng iniit done"],
    ["the last letter missing", "random: crng init don"],
    ["a letter too many at the end", "random: crng init donee"],
    ["the first letter missing", "andom: crng init done"],
    ["two letters the wrong way round", "random: crng init odne"],
    ["letters that look alike", "randorn: crng 1nit d0ne"],
    ["a blank too many", "random: crng  init done"],
    ["a wrong letter and a full stop", "random: crng unit done."],
  ])("is known with %s, as typed", (_what, text) => {
    expect(parseRemarkedMessage(text)).toEqual({ message: ready, typed: true, inSentence: false });
  });

  it.each([
    ["two wrong letters", "random: crng anit dane"],
    ["two letters missing", "random: crng it done"],
    ["two letters too many", "random: crng inniit done"],
    ["two pairs of letters the wrong way round", "random: rcng init odne"],
    ["two other letters in place of two", "random: crng xxit done"],
    ["a letter in front, which makes another word", "prandom: crng init done"],
  ])("is not known with %s", (_what, text) => {
    expect(parseRemarkedMessage(text)).toBeNull();
  });
});

describe("parseRemarkedMessage: a message that does not fill its line", () => {
  it.each<[what: string, text: string, typed: boolean, inSentence: boolean]>([
    ["a remark", "random: crng init done <- 127 seconds!", false, false],
    ["a full stop", "random: crng init done.", false, false],
    ["the rest of a sentence", "random: crng init done, and then it goes on", false, true],
    ["the end of a quotation", 'random: crng init done" is the last line', false, true],
    ["a blank too many within, and a remark", "random: crng  init done <- here", true, false],
    ["a blank too many within the remark", "random: crng init done <-  here", false, false],
  ])("is known before %s", (_what, text, typed, inSentence) => {
    expect(parseRemarkedMessage(text)).toEqual({ message: ready, typed, inSentence });
  });

  it("is none where it is the name of a task that read early, however the line is cut", () => {
    const name = "random: crng init done";
    expect(parseRemarkedMessage(`${name}: uninitialized urandom read (16 bytes read)`)).toBeNull();
    expect(parseRemarkedMessage(`${name} urandom read with 5 bits of entropy available`)).toBeNull();
    expect(parseRemarkedMessage(`${name}: uninit`)).toBeNull();
    expect(parseRemarkedMessage(`${name}: u`)).toBeNull();
    expect(parseRemarkedMessage(`${name}: `)).not.toBeNull();
  });

  it("is not looked for in a line of more than 512 characters", () => {
    const text = (length: number): string => `${"random: crng init done <- ".padEnd(length - 1, "-")}!`;
    expect(parseRemarkedMessage(text(512))).not.toBeNull();
    expect(parseRemarkedMessage(text(513))).toBeNull();
  });
});
