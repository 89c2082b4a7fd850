import type { Suspect } from "../../../src/core/evidence.ts";
import { mkdirSync, symlinkSync } from "node:fs";
import { dirname, join } from "node:path";
import { describe, expect, it } from "vitest";
import { rootsBelow } from "../../../src/platform/roots.ts";
import { suspects as source, suspectsOf } from "../../../src/sources/program/suspects.ts";
import { elfFile } from "../../support/inputs/elf-file.ts";
import { type Entry, hostFolder, hostOf } from "../../support/host/host-folder.ts";

const program = (...needed: readonly string[]): Buffer =>
  elfFile({ interpreter: "/lib64/ld-linux-x86-64.so.2", needed });
const library = (soname: string, needed: readonly string[] = [], constructors = 1): Buffer =>
  elfFile({ soname, needed, constructors });
const service = (exec: string, unit = ""): string =>
  `[Unit]\nDefaultDependencies=no\n${unit}[Service]\nExecStart=${exec}\n`;

/**
 * As Fedora before systemd 256: everything that links libsystemd links libgcrypt, which tests itself in its
 * constructor.
 */
const fedora: Readonly<Record<string, Entry>> = {
  "proc/sys/kernel/osrelease": "6.12.0",
  "proc/sys/crypto/fips_enabled": "1\n",
  "etc/ld.so.conf": "include ld.so.conf.d/*.conf\n",
  "usr/lib64/libc.so.6": library("libc.so.6"),
  "usr/lib64/libgcrypt.so.20.4.1": library("libgcrypt.so.20", ["libc.so.6"], 2),
  "usr/lib64/libcrypto.so.3.2.1": library("libcrypto.so.3", ["libc.so.6"], 3),
  "usr/lib64/libsystemd.so.0": library("libsystemd.so.0", ["libgcrypt.so.20", "libc.so.6"]),
  "usr/lib/systemd/systemd": program("libsystemd-core-255.so", "libc.so.6"),
  "usr/lib/systemd/libsystemd-core-255.so": library("libsystemd-core-255.so", ["libgcrypt.so.20"]),
  "etc/ld.so.conf.d/systemd.conf": "/usr/lib/systemd\n",
  "usr/lib/systemd/systemd-journald": program("libsystemd.so.0"),
  "usr/bin/udevadm": program("libsystemd.so.0"),
  "usr/lib/systemd/systemd-random-seed": program("libc.so.6"),
  "usr/lib/systemd/systemd-cryptsetup": program("libcrypto.so.3"),
  "usr/bin/true": program("libc.so.6"),
  "usr/sbin/nginx": program("libsystemd.so.0"),
  "usr/libexec/openssh/sshd-keygen": "#!/bin/bash\n",
  "usr/lib/systemd/system/sysinit.target": "[Unit]\nWants=local-fs.target swap.target\n",
  "usr/lib/systemd/system/basic.target": "[Unit]\nRequires=sysinit.target\nWants=sockets.target\n",
  "usr/lib/systemd/system/multi-user.target": "[Unit]\nRequires=basic.target\n",
  "usr/lib/systemd/system/systemd-journald.service": service(
    "/usr/lib/systemd/systemd-journald",
    "Wants=masked.service\n",
  ),
  "usr/lib/systemd/system/systemd-udevd.service": service("-@/usr/lib/systemd/systemd-udevd systemd-udevd --x"),
  "usr/lib/systemd/system/systemd-random-seed.service": service("/usr/lib/systemd/systemd-random-seed load"),
  "usr/lib/systemd/system/masked.service": service("/usr/lib/systemd/systemd-journald"),
  "run/systemd/generator/systemd-cryptsetup@luks.service": service("/usr/lib/systemd/systemd-cryptsetup attach luks"),
  "run/systemd/generator/cryptsetup.target": "[Unit]\nRequires=systemd-cryptsetup@luks.service\n",
  "usr/lib/systemd/system/early.service": service("/usr/bin/true"),
  "etc/systemd/system/early.service.d/10-mine.conf": "[Service]\nExecStart=\nExecStart=udevadm settle\n",
  "usr/lib/systemd/system/nginx.service": service("/usr/sbin/nginx"),
  "usr/lib/systemd/system/sshd.service": service("/usr/bin/true", "Wants=sshd-keygen.target\n"),
  "usr/lib/systemd/system/sshd-keygen.target": "[Unit]\nWants=sshd-keygen@rsa.service\n",
  "usr/lib/systemd/system/sshd-keygen@.service": service("/usr/libexec/openssh/sshd-keygen %i"),
};
const links: Readonly<Record<string, string>> = {
  lib64: "usr/lib64",
  "sbin/init": "../usr/lib/systemd/systemd",
  "usr/lib64/libgcrypt.so.20": "libgcrypt.so.20.4.1",
  "usr/lib64/libcrypto.so.3": "libcrypto.so.3.2.1",
  "usr/lib/systemd/systemd-udevd": "../../bin/udevadm",
  "etc/systemd/system/masked.service": "/dev/null",
  ...Object.fromEntries(
    ["systemd-journald", "systemd-udevd", "systemd-random-seed", "early"].map((name) => [
      `usr/lib/systemd/system/sysinit.target.wants/${name}.service`,
      `../${name}.service`,
    ]),
  ),
  ...Object.fromEntries(
    ["nginx", "sshd"].map((name) => [
      `etc/systemd/system/multi-user.target.wants/${name}.service`,
      `/usr/lib/systemd/system/${name}.service`,
    ]),
  ),
};

