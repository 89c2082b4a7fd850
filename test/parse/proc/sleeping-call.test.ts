import * as fc from "fast-check";
import { describe, expect, it } from "vitest";
import { parseSleepingCall } from "../../../src/parse/proc/sleeping-call.ts";
import { callLine } from "../../support/inputs/proc-lines.ts";

describe("parseSleepingCall", () => {
  it.each([
    ["getrandom(2)", callLine(318, 0x7ffd3f0a2c00, 24, 2), { syscall: "getrandom", bytes: 24, flags: 2 }],
    ["read(2)", callLine(0, 3, 0x7ffd3f0a2c00, 16, 9), { syscall: "read", bytes: 16, flags: 0 }],
  ])("shows what %s asked for, the stack pointer and the address, and no other register", (_name, text, request) => {
    const shown = parseSleepingCall(text);
    expect(shown).toMatchObject({ machine: "x86-64", request });
    expect(shown?.values).toHaveLength(17);
    expect(shown?.values.flatMap((value, number) => (value === null ? [] : [[number, value]]))).toEqual([
      [7, 0x7ffd3f0a2b58],
      [16, 0x7f1c2d8e1a9f],
    ]);
  });

  it("shows no request whose length is no exact number", () => {
    expect(parseSleepingCall(callLine(318, 1, 2 ** 60, 0))).toMatchObject({ request: null });
  });

  it.each(["running\n", "-1 0x7ffd3f0a2b58 0x7f1c2d8e1a9f\n", callLine(7, 1, 1), "318 0x1 0x2\n", ""])(
    "shows nothing of a task that runs, or is in another call: %j",
    (text) => expect(parseSleepingCall(text)).toBeNull(),
  );

  it("throws at no text", () => {
    fc.assert(fc.property(fc.string(), (text) => parseSleepingCall(text) === null));
  });
});
