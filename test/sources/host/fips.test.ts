import { describe, expect, it } from "vitest";
import type { Evidence } from "../../../src/core/evidence.ts";
import { fips } from "../../../src/sources/host/fips.ts";
import { denied, type Entry, hostOf, onlyEvidence, whyNothingIsDenied } from "../../support/host/host-folder.ts";

const evidenceOf = async (files: Readonly<Record<string, Entry>>): Promise<Evidence> =>
  onlyEvidence(await fips.observe(hostOf(files)));
const fipsOn = { "proc/sys/crypto/fips_enabled": "1\n" };

describe("FIPS mode", () => {
  it("is the kernel's word", async () => {
    expect(await evidenceOf(fipsOn)).toMatchObject({ kernel: true });
    expect(await evidenceOf({ "proc/sys/crypto/fips_enabled": "0\n" })).toMatchObject({ kernel: false });
  });

  it("is not there in a kernel without the file, whatever the command line says", async () => {
    expect(
      await evidenceOf({ "proc/sys/kernel/osrelease": "7.3.4\n", "proc/cmdline": "quiet fips=1\n" }),
    ).toMatchObject({
      kernel: false,
      commandLine: true,
    });
  });

  it("is unknown without /proc", async () => {
    expect(await evidenceOf({ "etc/system-fips": "" })).toMatchObject({
      kernel: null,
      commandLine: null,
      systemFips: true,
    });
    expect(await fips.observe(hostOf({ "etc/x": "" }))).toMatchObject({ health: "absent", evidence: [] });
  });

  it("shows the files by which libraries and the initramfs choose theirs", async () => {
    expect(
      await evidenceOf({
        ...fipsOn,
        "etc/system-fips": "",
        "etc/crypto-policies/state/current": "FIPS:OSPP\n",
        "etc/dracut.conf.d/40-fips.conf": 'add_dracutmodules+=" fips "\n',
      }),
    ).toMatchObject({
      systemFips: true,
      cryptoPolicy: "FIPS:OSPP",
      dracutFips: true,
    });
    expect(await evidenceOf(fipsOn)).toMatchObject({ systemFips: false, cryptoPolicy: null, dracutFips: null });
  });

  it("shows a marker that we may not read: the library sees it too", async (context) => {
    if (whyNothingIsDenied !== null) return context.skip(whyNothingIsDenied);
    expect(await evidenceOf({ ...fipsOn, "etc/system-fips": denied })).toMatchObject({ systemFips: true });
  });

  it.each([
    ['add_dracutmodules+=" fips "\n', true],
    ['force_add_dracutmodules+=" fips lvm"\n', true],
    ['dracutmodules+="systemd fips"\n', true],
    ['# add_dracutmodules+=" fips "\n', false],
    ['add_dracutmodules+=" systemd "\n', false],
    ['omit_dracutmodules+=" fips "\n', false],
    ['add_dracutmodules+=" nofipsy "\n', false],
  ])("in dracut's configuration: %j", async (text, dracutFips) => {
    expect(await evidenceOf({ ...fipsOn, "usr/lib/dracut/dracut.conf.d/01.conf": text })).toMatchObject({ dracutFips });
  });
});
