import * as fc from "fast-check";
import { describe, expect, it } from "vitest";
import { parseProcessStat } from "../../src/parse/proc-stat.ts";

/** A line as the kernel writes it, with field 22 (starttime) last but a few. */
const line = (comm: string, state = "S", ticks = 4711): string =>
  `812 (${comm}) ${state} 1 812 812 0 -1 4194560 1503 0 0 0 3 5 0 0 20 0 11 0 ${ticks} 22847488 1203 18446744073709551615 1 1 0 0 0 0 0 4096 17643`;

describe("/proc/PID/stat", () => {
  it("tells the state and the start", () => {
    expect(parseProcessStat(line("crngwatch"))).toEqual({ state: "S", startTicks: 4711 });
    expect(parseProcessStat(line("crngwatch", "Z", 0))).toEqual({ state: "Z", startTicks: 0 });
  });

  it.each([") (", "x) R 1 2 3", "((", "))))", "a\nb", " ", "", "S 1 812 812", "\u001b[31m"])("whatever the task calls itself: %j", (comm) => {
    expect(parseProcessStat(line(comm))).toEqual({ state: "S", startTicks: 4711 });
  });

  it("whatever the task calls itself, at random", () => {
    fc.assert(
      fc.property(fc.string({ unit: "binary", maxLength: 15 }), fc.nat(), (comm, ticks) => {
        expect(parseProcessStat(line(comm, "R", ticks))).toEqual({ state: "R", startTicks: ticks });
      }),
    );
  });

  it.each(["", "812", "812 (crngwatch", "812 (crngwatch)", "812 (crngwatch) S 1 2 3", line("crngwatch").replace("4711", "x")])("is null where the line is none: %j", (text) => {
    expect(parseProcessStat(text)).toBeNull();
  });
});