function suspects(entries: Readonly<Record<string, Entry>> = {}): readonly Suspect[] {
  const top = hostFolder({ ...fedora, ...entries });
  for (const [path, target] of Object.entries(links)) {
    mkdirSync(dirname(join(top, path)), { recursive: true });
    symlinkSync(target, join(top, path));
  }
  return suspectsOf({ roots: rootsBelow(top) }) ?? [];
}
const brief = (entries: Readonly<Record<string, Entry>> = {}): readonly string[] =>
  suspects(entries).map(({ unit, exe }) => `${unit} ${exe.slice(exe.lastIndexOf("/") + 1)}`);

describe("who would wait at a late CRNG", () => {
  it("in FIPS mode: the first process, and early units that load libgcrypt", () => {
    const loads =
      "the FIPS self-tests of libgcrypt.so.20 draw random bytes as it is loaded (the kernel is in FIPS mode)";
    expect(suspects().filter(({ libraries }) => libraries.includes("libgcrypt.so.20"))).toEqual([
      { unit: "init.scope", exe: "/usr/lib/systemd/systemd", libraries: ["libgcrypt.so.20"], why: loads },
      { unit: "early.service", exe: "/usr/bin/udevadm", libraries: ["libgcrypt.so.20"], why: loads },
      {
        unit: "systemd-journald.service",
        exe: "/usr/lib/systemd/systemd-journald",
        libraries: ["libgcrypt.so.20"],
        why: loads,
      },
      { unit: "systemd-udevd.service", exe: "/usr/bin/udevadm", libraries: ["libgcrypt.so.20"], why: loads },
    ]);
    // OpenSSL 3 does not draw as it is loaded, and nginx starts late.
    expect(brief().filter((name) => /cryptsetup|nginx|masked/.test(name))).toEqual([]);
  });

  it("whatever the mode: those that draw by what they are for", () => {
    const off = { "proc/sys/crypto/fips_enabled": "0\n" };
    expect(brief(off)).toEqual([
      "systemd-random-seed.service systemd-random-seed",
      "sshd-keygen@rsa.service sshd-keygen",
    ]);
    expect(suspects(off)[0]).toEqual({
      unit: "systemd-random-seed.service",
      exe: "/usr/lib/systemd/systemd-random-seed",
      libraries: ["libc.so.6"],
      why: "it waits in getrandom(2) until the CRNG is ready, and whatever is ordered after it waits with it",
    });
  });

  it("by the markers of libraries, without the kernel's FIPS mode", () => {
    expect(brief({ "proc/sys/crypto/fips_enabled": "0\n", "etc/gcrypt/fips_enabled": "" })).toContain(
      "init.scope systemd",
    );
    expect(brief({ "proc/sys/crypto/fips_enabled": "0\n", "etc/system-fips": "" })).not.toContain("init.scope systemd");
  });

  it("not at once, where libgcrypt has no constructor", () => {
    expect(suspects({ "usr/lib64/libgcrypt.so.20.4.1": library("libgcrypt.so.20", [], 1) })[0]?.why).toBe(
      "the FIPS self-tests of libgcrypt.so.20 draw random bytes when it is first used (the kernel is in FIPS mode)",
    );
  });

  it("by OpenSSL 1.1 only where it has the constructor that tests it, which Debian's has not", () => {
    const whyOf = (constructors: number): string | undefined =>
      suspects({
        "usr/lib/systemd/systemd-cryptsetup": program("libcrypto.so.1.1"),
        "usr/lib64/libcrypto.so.1.1": library("libcrypto.so.1.1", [], constructors),
      }).find(({ exe }) => exe.endsWith("/systemd-cryptsetup"))?.why;
    expect(whyOf(2)).toBe(
      "the FIPS self-tests of libcrypto.so.1.1 draw random bytes as it is loaded (the kernel is in FIPS mode)",
    );
    expect(whyOf(1)).toBeUndefined();
  });

  it("is not known of a host without units, and no program where none would", async () => {
    expect(await source.observe(hostOf({}))).toEqual({
      health: "absent",
      detail: "neither a first process nor systemd units were found",
      evidence: [],
    });
    expect(
      await source.observe(
        hostOf({
          "usr/lib/systemd/system/sysinit.target": "[Unit]\nWants=a.service\n",
          "usr/lib/systemd/system/a.service": service("/usr/bin/true"),
        }),
      ),
    ).toEqual({
      health: "ok",
      detail: null,
      evidence: [{ kind: "suspects", suspects: [] }],
    });
  });

  it("is bounded, whatever units require", () => {
    const names = Array.from({ length: 1500 }, (_, index) => `a${index}.service`);
    const units = Object.fromEntries(
      names
        .slice(0, 1200)
        .map((name, index) => [
          `usr/lib/systemd/system/${name}`,
          service("/usr/lib/systemd/systemd-journald", `Wants=${names[index + 1]} ${name}\n`),
        ]),
    );
    expect(suspects({ ...units, "usr/lib/systemd/system/swap.target": "[Unit]\nWants=a0.service\n" })).toHaveLength(
      128,
    );
  });

  it("is found on this machine without an error", () => {
    for (const { exe, why } of suspectsOf({ roots: rootsBelow("/") }) ?? [])
      expect([exe.startsWith("/"), why.length > 0]).toEqual([true, true]);
  });
});
