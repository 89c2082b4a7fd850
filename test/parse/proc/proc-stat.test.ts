import * as fc from "fast-check";
import { describe, expect, it } from "vitest";
import { parseProcessStat } from "../../../src/parse/proc/proc-stat.ts";
import { anyText } from "../../support/inputs/any-text.ts";

/** A line as the kernel writes it, cut after field 33. */
const line = (comm: string, state = "S", ticks = 4711): string =>
  `812 (${comm}) ${state} 1 812 812 0 -1 4194560 1503 0 0 0 3 5 0 0 20 0 11 0 ${ticks} 22847488 1203 18446744073709551615 1 1 0 0 0 0 0 4096 17643`;
/** A spinner on processor 1, in whole. */
const running = (priority: number): string =>
  `79 (gr0) R 1 1 1 0 -1 64 0 0 0 0 0 31 0 0 ${priority} 0 1 0 88 1236992 11 18446744073709551615 4198400 4877253 140733 0 0 0 0 0 0 0 0 0 17 1 0 0 0 0 0 5054048 5069904 9 140733 140733 140733 140733 0\n`;

describe("/proc/PID/stat", () => {
  it("has the name, the state, the parent and the start", () => {
    expect(parseProcessStat(line("crngwatch"))).toEqual({
      comm: "crngwatch",
      state: "S",
      parent: 1,
      kernelThread: false,
      realTime: false,
      startTicks: 4711,
      processor: null,
    });
    expect(parseProcessStat(line("crngwatch", "Z", 0))).toMatchObject({ state: "Z", startTicks: 0 });
  });

  it("recognises a real-time task by its priority below 0, and the parentheses of a name", () => {
    expect([-1, 0, 20].map((priority) => parseProcessStat(running(priority))?.realTime)).toEqual([true, false, false]);
    expect(parseProcessStat(line("a) b (c"))?.comm).toBe("a) b (c");
    expect(parseProcessStat(line(""))?.comm).toBe("");
    for (const text of ["", "812 sshd S 1", ")812(", "812 (a"]) expect(parseProcessStat(text), text).toBeNull();
  });

  it("recognises a kernel thread", () => {
    expect(
      parseProcessStat(
        "91 (kworker/u4:3-flush-8:0) I 2 0 0 0 -1 69238880 0 0 0 0 0 12 0 0 20 0 1 0 61 0 0 18446744073709551615 0 0 0 0 0 0 0 2147483647 0 0 0 0 17 0 0 0 0 0 0 0 0 0 0 0 0 0 0\n",
      ),
    ).toEqual({
      comm: "kworker/u4:3-flush-8:0",
      state: "I",
      parent: 2,
      kernelThread: true,
      realTime: false,
      startTicks: 61,
      processor: 0,
    });
  });

  it("shows where a task runs, and whether it makes way for others", () => {
    expect(parseProcessStat(running(20))).toMatchObject({ state: "R", realTime: false, processor: 1 });
    expect(["-2", "-100", "-101"].map((priority) => parseProcessStat(running(Number(priority)))?.realTime)).toEqual([
      true,
      true,
      true,
    ]);
  });

  it.each([") (", "x) R 1 2 3", "((", "))))", "a\nb", " ", "", "S 1 812 812", "\u001b[31m"])(
    "whatever the task calls itself: %j",
    (comm) => {
      expect(parseProcessStat(line(comm))).toMatchObject({ comm, state: "S", startTicks: 4711 });
    },
  );

  it("whatever the task calls itself, at random", () => {
    fc.assert(
      fc.property(anyText({ maxLength: 15 }), fc.nat(), (comm, ticks) => {
        expect(parseProcessStat(line(comm, "R", ticks))).toMatchObject({ comm, state: "R", startTicks: ticks });
      }),
    );
  });

  it.each([
    "",
    "812",
    "812 (crngwatch",
    "812 (crngwatch)",
    "812 (crngwatch) S 1 2 3",
    line("crngwatch").replace("4711", "x"),
  ])("is null where the line is none: %j", (text) => {
    expect(parseProcessStat(text)).toBeNull();
  });
});
