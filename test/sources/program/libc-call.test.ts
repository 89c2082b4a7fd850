import { execFileSync } from "node:child_process";
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import type { RandomRequest } from "../../../src/core/caller.ts";
import { unknownWait, type Wait } from "../../../src/core/wait.ts";
import { systemCallsOfFile } from "../../../src/parse/unwind/system-calls.ts";
import { libcDoor } from "../../../src/sources/program/libc-call.ts";
import { OtherCallers } from "../../../src/sources/program/other-callers.ts";
import { Waiters } from "../../../src/sources/program/waiter.ts";
import { SharedLibraries } from "../../../src/sources/program/shared-libraries.ts";
import { elfFile } from "../../support/inputs/elf-file.ts";
import { hostOf } from "../../support/host/host-folder.ts";
import { whyMissing } from "../../support/running/programs.ts";

const reason = process.arch === "x64" ? whyMissing("cc", "strip") : "x86-64 only";

/** As libc of glibc 2.41: a function without a name enters the kernel for getrandom(), getentropy() does so itself. */
const libc = `
#include <stddef.h>
static __attribute__((noinline)) long enter(void *into, size_t bytes, unsigned flags, int cancel)
{
	volatile char room[300];
	long result;
	room[bytes & 127] = (char)cancel;
	__asm__ volatile("syscall" : "=a"(result) : "a"(318), "D"(into), "S"(bytes), "d"(flags) : "rcx", "r11", "memory");
	return result + room[1];
}
long getrandom(void *into, size_t bytes, unsigned flags) { return enter(into, bytes, flags, 1); }
long no_cancel(void *into, size_t bytes, unsigned flags) { return enter(into, bytes, flags, 0); }
int getentropy(void *into, size_t bytes)
{
	int result;
	__asm__ volatile("syscall" : "=a"(result) : "a"(318), "D"(into), "S"(bytes), "d"(0) : "rcx", "r11", "memory");
	return result;
}
`;

/** Programs by what they take from libc. */
const sources = {
  plain: "int main(void) { return 0; }",
  entropy: "extern int getentropy(void *, unsigned long); int main(void) { char b[48]; return getentropy(b, 48); }",
  random: "extern long getrandom(void *, unsigned long, unsigned); int main(void) { return (int)getrandom(0, 32, 2); }",
  arc4: "extern void arc4random_buf(void *, unsigned long); int main(void) { char b[64]; arc4random_buf(b, 64); return b[1]; }",
} as const;
type Source = keyof typeof sources;

const folder = mkdtempSync(join(tmpdir(), "libc-call-"));
afterAll(() => rmSync(folder, { recursive: true }));

const cc = (object: string, source: string, ...options: readonly string[]): Buffer => {
  writeFileSync(join(folder, `${object}.c`), source);
  execFileSync("cc", ["-O2", "-fno-builtin", ...options, "-o", join(folder, object), join(folder, `${object}.c`)]);
  execFileSync("strip", [join(folder, object)]);
  return readFileSync(join(folder, object));
};
const builtLibc = (): Buffer => cc("libc.so.6", libc, "-shared", "-fPIC", "-Wl,-soname,libc.so.6");
const callsIn = (file: Buffer): ReadonlyMap<string, readonly number[]> =>
  systemCallsOfFile((offset, length) => file.subarray(offset, offset + length), ["getrandom", "getentropy"]);
const interpreter = "/lib64/ld-linux-x86-64.so.2";
/** Any of the places that a library may have in memory. */
const loadedAt = 0x7f3b_1c02_8000;

describe.skipIf(reason !== null)(`the function of libc through which a gone program entered ${reason ?? ""}`, () => {
  let file: Buffer;
  let calls: ReadonlyMap<string, readonly number[]>;
  const doorOf = (address: number, libcFile: Buffer = file): string | null => {
    const { roots } = hostOf({
      "lab/init": elfFile({ interpreter, needed: ["libc.so.6"] }),
      "usr/lib64/libc.so.6": libcFile,
    });
    return libcDoor(roots, new SharedLibraries(roots), "/lab/init", address);
  };
  beforeAll(() => {
    file = builtLibc();
    calls = callsIn(file);
  });

  it("is found by the page offset of the address, also where an internal function enters the kernel", () => {
    const [random = 0] = calls.get("getrandom") ?? [];
    const [entropy = 0] = calls.get("getentropy") ?? [];
    expect([random, entropy]).not.toContain(0);
    expect(doorOf(loadedAt + random)).toBe("getrandom");
    expect(doorOf(loadedAt + entropy)).toBe("getentropy");
  });

  it("is none where the address is not after an instruction that enters the kernel", () => {
    expect([...calls.values()].map(({ length }) => length)).toEqual([1, 1]);
    for (const [behind = 0] of calls.values())
      for (const near of [-2, -1, 1, 2]) expect(doorOf(loadedAt + behind + near)).toBeNull();
  });

  it("is none where libc is no ELF file, or is cut off", () => {
    const [random = 0] = calls.get("getrandom") ?? [];
    expect(doorOf(loadedAt + random, Buffer.from("nothing"))).toBeNull();
    expect(doorOf(loadedAt + random, file.subarray(0, 700))).toBeNull();
  });
});

