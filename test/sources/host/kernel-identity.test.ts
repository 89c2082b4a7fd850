import { describe, expect, it } from "vitest";
import { kernelIdentity } from "../../../src/sources/host/kernel-identity.ts";
import { type Entry, hostOf, libcAnswering, onlyEvidence } from "../../support/host/host-folder.ts";

const bootId = "0f9de5a8-1111-4222-8333-444455556666";
const files: Readonly<Record<string, Entry>> = {
  "proc/sys/kernel/osrelease": "6.11.4-301.fc41.x86_64\n",
  "proc/sys/kernel/version": "#1 SMP PREEMPT_DYNAMIC Sun Oct 20 15:02:33 UTC 2024\n",
  "proc/sys/kernel/random/boot_id": `${bootId}\n`,
  "proc/cmdline": "root=/dev/sda1 quiet\n",
  "sys/kernel/notes": Buffer.from("040000000400000003000000474e550001020304", "hex"),
};

describe("the kernel's identity", () => {
  it("is its release, version, build ID, command line and boot", async () => {
    expect(onlyEvidence(await kernelIdentity.observe(hostOf(files)))).toEqual({
      kind: "kernel",
      release: "6.11.4-301.fc41.x86_64",
      version: "#1 SMP PREEMPT_DYNAMIC Sun Oct 20 15:02:33 UTC 2024",
      commandLine: "root=/dev/sda1 quiet",
      buildId: "01020304",
      bootId,
    });
  });

  it("is read as far as it is there", async () => {
    const { "proc/sys/kernel/osrelease": osrelease = "" } = files;
    expect(
      onlyEvidence(
        await kernelIdentity.observe(hostOf({ "proc/sys/kernel/osrelease": osrelease, "sys/kernel/notes": "rubbish" })),
      ),
    ).toEqual({
      kind: "kernel",
      release: "6.11.4-301.fc41.x86_64",
      version: null,
      commandLine: null,
      buildId: null,
      bootId: null,
    });
  });

  it("leaves the boot ID undrawn while the CRNG is not ready, unless systemd has drawn it", async () => {
    expect(onlyEvidence(await kernelIdentity.observe(hostOf(files, libcAnswering("EAGAIN"))))).toMatchObject({
      bootId: null,
    });
    expect(onlyEvidence(await kernelIdentity.observe(hostOf(files, libcAnswering(null))))).toMatchObject({ bootId });
    expect(
      onlyEvidence(
        await kernelIdentity.observe(hostOf({ ...files, "run/systemd/system/x": "" }, libcAnswering("EAGAIN"))),
      ),
    ).toMatchObject({ bootId });
  });
});
