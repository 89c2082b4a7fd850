import { describe, expect, it } from "vitest";
import type { Evidence } from "../../../src/core/evidence.ts";
import { bootloaderSeed } from "../../../src/sources/supply/bootloader-seed.ts";
import { cpuRng } from "../../../src/sources/supply/cpu-rng.ts";
import { hwRandom } from "../../../src/sources/supply/hw-random.ts";
import { seedFile } from "../../../src/sources/supply/seed-file.ts";
import type { Source } from "../../../src/sources/source.ts";
import { virtualization } from "../../../src/sources/host/virtualization.ts";
import { type Entry, hostOf, onlyEvidence } from "../../support/host/host-folder.ts";

type Files = Readonly<Record<string, Entry>>;
const evidenceOf = async (source: Source, files: Files): Promise<Evidence> =>
  onlyEvidence(await source.observe(hostOf(files)));

const release = "6.11.4-301.fc41.x86_64";
const kernel: Files = { "proc/sys/kernel/osrelease": `${release}\n` };
const rewrite: Files = { ...kernel, "proc/sys/kernel/random/poolsize": "256\n" };
const oldPool: Files = { ...kernel, "proc/sys/kernel/random/poolsize": "4096\n" };
const config = (text: string): Files => ({ [`usr/lib/modules/${release}/config`]: text });

describe("the CPU's generator", () => {
  const cpu = async (files: Files): Promise<Evidence> =>
    evidenceOf(cpuRng, { "proc/cpuinfo": "flags : fpu rdrand rdseed\n", ...files });

  it("is trusted or not by the command line's word first", async () => {
    const yes = config("CONFIG_RANDOM_TRUST_CPU=y\n");
    expect(await cpu({ ...kernel, ...yes, "proc/cmdline": "random.trust_cpu=off" })).toMatchObject({
      cpu: { rdrand: true, trusted: false, why: "random.trust_cpu=off on the command line" },
    });
    expect(await cpu({ ...kernel, "proc/cmdline": "random.trust_cpu=1" })).toMatchObject({
      cpu: { trusted: true, why: "random.trust_cpu=1 on the command line" },
    });
    expect(await cpu({ ...kernel, ...yes })).toMatchObject({
      cpu: { trusted: null, why: "the kernel command line cannot be read" },
    });
  });

  it.each([
    ["built in", { ...oldPool, ...config("CONFIG_RANDOM_TRUST_CPU=y\n") }, true],
    ["built out", { ...oldPool, ...config("# CONFIG_RANDOM_TRUST_CPU is not set\n") }, false],
    ["no option yet (before 4.19)", { ...oldPool, ...config("CONFIG_HW_RANDOM=y\n") }, false],
    ["no option any more (6.2)", { ...rewrite, ...config("CONFIG_HW_RANDOM=y\n") }, true],
    [
      "Debian's place for the configuration",
      { ...oldPool, [`boot/config-${release}`]: "CONFIG_RANDOM_TRUST_CPU=y\n" },
      true,
    ],
    ["another kernel's configuration", { ...rewrite, "boot/config-6.0.0": "CONFIG_RANDOM_TRUST_CPU=y\n" }, null],
    ["a command line that gives no answer", { ...rewrite, "proc/cmdline": "random.trust_cpu=maybe" }, null],
  ] as const)("%s", async (_what, files, trusted) => {
    expect(await cpu({ "proc/cmdline": "quiet", ...files })).toMatchObject({ cpu: { trusted } });
  });
});

