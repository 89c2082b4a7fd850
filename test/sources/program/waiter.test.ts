import { mkdirSync, symlinkSync } from "node:fs";
import { dirname, join } from "node:path";
import { describe, expect, it } from "vitest";
import { type Wait, unknownWait } from "../../../src/core/wait.ts";
import type { Host } from "../../../src/sources/source.ts";
import { Waiters } from "../../../src/sources/program/waiter.ts";
import { elfFile } from "../../support/inputs/elf-file.ts";
import { hostOf } from "../../support/host/host-folder.ts";
import { codeMappings } from "../../support/inputs/proc-lines.ts";

const interpreter = "/lib64/ld-linux-x86-64.so.2";
const stat = (pid: number, comm: string, ticks: number): string =>
  `${pid} (${comm}) S 1 ${pid} ${pid} 0 -1 4194560 1503 0 0 0 3 5 0 0 20 0 1 0 ${ticks} 22847488 1203\n`;

/** A FIPS host: PID 1 was a program of libgcrypt before it became systemd, and a Python script lives. */
const files = {
  "proc/sys/crypto/fips_enabled": "1\n",
  "lab/init": elfFile({ interpreter, needed: ["libgcrypt.so.20"] }),
  "usr/lib/systemd/systemd": elfFile({ interpreter, needed: [] }),
  "usr/lib/systemd/systemd-random-seed": elfFile({ interpreter, needed: ["libcrypto.so.3"] }),
  "usr/lib64/libgcrypt.so.20": elfFile({ soname: "libgcrypt.so.20" }),
  "usr/lib64/libcrypto.so.3": elfFile({ soname: "libcrypto.so.3" }),
  "usr/bin/python3": elfFile({ interpreter, needed: [] }),
  "usr/sbin/firewalld": "#!/usr/bin/python3\n",
  "usr/lib/systemd/system/sysinit.target": "[Unit]\nWants=systemd-random-seed.service a.service b.service\n",
  "usr/lib/systemd/system/systemd-random-seed.service":
    "[Service]\nExecStart=/usr/lib/systemd/systemd-random-seed load\n",
  "usr/lib/systemd/system/a.service": "[Service]\nExecStart=/usr/bin/python3 a\n",
  "usr/lib/systemd/system/b.service": "[Service]\nExecStart=/usr/bin/python3 b\n",
  "proc/1/stat": stat(1, "systemd", 110),
  "proc/1/status": "Tgid:\t1\nPid:\t1\nNSpid:\t1\n",
  "proc/1/cmdline": "/usr/lib/systemd/systemd\0",
  "proc/1/cgroup": "0::/init.scope\n",
  "proc/1/maps": codeMappings("/usr/lib/systemd/systemd"),
  "proc/700/stat": stat(700, "firewalld", 500),
  "proc/700/status": "Tgid:\t700\nPid:\t700\nNSpid:\t700\n",
  "proc/700/cmdline": "/usr/bin/python3\0/usr/sbin/firewalld\0",
  "proc/700/cgroup": "0::/system.slice/firewalld.service\n",
  "proc/700/maps": codeMappings("/usr/bin/python3", "/usr/lib64/libcrypto.so.3"),
};

function host(): Host {
  const made = hostOf(files);
  for (const [path, target] of [
    ["proc/1/exe", "/usr/lib/systemd/systemd"],
    ["proc/700/exe", "/usr/bin/python3"],
  ] as const) {
    mkdirSync(dirname(join(made.roots.top, path)), { recursive: true });
    symlinkSync(target, join(made.roots.top, path));
  }
  return made;
}
const recorded = (facts: Partial<Wait>): Wait => ({
  ...unknownWait,
  interface: "getrandom",
  from: 7,
  to: 8.5,
  ended: "returned",
  evidence: "recorder",
  ...facts,
});

