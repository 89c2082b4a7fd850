import { execFileSync } from "node:child_process";
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import * as fc from "fast-check";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import type { ReadAt } from "../../../src/parse/program/elf-header.ts";
import type { ReadMemory } from "../../../src/parse/unwind/dwarf-cursor.ts";
import { fileMemory, loadedMemory } from "../../../src/parse/unwind/file-memory.ts";
import { functionNamed } from "../../../src/parse/unwind/named-function.ts";
import { systemCallsOf, systemCallsOfFile } from "../../../src/parse/unwind/system-calls.ts";
import { tailJumpTarget } from "../../../src/parse/unwind/inner-functions.ts";
import { whyMissing } from "../../support/running/programs.ts";
import { elfFile } from "../../support/inputs/elf-file.ts";
import { bias, libraryAt, libraryMemory } from "./library-memory.ts";

const reason = process.arch === "x64" ? whyMissing("cc", "strip") : "x86-64 only";

/**
 * As libc of glibc 2.41: draw() jumps into a function that no symbol names, pass() has it done by the function for
 * cancellation points, and ask() enters the kernel itself.
 */
const library = `
#include <stddef.h>
#ifndef NUMBER
#define NUMBER 318
#endif
#define ENTER(result) __asm__ volatile("syscall" : "=a"(result) : "a"(318), "D"(into), "S"(bytes), "d"(flags) \\
	: "rcx", "r11", "memory")
static __attribute__((noinline)) long enter(void *into, size_t bytes, unsigned flags, int more)
{
	volatile char room[300];
	long first, second = 0;
	room[bytes & 127] = (char)more;
	ENTER(first);
	if (first < 0 && room[1] != 0) ENTER(second);
	return first + second;
}
long draw(void *into, size_t bytes, unsigned flags) { return enter(into, bytes, flags, 1); }
long zero(void *into, size_t bytes, unsigned flags) { return enter(into, bytes, flags, 0); }
long twice(void *into, size_t bytes, unsigned flags) { return enter(into, bytes, flags, 1) + 1; }
__attribute__((noipa)) static long enter_for(long a, long b, long c, long d, long e, long f, long number)
{
	long result;
	__asm__ volatile("syscall" : "=a"(result) : "a"(number), "D"(a), "S"(b), "d"(c) : "rcx", "r11", "memory");
	return result + d + e + f;
}
__attribute__((noipa)) static long cancellable(long a, long b, long c, long d, long e, long f, long number)
{
	return enter_for(a, b, c, d, e, f, number) + 1;
}
static __attribute__((noinline)) long enter_cancellable(void *into, size_t bytes, unsigned flags, int cancel)
{
	volatile char room[300];
	room[bytes & 127] = (char)cancel;
	return cancellable((long)into, bytes, flags, 0, 0, 0, NUMBER) + room[1];
}
long pass(void *into, size_t bytes, unsigned flags) { return enter_cancellable(into, bytes, flags, 1); }
long pass_too(void *into, size_t bytes, unsigned flags) { return enter_cancellable(into, bytes, flags, 0); }
long ask(void *into, size_t bytes, unsigned flags) { long result; ENTER(result); return result; }
long none(long value) { return value + 1; }
`;

const folder = mkdtempSync(join(tmpdir(), "system-calls-"));
afterAll(() => rmSync(folder, { recursive: true }));
const readerOf =
  (bytes: Uint8Array): ReadAt =>
  (offset, length) =>
    Number.isSafeInteger(offset) && offset >= 0 ? bytes.subarray(offset, offset + length) : new Uint8Array();

function compiled(...options: readonly string[]): Buffer {
  const [source, object] = [join(folder, "library.c"), join(folder, `library${options.join("")}.so`)];
  writeFileSync(source, library);
  execFileSync("cc", ["-O2", "-shared", "-fPIC", "-fcf-protection=none", ...options, "-o", object, source]);
  execFileSync("strip", [object]);
  return readFileSync(object);
}

/** The bytes after which each found address stands, so that no test trusts the addresses alone. */
const instructionsAt = (bytes: Buffer, addresses: readonly number[] | undefined): readonly string[] | undefined =>
  addresses?.map((address) => bytes.subarray(address - 2, address).toString("hex"));

