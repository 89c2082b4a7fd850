import { describe, expect, it } from "vitest";
import { monotonicNow } from "../../../src/platform/clock/monotonic.ts";
import { rootsBelow } from "../../../src/platform/roots.ts";
import { ownStart } from "../../../src/sources/crng/own-start.ts";
import { hostOf, libcAnswering, onlyEvidence } from "../../support/host/host-folder.ts";

describe("crngwatch's own start", () => {
  it("lies between the start of the process and now", async () => {
    const evidence = onlyEvidence(
      await ownStart.observe({
        roots: rootsBelow("/"),
        libc: null,
        libcProblem: null,
        now: monotonicNow,
        printkAhead: () => null,
      }),
    );
    if (evidence.kind !== "own-start") throw new Error(evidence.kind);
    expect(evidence.pid).toBe(process.pid);
    // The kernel counts the start in hundredths of a second.
    expect(evidence.startedAt).toBeLessThanOrEqual(evidence.runningAt + 0.01);
    expect(evidence.runningAt).toBeLessThanOrEqual(monotonicNow());
  });

  it("was without waiting where the start object is mapped", async () => {
    const maps = (object: string): string =>
      `7f0000000000-7f0000001000 r-xp 00000000 fd:00 4711    /opt/crngwatch/bin/../native/${object}\n`;
    const start = async (object: string) =>
      onlyEvidence(await ownStart.observe(hostOf({ "proc/self/maps": maps(object) }, libcAnswering(null))));
    expect(await start("nonblocking-start.so")).toMatchObject({ nonblocking: true });
    expect(await start("another.so")).toMatchObject({ nonblocking: false, startedAt: null });
  });

  it("is no fact of a host that is a folder", async () => {
    expect(await ownStart.observe(hostOf({}))).toEqual({
      health: "absent",
      detail: "the host is a folder",
      evidence: [],
    });
  });
});
