/**
 * The group of the probes that the kernel command line sets, and that of those the daemon sets while it waits itself.
 */
export const armedGroup = "crngwatch";
export const liveGroup = "crngwatch_live";

/**
 * As many tasks as this may be inside a probed function at a time and have their returns recorded (register_kretprobe()
 * of kernel/kprobes.c). The kernel's default is the number of processors or 10, and waiters for the CRNG wait all at
 * once.
 */
const returnsAtOnce = 512;

/** One probe as `kprobe_events` takes it, and `kprobe_event=` (Documentation/trace/kprobetrace.rst). */
export interface WaitProbe {
  readonly name: string;
  readonly definition: string;
  /** Where a wait begins; else, where it ends. */
  readonly entry: boolean;
}

/** Where the registers of a waiter are understood (kernel-stack-words.ts). */
export type ProbedMachine = "x86-64" | "aarch64";

/** Of this process' processor, as Node.js names it; null: its registers are not understood. */
export function probedMachine(arch: NodeJS.Architecture): ProbedMachine | null {
  return machines[arch] ?? null;
}

const machines: Readonly<Partial<Record<NodeJS.Architecture, ProbedMachine>>> = { x64: "x86-64", arm64: "aarch64" };

/**
 * Where the words begin, in bytes from the top of the kernel's stack. On aarch64 frames lie deeper: with 1 KiB of
 * random offset (6.1) the registers of a reader of /dev/random were seen at word 52 to 174, and no nearer than 26
 * (5.10).
 */
const firstWord: Readonly<Record<ProbedMachine, number>> = { "x86-64": 0, aarch64: 128 };

/**
 * The words on top of the kernel's stack, in which the registers of the caller are (kernel-stack-words.ts). 64 is the
 * most that one argument takes; up to 5.18 the text of an event has 4 KiB, in which three such arguments have room. Not
 * `$stack`, which the shells of boot loaders would replace.
 */
const stackWords = (machine: ProbedMachine): string =>
  [0, 512, 1024].map((offset, index) => `${"abc"[index]}=+${firstWord[machine] + offset}(%sp):x64[64]`).join(" ");

/** The first argument of a function, and the address that it returns to. */
const creditArguments: Readonly<Record<ProbedMachine, string>> = {
  "x86-64": "bits=%di:u64 by=+0(%sp):symbol",
  aarch64: "bits=%x0:u64 by=%x30:symbol",
};

/**
 * What the function returned: 0, or -ERESTARTSYS where a signal ended the wait. Not `$retval`, as with `$stack`.
 */
const returnValue: Readonly<Record<ProbedMachine, string>> = { "x86-64": "ret=%ax:s32", aarch64: "ret=%x0:s32" };

/**
 * Probes on the door of a kernel's FIPS generator, which every caller goes through, whether it waits or not: only for
 * the flight recorder, whose trace is not read as it grows. On other kernels, and outside of FIPS mode, nothing hits
 * them. RHEL 8, whose function has no `_iter`, takes no `kprobe_event=`.
 */
export function generatorProbes(group: string): readonly WaitProbe[] {
  return [
    { name: "drbg", definition: `p:${group}/drbg crypto_devrandom_read_iter`, entry: true },
    {
      name: "drbgd",
      definition: `r${returnsAtOnce}:${group}/drbgd crypto_devrandom_read_iter`,
      entry: false,
    },
  ];
}

/**
 * A probe on what the kernel credits towards a ready CRNG, and by which of its functions: the last credit is what made
 * it ready. A ready CRNG is credited nothing, so it costs a boot at most 256 events, and none where it is ready early.
 * `registers`: with the bits, by the registers of that machine; null: the return alone shows the caller. Kernels before
 * the rewrite of random.c (5.19 and back-ports) have no such function, and refuse it.
 */
export function creditProbe(
  group: string,
  { registers }: { readonly registers: ProbedMachine | null },
): Pick<WaitProbe, "name" | "definition"> {
  const definition =
    registers === null
      ? `r:${group}/credit _credit_init_bits`
      : `p:${group}/credit _credit_init_bits ${creditArguments[registers]}`;
  return { name: "credit", definition };
}

/**
 * Probes on blocked tasks: `wait` to `waited` is a wait, `gen` to `gend` the gathering of jitter entropy, which since
 * 5.18 a reader of /dev/urandom comes to without waiting first. A kernel that lacks the second function, as 5.10,
 * refuses its two probes and sets the others. `registers`: with the waiter's registers, of that machine, and with what
 * the wait returned. Not with `gen`, which each waiter enters once a second.
 */
export function waitProbes(
  group: string,
  { registers }: { readonly registers: ProbedMachine | null },
): readonly WaitProbe[] {
  const words = registers === null ? "" : ` ${stackWords(registers)}`;
  const value = registers === null ? "" : ` ${returnValue[registers]}`;
  return [
    { name: "wait", definition: `p:${group}/wait wait_for_random_bytes${words}`, entry: true },
    { name: "waited", definition: `r${returnsAtOnce}:${group}/waited wait_for_random_bytes${value}`, entry: false },
    { name: "gen", definition: `p:${group}/gen try_to_generate_entropy`, entry: true },
    { name: "gend", definition: `r${returnsAtOnce}:${group}/gend try_to_generate_entropy`, entry: false },
  ];
}