describe.skipIf(reason !== null)(`system calls of a stripped library's functions ${reason ?? ""}`, () => {
  let file: Buffer;
  let drawAt: number;
  const callsOf = (bytes: Buffer, name: string): readonly number[] | undefined =>
    systemCallsOfFile(readerOf(bytes), [name]).get(name);
  /** With another distance after draw()'s jump, which counts from its end. */
  const jumpingTo = (address: number): Buffer => {
    const changed = Buffer.from(file);
    if (file[drawAt + 5] === 0xeb) changed.writeInt8(address - (drawAt + 7), drawAt + 6);
    else changed.writeInt32LE(address - (drawAt + 10), drawAt + 6);
    return changed;
  };
  beforeAll(() => {
    // One page for file and memory, so that an address is the place in the file.
    file = compiled("-Wl,-z,noseparate-code");
    const memory = fileMemory(readerOf(file)) ?? expect.fail("not an ELF file");
    drawAt = functionNamed(memory.file, "draw", memory.read)?.address ?? expect.fail("no draw()");
  });

  it("are after each instruction of the function itself", () => {
    expect(instructionsAt(file, callsOf(file, "ask"))).toEqual(["0f05"]);
    expect(callsOf(file, "none")).toEqual([]);
    expect(callsOf(file, "enter")).toBeUndefined();
    expect([...systemCallsOfFile(readerOf(file), ["ask", "lost"]).keys()]).toEqual(["ask"]);
  });

  it.each([["-fcf-protection=none"], ["-fcf-protection=full"], ["-falign-functions=256"]])(
    "of a function that jumps on are those of the one that it jumps into (%s)",
    (option) => {
      const bytes = compiled("-Wl,-z,noseparate-code", option);
      expect(instructionsAt(bytes, callsOf(bytes, "draw"))).toEqual(["0f05", "0f05"]);
      expect(callsOf(bytes, "draw")).not.toEqual(callsOf(bytes, "ask"));
    },
  );

  it.each(["-fcf-protection=none", "-fcf-protection=full"])(
    "are those of the function that makes the call of a cancellation point, wherever that is called (%s)",
    (option) => {
      const bytes = compiled("-Wl,-z,noseparate-code", option);
      expect(instructionsAt(bytes, callsOf(bytes, "pass"))).toEqual(["0f05"]);
      for (const other of ["draw", "ask"]) expect(callsOf(bytes, other)).not.toContain(callsOf(bytes, "pass")?.[0]);
    },
  );

  it("are not looked for where another number is passed on, nor in functions without an entry of .eh_frame", () => {
    expect(callsOf(compiled("-DNUMBER=317"), "pass")).toEqual([]);
    expect(callsOf(compiled("-fno-asynchronous-unwind-tables"), "pass")).toEqual([]);
  });

  it("are not followed where the function sets another argument, calls, or does anything else", () => {
    expect(callsOf(file, "zero")).toEqual([]);
    expect(callsOf(file, "twice")).toEqual([]);
  });

  it("are not followed where no entry of .eh_frame describes the function", () => {
    const bytes = compiled("-fno-asynchronous-unwind-tables", "-Wl,-z,noseparate-code");
    expect(callsOf(bytes, "draw")).toEqual([]);
    expect(instructionsAt(bytes, callsOf(bytes, "ask"))).toEqual(["0f05"]);
  });

  it("are not followed where the entry of .eh_frame begins elsewhere than the jump leads", () => {
    const [first = 0] = callsOf(file, "draw") ?? [];
    expect(callsOf(jumpingTo(first - 2), "draw")).toEqual([]);
    const length = file[drawAt + 5] === 0xeb ? 7 : 10;
    const target = tailJumpTarget(file.subarray(drawAt, drawAt + length), drawAt) ?? expect.fail("no jump");
    expect(callsOf(jumpingTo(target), "draw")).toHaveLength(2);
    expect(callsOf(jumpingTo(target + 1), "draw")).toEqual([]);
    expect(callsOf(jumpingTo(target - 1), "draw")).toEqual([]);
  });

  it("are not followed out of the segment of the function, nor where the processor is another", () => {
    const apart = compiled("-Wl,-z,separate-code");
    expect(callsOf(apart, "draw")).toHaveLength(2);
    const segments = apart.readBigUInt64LE(32);
    const changed = Buffer.from(apart);
    for (let index = 0; index < changed.readUInt16LE(56); index++) {
      const at = Number(segments) + index * 56;
      // The executable one ends before draw(), or is not executable.
      if (changed.readUInt32LE(at) === 1 && (changed.readUInt32LE(at + 4) & 1) === 1) changed.writeUInt32LE(4, at + 4);
    }
    expect(callsOf(changed, "draw")).toEqual([]);
    const other = Buffer.from(file);
    other.writeUInt16LE(183, 18);
    expect(callsOf(other, "draw")).toEqual([]);
  });

  it("are none of a file that lies about itself, and reading it ends", () => {
    const places = fc.array(fc.tuple(fc.nat(file.length - 1), fc.nat(255)), { minLength: 1, maxLength: 40 });
    fc.assert(
      fc.property(places, fc.nat(file.length), (changes, kept) => {
        const hostile = Buffer.from(file.subarray(0, kept));
        for (const [at, byte] of changes) if (at < kept) hostile[at] = byte;
        for (const [, calls] of systemCallsOfFile(readerOf(hostile), ["draw", "pass", "ask"]))
          expect(calls.length).toBeLessThanOrEqual(4096);
      }),
      { numRuns: 300, seed: 15 },
    );
    expect(systemCallsOfFile(readerOf(elfFile({ soname: "libc.so.6" })), ["draw"]).size).toBe(0);
  });
});

