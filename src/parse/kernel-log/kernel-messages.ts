import { anyPattern } from "../../core/pattern/any-pattern.ts";
import type { KernelMessage } from "../../core/kernel-message.ts";

/** One message of the kernel: how it reads, what it means, which kernels print it. */
export interface KernelMessagePattern {
  readonly id: string;
  /** Matches the whole text of a record, without stamp or prefix: look-alikes quote messages inside other text. */
  readonly pattern: RegExp;
  /** Kernels that print it, mainline unless named. "rewrite" is 5.18 and its back-ports of 2022. */
  readonly kernels: string;
  readonly means: string;
  /** A line as a real kernel printed it. */
  readonly example: string;
  readonly read: (match: RegExpExecArray) => KernelMessage;
}

/** Mail programs and web pages make the apostrophe another one. */
const trusting = String.raw`\(trusting CPU.s manufacturer\)`;

/**
 * Every message about randomness that kernels from 3.10 to 7.x print, with back-ports and vendor variants. Source:
 * drivers/char/random.c of each era, crypto/fips.c, drivers/firmware/efi/efi.c, arch/x86/kernel/cpu/, lib/ratelimit.c.
 * Some vendors' logs double the "random: " or, in Ubuntu's FIPS kernel, leave it out. A task's name may be empty or
 * hold any character, line ends included (prctl(2), PR_SET_NAME).
 */
