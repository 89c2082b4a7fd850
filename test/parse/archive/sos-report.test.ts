import { describe, expect, it } from "vitest";
import { isSosOnly, noFacts, placeInReport, sosLogRank, withSosFact } from "../../../src/parse/archive/sos-report.ts";

describe("the logs of a sosreport", () => {
  it("are in the order of how much they show", () => {
    const paths = [
      "sos_commands/kernel/dmesg",
      "var/log/dmesg.old",
      "sos_commands/logs/journalctl_--no-pager_--boot_-1",
      "var/log/messages-20240101.gz",
      "var/log/syslog.1",
      "var/log/kern.log",
      "sos_strings/logs/var.log.messages.tailed",
      "var/crash/127.0.0.1-2024-01-01-00:00:00/vmcore-dmesg.txt",
      "var/lib/systemd/pstore/7300000000/001/dmesg.txt",
    ];
    expect(paths.map(sosLogRank)).toEqual([...paths.keys()]);
  });

  it("have other names where sos cut them, and had in older ones", () => {
    expect(
      [
        "sos_strings/logs/journalctl_--no-pager.tailed",
        "sos_strings/kernel/dmesg.tailed",
        "sos_commands/general/dmesg",
        "sos_commands/logs/journalctl_--all_--this-boot_--no-pager",
      ].map(sosLogRank),
    ).toEqual([2, 0, 0, 2]);
  });

  it("are not all that looks like one", () => {
    const others = [
      "sos_commands/kernel/dmesg_-T",
      "sos_commands/logs/journalctl_--disk-usage",
      "sos_commands/logs/journalctl_--no-pager_--unit_sshd",
      "sos_commands/systemd/journalctl_--list-boots",
      "var/log/secure",
      "var/log/messages/deeper",
      "etc/var/log/messages",
      "sos_strings/logs/var.log.secure.tailed",
      "version.txt",
    ];
    for (const path of others) expect(sosLogRank(path), path).toBeNull();
  });
});

describe("a member of an archive", () => {
  it("lies in a report at its top or in its one folder", () => {
    expect(placeInReport("sosreport-x/sos_commands/kernel/dmesg")).toEqual({
      root: "sosreport-x",
      path: "sos_commands/kernel/dmesg",
    });
    expect(placeInReport("./var/log/messages")).toEqual({ root: "", path: "var/log/messages" });
    expect(placeInReport("/var/log/messages")).toEqual({ root: "", path: "var/log/messages" });
    expect(placeInReport("./x/proc/cmdline")).toEqual({ root: "x", path: "proc/cmdline" });
    expect(placeInReport("x\ny/proc/a\nb")).toEqual({ root: "x\ny", path: "proc/a\nb" });
    for (const path of ["a/b/var/log/messages", "messages", "var", "x/variable/log", ""])
      expect(placeInReport(path), path).toBeNull();
  });

  it("recognises the archive as a report where only a report has such a folder", () => {
    expect(["sos_commands/x", "sos_strings/x", "sos_reports/x", "var/log/messages"].map(isSosOnly)).toEqual([
      true,
      true,
      false,
      false,
    ]);
  });
});

describe("the facts of a sosreport", () => {
  const factsOf = (...files: readonly (readonly [path: string, text: string])[]): unknown =>
    files.reduce((facts, [path, text]) => withSosFact(facts, path, text), noFacts);

  it("come from the kernel's own files", () => {
    expect(
      factsOf(
        ["proc/cmdline", "ro quiet fips=1\n"],
        ["proc/sys/crypto/fips_enabled", "1\n"],
        ["proc/sys/kernel/random/boot_id", "1b9d6bcd-bbfd-4b2d-9b5d-ab8dfbbd4bed\n"],
        ["sos_commands/kernel/uname_-a", "Linux h 5.14.0-427.el9.x86_64 #1 SMP\n"],
      ),
    ).toEqual({
      fipsEnabled: true,
      commandLine: "ro quiet fips=1",
      release: "5.14.0-427.el9.x86_64",
      bootId: "1b9d6bcd-bbfd-4b2d-9b5d-ab8dfbbd4bed",
      distribution: null,
    });
  });

  it("come from sysctl -a", () => {
    const sysctl =
      "abi.vsyscall32 = 1\ncrypto.fips_enabled = 0\nkernel.osrelease = 6.8.0\nkernel.random.boot_id = 1b9d6bcd\nkernel.random.poolsize = 256\n";
    expect(factsOf(["sos_commands/kernel/sysctl_-a", sysctl])).toEqual({
      fipsEnabled: false,
      commandLine: null,
      release: "6.8.0",
      bootId: "1b9d6bcd",
      distribution: null,
    });
  });

  it("do not come from what is empty, broken, or another file", () => {
    expect(
      factsOf(
        ["proc/cmdline", "\n"],
        ["proc/sys/crypto/fips_enabled", "yes"],
        ["sos_commands/kernel/uname_-a", "uname: not found"],
        ["sos_commands/kernel/sysctl_-a", ""],
        ["toString", "x"],
        ["var/log/messages", "x"],
      ),
    ).toEqual(noFacts);
  });

  it("stay as they were read first", () => {
    expect(
      factsOf(["proc/sys/crypto/fips_enabled", "0"], ["sos_commands/kernel/sysctl_-a", "crypto.fips_enabled = 1\n"]),
    ).toMatchObject({ fipsEnabled: false });
  });
});
