import { describe, expect, it } from "vitest";
import { betterCaller, type Caller } from "../../src/core/caller.ts";
import { callerWords } from "../../src/core/caller-words.ts";
import { aCaller, aWait } from "../support/records/waits.ts";

const frame = { file: "/usr/lib64/libc.so.6", function: null, offset: null, buildId: null, byFramePointer: false };

describe("betterCaller", () => {
  it("prefers an unwound stack to recorded frames, and those to a request, whichever comes first", () => {
    const [stack, frames, request] = (["stack", "frames", "request"] as const).map((how) =>
      aCaller("a.so", { how }),
    ) as [Caller, Caller, Caller];
    for (const [better, worse] of [
      [stack, frames],
      [stack, request],
      [frames, request],
    ] as const) {
      expect(betterCaller(better, worse)).toBe(better);
      expect(betterCaller(worse, better)).toBe(better);
    }
  });

  it("prefers, of two that are as well proven, the one with more frames, and the first where they have as many", () => {
    const [longer, shorter] = [aCaller("a.so", { stack: [frame, frame] }), aCaller("b.so", { stack: [frame] })];
    expect(betterCaller(shorter, longer)).toBe(longer);
    expect(betterCaller(longer, shorter)).toBe(longer);
    const twin = aCaller("c.so", { stack: [frame] });
    expect(betterCaller(shorter, twin)).toBe(shorter);
  });

  it("is the one that is known", () => {
    const known = aCaller("a.so");
    expect([betterCaller(null, known), betterCaller(known, null), betterCaller(null, null)]).toEqual([
      known,
      known,
      null,
    ]);
  });
});

describe("callerWords", () => {
  it.each<[libraries: readonly string[], words: string]>([
    [[], ""],
    [["libc.so.6"], ""],
    [["liba.so"], " (has liba.so loaded)"],
    [["liba.so", "libb.so"], " (has liba.so and libb.so loaded)"],
    [["liba.so", "libb.so", "libc.so.6", "libd.so"], " (has liba.so, libb.so and libd.so loaded)"],
    [["a.so", "b.so", "c.so", "d.so"], " (has a.so, b.so, c.so and 1 more loaded)"],
    [["a.so", "b.so", "c.so", "d.so", "e.so"], " (has a.so, b.so, c.so and 2 more loaded)"],
  ])("name no more than three of the candidates %j", (libraries, words) => {
    expect(callerWords(aWait({ libraries, librariesSource: "maps" }))).toBe(words);
  });

  it("say 'via' of proof alone", () => {
    expect(callerWords(aWait({ caller: aCaller("libgcrypt.so.20"), fips: true }))).toBe(
      " via libgcrypt.so.20 in FIPS mode",
    );
    expect(callerWords(aWait({ caller: aCaller("liba.so", { fromConstructor: true }) }))).toBe(
      " via the constructor of liba.so",
    );
    expect(callerWords(aWait({ caller: aCaller(null) }))).toBe(" from its own code");
  });

  it("say nothing of candidates of a task that polls", () => {
    expect(callerWords(aWait({ polls: true }))).toBe("");
  });
});