describe("systemCallsOf: a function in memory", () => {
  const [x86, arm] = [62, 183];
  const address = 0x2_0000;
  /** Of a function of this code; `bytes`: its length by the table of symbols. */
  const callsIn = (machine: number, code: readonly number[], bytes = code.length): readonly number[] | null => {
    const around = libraryMemory({ functions: [{ name: "draw", address, bytes }] });
    const memory = loadedMemory(libraryAt, around) ?? expect.fail("no library");
    const at = address + bias;
    const read: ReadMemory = (from, length) =>
      from === at
        ? Uint8Array.from([...code, ...Array<number>(8192).fill(0x90)]).subarray(0, length)
        : around(from, length);
    const found = systemCallsOf({ ...memory, machine, code: [], read }, "draw");
    return found?.map((place) => place - at) ?? null;
  };

  it("enters the kernel with its last bytes, too", () => {
    expect(callsIn(x86, [0x90, 0x0f, 0x05])).toEqual([3]);
    expect(callsIn(x86, [0x90, 0x0f, 0x05], 2)).toEqual([]);
    expect(callsIn(x86, [0x0f, 0x05, 0x0f, 0x04, 0x0f, 0x05])).toEqual([2, 6]);
  });

  it("has instructions of four bytes on aarch64, each at its place", () => {
    const [nop, svc] = [
      [0x1f, 0x20, 0x03, 0xd5],
      [0x01, 0x00, 0x00, 0xd4],
    ];
    expect(callsIn(arm, [...nop, ...svc])).toEqual([8]);
    expect(callsIn(arm, [...svc, ...nop, ...svc, ...nop])).toEqual([4, 12]);
    expect(callsIn(arm, [0, 0, ...svc, 0, 0])).toEqual([]);
    expect(callsIn(arm, [0x01, 0x01, 0x00, 0xd4])).toEqual([]);
  });

  it("is not read where it is longer than any of these, or the processor is not known", () => {
    const start = [0x0f, 0x05];
    expect([callsIn(x86, start, 4096), callsIn(x86, start, 4097)]).toEqual([[2], []]);
    expect(callsIn(243, start)).toEqual([]);
  });
});

describe("tailJumpTarget", () => {
  const [landing, argument] = [
    [0xf3, 0x0f, 0x1e, 0xfa],
    [0xb9, 1, 0, 0, 0],
  ];
  const target = (...bytes: readonly number[]): number | null => tailJumpTarget(Uint8Array.from(bytes), 0x43790);

  it("is where glibc 2.41's and 2.43's getrandom() go on, by the bytes that Debian ships", () => {
    expect(target(...argument, 0xe9, 0x66, 0xf9, 0xff, 0xff)).toBe(0x43100);
    expect(tailJumpTarget(Uint8Array.from([...argument, 0xe9, 0x26, 0xf9, 0xff, 0xff]), 0x440b0)).toBe(0x439e0);
  });

  it("is read with both lengths of a jump, and after endbr64", () => {
    expect(target(...argument, 0xeb, 0x10)).toBe(0x437a7);
    expect(target(...argument, 0xeb, 0xf0)).toBe(0x43787);
    expect(target(...landing, ...argument, 0xeb, 0x10)).toBe(0x437ab);
    expect(target(...landing, ...argument, 0xe9, 0, 1, 0, 0)).toBe(0x4389e);
  });

  it("is none of a function that is longer, shorter, or another", () => {
    const jump = [0xe9, 0x66, 0xf9, 0xff, 0xff];
    expect(target(...argument, ...jump, 0x90)).toBeNull();
    expect(target(...argument, ...jump.slice(0, 4))).toBeNull();
    expect(target(...argument, 0xeb)).toBeNull();
    expect(target(...argument)).toBeNull();
    expect(target(...jump)).toBeNull();
    expect(target(0xba, 1, 0, 0, 0, ...jump)).toBeNull();
    expect(target(...argument, 0xe8, 0x66, 0xf9, 0xff, 0xff)).toBeNull();
    expect(target(...argument, 0xff, 0x25, 0, 0, 0, 0)).toBeNull();
    expect(target(...argument, ...landing, ...jump)).toBeNull();
    expect(target()).toBeNull();
  });
});