describe("hw_random", () => {
  const folder = "sys/class/misc/hw_random";

  it("is the current device, those there are, and the quality where the kernel shows it", async () => {
    expect(
      await evidenceOf(hwRandom, {
        [`${folder}/rng_current`]: "virtio_rng.0\n",
        [`${folder}/rng_available`]: "virtio_rng.0 tpm-rng-0 \n",
        [`${folder}/rng_quality`]: "1000\n",
      }),
    ).toEqual({
      kind: "supply",
      hwRandom: { current: "virtio_rng.0", available: ["virtio_rng.0", "tpm-rng-0"], quality: 1000, virtio: true },
    });
    expect(
      await evidenceOf(hwRandom, {
        [`${folder}/rng_current`]: "tpm-rng-0\n",
        [`${folder}/rng_available`]: "tpm-rng-0\n",
      }),
    ).toMatchObject({ hwRandom: { quality: null, virtio: false } });
  });

  it("may have no device", async () => {
    for (const current of ["none\n", "\n", ""]) {
      expect(
        await evidenceOf(hwRandom, {
          [`${folder}/rng_current`]: current,
          [`${folder}/rng_available`]: "\n",
          [`${folder}/rng_quality`]: "\n",
        }),
      ).toEqual({
        kind: "supply",
        hwRandom: { current: null, available: [], quality: null, virtio: false },
      });
    }
  });
});

describe("a seed by the boot loader", () => {
  const efivars = "sys/firmware/efi/efivars";
  const token = `${efivars}/LoaderSystemToken-4a67b082-0a4c-41cf-b6c7-440b29bb8c4f`;

  it.each<[what: string, files: Files, via: string | null, efi: boolean]>([
    ["systemd-boot's token", { [token]: "t" }, "systemd-boot, through EFI", true],
    ["EFI without it", { [`${efivars}/BootCurrent-8be4df61-93ca-11d2-aa0d-00e098032b8c`]: "b" }, null, true],
    [
      "a device tree",
      { "sys/kernel/notes": "", "proc/device-tree/chosen/rng-seed": "\0\0" },
      "the device tree's /chosen/rng-seed",
      false,
    ],
    ["a device tree without one", { "sys/kernel/notes": "", "proc/device-tree/chosen/bootargs": "" }, null, false],
    ["neither", { "sys/kernel/notes": "" }, null, false],
  ])("%s", async (_what, files, via, efi) => {
    expect(await evidenceOf(bootloaderSeed, files)).toMatchObject({ bootloader: { via, efi } });
  });

  it("is trusted by its own parameter, not the CPU's", async () => {
    expect(
      await evidenceOf(bootloaderSeed, {
        ...rewrite,
        "sys/x": "",
        "proc/cmdline": "random.trust_cpu=on random.trust_bootloader=off",
      }),
    ).toMatchObject({
      bootloader: { trusted: false, why: "random.trust_bootloader=off on the command line" },
    });
  });

  it("is unknown without /sys", async () => {
    expect(await bootloaderSeed.observe(hostOf({}))).toMatchObject({ health: "absent" });
  });
});

describe("systemd's seed file", () => {
  const unit = "systemd/system/systemd-random-seed.service";
  const credit = (word: string): string => `[Service]\nEnvironment=SYSTEMD_RANDOM_SEED_CREDIT=${word}\n`;

  it("is there with its size, or not", async () => {
    expect(await evidenceOf(seedFile, { "var/lib/systemd/random-seed": "x".repeat(32) })).toMatchObject({
      seedFile: { present: true, bytes: 32, credited: false },
    });
    expect(await evidenceOf(seedFile, { "var/lib/systemd/x": "" })).toMatchObject({
      seedFile: { present: false, bytes: null },
    });
  });

  it("is unknown where its folder is not mounted yet and no unit speaks of it", async () => {
    expect(await seedFile.observe(hostOf({}))).toMatchObject({ health: "absent", evidence: [] });
    expect(await evidenceOf(seedFile, { [`etc/${unit}.d/credit.conf`]: credit("yes") })).toMatchObject({
      seedFile: { present: null, bytes: null, credited: true },
    });
  });

  it.each<[what: string, files: Files, credited: boolean]>([
    ["a drop-in", { [`etc/${unit}.d/credit.conf`]: credit("yes") }, true],
    ["a drop-in that forces it", { [`etc/${unit}.d/credit.conf`]: credit("force") }, true],
    [
      "a drop-in in quotes",
      { [`etc/${unit}.d/credit.conf`]: '[Service]\nEnvironment="A=b" "SYSTEMD_RANDOM_SEED_CREDIT=true"\n' },
      true,
    ],
    ["a drop-in that says no", { [`etc/${unit}.d/credit.conf`]: credit("no") }, false],
    ["a comment", { [`etc/${unit}.d/credit.conf`]: `#${credit("yes").replaceAll("\n", "\n#")}` }, false],
    ["a file that is no drop-in", { [`etc/${unit}.d/credit.conf.off`]: credit("yes") }, false],
    ["another unit's drop-in", { "etc/systemd/system/other.service.d/credit.conf": credit("yes") }, false],
    ["the unit itself", { [`usr/lib/${unit}`]: credit("yes") }, true],
    ["/etc over /usr", { [`usr/lib/${unit}`]: credit("yes"), [`etc/${unit}.d/no.conf`]: credit("no") }, false],
    [
      "the later of two drop-ins",
      { [`etc/${unit}.d/10.conf`]: credit("no"), [`etc/${unit}.d/20.conf`]: credit("yes") },
      true,
    ],
  ])("is credited or not: %s", async (_what, files, credited) => {
    expect(await evidenceOf(seedFile, { "var/lib/systemd/x": "", ...files })).toMatchObject({ seedFile: { credited } });
  });
});