describe.skipIf(reason !== null)(`the library of a gone program, by its request ${reason ?? ""}`, () => {
  let libcFile: Buffer;
  let programs: Readonly<Record<Source, Buffer>>;
  beforeAll(() => {
    libcFile = builtLibc();
    const built = Object.entries(sources).map(([name, source]) => [name, cc(name, source)] as const);
    programs = Object.fromEntries(built) as Record<Source, Buffer>;
  });
  /** Of a program that needs this library, libc, and a file that takes from libc what `source` says. */
  const libraryOf = (
    source: Source,
    library: string,
    door: "getrandom" | "getentropy",
    request: RandomRequest,
    {
      file = "libprogram.so.1",
      content = programs[source],
    }: { readonly file?: string; readonly content?: Buffer } = {},
  ): string | null => {
    const host = hostOf({
      "proc/sys/crypto/fips_enabled": "1\n",
      "lab/init": elfFile({ interpreter, needed: [file, library, "libc.so.6"] }),
      [`usr/lib64/${file}`]: content,
      [`usr/lib64/${library}`]: elfFile({ soname: library }),
      "usr/lib64/libc.so.6": libcFile,
    });
    const [behind = 0] = callsIn(libcFile).get(door) ?? [];
    const values = Array.from({ length: 17 }, () => loadedAt + behind);
    const wait: Wait = {
      ...unknownWait,
      pid: 177,
      tid: 177,
      comm: "init",
      exe: "/lab/init",
      interface: "getrandom",
      request,
      from: 2,
      to: 3,
      ended: "returned",
      evidence: "recorder",
    };
    const registers = { machine: "x86-64", values, request } as const;
    return new Waiters(host).attribute(wait, { registers }).caller?.library ?? null;
  };
  const asked = (bytes: number, flags = 0): RandomRequest => ({ syscall: "getrandom", bytes, flags });

  it("is named where no other file of the program can have made it", () => {
    expect(libraryOf("plain", "libcrypto.so.3", "getentropy", asked(48))).toBe("libcrypto.so.3");
    expect(libraryOf("plain", "libgcrypt.so.20", "getrandom", asked(32, 2))).toBe("libgcrypt.so.20");
    expect(libraryOf("plain", "libgnutls.so.30", "getrandom", asked(64))).toBe("libgnutls.so.30");
  });

  it("is not known where the program calls that function itself, or a library of its own does", () => {
    expect(libraryOf("entropy", "libcrypto.so.3", "getentropy", asked(48))).toBeNull();
    expect(libraryOf("random", "libgcrypt.so.20", "getrandom", asked(32, 2))).toBeNull();
    expect(libraryOf("arc4", "libgnutls.so.30", "getrandom", asked(64))).toBeNull();
  });

  it("is named where what it calls is another function, or one that makes no such request", () => {
    expect(libraryOf("random", "libcrypto.so.3", "getentropy", asked(48))).toBe("libcrypto.so.3");
    expect(libraryOf("entropy", "libgnutls.so.30", "getrandom", asked(64))).toBe("libgnutls.so.30");
    // arc4random(3) passes no GRND_RANDOM.
    expect(libraryOf("arc4", "libgcrypt.so.20", "getrandom", asked(32, 2))).toBe("libgcrypt.so.20");
  });

  it("is named where the other file is known to ask otherwise, as systemd's libraries are", () => {
    for (const file of ["libsystemd-shared-252.so", "libuuid.so.1"])
      expect(libraryOf("random", "libgcrypt.so.20", "getrandom", asked(32, 2), { file })).toBe("libgcrypt.so.20");
    const openssl = (file: string): string | null =>
      libraryOf("entropy", "libcrypto.so.3", "getentropy", asked(48), { file });
    expect(openssl("libstdc++.so.6")).toBe("libcrypto.so.3");
    expect(openssl("libother.so.6")).toBeNull();
  });

  it("is not known where OpenSSL of RHEL 9 is there as well, which calls getrandom() with GRND_RANDOM too", () => {
    const asking = (source: Source): string | null =>
      libraryOf(source, "libgcrypt.so.20", "getrandom", asked(32, 2), { file: "libcrypto.so.3" });
    expect(asking("random")).toBeNull();
    expect(asking("entropy")).toBe("libgcrypt.so.20");
  });

  it("is not known where a file of the program cannot be read", () => {
    const content = programs.plain.subarray(0, 900);
    expect(libraryOf("plain", "libcrypto.so.3", "getentropy", asked(48), { content })).toBeNull();
  });

  it("is not known of programs with more names than are read in all", () => {
    const many = Array.from({ length: 40 }, (_, index) => `libmine.so.${index}`);
    const long = elfFile({ soname: "x".repeat(1_000_000) });
    const { roots } = hostOf({
      "lab/many": elfFile({ interpreter, needed: many }),
      "lab/few": elfFile({ interpreter, needed: many.slice(0, 20) }),
      ...Object.fromEntries(many.map((name) => [`usr/lib64/${name}`, long])),
    });
    const callers = new OtherCallers(roots, new SharedLibraries(roots));
    expect(callers.mayCall("/lab/few", "getentropy", { flags: 0 })).toBe(false);
    expect(callers.mayCall("/lab/many", "getentropy", { flags: 0 })).toBe(true);
    // What was read before is kept.
    expect(callers.mayCall("/lab/few", "getentropy", { flags: 0 })).toBe(false);
  });
});
