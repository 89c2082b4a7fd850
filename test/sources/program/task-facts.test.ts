import { type ChildProcess, spawn } from "node:child_process";
import { once } from "node:events";
import { readFileSync, symlinkSync } from "node:fs";
import { join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { describe, expect, it, onTestFinished } from "vitest";
import { rootsBelow } from "../../../src/platform/roots.ts";
import { describeProgram, describeTask, type LivingTask } from "../../../src/sources/program/task-facts.ts";
import { elfFile } from "../../support/inputs/elf-file.ts";
import { denied, type Entry, hostFolder, whyNothingIsDenied } from "../../support/host/host-folder.ts";
import { project } from "../../support/running/program.ts";
import { whyMissing } from "../../support/running/programs.ts";
import { codeMappings } from "../../support/inputs/proc-lines.ts";

const stat = (pid: number, comm: string, parent: number, ticks: number, flags = 4194560): string =>
  `${pid} (${comm}) S ${parent} 812 812 0 -1 ${flags} 1503 0 0 0 3 5 0 0 20 0 11 0 ${ticks} 22847488 1203\n`;
const status = (pid: number, tid: number, ids: string): string =>
  `Name:\tx\nTgid:\t${pid}\nPid:\t${tid}\nUid:\t0\t0\t0\t0\nNSpid:\t${ids}\n`;

/** A host on which gpgv, process 812 with a thread 815, waits below sshd's unit; its parent is PID 1. */
const files = {
  "proc/sys/crypto/fips_enabled": "0\n",
  "proc/1/comm": "systemd\n",
  "proc/812/stat": stat(812, "gpgv", 1, 4711),
  "proc/812/status": status(812, 812, "812\t7"),
  "proc/812/cmdline": "gpgv\0--keyring\0/a b\0\0",
  "proc/812/cgroup": "0::/system.slice/docker-0123456789abcdef.scope\n",
  "proc/812/maps": codeMappings(
    "/usr/bin/gpgv",
    "/usr/lib64/libcrypto.so.3.2.1",
    "/usr/lib64/libgcrypt.so.20.4.1",
    "/usr/lib64/libc.so.6",
  ),
  "proc/812/environ": "HOME=/\0LIBGCRYPT_FORCE_FIPS_MODE=1\0",
  "proc/815/stat": stat(815, "pool (1)", 1, 4800),
  "proc/815/status": status(812, 815, "815\t9"),
  "proc/815/maps": codeMappings("/usr/bin/gpgv", "/usr/lib64/libc.so.6"),
};

function described(
  entries: Readonly<Record<string, Entry>>,
  task: Parameters<typeof describeTask>[1],
  exe: string | null = "/usr/bin/gpgv",
): LivingTask | null {
  const top = hostFolder(entries);
  if (exe !== null) symlinkSync(exe, join(top, "proc/812/exe"));
  return describeTask({ roots: rootsBelow(top) }, task);
}

describe("a task", () => {
  it("is complete", () => {
    expect(described(files, { pid: 812, startTicks: 4711 })).toEqual({
      pid: 812,
      tid: 812,
      comm: "gpgv",
      kernelThread: false,
      exe: "/usr/bin/gpgv",
      commandLine: "gpgv --keyring /a b",
      startTicks: 4711,
      startedAt: 47.11,
      parent: { pid: 1, comm: "systemd" },
      unit: "docker-0123456789abcdef.scope",
      unitSource: "cgroup",
      userUnit: null,
      container: "0123456789abcdef",
      namespacePid: 7,
      libraries: ["libgcrypt.so.20", "libcrypto.so.3"],
      librariesSource: "maps",
      runtime: "glibc",
      fips: true,
      fipsWhy: "libgcrypt.so.20: LIBGCRYPT_FORCE_FIPS_MODE is set",
      fipsOf: expect.any(Function) as unknown,
    });
  });

  it("is in FIPS mode as far as the library goes that called, and no further", () => {
    const fipsOf = (library: string | null): unknown => described(files, { pid: 812 })?.fipsOf(library).fips;
    expect(fipsOf("libgcrypt.so.20")).toBe(true);
    // Its environment names a configuration of OpenSSL that is not read.
    expect([fipsOf("libcrypto.so.3"), fipsOf(null)]).toEqual([null, false]);
  });

  it("may be a thread: its own name, its process' start", () => {
    expect(described(files, { tid: 815 })).toMatchObject({
      pid: 812,
      tid: 815,
      comm: "pool (1)",
      startTicks: 4711,
      namespacePid: null,
      libraries: ["libc.so.6"],
    });
    expect(described(files, { pid: 812, tid: 815 })).toMatchObject({ pid: 812, tid: 815 });
  });

  it("is not another that has its number by now", () => {
    expect(described(files, { pid: 812, startTicks: 4710 })).toBeNull();
    expect(described(files, { pid: 900, tid: 815 })).toBeNull();
  });

  it("is unknown where it is gone", () => {
    expect(described(files, { pid: 813 })).toBeNull();
    expect(described(files, {})).toBeNull();
  });

  it("of which we may read little has fewer fields", (context) => {
    if (whyNothingIsDenied !== null) return context.skip(whyNothingIsDenied);
    const closed: Readonly<Record<string, Entry>> = {
      ...files,
      "proc/812/maps": denied,
      "proc/812/environ": denied,
      "proc/812/cgroup": denied,
    };
    expect(described(closed, { pid: 812 }, null)).toMatchObject({
      comm: "gpgv",
      commandLine: "gpgv --keyring /a b",
      exe: null,
      unit: null,
      container: null,
      libraries: [],
      librariesSource: null,
      fips: null,
      fipsWhy: null,
    });
    expect(
      described({ ...files, "proc/812/environ": denied, "proc/812/cgroup": "0::/init.scope\n" }, { pid: 812 }),
    ).toMatchObject({ unit: "init.scope", libraries: ["libcrypto.so.3", "libgcrypt.so.20"], fips: null });
  });

  it("that is ending has given its memory back", () => {
    expect(described({ ...files, "proc/812/maps": "", "proc/812/cmdline": "" }, { pid: 812 }, null)).toMatchObject({
      comm: "gpgv",
      commandLine: null,
      libraries: [],
      librariesSource: null,
    });
  });

  it("of the kernel has no program", () => {
    expect(
      described(
        {
          "proc/812/stat": stat(812, "kworker/0:1", 2, 5, 69238880),
          "proc/812/status": status(812, 812, "812"),
          "proc/812/cmdline": "",
          "proc/812/maps": "",
        },
        { pid: 812 },
        null,
      ),
    ).toMatchObject({
      kernelThread: true,
      exe: null,
      fips: null,
      parent: { pid: 2, comm: null },
      namespacePid: null,
    });
  });

  it("in a container has the host's kernel, and files of its own that are not read", () => {
    const inside = {
      ...files,
      "proc/812/environ": "",
      "etc/gcrypt/fips_enabled": "",
      "proc/812/root/etc/gcrypt/fips_enabled": "",
    };
    expect(described(inside, { pid: 812 })).toMatchObject({
      fips: null,
      fipsWhy: "libcrypto.so.3: OpenSSL's configuration could not be read completely",
    });
    expect(described({ ...inside, "proc/sys/crypto/fips_enabled": "1\n" }, { pid: 812 })).toMatchObject({ fips: true });
    expect(described({ ...inside, "proc/812/cgroup": "0::/init.scope\n" }, { pid: 812 })).toMatchObject({ fips: true });
  });

  it("has a command line of 4096 bytes at most", () => {
    expect(
      described({ ...files, "proc/812/cmdline": `${"x".repeat(10_000)}\0` }, { pid: 812 })?.commandLine,
    ).toHaveLength(4096);
  });
});

describe("a program that is gone, by its file", () => {
  const program = (needed: readonly string[], more = {}): Buffer =>
    elfFile({ interpreter: "/lib64/ld-linux-x86-64.so.2", needed, ...more });
  const library = (soname: string, needed: readonly string[] = [], more = {}): Buffer =>
    elfFile({ soname, needed, ...more });
  const host = (entries: Readonly<Record<string, Entry>>): { readonly roots: ReturnType<typeof rootsBelow> } => ({
    roots: rootsBelow(hostFolder({ "proc/sys/kernel/osrelease": "6", ...entries })),
  });

  it("needs what its libraries need", () => {
    const folder = host({
      "usr/lib/systemd/systemd": program(["libsystemd-core.so", "libc.so.6"], { runpath: "$ORIGIN" }),
      "usr/lib/systemd/libsystemd-core.so": library("libsystemd-core.so", ["libgcrypt.so.20"]),
      "usr/lib64/libgcrypt.so.20": library("libgcrypt.so.20", ["libc.so.6"]),
      "usr/lib64/libc.so.6": library("libc.so.6"),
    });
    symlinkSync("usr/lib64", join(folder.roots.top, "lib64"));
    expect(describeProgram(folder, "/usr/lib/systemd/systemd")).toEqual({
      libraries: ["libgcrypt.so.20"],
      librariesSource: "elf",
      runtime: "glibc",
      fips: null,
      fipsWhy: "the kernel is not in FIPS mode, and the environment of the process is not known",
    });
  });

  it("is searched as ld.so(8) does", () => {
    const folder = host({
      "etc/ld.so.conf": "include /etc/ld.so.conf.d/*.conf\n",
      "etc/ld.so.conf.d/mine.conf": "/opt/mine\n",
      "opt/mine/libgnutls.so.30": library("libgnutls.so.30"),
      "usr/lib/libgnutls.so.30": Buffer.from("no library"),
      "usr/lib/aarch64-linux-gnu/libsodium.so.23": library("libsodium.so.23", [], { machine: 183 }),
      "usr/lib/libsodium.so.23": library("libsodium.so.23", [], { machine: 62 }),
      "opt/rpath/libcrypto.so.3": library("libcrypto.so.3"),
      "opt/rpath/liba.so": library("liba.so", ["libcrypto.so.3"]),
      "opt/a": program(["libgnutls.so.30", "libsodium.so.23", "liba.so", "/opt/absent.so"], { rpath: "/opt/rpath" }),
      "opt/b": program(["liba.so"], { runpath: "/opt/rpath" }),
      "opt/c": program(["libsodium.so.23"], { machine: 40 }),
    });
    // The loader's DT_RPATH holds for what it brings in, its DT_RUNPATH does not.
    expect(describeProgram(folder, "/opt/a")?.libraries).toEqual([
      "libcrypto.so.3",
      "libgnutls.so.30",
      "libsodium.so.23",
    ]);
    expect(describeProgram(folder, "/opt/b")?.libraries).toEqual([]);
    expect(describeProgram(folder, "/opt/c")?.libraries).toEqual([]);
  });

  it("is the host's own, where a link would lead out of its folder", () => {
    const folder = host({ "usr/bin/real": program(["libc.so.6"]), "usr/lib64/libc.so.6": library("libc.so.6") });
    symlinkSync("/usr/bin/real", join(folder.roots.top, "usr/bin/link"));
    symlinkSync("../../../../../../../../../../bin/sh", join(folder.roots.top, "usr/bin/out"));
    symlinkSync("loop", join(folder.roots.top, "usr/bin/loop"));
    expect(describeProgram(folder, "/usr/bin/link")).toMatchObject({ libraries: ["libc.so.6"] });
    expect(describeProgram(folder, "/usr/bin/out")).toBeNull();
    expect(describeProgram(folder, "/usr/bin/loop")).toBeNull();
  });

  it("is nothing where it is no ELF file", () => {
    const folder = host({ "usr/bin/script": "#!/bin/sh\n", "usr/bin/empty": "" });
    for (const exe of ["/usr/bin/script", "/usr/bin/empty", "/usr/bin/absent", "/usr/bin", ""])
      expect(describeProgram(folder, exe)).toBeNull();
  });

  it("may need itself, and many", () => {
    const names = Array.from({ length: 600 }, (_, index) => `lib${index}.so`);
    const entries = Object.fromEntries(
      names.map((name, index) => [`usr/lib/${name}`, library(name, [names[index + 1] ?? "lib0.so", name])]),
    );
    expect(describeProgram(host({ ...entries, "bin/a": program(["lib0.so"]) }), "/bin/a")).toMatchObject({
      libraries: [],
    });
  });
});

describe("this machine's own", () => {
  const host = { roots: rootsBelow("/") };
  const started = async (
    command: string,
    words: readonly string[],
    environment: Readonly<Record<string, string>>,
    ready: (maps: string) => boolean,
  ): Promise<number> => {
    const child: ChildProcess = spawn(command, words, {
      stdio: ["pipe", "ignore", "ignore"],
      env: { PATH: process.env["PATH"] ?? "", ...environment },
    });
    onTestFinished(() => void child.kill("SIGKILL"));
    const pid = child.pid ?? 0;
    for (let tries = 0; tries < 200 && !ready(readFileSync(`/proc/${pid}/maps`, "utf8")); tries++) await sleep(25);
    return pid;
  };

  it("gpgv is named with libgcrypt in FIPS mode", async (context) => {
    const missing = whyMissing("gpgv");
    if (missing !== null) return context.skip(missing);
    // It reads standard input, of which nothing comes.
    const pid = await started(
      "gpgv",
      ["--keyring", "/dev/null", "-", "/dev/null"],
      { LIBGCRYPT_FORCE_FIPS_MODE: "1" },
      (maps) => ["libgcrypt", "libgpg-error", "libc.so"].every((library) => maps.includes(library)),
    );
    const facts = describeTask(host, { pid });
    expect(facts).toMatchObject({
      pid,
      comm: "gpgv",
      runtime: "glibc",
      fips: true,
      fipsWhy: "libgcrypt.so.20: LIBGCRYPT_FORCE_FIPS_MODE is set",
      librariesSource: "maps",
      parent: { pid: process.pid },
    });
    expect(facts?.libraries[0]).toBe("libgcrypt.so.20");
    expect(facts?.commandLine).toBe("gpgv --keyring /dev/null - /dev/null");
    expect(describeTask(host, { pid, startTicks: (facts?.startTicks ?? 0) + 1 })).toBeNull();
    expect(describeProgram(host, facts?.exe ?? "")).toMatchObject({
      librariesSource: "elf",
      libraries: ["libgcrypt.so.20"],
    });
  });

  it("python3 is named with the library that it loaded itself", async (context) => {
    const missing = whyMissing("python3");
    if (missing !== null) return context.skip(missing);
    const pid = await started("python3", ["-c", "import ssl, time; time.sleep(60)"], {}, (maps) =>
      maps.includes("libcrypto"),
    );
    expect(describeTask(host, { pid })).toMatchObject({ runtime: "Python", librariesSource: "maps" });
    expect(describeTask(host, { pid })?.libraries[0]).toMatch(/^libcrypto\.so\./);
  });

  it("Node is named like any other program, and a thread of it", async () => {
    const pid = await started(process.execPath, ["-e", "process.stdin.on('data', () => {})"], {}, (maps) =>
      maps.includes("libstdc++"),
    );
    expect(describeTask(host, { pid })).toMatchObject({ runtime: "Node.js", exe: process.execPath, container: null });
    expect(describeTask(host, { pid, tid: pid })?.startedAt).toBeGreaterThan(0);
  });

  it("programs in Go and Rust are known by their files", () => {
    const compiler = join(project, "node_modules/@typescript/typescript-linux-x64/lib/tsc");
    const bundler = join(project, "node_modules/@rolldown/binding-linux-x64-gnu/rolldown-binding.linux-x64-gnu.node");
    expect([describeProgram(host, compiler)?.runtime, describeProgram(host, bundler)?.runtime]).toEqual(["Go", "Rust"]);
  });

  it("a task that has ended is unknown", async () => {
    const child = spawn("true");
    const { pid } = child;
    await once(child, "close");
    expect(describeTask(host, pid === undefined ? {} : { pid })).toBeNull();
  });
});
