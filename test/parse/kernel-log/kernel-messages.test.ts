import * as fc from "fast-check";
import { describe, expect, it } from "vitest";
import type { KernelMessage } from "../../../src/core/kernel-message.ts";
import { kernelMessages, parseKernelMessage } from "../../../src/parse/kernel-log/kernel-messages.ts";
import { growth, linear } from "../../support/growth.ts";
import { anyText } from "../../support/inputs/any-text.ts";

const ready: KernelMessage = { kind: "ready", pool: "crng", trusting: null };
const trusting: KernelMessage = { kind: "ready", pool: "crng", trusting: "cpu" };
const urandomRead = (name: string, bytes: number, bits: number | null = null): KernelMessage => ({
  kind: "early-use",
  use: "urandom-read",
  name,
  bytes,
  bits,
});
const kernelCall = (name: string, bits: number | null = null): KernelMessage => ({
  kind: "early-use",
  use: "kernel-call",
  name,
  bytes: null,
  bits,
});
const missed = (count: number): KernelMessage => ({ kind: "missed-warnings", count });

describe("the table of kernel messages", () => {
  it.each(kernelMessages)("$id: the example is its own and no other's", ({ id, example, pattern, read }) => {
    const match = pattern.exec(example);
    expect(match).not.toBeNull();
    expect(kernelMessages.filter((other) => other.pattern.test(example)).map((other) => other.id)).toEqual([id]);
    if (match !== null) expect(parseKernelMessage(example)).toEqual(read(match));
  });

  it("has an id for each entry, and patterns without state", () => {
    const ids = kernelMessages.map(({ id }) => id);
    expect(new Set(ids).size).toBe(ids.length);
    expect(kernelMessages.filter(({ pattern }) => pattern.global || pattern.sticky)).toEqual([]);
  });
});

