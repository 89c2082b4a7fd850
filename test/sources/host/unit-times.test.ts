import { expect, it } from "vitest";
import { unitTimes } from "../../../src/sources/host/unit-times.ts";
import { hostOf, libcAnswering } from "../../support/host/host-folder.ts";

it.each([{ "run/systemd/container": "systemd-nspawn\n" }, { "run/.containerenv": "" }, { ".dockerenv": "" }])(
  "the times of units in a container are not this boot's: its systemd was started at any time later: %o",
  async (files) => {
    expect(await unitTimes.observe(hostOf(files, libcAnswering(null)))).toEqual({
      health: "absent",
      detail: "in a container systemd's time stamps show its own start, not the boot of the kernel",
      evidence: [],
    });
  },
);
