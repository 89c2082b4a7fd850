import type { Wait } from "../../core/wait.ts";

export type WaitInterface = Wait["interface"];

/**
 * What a function on a stack shows.
 *
 * - `waits`: a task in it waits for randomness, whatever is above.
 * - `sleeps`: a door of user space (`interface`) that also does other work; it waits only where it is the one that
 *   sleeps.
 * - `door`: the same, but it never waits by itself.
 * - `drbg`: the kernel's FIPS generator, reached through a door: a sleeper queues for it.
 * - `gathers`: that generator collects its own entropy, on the processor.
 * - `scheduler`: how a task sleeps; does not show for what.
 * - `reading`: the way of any read(2).
 * - `entry`: the way into the kernel; no caller of its own.
 */
type FrameRole = "waits" | "sleeps" | "door" | "drbg" | "gathers" | "scheduler" | "reading" | "entry";

export interface FrameMeaning {
  readonly pattern: RegExp;
  readonly role: FrameRole;
  readonly interface: WaitInterface | null;
  /** Kernels that have it, mainline unless named. */
  readonly kernels: string;
  readonly means: string;
  /** Frames as real kernels print them. */
  readonly examples: readonly string[];
}

/**
 * Sources: drivers/char/random.c and crypto/rng.c, drbg.c, jitterentropy-kcapi.c of each era. The first match counts.
 */
