import { execFileSync } from "node:child_process";
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { systemCallsOfFile } from "../../../src/parse/unwind/system-calls.ts";
import { libcDoor } from "../../../src/sources/program/libc-call.ts";
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

const folder = mkdtempSync(join(tmpdir(), "libc-call-"));
afterAll(() => rmSync(folder, { recursive: true }));

describe.skipIf(reason !== null)(`the function of libc through which a gone program entered ${reason ?? ""}`, () => {
  let file: Buffer;
  let calls: ReadonlyMap<string, readonly number[]>;
  const doorOf = (address: number, libcFile: Buffer = file): string | null => {
    const interpreter = "/lib64/ld-linux-x86-64.so.2";
    const { roots } = hostOf({
      "lab/init": elfFile({ interpreter, needed: ["libc.so.6"] }),
      "usr/lib64/libc.so.6": libcFile,
    });
    return libcDoor(roots, new SharedLibraries(roots), "/lab/init", address);
  };
  /** Any of the places that a library may have in memory. */
  const loadedAt = 0x7f3b_1c02_8000;
  beforeAll(() => {
    const [source, object] = [join(folder, "libc.c"), join(folder, "libc.so.6")];
    writeFileSync(source, libc);
    execFileSync("cc", ["-O2", "-shared", "-fPIC", "-fno-builtin", "-Wl,-soname,libc.so.6", "-o", object, source]);
    execFileSync("strip", [object]);
    file = readFileSync(object);
    calls = systemCallsOfFile((offset, length) => file.subarray(offset, offset + length), ["getrandom", "getentropy"]);
  });

  it("is found by the page offset of the address, also where an internal function enters the kernel", () => {
    const [random = 0] = calls.get("getrandom") ?? [];
    const [entropy = 0] = calls.get("getentropy") ?? [];
    expect([random, entropy]).not.toContain(0);
    expect(doorOf(loadedAt + random)).toBe("getrandom");
    expect(doorOf(loadedAt + entropy)).toBe("getentropy");
  });

  it("is none where the address is not behind an instruction that enters the kernel", () => {
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
