import { fstatSync } from "node:fs";
import { describe, expect, it } from "vitest";
import { devRandomPoll } from "../../../src/sources/crng/dev-random-poll.ts";
import { denied, hostOf, libcAnswering, whyNothingIsDenied } from "../../support/host/host-folder.ts";

const random = { "dev/random": "not to be read" };

describe("the wake-up", () => {
  it("opens /dev/random, to be waited on and not read", () => {
    const follower = devRandomPoll.follow?.(hostOf(random, libcAnswering("EAGAIN")));
    expect(follower?.first).toEqual({ health: "ok", detail: null, evidence: [] });
    expect(fstatSync(follower?.fd ?? -1).isFile()).toBe(true);
    follower?.close();
    expect(() => fstatSync(follower?.fd ?? -1)).toThrow("EBADF");
  });

  it("is confirmed by the probe, and then spent: readable stays readable", () => {
    for (const [errno, answer] of [
      [null, "returned"],
      // Before 5.6 poll(2) follows the old blocking pool.
      ["EAGAIN", "would-wait"],
    ] as const) {
      const follower = devRandomPoll.follow?.(hostOf(random, libcAnswering(errno)));
      expect(follower?.drain()).toMatchObject({ health: "ok", more: false, evidence: [{ kind: "probe", answer }] });
      follower?.close();
    }
  });

  it("is not there without a C library, or without the device", () => {
    expect(devRandomPoll.follow?.(hostOf(random))).toBeNull();
    expect(devRandomPoll.observe(hostOf(random))).toEqual({
      health: "absent",
      detail: "the test has none",
      evidence: [],
    });
    expect(devRandomPoll.follow?.(hostOf({}, libcAnswering(null)))).toBeNull();
    expect(devRandomPoll.observe(hostOf({}, libcAnswering(null)))).toMatchObject({ health: "absent" });
  });

  it("is denied with the device", (context) => {
    if (whyNothingIsDenied !== null) return context.skip(whyNothingIsDenied);
    const host = hostOf({ "dev/random": denied }, libcAnswering(null));
    expect(devRandomPoll.follow?.(host)).toBeNull();
    expect(devRandomPoll.observe(host)).toMatchObject({ health: "denied" });
  });
});
