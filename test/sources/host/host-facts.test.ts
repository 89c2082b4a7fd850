import { describe, expect, it } from "vitest";
import { hostFacts } from "../../../src/sources/host/host-facts.ts";
import { hostOf, libcAnswering } from "../../support/host-folder.ts";

describe("facts of the host, for which child processes are started", () => {
  it("are asked on request only", () => {
    expect(hostFacts.schedule).toBe("on-request");
  });

  it("are not those of this machine where the host is a folder", async () => {
    expect(await hostFacts.observe(hostOf({}))).toEqual({
      health: "absent",
      detail: "the host is a folder",
      evidence: [],
    });
  });

  it("are not asked while the CRNG is not ready: each child would be one more user of it", async () => {
    expect(await hostFacts.observe(hostOf({}, libcAnswering("EAGAIN")))).toMatchObject({
      health: "absent",
      detail: expect.stringContaining("not ready"),
      evidence: [],
    });
  });
});
