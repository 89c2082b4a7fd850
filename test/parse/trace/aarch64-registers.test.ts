import { readFileSync } from "node:fs";
import { join } from "node:path";
import * as fc from "fast-check";
import { describe, expect, it } from "vitest";
import { userRegisters } from "../../../src/parse/trace/kernel-stack-words.ts";
import { readTrace } from "./reading-traces.ts";

/**
 * Debian's kernels for aarch64 under QEMU (Cortex-A57), booted with the recorder's line and without a source of
 * entropy: tracefs' trace, without most credits, which are all alike. A static program calls getrandom() for 77 bytes,
 * and another one reads 33 bytes of /dev/random.
 */
const textOf = (release: string): string =>
  readFileSync(join(import.meta.dirname, `../../fixtures/armed-traces/${release}.txt`), "utf8");
/** The addresses after libc's two `svc`, by the program's disassembly: it is not linked to be moved. */
const [getrandomAt, readAt] = [0x405a1c, 0x419e8c];

interface Recorded {
  readonly getrandom: { readonly pid: number; readonly from: number; readonly seconds: number };
  readonly read: { readonly pid: number; readonly from: number; readonly seconds: number };
}
const recorded: Readonly<Record<string, Recorded>> = {
  "5.10.0-32-cloud-arm64": {
    getrandom: { pid: 76, from: 4.505392, seconds: 1.022473 },
    read: { pid: 77, from: 4.501928, seconds: 1.026814 },
  },
  "6.1.0-50-cloud-arm64": {
    getrandom: { pid: 83, from: 3.262559, seconds: 0.509998 },
    read: { pid: 84, from: 3.258898, seconds: 0.512819 },
  },
  "6.12.117+deb13-cloud-arm64": {
    getrandom: { pid: 131, from: 3.539115, seconds: 0.701097 },
    read: { pid: 132, from: 3.470744, seconds: 0.768973 },
  },
};

describe.each(Object.entries(recorded))("a trace of the recorder on aarch64, %s", (release, { getrandom, read }) => {
  const trace = readTrace(textOf(release));

  it("shows who waited for how long, through which call, and for what", () => {
    const facts = trace
      .waits()
      .map(({ pid, from, to, interface: through, request }) => ({
        pid,
        from,
        seconds: Number(((to ?? 0) - (from ?? 0)).toFixed(6)),
        through,
        request,
      }))
      .toSorted((a, b) => (a.pid ?? 0) - (b.pid ?? 0));
    expect(facts).toEqual([
      { ...getrandom, through: "getrandom", request: { syscall: "getrandom", bytes: 77, flags: 0 } },
      { ...read, through: "dev-random", request: { syscall: "read", bytes: 33, flags: 0 } },
    ]);
  });

  it("has the address after each call, and a stack pointer", () => {
    const found = [getrandom, read].map(({ pid, from }) => trace.registersOf(pid, from));
    expect(found.map((one) => one?.machine)).toEqual(["aarch64", "aarch64"]);
    expect(found.map((one) => one?.values.at(-1))).toEqual([getrandomAt, readAt]);
    for (const one of found) expect((one?.values[31] ?? 1) % 16).toBe(0);
  });

  it("says what credited the entropy", () => {
    expect(trace.credits).toMatchObject([{ source: "jitter", bits: expect.any(Number) as number }]);
  });
});

/** struct pt_regs of a call of getrandom(buffer, 24, 0), up to where the kernel's own words begin. */
const call: readonly bigint[] = [
  [0xffff_ccbb_4040n, 24n, 0n],
  Array.from({ length: 28 }, (_, index) => (index === 5 ? 278n : 7n)),
  [0xffff_ccbb_4000n, 0x40_5a1cn, 0x6000_0000n, 0xffff_ccbb_4040n, 278n],
].flat();
const printed = (words: readonly bigint[], before: number): string => {
  const kernel = Array.from({ length: 192 }, (_, index): bigint => (index % 3 === 0 ? 0xffff_8000_0839_f1d4n : 0n));
  const all = kernel.toSpliced(before, words.length, ...words).slice(0, 192);
  return ["a", "b", "c"]
    .map((name, index) => {
      const words64 = all.slice(index * 64, index * 64 + 64).map((word) => `0x${word.toString(16)}`);
      return ` ${name}={${words64.join(",")}}`;
    })
    .join("");
};

describe("the registers of a waiter on aarch64, in the words of the kernel's stack", () => {
  it("are found wherever the kernel has moved its stack to, also where the words end after PSTATE", () => {
    fc.assert(
      fc.property(fc.integer({ min: 0, max: 192 - 34 }), (before) => {
        expect(userRegisters(printed(call, before))).toMatchObject({
          machine: "aarch64",
          request: { syscall: "getrandom", bytes: 24, flags: 0 },
        });
      }),
    );
    for (let before = 192 - 33; before < 192; before++) expect(userRegisters(printed(call, before))).toBeNull();
  });

  it.each<[what: string, position: number, word: bigint]>([
    ["those of another system call", 8, 64n],
    ["those of the kernel, which runs at EL1", 33, 0x6000_0005n],
    ["those of a 32-bit program", 33, 0x6000_0010n],
    ["those of a task with interrupts off", 33, 0x6000_03c0n],
    ["words with an address of the kernel", 32, 0xffff_8000_0839_f1d4n],
    ["words with an address between two instructions", 32, 0x40_5a1dn],
    ["words with a stack of the kernel", 31, 0xffff_8000_09cc_bb90n],
    ["those of a call that has returned, where x0 is the result", 0, 24n],
    ["those of a call by another number", 35, 63n],
  ])("are not %s", (_what, position, word) => {
    expect(userRegisters(printed(call.with(position, word), 30))).toBeNull();
  });

  it("are found where the kernel keeps something else beside the number of the call (pseudo-NMI)", () => {
    expect(userRegisters(printed(call.with(35, 0xe0_0000_0116n), 30))?.request?.bytes).toBe(24);
  });
});