describe("what the kernels of each era print", () => {
  it.each<[era: string, text: string, message: KernelMessage]>([
    ["3.13-4.7", "random: nonblocking pool is initialized", { kind: "ready", pool: "nonblocking", trusting: null }],
    [
      "3.13",
      "random: systemd-tmpfile urandom read with 3 bits of entropy available",
      { kind: "early-use", use: "urandom-low-entropy", name: "systemd-tmpfile", bytes: null, bits: 3 },
    ],
    [
      "3.13, DEBUG_RANDOM_BOOT",
      "random: sk_filter_init+0x0/0x12 get_random_bytes called with 0 bits of entropy available",
      kernelCall("sk_filter_init+0x0/0x12", 0),
    ],
    [
      "4.4.20",
      "random: init: uninitialized urandom read (16 bytes read, 6 bits of entropy available)",
      urandomRead("init", 16, 6),
    ],
    ...(
      [
        ["arm", "Booting Linux on physical CPU 0x0"],
        ["mips", "MIPS: machine is TP-Link TL-WR841N/ND v8"],
        ["riscv", "SBI specification v0.2 detected"],
        ["powerpc", "Using pSeries machine description"],
        ["s390", "setup: Linux is running as a z/VM guest operating system in 64-bit mode"],
      ] as const
    ).map(([architecture, text]): [string, string, KernelMessage] => [
      architecture,
      text,
      { kind: "machine", hardware: null, hypervisor: null, deviceTree: false, architecture },
    ]),
    ["4.8", "random: fast init done", { kind: "early-init" }],
    ["4.8", "random: crng init done", ready],
    [
      "4.10, DEBUG_RANDOM_BOOT",
      "random: neigh_hash_alloc+0x92/0xb0 get_random_bytes called with crng_init = 1",
      kernelCall("neigh_hash_alloc+0x92/0xb0"),
    ],
    [
      "4.14",
      "random: get_random_bytes called from start_kernel+0x8e/0x4e3 with crng_init=0",
      kernelCall("start_kernel+0x8e/0x4e3"),
    ],
    [
      "4.14, in a module",
      "random: get_random_u32 called from btrfs_init+0x1f/0x1000 [btrfs] with crng_init=1",
      kernelCall("btrfs_init+0x1f/0x1000"),
    ],
    [
      "4.14, without symbols",
      "random: get_random_bytes called from 0xffffffff810a31b2 with crng_init=0",
      kernelCall("0xffffffff810a31b2"),
    ],
    ["4.14.36", "random: 4 get_random_xx warning(s) missed due to ratelimiting", missed(4)],
    ["4.14.36", "random: 7 urandom warning(s) missed due to ratelimiting", missed(7)],
    ["4.17", "urandom_read: 12 callbacks suppressed", missed(12)],
    ["5.6", "urandom_read_iter: 3 callbacks suppressed", missed(3)],
    ["4.17", "_warn_unseeded_randomness: 5 callbacks suppressed", missed(5)],
    ["4.19-5.16", "random: crng done (trusting CPU's manufacturer)", trusting],
    ["5.17", "random: crng init done (trusting CPU's manufacturer)", trusting],
    ["5.18", "random: crng reseeded due to virtual machine fork", { kind: "reseed", reason: "vm-fork" }],
    ["5.19", "random: crng reseeded on system resumption", { kind: "reseed", reason: "resume" }],
    [
      "5.19",
      "Missing cycle counter and fallback timer; RNG entropy collection will consequently suffer.",
      { kind: "no-cycle-counter" },
    ],
    ["FIPS on", "fips mode: enabled", { kind: "fips-mode", enabled: true }],
    ["FIPS off", "fips mode: disabled", { kind: "fips-mode", enabled: false }],
    ["4.14-6.0", "efi: seeding entropy pool", { kind: "bootloader-seed" }],
    ["5.10", "rdrand: disabled", { kind: "cpu-rng-problem", text: "rdrand: disabled" }],
    [
      "5.10",
      'RDRAND gives funky smelling output, might consider not using it by booting with "nordrand"',
      {
        kind: "cpu-rng-problem",
        text: 'RDRAND gives funky smelling output, might consider not using it by booting with "nordrand"',
      },
    ],
    [
      "6.1",
      "RDRAND is not reliable on this platform; disabling.",
      { kind: "cpu-rng-problem", text: "RDRAND is not reliable on this platform; disabling." },
    ],
    [
      "7.x",
      "x86/cpu: RDSEED32 is broken. Disabling the corresponding CPUID bit.",
      { kind: "cpu-rng-problem", text: "RDSEED32 is broken. Disabling the corresponding CPUID bit." },
    ],
    ["all", "Kernel command line: ", { kind: "command-line", text: "", early: false, fips: false }],
    [
      "all",
      "Kernel command line: quiet fips=1",
      { kind: "command-line", text: "quiet fips=1", early: false, fips: true },
    ],
    ["x86", "Command line: quiet fips=0", { kind: "command-line", text: "quiet fips=0", early: true, fips: false }],
    ["all", "Kernel command line: nofips=1", { kind: "command-line", text: "nofips=1", early: false, fips: false }],
    [
      "all",
      "Kernel command line: fips=1 fips=0",
      { kind: "command-line", text: "fips=1 fips=0", early: false, fips: false },
    ],
    [
      "3.10",
      "Linux version 3.10.0-514.el7.x86_64 (mockbuild@x86-039) (gcc version 4.8.5) #1 SMP Wed Oct 19 11:24:13 EDT 2016",
      { kind: "kernel-version", release: "3.10.0-514.el7.x86_64", version: "#1 SMP Wed Oct 19 11:24:13 EDT 2016" },
    ],
    ["a vendor that doubles the prefix", "random: random: crng init done", ready],
    [
      "a vendor that doubles the prefix",
      "random: random: dd: uninitialized urandom read (512 bytes read)",
      urandomRead("dd", 512),
    ],
    ["a vendor that leaves the prefix out", "crng init done", ready],
  ])("%s: %s", (_era, text, message) => {
    expect(parseKernelMessage(text)).toEqual(message);
  });
});

describe("a name that a stranger chose", () => {
  it.each([
    "my daemon",
    "a: b: c",
    "(sd-executor)",
    "kworker/u8:1",
    ") S 1 (x",
    "\u001b[31mred",
    "größe",
    "crng init done",
    "one\ntwo",
    "",
    " ",
    "read (4 bytes read)",
  ])("is kept as it is: %j", (name) => {
    expect(parseKernelMessage(`random: ${name}: uninitialized urandom read (16 bytes read)`)).toEqual(
      urandomRead(name, 16),
    );
  });

  it("never makes its warning something else", () => {
    const comm = anyText({ maxLength: 15 });
    fc.assert(
      fc.property(comm, fc.nat(512), (name, bytes) => {
        const message = parseKernelMessage(`random: ${name}: uninitialized urandom read (${bytes} bytes read)`);
        // A name that itself starts with the prefix looks like the vendor's that doubles it.
        const kept = name.startsWith("random: ") ? name.slice("random: ".length) : name;
        expect(message).toEqual(urandomRead(kept, bytes));
      }),
    );
  });
});