export const frameMeanings: readonly FrameMeaning[] = [
  {
    pattern: /^(?:wait_for_random_bytes|crng_wait_ready)$/,
    role: "waits",
    interface: null,
    kernels: "crng_wait_ready 4.8-4.12, wait_for_random_bytes since",
    means: "sleeps until the CRNG is ready; a ready one is not waited for",
    examples: [
      "wait_for_random_bytes.part.0+0x98/0x1c0",
      "wait_for_random_bytes.cold+0x5/0xb9",
      "crng_wait_ready+0x86/0xb0",
    ],
  },
  {
    pattern: /^try_to_generate_entropy$/,
    role: "waits",
    interface: null,
    kernels: "5.4 and later",
    means: "spins to make the CRNG ready: a waiter in state R",
    examples: ["try_to_generate_entropy+0x19d/0x2a0"],
  },
  {
    pattern: /(?:^|_)(?:sys|SyS)_getrandom$/,
    role: "sleeps",
    interface: "getrandom",
    kernels: "3.17 and later; itself the sleeper on 3.17-4.7 and on Ubuntu before the rewrite",
    means: "getrandom(2) of any architecture, native or compat",
    examples: [
      "SyS_getrandom+0xe2/0x150",
      "__x64_sys_getrandom+0x8d/0x150",
      "__arm64_sys_getrandom+0x84/0xb0",
      "__se_sys_getrandom+0x7f/0x130",
      "__ia32_compat_sys_getrandom+0x1/0x2",
    ],
  },
  {
    pattern: /^(?:_?random_read|random_read_iter)$/,
    role: "sleeps",
    interface: "dev-random",
    kernels: "random_read to 5.6, random_read_iter since and in back-ports; sleeps for the blocking pool up to 5.5",
    means: "a read of /dev/random, or getrandom(2) with GRND_RANDOM above it",
    examples: ["_random_read.part.34+0xc7/0x1f0", "random_read+0x1f/0x30", "random_read_iter+0x14/0x70"],
  },
  {
    pattern: /^urandom_read(?:_iter|_nowarn)?$/,
    role: "door",
    interface: "urandom",
    kernels: "all",
    means:
      "a read of /dev/urandom, or the copying of what was drawn: waits only in try_to_generate_entropy (5.18 and later)",
    examples: ["urandom_read_iter.cold+0x31/0x36", "urandom_read_nowarn.isra.0+0x8d/0x200", "urandom_read+0x268/0x480"],
  },
  {
    pattern: /^(?:fips_)?(?:crypto_devrandom|extrng)_read(?:_iter)?$/,
    role: "drbg",
    interface: "dev-random",
    kernels: "RHEL 8.3 and later, some Fedora kernels and Amazon's, in FIPS mode",
    means: "a read of either device, or getrandom(2) above it, that the kernel's DRBG serves",
    examples: ["crypto_devrandom_read+0x9c/0x1d0", "crypto_devrandom_read_iter+0x131/0x2f0", "extrng_read+0x1b/0x30"],
  },
  {
    pattern: /^_{0,2}jent_\w+$/,
    role: "gathers",
    interface: null,
    kernels: "4.2 and later with CRYPTO_JITTERENTROPY",
    means: "the DRBG's seed is being measured from jitter",
    examples: ["jent_kcapi_random+0x4a/0xa0 [jitterentropy_rng]", "jent_measure_jitter+0x5e/0x80"],
  },
  {
    pattern: /^_{0,2}drbg_\w+$/,
    role: "drbg",
    interface: null,
    kernels: "3.17 and later with CRYPTO_DRBG",
    means: "the DRBG, or the queue for its lock",
    examples: ["drbg_kcapi_random+0x58/0x140", "__drbg_seed+0x2b/0x70"],
  },
  {
    pattern:
      /^(?:_{0,2}schedule|(?:io_)?schedule_(?:timeout|hrtimeout_range(?:_clock)?)|io_schedule|__switch_to(?:_asm)?|context_switch|wait_woken)$/,
    role: "scheduler",
    interface: null,
    kernels: "all",
    means: "a task that sleeps",
    examples: ["__schedule+0x2eb/0x740", "schedule+0x29/0x70", "schedule_timeout+0x1dd/0x380", "__switch_to+0x94/0xd8"],
  },
  {
    pattern: /^(?:(?:__|k)?(?:vfs|sys)_read|new_sync_read|\w*_sys_read|SyS_read)$/,
    role: "reading",
    interface: null,
    kernels: "all",
    means: "read(2) of any file",
    examples: [
      "vfs_read+0x23f/0x310",
      "ksys_read+0x6b/0xf0",
      "__x64_sys_read+0x19/0x30",
      "new_sync_read+0x119/0x1b0",
      "SyS_read+0x55/0xc0",
    ],
  },
  {
    pattern:
      /^(?:x64_sys_call|do_syscall_\w+|entry_\w+|el0\w*|invoke_syscall|do_el0_svc\w*|ret_fast_syscall|system_call\w*|syscall_\w+|do_(?:fast|int80)_syscall\w*)$/,
    role: "entry",
    interface: null,
    kernels: "all",
    means: "the way of a system call into the kernel",
    examples: [
      "x64_sys_call+0x20d4/0x25c0",
      "do_syscall_64+0x5d/0xb0",
      "entry_SYSCALL_64_after_hwframe+0x6e/0xd8",
      "entry_SYSCALL_64_fastpath+0x22/0xd0",
      "el0_svc_common.constprop.0+0x74/0x180",
    ],
  },
];

/**
 * Without `.part.0`, `.cold`, `.constprop.0`, `.isra.0`, `.llvm.123` of compilers, and the dot that powerpc's ELFv1
 * puts in front.
 */
export function bareName(name: string): string {
  return name.replace(/^\./, "").split(".", 1)[0] ?? name;
}

/** What a function shows; null where it is none of these. */
export function meaningOf(name: string | null): FrameMeaning | null {
  return name === null ? null : (frameMeanings.find(({ pattern }) => pattern.test(name)) ?? null);
}

/**
 * The interface, by the function that called the waiting one. Null: that function waits itself, on a caller not yet
 * seen.
 */
export function interfaceOfCaller(caller: string): WaitInterface | null {
  const meaning = meaningOf(bareName(caller));
  if (meaning?.role === "waits") return null;
  // getrandom(2) inlined into the dispatcher of system calls, as none of the other doors can be.
  return meaning?.interface ?? (meaning?.role === "entry" ? "getrandom" : "kernel");
}
