import type { CreditSource, EntropyCredit, EntropyCredits } from "../../core/entropy-credits.ts";

/**
 * The callers of _credit_init_bits() of drivers/char/random.c (5.19 and back-ports of the rewrite). `call_timer_fn`:
 * where the compiler made a jump of entropy_timer()'s last call (5.10), the caller's own caller shows; the other timer
 * function, mix_interrupt_randomness(), wipes its copy of the pool after it has credited and so cannot jump.
 */
const sources: Readonly<Record<string, CreditSource>> = {
  random_init_early: "cpu",
  random_init: "cpu",
  add_bootloader_randomness: "bootloader",
  add_hwgenerator_randomness: "hwrng",
  entropy_timer: "jitter",
  call_timer_fn: "jitter",
  try_to_generate_entropy: "jitter",
  mix_interrupt_randomness: "interrupts",
  add_timer_randomness: "interrupts",
  add_input_randomness: "interrupts",
  add_disk_randomness: "interrupts",
  random_ioctl: "program",
};

/** systemd-random-seed(8), as the kernel cuts its name. */
const seedService = "systemd-random-";

/**
 * `NAME: (_credit_init_bits+OFFSET/SIZE) bits=N by=FUNCTION+OFFSET/SIZE`, and of a return probe
 * `NAME: (FUNCTION+OFFSET/SIZE <- _credit_init_bits)` (print_kprobe_event() and print_kretprobe_event() of
 * kernel/trace/trace_kprobe.c).
 */
const atEntry = /^[\w.-]{1,64}: \(_credit_init_bits[^)]{0,64}\) bits=(\d{1,9}) by=(\S{1,512})/;
const atReturn = /^[\w.-]{1,64}: \((\S{1,512})(?: \S{1,512})? <- _credit_init_bits[^)]{0,64}\)/;

/** One credit, by the event's text; null: it is another event. */
export function parseCredit(text: string): { readonly by: string | null; readonly bits: number | null } | null {
  if (!text.includes("_credit_init_bits")) return null;
  const [, bits, entered] = atEntry.exec(text) ?? [];
  if (bits !== undefined && entered !== undefined) return { by: functionOf(entered), bits: Number(bits) };
  const [, returned] = atReturn.exec(text) ?? [];
  return returned === undefined ? null : { by: functionOf(returned), bits: null };
}

/** `entropy_timer` of `entropy_timer+0x65/0x84`, without the suffixes that compilers give; null of an address. */
function functionOf(place: string): string | null {
  return /^([a-z_]\w{0,127})[.+]/i.exec(place)?.[1] ?? null;
}

/** Adds up the credits of a trace, by what gave them. */
export class CreditSums {
  readonly #sums = new Map<CreditSource, EntropyCredit>();

  take(
    { comm, pid, at }: { readonly comm: string | null; readonly pid: number; readonly at: number },
    { by, bits }: { readonly by: string | null; readonly bits: number | null },
  ): void {
    const named = sources[by ?? ""] ?? "other";
    const source = named === "program" && comm === seedService ? "seed-file" : named;
    const before = this.#sums.get(source);
    // The order of the map is that of the last credits.
    this.#sums.delete(source);
    this.#sums.set(source, {
      source,
      bits: bits === null || before?.bits === null ? null : (before?.bits ?? 0) + bits,
      times: (before?.times ?? 0) + 1,
      firstAt: before?.firstAt ?? at,
      lastAt: at,
      function: by,
      task: pid === 0 ? null : { pid, comm },
    });
  }

  get all(): EntropyCredits {
    return [...this.#sums.values()];
  }
}
