import { describe, expect, it } from "vitest";
import { loadLibc } from "../../../src/platform/libc.ts";
import { getrandomProbe, probe } from "../../../src/sources/crng/getrandom-probe.ts";
import { hostOf, libcAnswering } from "../../support/host/host-folder.ts";

describe("the probe", () => {
  it.each([
    [null, "returned", null],
    ["EAGAIN", "would-wait", null],
    ["ENOSYS", "unsupported", "this kernel has no getrandom(2)"],
  ])("with errno %s: %s", (errno, answer, detail) => {
    expect(probe(hostOf({}, libcAnswering(errno)))).toEqual({
      health: "ok",
      detail,
      evidence: [{ kind: "probe", at: 42.5, answer }],
    });
  });

  it("is denied by a seccomp filter's EPERM, and failed by any other errno", () => {
    expect(probe(hostOf({}, libcAnswering("EPERM")))).toMatchObject({ health: "denied", evidence: [] });
    expect(probe(hostOf({}, libcAnswering("EFAULT")))).toMatchObject({
      health: "failed",
      evidence: [],
      detail: expect.stringContaining("EFAULT"),
    });
  });

  it("is absent without a C library, with the reason", () => {
    expect(probe(hostOf({}))).toEqual({ health: "absent", detail: "the test has none", evidence: [] });
  });

  it("reads the clock before the call: the answer was not true any earlier", () => {
    const order: string[] = [];
    const host = hostOf(
      {},
      libcAnswering(null, () => order.push("asked")),
    );
    probe({ ...host, now: () => order.push("timed") });
    expect(order).toEqual(["timed", "asked"]);
  });

  it("calls this machine's kernel", async (context) => {
    const libc = loadLibc();
    if (typeof libc === "string") return context.skip(libc);
    expect(await getrandomProbe.observe(hostOf({}, libc))).toMatchObject({
      health: "ok",
      evidence: [{ kind: "probe", at: 42.5 }],
    });
  });
});