export const kernelMessages: readonly KernelMessagePattern[] = [
  {
    id: "crng-ready-trusting-cpu",
    pattern: new RegExp(`^(?:random: ){1,2}crng (?:init )?done ${trusting}$`),
    kernels: "4.19-5.16, 5.17 with 'init'; never followed by a plain line",
    means: "ready, since the CPU's generator was credited at boot",
    example: "random: crng done (trusting CPU's manufacturer)",
    read: () => ({ kind: "ready", pool: "crng", trusting: "cpu" }),
  },
  {
    id: "crng-ready",
    pattern: /^(?:random: ){0,2}crng init done$/,
    kernels: "4.8 and later; RHEL 7.4 and later",
    means: "the CRNG is ready",
    example: "random: crng init done",
    read: () => ({ kind: "ready", pool: "crng", trusting: null }),
  },
  {
    id: "nonblocking-pool-ready",
    pattern: /^random: nonblocking pool is initialized$/,
    kernels: "3.13-4.7",
    means: "ready: getrandom() waiters were woken right before",
    example: "random: nonblocking pool is initialized",
    read: () => ({ kind: "ready", pool: "nonblocking", trusting: null }),
  },
  {
    id: "fast-init",
    pattern: /^(?:random: ){1,2}fast init done$/,
    kernels: "4.8 to the rewrite",
    means: "crng_init 0 -> 1; on 4.8-4.16, RHEL 7.7+ and Ubuntu before the rewrite getrandom() returns from here on",
    example: "random: fast init done",
    read: () => ({ kind: "early-init" }),
  },
  {
    id: "urandom-uninitialized",
    pattern:
      /^(?:random: ){1,2}(.*): uninitialized urandom read \((\d{1,9}) bytes read(?:, (\d{1,9}) bits of entropy available)?\)$/s,
    kernels: "4.4.20 and later; with the bits 4.4.20-4.7; none since 5.18 where a cycle counter exists",
    means: "a task read /dev/urandom (on Ubuntu up to 5.5 also: called getrandom) before the CRNG was ready",
    example: "random: systemd: uninitialized urandom read (16 bytes read)",
    read: ([, name = "", bytes, bits]) => ({
      kind: "early-use",
      use: "urandom-read",
      name,
      bytes: number(bytes),
      bits: number(bits),
    }),
  },
  {
    id: "urandom-low-entropy",
    pattern: /^(?:random: ){1,2}(.*) urandom read with (\d{1,9}) bits of entropy available$/s,
    kernels: "3.13-4.4.19; printed once a boot, so one reader at most is named",
    means: "a task read /dev/urandom before the pool was initialised",
    example: "random: mktemp urandom read with 3 bits of entropy available",
    read: ([, name = "", bits]) => ({
      kind: "early-use",
      use: "urandom-low-entropy",
      name,
      bytes: null,
      bits: number(bits),
    }),
  },
  {
    id: "kernel-call",
    pattern: /^(?:random: ){1,2}\w+ called from (\S+)(?: \[\w+\])? with crng_init ?= ?\d$/,
    kernels: "4.14-6.17 (removed in 6.12.y)",
    means: "code of the kernel itself drew random bytes before the CRNG was ready",
    example: "random: get_random_u64 called from kmem_cache_open+0x2d/0x410 with crng_init=0",
    read: ([, name = ""]) => ({ kind: "early-use", use: "kernel-call", name, bytes: null, bits: null }),
  },
  {
    id: "kernel-call-debug-boot",
    pattern:
      /^(?:random: ){1,2}(\S+) get_random_bytes called with (?:crng_init = \d|(\d{1,9}) bits of entropy available)$/,
    kernels: "3.13-4.13 built with DEBUG_RANDOM_BOOT",
    means: "code of the kernel itself drew random bytes before the pool was ready",
    example: "random: neigh_hash_alloc+0x92/0xb0 get_random_bytes called with crng_init = 0",
    read: ([, name = "", bits]) => ({ kind: "early-use", use: "kernel-call", name, bytes: null, bits: number(bits) }),
  },
  {
    id: "warnings-missed",
    pattern: /^(?:random: ){1,2}(\d{1,9}) (?:urandom|get_random_xx) warning\(s\) missed due to ratelimiting$/,
    kernels: "4.14.36 and later; the true number only since the rewrite, before it never above 10 with those printed",
    means: "as many early uses were not logged",
    example: "random: 7 urandom warning(s) missed due to ratelimiting",
    read: ([, count]) => ({ kind: "missed-warnings", count: number(count) ?? 0 }),
  },
  {
    id: "warnings-suppressed",
    pattern: /^(?:urandom_read|urandom_read_iter|_?_?warn_unseeded_randomness): (\d{1,9}) callbacks suppressed$/,
    kernels: "4.17-5.17 (lib/ratelimit.c)",
    means: "as many early uses were not logged",
    example: "urandom_read: 1 callbacks suppressed",
    read: ([, count]) => ({ kind: "missed-warnings", count: number(count) ?? 0 }),
  },
  {
    id: "reseed-vm-fork",
    pattern: /^random: crng reseeded due to virtual machine fork$/,
    kernels: "5.18 and later",
    means: "reseeded because the virtual machine was cloned or restored; the CRNG was ready before",
    example: "random: crng reseeded due to virtual machine fork",
    read: () => ({ kind: "reseed", reason: "vm-fork" }),
  },
  {
    id: "reseed-resume",
    pattern: /^random: crng reseeded on system resumption$/,
    kernels: "5.19 and later",
    means: "reseeded after suspend; the CRNG was ready before",
    example: "random: crng reseeded on system resumption",
    read: () => ({ kind: "reseed", reason: "resume" }),
  },
  {
    id: "fips-mode",
    pattern: /^fips mode: (enabled|disabled)$/,
    kernels: "all with CRYPTO_FIPS, when fips= is on the command line",
    means: "FIPS mode of the kernel",
    example: "fips mode: enabled",
    read: ([, state]) => ({ kind: "fips-mode", enabled: state === "enabled" }),
  },
  {
    id: "fips-generator",
    pattern:
      /^(?:(?:crypto_rng: )?Overwrite extrng|fips_module: getrandom\(2\) and \/dev\/random redirected to FIPS DRBG(?: \([\w ,-]{1,64}\))?)$/,
    kernels: "Amazon's 6.12, and kernels with the module fips_module; RHEL and Fedora log nothing",
    means: "getrandom() and the devices are served by the kernel's DRBG from here on",
    example: "fips_module: getrandom(2) and /dev/random redirected to FIPS DRBG (HMAC-SHA-512, jent-seeded)",
    read: () => ({ kind: "fips-generator" }),
  },
  {
    id: "kernel-version",
    pattern: /^Linux version (\d\S*) \((?:.*?(#\d.*))?/s,
    kernels: "all",
    means: "a kernel starts: the first line of a boot",
    example:
      "Linux version 6.12.107+deb13-cloud-amd64 (debian-kernel@lists.debian.org) (x86_64-linux-gnu-gcc-14 (Debian 14.2.0-19) 14.2.0) #1 SMP PREEMPT_DYNAMIC Debian 6.12.107-1 (2026-08-29)",
    read: ([, release = "", version = ""]) => ({ kind: "kernel-version", release, version }),
  },
  {
    id: "command-line",
    pattern: /^Kernel command line: ?(.*)$/,
    kernels: "all",
    means:
      "the kernel echoes its command line; the CPU's generator is credited right after, a boot loader's seed before",
    example: "Kernel command line: console=ttyS0 random.trust_cpu=off",
    read: ([, text = ""]) => ({ kind: "command-line", text, early: false, fips: asksForFips(text) }),
  },
  {
    id: "early-command-line",
    pattern: /^Command line: ?(.*)$/,
    kernels: "x86, s390 and others, all",
    means: "the command line as the boot loader passed it, before firmware tables are read",
    example: "Command line: BOOT_IMAGE=/vmlinuz root=/dev/sda1 ro fips=1",
    read: ([, text = ""]) => ({ kind: "command-line", text, early: true, fips: asksForFips(text) }),
  },
  {
    id: "fips-unknown",
    pattern: /^Unknown kernel command line parameters ".*\bfips=1(?!\d).*/,
    kernels: "5.14 and later, built without CRYPTO_FIPS",
    means: "this kernel has no FIPS mode",
    example: 'Unknown kernel command line parameters "BOOT_IMAGE=/vmlinuz fips=1", will be passed to user space.',
    read: () => ({ kind: "fips-mode", enabled: false }),
  },
  {
    id: "hardware-name",
    pattern: /^(?:OF: fdt: ?)?(DMI|Machine model): (\S.{0,200})$/,
    kernels: "all; the second one where a device tree describes the machine",
    means: "the firmware's name for the machine: which hypervisor it is, if any",
    example: "DMI: QEMU Standard PC (Q35 + ICH9, 2009), BIOS 1.16.2-debian-1.16.2-1 04/01/2014",
    read: ([, by, hardware = ""]) => ({
      kind: "machine",
      hardware,
      hypervisor: null,
      deviceTree: by === "Machine model",
      architecture: null,
    }),
  },
  {
    id: "other-architecture",
    pattern:
      /^(?:(Booting Linux on physical CPU) 0x[\da-f]{1,16}(?: \[0x[\da-f]{1,16}\])?|(MIPS): machine is \S.{0,200}|(SBI) specification v\d{1,3}\.\d{1,3} detected|(Using) \w{1,32} machine description|setup: Linux is running .{1,80} in 64-bit mode)$/,
    kernels: "all but those of x86, which has no such line",
    means: "the architecture, and so which instructions for random numbers the CPU cannot have",
    example: "Booting Linux on physical CPU 0x0000000000 [0x410fd083]",
    read: ([, arm, mips, riscv, powerpc]) => ({
      kind: "machine",
      hardware: null,
      hypervisor: null,
      deviceTree: false,
      architecture: arm ? "arm" : mips ? "mips" : riscv ? "riscv" : powerpc ? "powerpc" : "s390",
    }),
  },
  {
    id: "hypervisor-detected",
    pattern: /^Hypervisor detected: (\S.{0,60})$/,
    kernels: "x86, all",
    means: "the hypervisor that the CPUID instruction names",
    example: "Hypervisor detected: KVM",
    read: ([, hypervisor = ""]) => ({
      kind: "machine",
      hardware: null,
      hypervisor,
      deviceTree: false,
      architecture: null,
    }),
  },
  {
    id: "efi-seed",
    pattern: /^efi: seeding entropy pool$/,
    kernels: "4.14-6.0; silent since",
    means: "the boot loader passed a seed through EFI",
    example: "efi: seeding entropy pool",
    read: () => ({ kind: "bootloader-seed" }),
  },
  {
    id: "cpu-rng-problem",
    pattern:
      /^(?:x86\/cpu: |x86\/split lock detection: )?((?:rdrand: disabled|RDRAND gives funky smelling output|(?:RDRAND|RDSEED) is not reliable on this platform|RDSEED32 is broken|BIOS may not properly restore RDRAND after suspend).*)$/,
    kernels: "x86, all; the wording differs by version",
    means: "the kernel has switched the CPU's generator off",
    example: "RDRAND is not reliable on this platform; disabling.",
    read: ([, text = ""]) => ({ kind: "cpu-rng-problem", text }),
  },
  {
    id: "no-cycle-counter",
    pattern:
      /^(?:random: )?Missing cycle counter and fallback timer; RNG entropy collection will consequently suffer\.$/,
    kernels: "5.19 and later",
    means: "no fast counter: jitter yields next to nothing, and waits are long",
    example: "random: Missing cycle counter and fallback timer; RNG entropy collection will consequently suffer.",
    read: () => ({ kind: "no-cycle-counter" }),
  },
];

const isKernelMessage = anyPattern(kernelMessages.map(({ pattern }) => pattern));

/** The message about randomness in the text of one kernel record; null: none. `text` has neither stamp nor prefix. */
export function parseKernelMessage(text: string): KernelMessage | null {
  if (!isKernelMessage(text)) return null;
  for (const { pattern, read } of kernelMessages) {
    const match = pattern.exec(text);
    if (match !== null) return read(match);
  }
  return null;
}

/** fips_enable() of crypto/fips.c: the last one counts, and any number but 0 is on. */
function asksForFips(commandLine: string): boolean {
  const last = commandLine.match(/(?:^|\s)fips=\d+(?=\s|$)/g)?.at(-1);
  return last !== undefined && Number(last.trim().slice("fips=".length)) !== 0;
}

function number(digits: string | undefined): number | null {
  return digits === undefined ? null : Number(digits);
}
