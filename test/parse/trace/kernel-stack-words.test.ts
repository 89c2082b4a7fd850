import * as fc from "fast-check";
import { describe, expect, it } from "vitest";
import { userRegisters } from "../../../src/parse/trace/kernel-stack-words.ts";
import { readTrace } from "./reading-traces.ts";
import { anyText } from "../../support/inputs/any-text.ts";

/** struct pt_regs of a call of getrandom(buffer, 24, 0), r15 first. */
const call = {
  r15: 0x15,
  r14: 0x14,
  r13: 0x13,
  r12: 0x12,
  bp: 0x7ffd_0000_1100,
  bx: 0xb,
  r11: 0x246,
  r10: 0xa,
  r9: 9,
  r8: 8,
  ax: 2 ** 64 - 38,
  cx: 0x7f00_0000_5001,
  dx: 0,
  si: 24,
  di: 0x7ffd_0000_1000,
  call: 318,
  ip: 0x7f00_0000_5001,
  cs: 0x33,
  flags: 0x246,
  sp: 0x7ffd_0000_10f8,
  ss: 0x2b,
};
const wordsOf = (facts: Partial<typeof call> = {}): readonly string[] =>
  Object.values({ ...call, ...facts }).map((word) => `0x${BigInt(word).toString(16)}`);
/** As the probe prints them: 64 words in each argument, with what else is on a stack around them. */
function printed(words: readonly string[], before: number): string {
  const kernel = Array.from({ length: 192 }, (_, index): string => (index % 3 === 0 ? "0xffffffff9468c840" : "0x0"));
  const all = kernel.toSpliced(before, words.length, ...words).slice(0, 192);
  return ["a", "b", "c"]
    .map((name, index) => ` ${name}={${all.slice(index * 64, index * 64 + 64).join(",")}}`)
    .join("");
}

describe("the registers of the waiter, in the words of the kernel's stack", () => {
  it("are found wherever the kernel has moved its stack to", () => {
    fc.assert(
      fc.property(fc.integer({ min: 0, max: 192 - 21 }), (before) => {
        const found = userRegisters(printed(wordsOf(), before));
        expect(found).toMatchObject({ machine: "x86-64", request: { syscall: "getrandom", bytes: 24, flags: 0 } });
        // rsp, rbp, rbx and r12 to r15, and the address, by their numbers in DWARF; rax holds no address.
        expect([7, 6, 3, 12, 13, 14, 15, 16].map((number) => found?.values[number])).toEqual([
          call.sp,
          call.bp,
          call.bx,
          call.r12,
          call.r13,
          call.r14,
          call.r15,
          call.ip,
        ]);
        expect(found?.values[0]).toBeNull();
        // rdx, rcx, rsi, rdi and r8 to r11.
        expect([1, 2, 4, 5, 8, 9, 10, 11].map((number) => found?.values[number])).toEqual([
          call.dx,
          call.cx,
          call.si,
          call.di,
          call.r8,
          call.r9,
          call.r10,
          call.r11,
        ]);
      }),
    );
  });

  it("are not found where their end is beyond what was recorded", () => {
    for (let before = 192 - 20; before < 192; before++) expect(userRegisters(printed(wordsOf(), before))).toBeNull();
  });

  it.each<[what: string, facts: Partial<typeof call>, request: unknown]>([
    ["no call at all, whose number is -1 and not read's 0", { call: 2 ** 64 - 2 ** 11 }, null],
    ["a length that is no exact number, and not 0", { si: 2 ** 64 - 2 ** 12 }, null],
    [
      "a read of a device",
      { call: 0, di: 3, si: 0x7ffd_0000_1000, dx: 512 },
      { syscall: "read", bytes: 512, flags: 0 },
    ],
    ["GRND_RANDOM", { si: 32, dx: 2 }, { syscall: "getrandom", bytes: 32, flags: 2 }],
    [
      "a program for i386",
      { cs: 0x23, call: 355, bx: 0x5000, cx: 48, dx: 1 },
      { syscall: "getrandom", bytes: 48, flags: 1 },
    ],
    [
      "a read by a program for i386",
      { cs: 0x23, call: 3, bx: 3, cx: 0x5000, dx: 16 },
      { syscall: "read", bytes: 16, flags: 0 },
    ],
    ["another system call", { call: 17 }, null],
    ["a call of i386 by its number on x86-64", { call: 355 }, null],
  ])("show what was asked for: %s", (_what, facts, request) => {
    expect(userRegisters(printed(wordsOf(facts), 30))?.request).toEqual(request);
  });

  it.each<[what: string, facts: Partial<typeof call>]>([
    ["the kernel's own selectors", { cs: 0x10, ss: 0x18 }],
    ["an address of the kernel", { ip: 0xffff_ffff_8100_0000 }],
    ["a stack of the kernel", { sp: 0xffff_c900_0000_0000 }],
    ["flags that no program has", { flags: 0x44 }],
    ["flags without the one that is always set", { flags: 0x244 }],
    ["flags without interrupts, which are on in every program", { flags: 0x46 }],
    ["more flags than there are", { flags: 2 ** 22 + 0x246 }],
    ["an address in the first page, which is never mapped", { sp: 0xfff }],
    ["an address above all of user space", { ip: 2 ** 56 }],
    ["a selector of 32 bits for the stack", { ss: 0x23 }],
    ["a null pointer", { ip: 0x10 }],
  ])("are not %s", (_what, facts) => {
    expect(userRegisters(printed(wordsOf(facts), 30))).toBeNull();
  });

  it("may have the highest flag, and lie at both ends of user space", () => {
    for (const facts of [{ flags: 2 ** 21 + 0x246 }, { sp: 0x1000 }, { ip: 2 ** 56 - 2 ** 10 }])
      expect(userRegisters(printed(wordsOf(facts), 30))?.machine).toBe("x86-64");
    expect(userRegisters(printed(wordsOf({ cs: 0x23 }), 30))?.machine).toBe("i386");
  });

  it("are the first, since words after the end of the stack are of another event", () => {
    const stale = wordsOf({ si: 99, ip: 0x7f00_0000_9999 });
    expect(userRegisters(printed([...wordsOf(), ...stale], 30))?.request?.bytes).toBe(24);
  });

  it("are looked for in any text without an error", () => {
    fc.assert(fc.property(anyText(), (text) => userRegisters(` a={${text}}`) === null || true));
    expect(userRegisters(` a={${"0x0,".repeat(100_000)}}`)).toBeNull();
  });
});