describe("virtualization", () => {
  const dmi = (vendor: string, product: string): Files => ({
    "sys/class/dmi/id/sys_vendor": `${vendor}\n`,
    "sys/class/dmi/id/product_name": `${product}\n`,
  });
  const cpu = (flags: string): Files => ({ "proc/cpuinfo": `flags : ${flags}\n` });

  it.each<[what: string, files: Files, vm: string | null]>([
    ["QEMU, with KVM or without", dmi("QEMU", "Standard PC (Q35 + ICH9, 2009)"), "qemu"],
    ["Red Hat's KVM", dmi("Red Hat", "KVM"), "kvm"],
    ["OpenStack", dmi("OpenStack Foundation", "OpenStack Nova"), "openstack"],
    ["VMware", dmi("VMware, Inc.", "VMware Virtual Platform"), "vmware"],
    ["VirtualBox", dmi("innotek GmbH", "VirtualBox"), "virtualbox"],
    ["Hyper-V", dmi("Microsoft Corporation", "Virtual Machine"), "hyper-v"],
    ["Amazon", dmi("Amazon EC2", "t3.micro"), "amazon"],
    ["Google", dmi("Google", "Google Compute Engine"), "google"],
    ["Xen by its own word", { ...dmi("Dell Inc.", "PowerEdge"), "sys/hypervisor/type": "xen\n" }, "xen"],
    [
      "a Surface, which Microsoft makes too",
      { ...dmi("Microsoft Corporation", "Surface Pro 7"), ...cpu("fpu") },
      "none",
    ],
    ["a laptop", { ...dmi("LENOVO", "21HDCTO1WW"), ...cpu("fpu") }, "none"],
    ["a hypervisor without a name", { ...dmi("Acme", "Cloud"), ...cpu("fpu hypervisor") }, "unnamed hypervisor"],
  ])("%s", async (_what, files, vm) => {
    expect(await evidenceOf(virtualization, files)).toMatchObject({ virtualization: { vm, container: null } });
  });

  it.each<[what: string, files: Files]>([
    ["a board without DMI", cpu("fp asimd")],
    ["nothing", {}],
  ])("is not known of %s", async (_what, files) => {
    expect(await virtualization.observe(hostOf(files))).toMatchObject({ health: "absent", evidence: [] });
  });

  it.each<[what: string, files: Files, container: string | null]>([
    ["systemd's word", { "run/systemd/container": "systemd-nspawn\n", "run/.containerenv": "" }, "systemd-nspawn"],
    ["podman", { "run/.containerenv": 'engine="podman"\n' }, "podman"],
    ["docker", { ".dockerenv": "" }, "docker"],
    ["PID 1's environment", { "proc/1/environ": "HOME=/\0container=lxc\0TERM=linux\0" }, "lxc"],
    ["PID 1's environment without it", { "proc/1/environ": "HOME=/\0mycontainer=lxc\0A=container=lxc\0" }, null],
  ])("in a container: %s", async (_what, files, container) => {
    expect(await evidenceOf(virtualization, { ...cpu("hypervisor"), ...files })).toMatchObject({
      virtualization: { container },
    });
  });
});
