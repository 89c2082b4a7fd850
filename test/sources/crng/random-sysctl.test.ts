import { describe, expect, it } from "vitest";
import { randomSysctl } from "../../../src/sources/crng/random-sysctl.ts";
import { hostOf, onlyEvidence } from "../../support/host/host-folder.ts";

const folder = "proc/sys/kernel/random";

describe("the CRNG's own figures", () => {
  it("are those of the rewrite", async () => {
    const evidence = await randomSysctl.observe(
      hostOf({ [`${folder}/entropy_avail`]: "40\n", [`${folder}/poolsize`]: "256\n" }),
    );
    expect(onlyEvidence(evidence)).toEqual({
      kind: "pool",
      at: 42.5,
      availableBits: 40,
      poolBits: 256,
      readWakeupBits: null,
    });
  });

  it("are those of the old pool, with the threshold below which readers of /dev/random wait", async () => {
    const evidence = await randomSysctl.observe(
      hostOf({
        [`${folder}/entropy_avail`]: "3712\n",
        [`${folder}/poolsize`]: "4096\n",
        [`${folder}/read_wakeup_threshold`]: "64\n",
      }),
    );
    expect(onlyEvidence(evidence)).toMatchObject({ availableBits: 3712, poolBits: 4096, readWakeupBits: 64 });
  });

  it("come without a threshold that is no number", async () => {
    const evidence = await randomSysctl.observe(
      hostOf({
        [`${folder}/entropy_avail`]: "1\n",
        [`${folder}/poolsize`]: "4096\n",
        [`${folder}/read_wakeup_threshold`]: "\n",
      }),
    );
    expect(onlyEvidence(evidence)).toMatchObject({ readWakeupBits: null });
  });
});