describe("an entry with registers", () => {
  const line = (event: string, at: number): string =>
    `            gpgv-58      [000] .....     ${at.toFixed(6)}: ${event}\n`;
  const enters = line(`wait: (wait_for_random_bytes+0x4/0x60)${printed(wordsOf(), 100)}`, 3);
  const leaves = line("waited: (__x64_sys_getrandom+0xb7/0xe0 <- wait_for_random_bytes)", 4.5);

  it("says through which call it waits, and for what", () => {
    const asked = {
      request: { syscall: "getrandom", bytes: 24, flags: 0 },
      interface: "getrandom",
      interfaceSeen: true,
    };
    expect(readTrace(enters).waits()).toMatchObject([{ to: null, ...asked }]);
    expect(readTrace(enters + leaves).waits()).toMatchObject([{ to: 4.5, ...asked }]);
    expect(readTrace(enters).registersOf(58, 3)?.values[16]).toBe(call.ip);
    expect(readTrace(enters).registersOf(58, 3.1)).toBeNull();
  });

  it("of a read waits in the device", () => {
    const reads = line(`wait: (wait_for_random_bytes+0x4/0x60)${printed(wordsOf({ call: 0, dx: 16 }), 100)}`, 3);
    expect(readTrace(reads).waits()).toMatchObject([{ interface: "dev-random", interfaceSeen: false }]);
    // A request that the thread made through another function is not the one that it waited for.
    expect(readTrace(reads + leaves).waits()).toMatchObject([{ interface: "getrandom", request: null }]);
  });

  it("keeps no word of the kernel's stack", () => {
    const serialised = JSON.stringify([readTrace(enters).waits(), readTrace(enters + leaves).waits()]);
    expect(serialised).not.toMatch(/9468c840|7f0000005001|7ffd0000/i);
    for (const word of [call.ip, call.sp, call.bp]) expect(serialised).not.toContain(String(word));
  });
});
