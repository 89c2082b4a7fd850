import { describe, expect, it } from "vitest";
import { hostFacts } from "../../../src/sources/host/host-facts.ts";
import { hostOf, libcAnswering } from "../../support/host/host-folder.ts";

const osRelease = 'ID=example\nPRETTY_NAME="Example Linux 12"\n';

describe("facts of the host", () => {
  it("are read on request only", () => {
    expect(hostFacts.schedule).toBe("on-request");
  });

  it("are read from files, while the CRNG is not ready as well: no child is started", async () => {
    const files = {
      "etc/os-release": osRelease,
      "sys/class/dmi/id/sys_vendor": "QEMU\n",
      "sys/class/dmi/id/product_name": "Standard PC\n",
      "proc/cpuinfo": "processor\t: 0\nmodel name\t: Example CPU\n",
      "proc/meminfo": "MemTotal:        1024 kB\n",
      "proc/stat": "cpu  1 2 3\nintr 9 0 0\nctxt 5\nbtime 1525158764\nprocesses 9\n",
    };
    expect(await hostFacts.observe(hostOf(files, libcAnswering("EAGAIN")))).toEqual({
      health: "ok",
      detail: null,
      evidence: [
        {
          kind: "host",
          distribution: "Example Linux 12",
          hardware: "QEMU Standard PC",
          processor: "Example CPU",
          memoryBytes: 1 << 20,
          bootedAt: "2018-05-01T07:12:44Z",
        },
      ],
    });
  });

  it("use the distribution's own file, and a device tree's model, if there is no other", async () => {
    const files = { "usr/lib/os-release": osRelease, "proc/device-tree/model": "Example Board\0" };
    expect(await hostFacts.observe(hostOf(files))).toMatchObject({
      evidence: [
        {
          distribution: "Example Linux 12",
          hardware: "Example Board",
          processor: null,
          memoryBytes: null,
          bootedAt: null,
        },
      ],
    });
  });
});
