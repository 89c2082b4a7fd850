import * as fc from "fast-check";
import { describe, expect, it } from "vitest";
import { parseProcessStat } from "../../src/parse/proc-stat.ts";

/** A line as the kernel writes it, with field 22 (starttime) last but a few. */
const line = (comm: string, state = "S", ticks = 4711): string =>
  `812 (${comm}) ${state} 1 812 812 0 -1 4194560 1503 0 0 0 3 5 0 0 20 0 11 0 ${ticks} 22847488 1203 18446744073709551615 1 1 0 0 0 0 0 4096 17643`;

describe("/proc/PID/stat", () => {
  it("tells the name, the state, the parent and the start", () => {
    expect(parseProcessStat(line("crngwatch"))).toEqual({ comm: "crngwatch", state: "S", parent: 1, kernelThread: false, startTicks: 4711 });
    expect(parseProcessStat(line("crngwatch", "Z", 0))).toMatchObject({ state: "Z", startTicks: 0 });
  });

  it("tells a kernel thread", () => {
    expect(parseProcessStat("91 (kworker/u4:3-flush-8:0) I 2 0 0 0 -1 69238880 0 0 0 0 0 12 0 0 20 0 1 0 61 0 0 18446744073709551615 0 0 0 0 0 0 0 2147483647 0 0 0 0 17 0 0 0 0 0 0 0 0 0 0 0 0 0 0\n")).toEqual({
      comm: "kworker/u4:3-flush-8:0",
      state: "I",
      parent: 2,
      kernelThread: true,
      startTicks: 61,
    });
  });

  it.each([") (", "x) R 1 2 3", "((", "))))", "a\nb", " ", "", "S 1 812 812", "\u001b[31m"])("whatever the task calls itself: %j", (comm) => {
    expect(parseProcessStat(line(comm))).toMatchObject({ comm, state: "S", startTicks: 4711 });
  });

  it("whatever the task calls itself, at random", () => {
    fc.assert(
      fc.property(fc.string({ unit: "binary", maxLength: 15 }), fc.nat(), (comm, ticks) => {
        expect(parseProcessStat(line(comm, "R", ticks))).toMatchObject({ comm, state: "R", startTicks: ticks });
      }),
    );
  });

  it.each(["", "812", "812 (crngwatch", "812 (crngwatch)", "812 (crngwatch) S 1 2 3", line("crngwatch").replace("4711", "x")])("is null where the line is none: %j", (text) => {
    expect(parseProcessStat(text)).toBeNull();
  });
});
