import { describe, expect, it } from "vitest";
import type { GeneratorsEvidence } from "../../../src/core/evidence.ts";
import { emptyRecord } from "../../../src/core/boot-record.ts";
import { fold } from "../../../src/core/fold/fold.ts";
import { generatorsOf } from "../../../src/parse/program/own-generators.ts";
import { generators } from "../../../src/sources/program/generators.ts";
import { logged } from "../../support/records/evidence-of.ts";
import { denied, type Entry, hostOf, whyNothingIsDenied } from "../../support/host/host-folder.ts";
import { hostOfStory } from "../../support/host/hosts.ts";
import { rootsBelow } from "../../../src/platform/roots.ts";

const stat = (pid: number, comm: string, flags = 4194560): string =>
  `${pid} (${comm}) S 1 ${pid} ${pid} 0 -1 ${flags} 900 0 12 0 4 3 0 0 20 0 1 0 4711 24379392 1800 0 0\n`;
const maps = (path: string): string => `7f0000001000-7f0000090000 r-xp 00001000 fd:01 4000    ${path}\n`;

async function observed(files: Readonly<Record<string, Entry>>): Promise<GeneratorsEvidence> {
  const { evidence } = await generators.observe(hostOf(files));
  return evidence[0] as GeneratorsEvidence;
}

describe("processes with a generator of their own", () => {
  it("are those of a host by their mapped files, with unit and start", async () => {
    const roots = rootsBelow(hostOfStory("vm-cloned"));
    const { evidence } = await generators.observe({ ...hostOf({}), roots });
    const { processes, unreadable } = evidence[0] as GeneratorsEvidence;
    const listed = processes.map(({ comm, unit, startedAt, generators: theirs }) => [comm, unit, startedAt, ...theirs]);
    expect(listed.toSorted(([a = ""], [b = ""]) => String(a).localeCompare(String(b)))).toEqual([
      ["dbus-daemon", "dbus.service", 3.31, "libgcrypt"],
      ["java", "tomcat10.service", 6.55, "JVM"],
      ["nginx", "nginx.service", 4.12, "OpenSSL"],
      ["rsyslogd", "rsyslog.service", 7191, "GnuTLS"],
      ["unattended-upgr", "unattended-upgrades.service", 7.02, "OpenSSL", "Python"],
    ]);
    expect(unreadable).toBe(0);
  });

  it("are neither kernel threads nor processes that have ended meanwhile", async () => {
    const { processes } = await observed({
      "proc/2/stat": stat(2, "kthreadd", 0x00200000),
      "proc/2/maps": maps("/usr/lib64/libcrypto.so.3"),
      "proc/9/comm": "gone\n",
    });
    expect(processes).toEqual([]);
  });

  it.skipIf(whyNothingIsDenied !== null)(`that may not be read are counted ${whyNothingIsDenied ?? ""}`, async () => {
    const { processes, unreadable } = await observed({ "proc/9/stat": stat(9, "sshd"), "proc/9/maps": denied });
    expect({ processes, unreadable }).toEqual({ processes: [], unreadable: 1 });
  });

  it("are read only after a clone, not after a resume", () => {
    const after = (reason: "vm-fork" | "resume") =>
      generators.when?.(fold(emptyRecord(), [logged(60, { kind: "reseed", reason })]).record);
    expect([after("vm-fork"), after("resume"), generators.when?.(emptyRecord())]).toEqual([true, false, false]);
  });
});

describe("generatorsOf", () => {
  it.each<[exe: string | null, paths: readonly string[], language: string | null, expected: readonly string[]]>([
    ["/usr/sbin/sshd", ["/usr/lib64/libcrypto.so.3.2.1", "/usr/lib64/libc.so.6"], null, ["OpenSSL"]],
    ["/usr/bin/firefox", ["/usr/lib64/libsoftokn3.so", "/usr/lib64/libfreeblpriv3.so"], null, ["NSS"]],
    ["/usr/bin/python3.12", ["/usr/lib64/libpython3.12.so.1.0"], null, ["Python"]],
    ["/usr/bin/node", ["/usr/lib64/libc.so.6"], null, ["Node.js"]],
    ["/usr/bin/dockerd", [], "Go", ["Go"]],
    ["/usr/bin/ripgrep", ["/usr/lib64/libc.so.6"], "Rust", []],
    ["/usr/bin/dnscrypt", ["/usr/lib64/libsodium.so.23"], null, []],
    [null, ["/usr/lib64/libc.so.6"], null, []],
  ])("%s with %j (%s): %j", (exe, paths, language, expected) => {
    expect(generatorsOf(exe, paths, () => language)).toEqual(expected);
  });
});