describe("a recorded wait", () => {
  it("of a task that lives comes from /proc", () => {
    expect(new Waiters(host()).attribute(recorded({ pid: 1, tid: 1, comm: "systemd" }))).toMatchObject({
      pid: 1,
      exe: "/usr/lib/systemd/systemd",
      commandLine: "/usr/lib/systemd/systemd",
      startedAt: 1.1,
      unit: "init.scope",
      unitSource: "cgroup",
      libraries: [],
      librariesSource: "maps",
    });
  });

  it("of a task that has gone on to another program since comes from the one in which it waited", () => {
    const attributed = new Waiters(host()).attribute(recorded({ pid: 1, tid: 1, comm: "systemd", exe: "/lab/init" }));
    expect(attributed).toMatchObject({
      pid: 1,
      exe: "/lab/init",
      commandLine: null,
      startedAt: 1.1,
      unit: "init.scope",
      libraries: ["libgcrypt.so.20"],
      librariesSource: "elf",
      // A library asks /proc, which the first process may have had no more of than /init of an initramfs has.
      fips: null,
      fipsWhy: "the kernel is in FIPS mode, but whether /proc was mounted by then is not known",
    });
  });

  it("of a task that the trace saw go on does not come from what it has mapped since, though the program that it was is gone or has the same name", () => {
    const waiters = new Waiters(host());
    expect(
      waiters.attribute(recorded({ pid: 1, tid: 1, comm: "systemd", exe: "/init" }), { goneOn: true }),
    ).toMatchObject({
      exe: "/init",
      commandLine: null,
      startedAt: 1.1,
      libraries: [],
      librariesSource: null,
      runtime: null,
      fips: null,
    });
    expect(
      waiters.attribute(recorded({ pid: 1, tid: 1, comm: "systemd", exe: "/lab/init" }), { goneOn: true }),
    ).toMatchObject({
      exe: "/lab/init",
      libraries: ["libgcrypt.so.20"],
      librariesSource: "elf",
    });
    expect(
      waiters.attribute(recorded({ pid: 1, tid: 1, comm: "systemd", exe: "/usr/lib/systemd/systemd" }), {
        goneOn: true,
      }),
    ).toMatchObject({ exe: "/usr/lib/systemd/systemd", commandLine: null, librariesSource: "elf" });
  });

  it("of a script comes from its interpreter, which is what runs", () => {
    const attributed = new Waiters(host()).attribute(
      recorded({ pid: 700, tid: 700, comm: "firewalld", exe: "/usr/sbin/firewalld" }),
    );
    expect(attributed).toMatchObject({
      exe: "/usr/bin/python3",
      commandLine: "/usr/bin/python3 /usr/sbin/firewalld",
      runtime: "Python",
      libraries: ["libcrypto.so.3"],
      librariesSource: "maps",
    });
  });

  it("of a task that is gone comes from its program's file, and by the unit that alone starts that program", () => {
    const waiters = new Waiters(host());
    expect(
      waiters.attribute(
        recorded({ pid: 169, tid: 169, comm: "systemd-random-", exe: "/usr/lib/systemd/systemd-random-seed" }),
      ),
    ).toMatchObject({
      pid: 169,
      exe: "/usr/lib/systemd/systemd-random-seed",
      unit: "systemd-random-seed.service",
      unitSource: "unit-file",
      libraries: ["libcrypto.so.3"],
      librariesSource: "elf",
    });
    expect(waiters.attribute(recorded({ pid: 170, tid: 170, comm: "python3", exe: "/usr/bin/python3" }))).toMatchObject(
      { unit: null, unitSource: null },
    );
    expect(waiters.attribute(recorded({ pid: 171, tid: 171, comm: "x" }))).toEqual(
      recorded({ pid: 171, tid: 171, comm: "x" }),
    );
  });

  it("of a task that was killed before it was described has no arguments, no parent and no caller, and its libraries by its file", () => {
    const request = { syscall: "getrandom", bytes: 16, flags: 0 } as const;
    const values = Array.from({ length: 17 }, (_, number) => 0x7f3b_1c00_0000 + number);
    const killed = recorded({ pid: 168, tid: 168, comm: "keys", exe: "/lab/init", ended: "interrupted", request });
    expect(new Waiters(host()).attribute(killed, { registers: { machine: "x86-64", values, request } })).toMatchObject({
      commandLine: null,
      startedAt: null,
      parent: null,
      unit: null,
      unitSource: null,
      librariesSource: "elf",
      libraries: ["libgcrypt.so.20"],
      ended: "interrupted",
      caller: null,
      request,
    });
  });

  it("is not that of another task with its number, nor lost to the two clocks' difference", () => {
    const waiters = new Waiters(host());
    expect(waiters.attribute(recorded({ pid: 700, tid: 700, comm: "firewalld", from: 4 }))).toMatchObject({
      exe: null,
      unit: null,
    });
    expect(waiters.attribute(recorded({ pid: 700, tid: 700, comm: "sshd" }))).toMatchObject({ exe: null, unit: null });
    expect(waiters.attribute(recorded({ pid: 700, tid: 700, comm: "firewalld", from: 4.99 }))).toMatchObject({
      exe: "/usr/bin/python3",
      unit: "firewalld.service",
    });
  });
});
