import type { Wait } from "../../core/wait.ts";

export type WaitInterface = Wait["interface"];

/** One function on a stack. */
export interface StackFrame {
  /**
   * Without offset, module or the compiler's suffix. Null for an address that is in no function: bare, or at the very
   * end of one, where the kernel's trampoline of a return probe stands (`trace_clock_x86_tsc+0x20/0x20`): a probed
   * function hides its callers.
   */
  readonly name: string | null;
  /**
   * False: the unwinder only found the address lying there (`?`, `(unreliable)`), and an earlier call may have left it.
   */
  readonly reliable: boolean;
}

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

/** A line of a stack is no longer: a symbol has at most 511 bytes (KSYM_NAME_LEN, include/linux/kallsyms.h). */
const longestLine = 1024;
/**
 * x86 up to 4.x, s390, riscv `[<ffffffff81542492>]`; /proc/PID/stack `[<0>]`; powerpc and sparc two or one of
 * `[c0000000015a9c30]`.
 */
const address = /^\(?\[(?:<(?:0x)?[0-9a-f]{1,16}>|(?:0x)?[0-9a-f]{8,16})\] */i;
const symbol = /^(\?\s+)?\(?([A-Za-z_.$][\w.$]{0,511}|0x[0-9a-f]{1,16})(?:\+0x([0-9a-f]{1,16})\/0x([0-9a-f]{1,16}))?/i;
/**
 * Behind the symbol: nothing, a module, arm64's `(P)`, powerpc's `(unreliable)`, a source line of
 * scripts/decode_stacktrace.sh.
 */
const rest = /^\)?(?:$| [[(])/;
const sourceLine = /^ \([^\s()]{1,256}:\d/;

/**
 * The functions of one line of a stack, the called before its caller; none where it is no such line. `bare`: a name
 * alone counts, which is right only between lines that are surely a stack.
 */
export function parseFrames(text: string, { bare }: { readonly bare: boolean }): readonly StackFrame[] {
  if (text.length > longestLine) return [];
  // arch/arm/kernel/traps.c, dump_backtrace_entry(): each line names a function and its caller.
  const [left, right] = text.split(/ from /, 2);
  if (left !== undefined && right !== undefined) {
    const callee = parseFrame(left, true);
    const caller = parseFrame(right, false);
    if (callee !== null && caller !== null) return [callee, caller];
  }
  const frame = parseFrame(text, bare);
  return frame === null ? [] : [frame];
}

function parseFrame(text: string, bare: boolean): StackFrame | null {
  let left = text.trim();
  let sure = false;
  for (let match = address.exec(left); match !== null; match = address.exec(left)) {
    left = left.slice(match[0].length);
    sure = true;
  }
  const match = symbol.exec(left);
  if (match === null) return null;
  const [whole, mark, name = "", offset, size] = match;
  const tail = left.slice(whole.length);
  if (!rest.test(tail)) return null;
  const known = sure || offset !== undefined || sourceLine.test(tail) || (bare && tail === "");
  if (!known) return null;
  const nowhere = /^0x/i.test(name) || (offset !== undefined && offset === size);
  return { name: nowhere ? null : bareName(name), reliable: mark === undefined && !tail.includes("(unreliable)") };
}

/**
 * Without `.part.0`, `.cold`, `.constprop.0`, `.isra.0`, `.llvm.123` of compilers, and the dot that powerpc's ELFv1
 * puts in front.
 */
function bareName(name: string): string {
  return name.replace(/^\./, "").split(".", 1)[0] ?? name;
}

function meaningOf(name: string | null): FrameMeaning | null {
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

/** Reads a stack from the top, frame by frame, and decides whether its task waits for randomness. Keeps no frames. */
export class StackReading {
  #frames = 0;
  #waits = false;
  #drbg = false;
  #gathers = false;
  /** The first function that is not the scheduler's is a door that sleeps. */
  #asleepAtDoor = false;
  #awayFromTop = false;
  #door: WaitInterface | null = null;
  #calledByKernel = false;
  /** Below the wait, of what the unwinder only guessed: a door, and the first that shows how the task came. */
  #guessedDoor: WaitInterface | null = null;
  #guessedWay: "reading" | "entry" | null = null;
  #throughWait = false;

  get frames(): number {
    return this.#frames;
  }

  /** It stands in the function that waits until the CRNG is ready, which an old pool's own queue is not. */
  get isInCrngWait(): boolean {
    return this.#waits;
  }

  /** What the task waits for, if it does. */
  get generator(): Wait["generator"] {
    return this.#drbg && !this.#waits ? "drbg" : "crng";
  }

  take({ name, reliable }: StackFrame): void {
    this.#frames++;
    const meaning = meaningOf(name);
    const role = meaning?.role ?? null;
    this.#throughWait ||= name === "wait_for_random_bytes";
    if (!reliable) {
      if (!this.#waits) return;
      this.#guessedDoor = meaning?.interface ?? this.#guessedDoor;
      if (role === "reading" || role === "entry") this.#guessedWay ??= role;
      return;
    }
    if (role === "scheduler") return;
    if (role === "sleeps" && !this.#awayFromTop) this.#asleepAtDoor = true;
    this.#awayFromTop = true;
    this.#waits ||= role === "waits";
    this.#drbg ||= role === "drbg" || role === "gathers";
    this.#gathers ||= role === "gathers";
    // The outermost door is the one that the task came through: getrandom(2) calls _random_read for GRND_RANDOM.
    this.#door = meaning?.interface ?? this.#door;
    if (this.#waits && name !== null && meaning === null) this.#calledByKernel = true;
  }

  /** `state` as the task's header gives it; null where none does. Null: not a wait for randomness. */
  verdict(state: string | null): WaitInterface | null {
    if (this.#waits) return this.#door ?? (this.#calledByKernel ? "kernel" : this.#likeliestDoor());
    const running = state === "R";
    if (this.#asleepAtDoor && !running) return this.#door;
    if (this.#drbg && (this.#gathers || !running)) return this.#door;
    return null;
  }

  /** The stack is cut right below the wait: by the log, or by the recorder's own return probes. */
  #likeliestDoor(): WaitInterface {
    if (this.#guessedDoor !== null) return this.#guessedDoor;
    // On 5.18 and later only a read of /dev/urandom comes to try_to_generate_entropy in another way.
    if (this.#guessedWay === "reading") return this.#throughWait ? "dev-random" : "urandom";
    return "getrandom";
  }
}