describe("text that only looks like a message", () => {
  it.each([
    [
      "a parameter that user space gets",
      'Unknown kernel command line parameters "random: crng init done", will be passed to user space.',
    ],
    ["the DRBG", "DRBG: Continuing without Jitter RNG"],
    ["the jitter generator", "jitterentropy: Initialization failed with host not compliant with requirements: 2"],
    ["hw_random", "hwrng: no data available"],
    ["hw_random's drivers", "random: registered RNG driver"],
    ["the crypto layer", "alg: No test for stdrng (krng)"],
    ["the crypto layer's self-tests", "alg: self-tests for drbg_nopr_hmac_sha512 (stdrng) passed"],
    ["a network driver", "usb0: using random self ethernet address"],
    ["a message quoted in front", "systemd[1]: random: crng init done"],
    ["a message quoted after", "random: crng init done, said the test"],
    ["white space in front", " random: crng init done"],
    ["white space after", "random: crng init done "],
    ["a line end after", "random: crng init done\n"],
    ["a line in front", "anything\nrandom: crng init done"],
    ["a time stamp left in", "[    0.108650] random: crng init done"],
    ["a flipped bit", "random: crng ini4 done"],
    ["a flipped bit in a warning", "random: systemd: uninitialized urandom read (16 bytes reae)"],
    ["a flipped bit in the prefix", "randoM: fast init done"],
    ["capitals", "Random: crng init done"],
    ["another count", "random: -7 urandom warning(s) missed due to ratelimiting"],
    ["a count too many", "random: 12345678901 urandom warning(s) missed due to ratelimiting"],
    ["a count without its words", "random: 7 urandom warning(s) missed"],
    ["more after a count", "random: 7 urandom warning(s) missed due to ratelimiting (approximately)"],
    ["another ratelimited message", "net_ratelimit: 7 callbacks suppressed"],
    ["a test of the kernel's", "urandom_read_test: 7 callbacks suppressed"],
    ["another pool", "random: blocking pool is initialized"],
    ["another initialisation", "random: initializing"],
    ["an entropy problem", "random: negative entropy/overflow: pool input count -32"],
    ["another reseed", "random: crng reseeded by hand"],
    ["the fips module", "fips mode: enabled by dracut"],
    ["the fips self-test", "fips: self-tests passed"],
    ["an EFI error", "efi: Could not map UEFI random seed!"],
    ["three prefixes", "random: random: random: crng init done"],
    ["nothing", ""],
  ])("%s", (_what, text) => {
    expect(parseKernelMessage(text)).toBeNull();
  });

  it("whatever surrounds a message makes it none", () => {
    const examples = kernelMessages
      .filter(
        ({ id }) =>
          ![
            "kernel-version",
            "command-line",
            "early-command-line",
            "fips-unknown",
            "cpu-rng-problem",
            "hardware-name",
            "hypervisor-detected",
          ].includes(id),
      )
      .map(({ example }) => example);
    // The names in front of a warning, and a second prefix, are the messages' own.
    const before = fc.string({ minLength: 1 }).filter((text) => !text.startsWith("random: "));
    const after = fc.string({ minLength: 1 });
    fc.assert(
      fc.property(fc.constantFrom(...examples), before, after, (example, left, right) => {
        expect(parseKernelMessage(left + example)).toBeNull();
        expect(parseKernelMessage(example + right)).toBeNull();
      }),
    );
  });
});

describe("a hostile line of a megabyte", () => {
  const longEnough = 1 << 20;
  it.each<[what: string, text: (size: number) => string]>([
    ["one prefix after the other", (size) => "random: ".repeat(size / 8)],
    ["prefixes and a tail", (size) => `${"random: ".repeat(size / 8)}: uninitialized urandom read (1 bytes rea`],
    ["warnings in a row", (size) => "random: x: uninitialized urandom read (16 bytes read)".repeat(size / 52)],
    ["tails in a row", (size) => `random: ${": uninitialized urandom read (1".repeat(size / 31)}`],
    ["low entropy in a row", (size) => `random: ${" urandom read with 3 bits of entropy".repeat(size / 36)}`],
    ["callers in a row", (size) => `random: ${"a called from b ".repeat(size / 16)}`],
    ["builds in a row", (size) => `Linux version 1 ${"#1".repeat(size / 2)}\n`],
    ["blanks", (size) => `Linux version 1${" ".repeat(size)}`],
    ["blanks in a command line", (size) => `Kernel command line: ${" ".repeat(size)}\n`],
    ["digits", (size) => `random: ${"9".repeat(size)} urandom warning(s) missed due to ratelimiting`],
    ["RDRANDs", (size) => `RDRAND is not reliable on this platform${"RDRAND ".repeat(size / 7)}\n`],
    ["line ends", (size) => "\n".repeat(size)],
  ])("takes time in proportion to the length of: %s", (_what, text) => {
    expect(growth((length) => void parseKernelMessage(text(length)), longEnough)).toBeLessThan(linear);
  });
});
