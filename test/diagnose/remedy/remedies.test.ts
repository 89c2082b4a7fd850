import { spawnSync } from "node:child_process";
import { mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { describe, expect, it } from "vitest";
import { backEnds } from "../../../src/boot-loaders/registry.ts";
import { type BootRecord, emptyRecord } from "../../../src/core/boot-record.ts";
import type { Remedy } from "../../../src/core/finding.ts";
import type { BootLoaderName, CommandLineTool } from "../../../src/core/base/administration.ts";
import type { Evidence, SupplyEvidence } from "../../../src/core/evidence.ts";
import { fold } from "../../../src/core/fold/fold.ts";
import { diagnose } from "../../../src/diagnose/findings.ts";
import { remediesFor, supplyRemedies } from "../../../src/diagnose/remedy/remedies.ts";
import { type RemedyId, remedyTable } from "../../../src/diagnose/remedy/table.ts";
import { LogReader } from "../../../src/parse/log/log-reader.ts";
import { parseOsRelease } from "../../../src/parse/proc/os-release.ts";
import { extent, logged, pool, probe, readyLine, stretch, wait } from "../../support/records/evidence-of.ts";
import { project } from "../../support/running/program.ts";

const live = (...evidence: readonly Evidence[]): BootRecord => fold(emptyRecord(), evidence).record;
const recordOf = (supply: Omit<SupplyEvidence, "kind">, ...evidence: readonly Evidence[]): BootRecord =>
  live({ kind: "supply", ...supply }, ...evidence);
const ids = (remedies: readonly Remedy[]): readonly string[] => remedies.map(({ id }) => id);
const commandOf = (record: BootRecord, id: RemedyId): string | null => remediesFor(record, id)[0]?.command ?? null;

const vmOf = (vm: string) => ({ virtualization: { vm, container: null } });
const virtio = { current: "virtio_rng.0", available: ["virtio_rng.0"], quality: 1000, virtio: true };
const cpu = (rdrand: boolean, trusted: boolean | null) => ({ rdrand, rdseed: false, other: null, trusted, why: "" });

/** /etc/os-release in short, and the tools that such a host may have for its kernel command line. */
const distributions: readonly (readonly [
  id: string,
  like: string,
  tools: readonly CommandLineTool[],
  packages: RegExp,
])[] = [
  ["fedora", "", [tool("grubby"), tool("kernel-install"), tool("rpm-ostree")], /dnf|rpm-ostree/],
  ["rocky", "rhel centos fedora", [tool("grubby"), tool("bootc", "ostree"), tool("bootc", null)], /dnf|bootc/],
  ["amzn", "fedora", [tool("grubby")], /dnf/],
  ["debian", "", [tool("grub", "update-grub"), tool("kernel-install")], /apt-get/],
  ["ubuntu", "debian", [tool("grub", "update-grub")], /apt-get/],
  ["linuxmint", "ubuntu debian", [tool("grub", "update-grub")], /apt-get/],
  ["opensuse-leap", "suse opensuse", [tool("grub", "grub2-mkconfig -o /boot/grub2/grub.cfg")], /zypper/],
  ["arch", "", [tool("grub", "grub-mkconfig -o /boot/grub/grub.cfg"), tool("kernel-install")], /pacman/],
  ["alpine", "", [tool("grub", "grub-mkconfig -o /boot/grub/grub.cfg"), tool("extlinux", "update-extlinux")], /apk/],
  ["arch", "", [tool("loader-entries", null, "/boot/loader/entries/*.conf")], /pacman/],
  ["raspbian", "debian", [tool("raspberry-pi", null, "/boot/firmware/cmdline.txt")], /apt-get/],
  ["nixos", "", [tool("nixos", "nixos-rebuild boot", null)], /nixos-rebuild/],
];

function tool(backEnd: BootLoaderName, command: string | null = backEnd, file: string | null = "/x"): CommandLineTool {
  return { backEnd, command, file };
}

/** The first word of what changes the command line by each tool; null: a person edits a file. */
const firstWords: Readonly<Record<BootLoaderName, string | null>> = {
  grubby: "grubby ",
  "rpm-ostree": "rpm-ostree ",
  bootc: "ostree ",
  grub: "echo ",
  "kernel-install": "sed ",
  "loader-entries": "sed ",
  "raspberry-pi": "sed ",
  extlinux: "sed ",
  nixos: null,
};
const hypervisors = ["none", "kvm", "qemu", "vmware", "virtualbox", "hyper-v", "xen", "amazon", "google", "openstack"];
/** Programs that are one family's, or one tool's, alone. */
const programs =
  /\b(?:grubby|rpm-ostree|ostree|bootc|update-grub|grub2?-mkconfig|kernel-install|dnf|apt-get|zypper|pacman|apk|virt-xml|VBoxManage|openstack|dracut|update-initramfs|mkinitcpio|mkinitfs)\b/g;

const machines = distributions.flatMap(([id, like, tools, packages]) =>
  tools.flatMap((theirs) => hypervisors.map((vm) => ({ id, like, theirs, vm, packages }))),
);

describe("remedies of a host", () => {
  it.each(machines)(
    "of $id with $theirs.backEnd on $vm name its own tools and no other's",
    ({ id, like, theirs, vm, packages }) => {
      const record = recordOf(
        { ...vmOf(vm), cpu: cpu(true, false) },
        { kind: "platform", distribution: parseOsRelease(`ID=${id}\nID_LIKE="${like}"\n`), commandLineTool: theirs },
        pool(5, 4, 4096),
        logged(1, { kind: "kernel-version", release: "4.19.0-9", version: "#1 SMP" }),
        probe(5, "would-wait"),
      );
      const advised = [...supplyRemedies(record), ...remediesFor(record, "larger-log", "remove-system-fips")];
      const trust = advised.find((remedy) => remedy.id === "trust-cpu");
      expect(trust).toMatchObject({ where: "here", price: { reboot: true } });
      const first = theirs.backEnd === "bootc" && theirs.command === null ? null : firstWords[theirs.backEnd];
      if (first === null)
        expect(trust).toMatchObject({ command: null, text: expect.stringMatching(/kargs\.d|boot\.kernelParams/) });
      else expect(trust?.command?.startsWith(first)).toBe(true);
      expect(advised.find((remedy) => remedy.id === "update-kernel")?.command).toMatch(packages);
      const inCommands = advised.flatMap(({ command }) => command?.match(programs) ?? []);
      const own = new Set([
        ...(firstWords[theirs.backEnd]?.match(programs) ?? []),
        ...(theirs.command?.match(programs) ?? []),
      ]);
      const mayBe = new RegExp(
        `^(?:${[...own, packages.source, "dracut|update-initramfs|mkinitcpio|mkinitfs|virt-xml|VBoxManage|openstack|bootc"].join("|")})$`,
      );
      expect(inCommands.filter((program) => !mayBe.test(program))).toEqual([]);
      // A remedy on the hypervisor names that place, and a bare machine has no hypervisor.
      const elsewhere = advised.filter(({ where }) => where === "hypervisor" || where === "provider");
      expect(elsewhere.every(({ id: remedy }) => remedy === "virtio-rng" || remedy === "cpu-of-host")).toBe(true);
      if (vm === "none") expect(elsewhere).toEqual([]);
      if (vm !== "kvm" && vm !== "qemu") expect(JSON.stringify(advised)).not.toContain("virt-xml");
    },
  );

  it("every back end of the boot loaders has its command, and each command passes a shell's syntax check as one line", () => {
    for (const { name } of backEnds.filter((backEnd) => firstWords[backEnd.name] !== null)) {
      const record = live({ kind: "platform", distribution: null, commandLineTool: tool(name) });
      const command = commandOf(record, "larger-log") ?? "";
      expect(command).toMatch(/^[^\n]+log_buf_len=4M/);
      expect(spawnSync("sh", ["-n", "-c", command]).status).toBe(0);
    }
  });

  it("a Debian guest on VMware is given neither grubby nor virt-xml", () => {
    const record = recordOf(
      { ...vmOf("vmware"), cpu: cpu(false, null) },
      { kind: "platform", distribution: parseOsRelease("ID=debian\n"), commandLineTool: tool("grub", "update-grub") },
      probe(5, "would-wait"),
    );
    const { findings } = diagnose(record);
    const text = JSON.stringify(findings);
    expect(text).not.toMatch(/grubby|virt-xml|virtio/);
    expect(text).toContain("EVC");
  });

  it("of an Arch host with kernel-install and no command line of its own say where to write one", () => {
    const record = recordOf(
      { cpu: cpu(true, false) },
      { kind: "platform", distribution: null, commandLineTool: tool("kernel-install", "kernel-install", null) },
    );
    expect(remediesFor(record, "trust-cpu")[0]).toMatchObject({
      command: null,
      text: expect.stringMatching(/words of \/proc\/cmdline .* into \/etc\/kernel\/cmdline, then run 'kernel-install /),
    });
  });

  it("where arming prints what to change by hand say so", () => {
    const arm = (commandLineTool: CommandLineTool | null) =>
      remediesFor(live({ kind: "platform", distribution: null, commandLineTool }), "arm-recorder")[0]?.text;
    for (const theirs of [null, tool("nixos"), tool("extlinux"), tool("bootc", null)])
      expect(arm(theirs)).toContain("(this prints what to change by hand)");
    for (const theirs of [tool("bootc"), tool("grub"), tool("raspberry-pi", null)])
      expect(arm(theirs)).not.toContain("by hand");
    // Which it is has not been read.
    expect(remediesFor(live(), "arm-recorder")[0]?.text).not.toContain("by hand");
  });

  it("in a container name the kernel's remedies as the host's", () => {
    const record = recordOf({ virtualization: { vm: null, container: "podman" }, cpu: cpu(true, false) });
    expect(remediesFor(record, "trust-cpu")[0]).toMatchObject({ where: "container-host" });
  });

  it("in a container are those of its host, which the kernel's name shows, and not those of its image", () => {
    const inside = (release: string) =>
      recordOf(
        { virtualization: { vm: null, container: "docker" }, cpu: cpu(true, false) },
        { kind: "platform", distribution: parseOsRelease("ID=alpine\n"), commandLineTool: tool("grub", "update-grub") },
        {
          kind: "kernel",
          bootId: null,
          release,
          version: "#1 SMP",
          buildId: null,
          commandLine: "BOOT_IMAGE=/vmlinuz ro",
        },
        pool(5, 4, 4096),
      );
    const fedora = inside("4.16.3-301.fc28.x86_64");
    expect(commandOf(fedora, "update-kernel")).toBe("dnf upgrade kernel");
    expect(commandOf(fedora, "trust-cpu")).toMatch(/^grubby /);
    const unknown = inside("4.16.3");
    expect(remediesFor(unknown, "update-kernel", "trust-cpu").map(({ command }) => command)).toEqual([null, null]);
  });

  it("of RHEL 7 and Amazon Linux 2 are yum's, of later ones dnf's", () => {
    const rngd = (id: string, release: string) =>
      commandOf(
        live(
          pool(5, 4, 4096),
          { kind: "platform", distribution: parseOsRelease(`ID=${id}\n`), commandLineTool: null },
          { kind: "kernel", bootId: null, release, version: null, buildId: null, commandLine: "" },
        ),
        "entropy-daemon",
      )?.split(" ", 1)[0];
    expect([
      rngd("rhel", "3.10.0-1160.el7.x86_64"),
      rngd("rhel", "4.18.0-240.el8.x86_64"),
      rngd("amzn", "4.14.200-155.322.amzn2.x86_64"),
      rngd("fedora", "4.16.3-301.fc28.x86_64"),
    ]).toEqual(["yum", "dnf", "yum", "dnf"]);
  });

  it("where the boot loader is not known say what to add, in words", () => {
    const record = recordOf({ cpu: cpu(true, false) });
    expect(remediesFor(record, "trust-cpu")[0]).toMatchObject({
      command: null,
      text: expect.stringContaining("add 'random.trust_cpu=on' to the kernel command line"),
    });
  });
});

describe("kernelArgument: an argument that is on the command line with another value", () => {
  /** A host with that command line, whose CPU has RDRAND. */
  const host = (theirs: CommandLineTool | null, commandLine: string, id = "fedora"): BootRecord =>
    recordOf(
      { cpu: cpu(true, false) },
      { kind: "platform", distribution: parseOsRelease(`ID=${id}\n`), commandLineTool: theirs },
      { kind: "kernel", bootId: null, release: "6.1.0", version: null, buildId: null, commandLine },
    );
  const off = "ro quiet random.trust_cpu=off";

  it.each<[theirs: CommandLineTool, command: string]>([
    [tool("grubby"), 'grubby --update-kernel=ALL --remove-args="random.trust_cpu=off" --args=random.trust_cpu=on'],
    [
      tool("rpm-ostree"),
      "rpm-ostree kargs --delete-if-present=random.trust_cpu=off --append-if-missing=random.trust_cpu=on",
    ],
    [tool("bootc", "ostree"), "ostree admin instutil set-kargs --merge --replace=random.trust_cpu=on"],
  ])("is taken off as the new one comes, by %j", (theirs, command) => {
    expect(commandOf(host(theirs, off), "trust-cpu")).toBe(command);
  });

  it("is replaced in each of GRUB's files that has it, and where none has it GRUB's menu is not made anew", () => {
    const folder = mkdtempSync(join(tmpdir(), "crngwatch-grub-"));
    const [file, part] = [join(folder, "grub"), join(folder, "grub.d/50-cloud.cfg")];
    mkdirSync(join(folder, "grub.d"));
    writeFileSync(file, 'GRUB_CMDLINE_LINUX_DEFAULT="quiet random.trust_cpu=off splash"\nGRUB_CMDLINE_LINUX=""\n');
    writeFileSync(part, "GRUB_CMDLINE_LINUX='random.trust_cpu=0 randomXtrust_cpu=0'\n");
    const line = "random.trust_cpu=0 randomXtrust_cpu=0 quiet random.trust_cpu=off splash";
    const command = (commandOf(host(tool("grub", "echo made"), line), "trust-cpu") ?? "").replaceAll(
      "/etc/default",
      () => folder,
    );
    const run = () => spawnSync("sh", ["-c", command], { encoding: "utf8" });
    expect(run()).toMatchObject({ status: 0, stdout: "made\n", stderr: "" });
    expect(readFileSync(file, "utf8")).toContain('"quiet random.trust_cpu=on splash"');
    expect(readFileSync(part, "utf8")).toContain("'random.trust_cpu=on randomXtrust_cpu=0'");
    const again = run();
    rmSync(folder, { recursive: true });
    expect(again.status).not.toBe(0);
    expect(again.stdout).toBe("");
  });

  it.each([
    ["debian", "/boot/vmlinuz-$(uname -r)"],
    ["ubuntu", "/boot/vmlinuz-$(uname -r)"],
    ["fedora", "/usr/lib/modules/$(uname -r)/vmlinuz"],
    ["arch", "/usr/lib/modules/$(uname -r)/vmlinuz"],
  ])("is replaced in the file of kernel-install, which is given the image that %s has", (id, image) => {
    expect(commandOf(host(tool("kernel-install"), off, id), "trust-cpu")).toBe(
      "sed -i -e 's/random\\.trust_cpu=off/random.trust_cpu=on/g' /etc/kernel/cmdline && " +
        `kernel-install add "$(uname -r)" "${image}"`,
    );
  });

  it("is named where the boot loader is not known, and goes into no command where a shell would read it", () => {
    const words = (theirs: CommandLineTool | null, line: string) => remediesFor(host(theirs, line), "trust-cpu")[0];
    expect(words(null, off)?.text).toContain("replace 'random.trust_cpu=off' with 'random.trust_cpu=on' on the kernel");
    for (const evil of ["random.trust_cpu=0;reboot", "random.trust_cpu=$(reboot)", "random.trust_cpu=0'/e;s/x"])
      expect(words(tool("grub", "update-grub"), `quiet ${evil}`)).toMatchObject({ command: null });
  });

  it("is only that of the same name, and not after '--', where it is init's", () => {
    const line = "random.trust_cpu_x=off xrandom.trust_cpu=off -- random.trust_cpu=off";
    expect(commandOf(host(tool("grubby"), line), "trust-cpu")).toBe(
      "grubby --update-kernel=ALL --args=random.trust_cpu=on",
    );
  });

  it("of a buffer is never made smaller", () => {
    const size = (line: string) =>
      /log_buf_len=(\w+)$/.exec(commandOf(host(tool("grubby"), line), "larger-log") ?? "")?.[1] ?? null;
    expect(
      ["quiet", "log_buf_len=1M", "log_buf_len=4194304", "log_buf_len=8m", "log_buf_len=16384K"].map(size),
    ).toEqual(["4M", "4M", "16M", "16M", "64M"]);
    expect(size("log_buf_len=1G")).toBeNull();
  });
});

describe("remediesFor: to capture the console", () => {
  const record = (ofLog: boolean, gravity: "stops" | "breaks"): BootRecord => {
    const reader = new LogReader("boot.log");
    reader.push(Buffer.from("[    0.000000] Linux version 6.1.0 (a@b) (gcc) #1 SMP\n"));
    const boot = ofLog ? (reader.end()[0] ?? emptyRecord()) : live(pool(5, 4));
    const sign = { kind: "panic", gravity, line: 3, at: null, text: "panic", name: null } as const;
    return { ...boot, signs: [{ ...sign, inRandomCode: false, byTimeout: false }] };
  };

  it("is of use where a log shows that the machine does not get up, and not on the host that runs", () => {
    const advised = (ofLog: boolean, gravity: "stops" | "breaks"): number =>
      remediesFor(record(ofLog, gravity), "capture-console").length;
    expect([advised(true, "stops"), advised(true, "breaks"), advised(false, "stops")]).toEqual([1, 0, 0]);
  });
});

describe("remediesFor: which probes the kernel rejected", () => {
  it("is in the journal of a boot whose ID is known, else in the kernel's log", () => {
    const commandOfBoot = (bootId: string | null): string | null =>
      commandOf(
        live({ kind: "kernel", bootId, release: "6.1.0", version: null, buildId: null, commandLine: "" }),
        "refused-probes",
      );
    expect(commandOfBoot(null)).toBe("dmesg | grep -i kprobe");
    expect(commandOfBoot("01234567-89ab-cdef-0123-456789abcdef")).toBe(
      "journalctl -k -b 0123456789abcdef0123456789abcdef -g kprobe",
    );
  });
});

describe("what would give entropy earlier", () => {
  it("in a virtual machine: a virtio-rng device and the host's CPU, but not what it has already", () => {
    expect(ids(supplyRemedies(recordOf({ ...vmOf("kvm"), cpu: cpu(false, true) })))).toEqual([
      "virtio-rng",
      "cpu-of-host",
    ]);
    expect(ids(supplyRemedies(recordOf({ ...vmOf("kvm"), cpu: cpu(true, true) })))).toEqual(["virtio-rng"]);
    expect(supplyRemedies(recordOf({ ...vmOf("kvm"), cpu: cpu(true, true), hwRandom: virtio }))).toEqual([]);
  });

  it("on bare metal, or where the hypervisor is not known: nothing of a hypervisor's", () => {
    expect(supplyRemedies(recordOf({ ...vmOf("none"), cpu: cpu(false, null) }))).toEqual([]);
    expect(supplyRemedies(recordOf({}))).toEqual([]);
  });

  it("on a CPU that is not trusted: to trust it, and only then", () => {
    const has = (rdrand: boolean, trusted: boolean | null, other: string | null = null) =>
      remediesFor(recordOf({ cpu: { ...cpu(rdrand, trusted), other } }), "trust-cpu").length;
    expect([has(true, false), has(true, null), has(true, true), has(false, false), has(false, false, "rng")]).toEqual([
      1, 0, 0, 0, 1,
    ]);
  });

  it("on EFI without a seed: systemd-boot's, where systemd-boot is the boot loader", () => {
    const bootloader = { via: null, efi: true, trusted: true, why: "" };
    const by = (backEnd: BootLoaderName, more: object = {}) =>
      commandOf(
        recordOf(
          { bootloader: { ...bootloader, ...more } },
          { kind: "platform", distribution: null, commandLineTool: tool(backEnd) },
        ),
        "bootloader-seed",
      );
    expect(by("kernel-install")).toBe("bootctl random-seed");
    expect([by("grub"), by("kernel-install", { efi: false }), by("kernel-install", { via: "systemd-boot" })]).toEqual([
      null,
      null,
      null,
    ]);
  });

  it("on a kernel that gathers entropy itself: neither a newer kernel nor a daemon, though its pool is the old one", () => {
    const useful = (release: string, poolBits: number) =>
      ids(
        supplyRemedies(
          live(
            { kind: "platform", distribution: parseOsRelease("ID=debian\n"), commandLineTool: null },
            pool(5, 4, poolBits),
            { kind: "kernel", bootId: null, release, version: null, buildId: null, commandLine: "" },
          ),
        ),
      );
    expect(useful("5.3.18-1-default", 4096)).toEqual(["update-kernel", "entropy-daemon"]);
    expect([useful("5.4.0-9-amd64", 4096), useful("5.10.0-21-amd64", 4096), useful("4.19.249", 256)]).toEqual([
      [],
      [],
      [],
    ]);
  });

  it("on an old pool: a newer kernel, and of RHEL 8 a newer release", () => {
    expect(ids(supplyRemedies(live(pool(5, 4, 4096))))).toContain("update-kernel");
    expect(supplyRemedies(live(pool(5, 4)))).toEqual([]);
    const rhel = live(
      pool(5, 4, 4096),
      logged(0, { kind: "kernel-version", release: "4.18.0-240.el8.x86_64", version: "#1 SMP" }),
    );
    expect(remediesFor(rhel, "update-kernel")[0]).toMatchObject({
      command: null,
      text: expect.stringContaining("RHEL 9"),
    });
  });

  it("with a seed file that is not credited: to credit it, which copies of the disk pay for", () => {
    const seedFile = { path: "/var/lib/systemd/random-seed", present: true, bytes: 512, credited: false };
    const [remedy] = remediesFor(recordOf({ seedFile }), "credit-seed-file");
    expect(remedy?.price.security).toContain("copies");
    expect(remediesFor(recordOf({ seedFile: { ...seedFile, credited: true } }), "credit-seed-file")).toEqual([]);
  });
});

describe("what a remedy would have saved on this boot", () => {
  const supply: Omit<SupplyEvidence, "kind"> = { ...vmOf("kvm"), cpu: cpu(true, false) };
  const saved = (...evidence: readonly Evidence[]) =>
    Object.fromEntries(supplyRemedies(diagnose(recordOf(supply, ...evidence))).map(({ id, saves }) => [id, saves]));

  it("is what tasks waited, of a remedy that makes the CRNG ready before them; of the others it is not known", () => {
    expect(saved(readyLine(40), wait(2, 38.5, { to: 40.5 }))).toEqual({
      "trust-cpu": { bootSeconds: null, waitSeconds: 38.5 },
      "virtio-rng": { bootSeconds: null, waitSeconds: null },
    });
  });

  it("is by how much the boot would have been shorter, where the times of its units are known", () => {
    const record: BootRecord = {
      ...recordOf(supply, readyLine(40), wait(2, 38.5, { to: 40.5 })),
      correctedBoot: {
        finishedAt: 60.3,
        withoutWaitsAt: 21.9,
        firstProcessSeconds: 0,
        delayed: [],
        chain: [],
        chainWithoutWaits: [],
      },
    };
    expect(supplyRemedies(record)[0]?.saves).toEqual({ bootSeconds: 38.4, waitSeconds: 38.5 });
  });

  it("is what a unit's own lines in a log show, where no wait was recorded", () => {
    const reader = new LogReader("boot.log");
    const text = [
      "[    0.000000] Linux version 5.0.1 (a@b) (gcc) #1 SMP",
      "[    1.500000] systemd[1]: systemd 241 running in system mode",
      "[    2.000000] systemd[1]: Starting Load/Save Random Seed...",
      "[   42.000000] random: crng init done",
      "[   42.050000] systemd[1]: Started Load/Save Random Seed.",
    ];
    reader.push(Buffer.from(text.join("\n")));
    const { verdict } = diagnose(reader.end()[0] ?? emptyRecord());
    expect(verdict.remedies[0]).toMatchObject({ id: "trust-cpu", saves: { bootSeconds: null, waitSeconds: 40 } });
  });

  it("is nothing where the recorder was there and no task waited", () => {
    const record: BootRecord = {
      ...recordOf(supply, readyLine(40)),
      cost: { seconds: 0, firstProcessSeconds: 0, tasks: 0, complete: true },
    };
    expect(supplyRemedies(record).map(({ saves }) => saves)).toEqual([
      { bootSeconds: 0, waitSeconds: 0 },
      { bootSeconds: 0, waitSeconds: 0 },
    ]);
  });

  it("is not known where waits were not recorded", () => {
    expect(saved(readyLine(40))["trust-cpu"]).toEqual({ bootSeconds: null, waitSeconds: null });
  });
});

describe("remedies of a log", () => {
  /** A log of a machine whose CRNG is late. */
  function logOf(...lines: readonly string[]): BootRecord {
    const reader = new LogReader("boot.log");
    reader.push(Buffer.from(`${lines.join("\n")}\n`));
    return diagnose(reader.end()[0] ?? emptyRecord());
  }
  const debian =
    "[    0.000000] Linux version 5.10.0-9-amd64 (debian-kernel@lists.debian.org) (gcc) #1 SMP Debian 5.10.70-1 (2021-09-30)";
  const fedora =
    "[    0.000000] Linux version 4.16.3-301.fc28.x86_64 (mockbuild@x) (gcc) #1 SMP Mon Apr 23 21:59:58 UTC 2018";
  const grub = "[    0.000000] Kernel command line: BOOT_IMAGE=/boot/vmlinuz root=/dev/sda1 ro quiet";
  const vmware =
    "[    0.000000] DMI: VMware, Inc. VMware Virtual Platform/440BX Desktop Reference Platform, BIOS 6.00 12/12/2018";
  const ready = "[   61.000000] random: crng init done";

  it("fit that machine as far as its log shows it: distribution, boot loader, hypervisor", () => {
    const { findings } = logOf(
      debian,
      `${grub} random.trust_cpu=off`,
      vmware,
      "[    2.000000] systemd[1]: Mounted /boot.",
      ready,
    );
    const { remedies } = findings.find(({ id }) => id === "ready-late") ?? { remedies: [] };
    expect(remedies.map(({ id, where }) => [id, where])).toEqual([
      ["trust-cpu", "that-machine"],
      ["cpu-of-host", "hypervisor"],
    ]);
    expect(remedies[0]?.command).toMatch(/random\.trust_cpu=on.*update-grub$/);
    expect(JSON.stringify(remedies)).not.toMatch(/grubby|virt-xml/);
  });

  it("of Fedora under KVM are grubby's and libvirt's, and an old kernel's an update", () => {
    const { findings } = logOf(fedora, grub, "[    0.000000] Hypervisor detected: KVM", ready);
    const commands = findings.find(({ id }) => id === "ready-late")?.remedies.map(({ command }) => command);
    expect(commands).toEqual([
      "virt-xml DOMAIN --add-device --rng /dev/urandom",
      "virt-xml DOMAIN --edit --cpu host-passthrough",
      "dnf upgrade kernel",
      "dnf install rng-tools && systemctl enable --now rngd",
    ]);
  });

  it.each([
    ["initrd=\\abc\\5.0.1\\initrd root=/dev/sda2", /^sed .*\/etc\/kernel\/cmdline && kernel-install/],
    ["initrd=\\initramfs-linux.img root=/dev/sda2", /^sed .* \/boot\/loader\/entries\/\*\.conf$/],
    ["BOOT_IMAGE=vmlinuz-lts modules=ext4 quiet", /^sed .* \/etc\/update-extlinux\.conf && update-extlinux$/],
    ["init=/nix/store/abc-nixos-system/init", null],
    ["vc_mem.mem_base=0x3ec00000 console=tty1 rootwait", null],
  ])("know the boot loader by what stands on the command line: %s", (line, command) => {
    const { findings } = logOf(
      "[    0.000000] Linux version 5.0.1 (a@b) (gcc) #1 SMP",
      `[    0.000000] Kernel command line: ${line}`,
      ready,
    );
    const trust = findings.find(({ id }) => id === "ready-late")?.remedies.find(({ id }) => id === "trust-cpu");
    if (command === null)
      expect(trust).toMatchObject({ command: null, text: expect.stringMatching(/kernelParams|cmdline\.txt/) });
    else expect(trust?.command).toMatch(command);
  });

  it("are in words where the log has no command line to recognise the boot loader by", () => {
    const { findings } = logOf(debian.replace("5.10.0-9", "4.19.0-9"), ready);
    expect(findings.find(({ id }) => id === "ready-late")?.remedies[0]).toMatchObject({
      id: "trust-cpu",
      command: null,
    });
  });

  it("are what OpenWrt has, by the way in which it counts its builds, or by its first programs", () => {
    const advised = (...lines: readonly string[]) => supplyRemedies(logOf(...lines));
    const isWaited = "[    9.000000] dropbear[310]: waiting for entropy";
    const built = "[    0.000000] Linux version 5.4.188 (builder@buildhost) (gcc) #0 Sat Apr 16 12:59:34 2022";
    const procd = "[    9.100000] random: procd: uninitialized urandom read (4 bytes read)";
    for (const log of [
      [built, isWaited, ready],
      [isWaited, procd, ready],
    ])
      expect(advised(...log).at(-1)).toMatchObject({
        id: "entropy-daemon",
        command: "opkg update && opkg install urngd",
      });
    const old = built.replace("5.4.188", "4.14.63");
    expect(advised(old, ready).map(({ id, command }) => [id, command])).toContainEqual(["update-kernel", null]);
    // Of another builder; and one that became ready soon, or that nothing waited for.
    expect(ids(advised(built.replace("#0 ", "#1 "), isWaited, ready))).not.toContain("entropy-daemon");
    expect(ids(advised(built, isWaited, ready.replace("61", " 9")))).not.toContain("entropy-daemon");
    expect(ids(advised(built, ready))).not.toContain("entropy-daemon");
  });

  it("are a daemon on a board whose kernel gathers entropy itself, and whose counter is too slow for that", () => {
    const board = "[    0.000000] Linux version 5.4.70-board (a@b) (gcc) #1 SMP";
    const mips = "[    0.000000] MIPS: machine is Example Board";
    const isWaited = "[    9.000000] dropbear[310]: waiting for entropy";
    expect(ids(supplyRemedies(logOf(board, mips, isWaited, ready)))).toEqual(["entropy-daemon"]);
    expect(ids(supplyRemedies(logOf(board, isWaited, ready)))).not.toContain("entropy-daemon");
  });

  it("of a Kata guest are its runtime's, which no libvirt started", () => {
    const guest = (line: string) =>
      supplyRemedies(
        logOf(
          "[    0.000000] Linux version 6.1.38 (a@b) (gcc) #2 SMP",
          `[    0.000000] Kernel command line: ${line}`,
          "[    0.000000] Hypervisor detected: KVM",
          ready,
        ),
      );
    for (const line of [
      "root=/dev/pmem0p1 systemd.unit=kata-containers.target",
      "reboot=k scsi_mod.scan=none",
      "quiet agent.log=debug",
    ]) {
      const remedies = guest(line);
      expect(remedies[0]).toMatchObject({ id: "virtio-rng", where: "hypervisor", command: null });
      expect(remedies[0]?.text).toContain("configuration.toml");
      expect(JSON.stringify(remedies)).not.toContain("virt-xml");
    }
    expect(guest("root=/dev/vda1 agent.loglevel=7")[0]?.command).toMatch(/^virt-xml /);
  });

  it("are in words where nothing of the machine is known, and none is left out", () => {
    const unknown = supplyRemedies(logOf("[    9.000000] dropbear[310]: waiting for entropy", ready));
    expect(unknown).toMatchObject([{ id: "any-source", where: "that-machine", command: null }]);
    expect(unknown[0]?.text).toMatch(/virtual machine.*before kernel 5\.4/);
    const known = "[    0.000000] Linux version 6.8.0 (a@b) (gcc) #1 SMP";
    expect(supplyRemedies(logOf(known, ready))[0]?.text).not.toContain("5.4");
    const onVmware = supplyRemedies(logOf(known, vmware, ready));
    expect(ids(onVmware)).toEqual(["cpu-of-host"]);
    // On this host its files show more.
    expect(supplyRemedies(recordOf({ ...vmOf("none"), cpu: cpu(true, true) }))).toEqual([]);
  });

  it("ask no machine that does not boot for its journal", () => {
    const panic = "[    9.000000] Kernel panic - not syncing: VFS: Unable to mount root fs on unknown-block(0,0)";
    const stuck = logOf(debian, panic).findings.find(({ id }) => id === "not-shown");
    expect(ids(stuck?.remedies ?? [])).toEqual(["capture-console"]);
    const runs = logOf(debian, "[    9.000000] eth0: link is up").findings.find(({ id }) => id === "not-shown");
    expect(runs?.remedies[0]).toMatchObject({ command: "journalctl -k -b -g 'random:'", where: "that-machine" });
  });

  it("ask the journal of the boot that the record is of, which may be another than the one that runs", () => {
    const boot: Evidence = {
      kind: "kernel",
      bootId: "0a775f0e-3f0d-4c22-9bbe-61fb5e2294fe",
      release: null,
      version: null,
      buildId: null,
      commandLine: null,
    };
    const { findings } = diagnose(fold(emptyRecord(), [boot, stretch(5, 9, 10), pool(10, 256)]).record);
    const [first] = findings.find(({ id }) => id === "log-incomplete")?.remedies ?? [];
    expect(first?.command).toBe("journalctl -k -b 0a775f0e3f0d4c229bbe61fb5e2294fe -g 'random:'");
  });

  it("of a log without a known distribution ask dmesg, which every machine has", () => {
    const record = fold(emptyRecord(), [extent(9)]).record;
    expect(commandOf(record, "ready-line")).toBe("dmesg | grep 'random:'");
  });
});

describe("the table of remedies", () => {
  it("holds every command: no finding, verdict or text for people has one of its own", () => {
    const folder = join(project, "src/diagnose");
    const others = readdirSync(folder, { recursive: true, encoding: "utf8" }).filter(
      (name) => name.endsWith(".ts") && !name.startsWith("remedy/"),
    );
    for (const name of others) {
      const text = readFileSync(join(folder, name), "utf8");
      expect(
        text.match(/command: ["'`]|\b(?:grubby|virt-xml|dracut --|journalctl|dmesg \||systemctl|apt-get|dnf)\b/g) ?? [],
        name,
      ).toEqual([]);
    }
  });

  it("says of each what it is in one line that a place can stand before, with commands of one line", () => {
    const record = recordOf(
      {
        ...vmOf("kvm"),
        cpu: cpu(true, false),
        hwRandom: { current: "tpm-rng-0", available: ["tpm-rng-0"], quality: 0, virtio: false },
      },
      pool(5, 4, 4096),
    );
    for (const { text, command, price } of remediesFor(record, ...(Object.keys(remedyTable) as RemedyId[]))) {
      expect(text).toMatch(/^[a-z][^\n]*[^.\n]$/);
      expect(command ?? "x").toMatch(/^[^\n]+$/);
      for (const words of [price.security, price.processor]) expect(words ?? "x").toMatch(/^[^\n]*[^.\n]$/);
    }
  });
});

describe("remedies of a guest whose hypervisor is a provider's", () => {
  const guest = (release: string, ...lines: readonly string[]): readonly Remedy[] => {
    const reader = new LogReader("boot.log");
    const text = [`Linux version ${release} (a@b) (gcc) #1 SMP`, ...lines, "Run /init as init process"];
    const stamped = text.map((line) => `[    0.500000] ${line}`);
    reader.push(Buffer.from([...stamped, "[   60.000000] random: crng init done"].join("\n")));
    return supplyRemedies(reader.end()[0] ?? emptyRecord());
  };
  const kvm = "Hypervisor detected: KVM";

  it.each<[what: string, release: string, lines: readonly string[]]>([
    [
      "Xen of Amazon",
      "4.14.33-51.amzn1.x86_64",
      ["DMI: Xen HVM domU, BIOS 4.2.amazon 08/24/2006", "Hypervisor detected: Xen HVM"],
    ],
    [
      "Azure",
      "5.15.0-1041-azure",
      [
        "DMI: Microsoft Corporation Virtual Machine/Virtual Machine, BIOS Hyper-V UEFI",
        "Hypervisor detected: Microsoft Hyper-V",
      ],
    ],
    ["a droplet", "5.10.0-9-amd64", ["DMI: DigitalOcean Droplet/Droplet, BIOS 20171212 12/12/2017", kvm]],
    [
      "a cloud server",
      "5.10.0-9-amd64",
      ["DMI: Hetzner vServer/Standard PC (Q35 + ICH9, 2009), BIOS 20171111 11/11/2017", kvm],
    ],
  ])("are the provider's: %s", (_what, release, lines) => {
    const outside = guest(release, ...lines).filter(({ where }) => where !== "that-machine");
    expect(outside.map(({ where, command }) => [where, command])).toContainEqual(["provider", null]);
    expect(outside.filter(({ where }) => where !== "provider")).toEqual([]);
    // Where a guest may be moved to is not its owner's business there.
    expect(JSON.stringify(outside)).not.toContain("migrated");
  });

  it("are the hypervisor's, where that is the administrator's own", () => {
    const outside = guest("5.10.0-9-amd64", "DMI: Microsoft Corporation Virtual Machine/Virtual Machine, BIOS 1", kvm);
    expect(outside.map(({ id, where }) => [id, where])).toContainEqual(["cpu-of-host", "hypervisor"]);
  });

  it("are none of x86, on another architecture", () => {
    const arm = [
      "Booting Linux on physical CPU 0x0000000000 [0x410fd0c1]",
      "DMI: QEMU QEMU Virtual Machine, BIOS 0.0.0",
    ];
    expect(ids(guest("5.10.0", ...arm))).toEqual(["virtio-rng"]);
    for (const line of ["MIPS: machine is TP-Link TL-WR841N/ND v8", "SBI specification v0.3 detected"])
      expect(JSON.stringify(guest("5.10.0", line))).not.toContain("RDRAND");
  });
});

describe("remedies of a machine whose distribution is not known", () => {
  it("name a daemon in words, without a command, where its kernel does not gather entropy", () => {
    const reader = new LogReader("boot.log");
    reader.push(
      Buffer.from(
        "[    0.000000] Linux version 4.19.66-v7+ (a@b) (gcc) #1253 SMP\n" +
          "[    0.000000] OF: fdt: Machine model: Raspberry Pi 3 Model B Plus Rev 1.3\n" +
          "[   63.000000] random: crng init done\n",
      ),
    );
    const remedies = supplyRemedies(reader.end()[0] ?? emptyRecord());
    expect(ids(remedies)).toEqual(["device-tree-seed", "update-kernel", "entropy-daemon"]);
    expect(remedies.at(-1)).toMatchObject({ command: null, text: expect.stringContaining("rng-tools, haveged") });
  });
});

describe("remediesFor: trusting the CPU, on the machine of a log", () => {
  const inLog = (release: string, commandLine = "quiet"): boolean => {
    const reader = new LogReader("boot.log");
    reader.push(
      Buffer.from(
        `[    0.000000] Linux version ${release} (a@b) (gcc) #1 SMP\n` +
          `[    0.000000] Command line: ${commandLine}\n[   60.000000] random: crng init done\n`,
      ),
    );
    const [boot = emptyRecord()] = reader.end();
    return ids(supplyRemedies(boot)).includes("trust-cpu");
  };

  it("is advised for kernels from 4.19, which brought the switch, to 5.17, and later where it is switched off", () => {
    const releases = ["3.19.0", "4.18.20", "4.19.0", "4.20.1", "5.0.0", "5.17.9", "5.18.0", "5.19.0", "6.1.0"];
    expect(releases.filter((release) => inLog(release))).toEqual(["4.19.0", "4.20.1", "5.0.0", "5.17.9"]);
    for (const off of ["off", "0", "no", "F", "on random.trust-cpu=N"])
      expect(inLog("6.1.0", `random.trust_cpu=${off} quiet`), off).toBe(true);
    expect(inLog("6.1.0", "random.trust_cpu=off random.trust_cpu=1")).toBe(false);
  });

  it("is not advised where the distribution's kernel does so, unless it is switched off", () => {
    const on = ["5.10.8-200.fc33.x86_64", "5.14.0-362.el9.x86_64"];
    expect(on.filter((release) => inLog(release))).toEqual([]);
    expect(on.filter((release) => inLog(release, "random.trust_cpu=off"))).toEqual(on);
    expect(inLog("5.4.17-2136.el8uek.x86_64")).toBe(true);
  });

  it("is not advised for a machine that is none of x86", () => {
    const other = ["5.10.103-v8+", "5.10.0-9-arm64", "5.4.0-1.aarch64", "5.10.0-9-armmp"];
    expect(other.filter((release) => inLog(release, "random.trust_cpu=off"))).toEqual([]);
  });
});

describe("supplyRemedies: of a command line that hides the CPU's generator", () => {
  const lines = (commandLine: string, release: string): BootRecord => {
    const reader = new LogReader("boot.log");
    const text = [
      `[    0.000000] Linux version ${release} (mockbuild@builder) #1 SMP`,
      `[    0.000000] Command line: ${commandLine}`,
      "[    1.500000] systemd[1]: systemd 247 running in system mode.",
      "[   94.100000] random: crng init done",
      "[   94.200000] systemd[1]: Started OpenSSH server daemon.",
    ];
    reader.push(Buffer.from(text.join("\n")));
    return reader.end()[0] ?? emptyRecord();
  };
  const fedora = "5.10.7-200.fc33.x86_64";

  it.each(["nordrand", "clearcpuid=rdrand", "clearcpuid=158"])(
    "removes '%s' by the boot loader's tool, and adds nothing that would be of no use beside it",
    (argument) => {
      const remedies = supplyRemedies(lines(`root=/dev/sda1 ${argument} quiet`, fedora));
      expect(remedies[0]).toMatchObject({ id: "take-off-argument", where: "that-machine" });
      expect(remedies[0]?.text).toContain(`'${argument}'`);
      expect(ids(remedies)).not.toContain("trust-cpu");
    },
  );

  it("removes 'random.trust_cpu=off' with it, which has no effect before and refuses the CPU after it", () => {
    const [first] = supplyRemedies(lines("nordrand quiet random.trust_cpu=off nordrand", fedora));
    expect(first?.text).toContain("remove 'nordrand' and 'random.trust_cpu=off' from");
  });

  it("leaves 'nordrand' to kernels from 6.0 on, which do not know it, and replaces 'random.trust_cpu=off' there", () => {
    const remedies = supplyRemedies(lines("nordrand random.trust_cpu=off", "6.1.0-17-amd64"));
    expect(ids(remedies)).toEqual(["trust-cpu"]);
    expect(ids(supplyRemedies(lines("nordrand", "6.1.0-17-amd64")))).toEqual(["any-source"]);
    expect(ids(supplyRemedies(lines("clearcpuid=rdrand", "6.1.0-17-amd64")))).toEqual(["take-off-argument"]);
  });

  it.each(["random.trust_cpu=on", "clearcpuid=rdseed", "xnordrand", "nordrand=1"])(
    "leaves '%s' as it is",
    (argument) => {
      expect(ids(supplyRemedies(lines(`root=/dev/sda1 ${argument} quiet`, fedora)))).not.toContain("take-off-argument");
    },
  );

  it("edits the file where the tool can only add, and names a command where it can remove", () => {
    const host = (id: string, tools: readonly CommandLineTool[]): BootRecord =>
      live(
        {
          kind: "platform",
          distribution: { id, like: [], name: id },
          commandLineTool: tools[0] ?? null,
        },
        { kind: "kernel", bootId: null, release: fedora, version: null, buildId: null, commandLine: "quiet nordrand" },
      );
    expect(remediesFor(host("fedora", [tool("grubby")]), "take-off-argument")[0]?.command).toBe(
      'grubby --update-kernel=ALL --remove-args="nordrand"',
    );
    const byHand = remediesFor(
      host("debian", [tool("grub", "update-grub", "/etc/default/grub")]),
      "take-off-argument",
    )[0];
    expect(byHand).toMatchObject({ command: null });
    expect(byHand?.text).toMatch(/edit \/etc\/default\/grub, then run 'update-grub'$/);
  });
});
