import type { Seconds } from "./base/time.ts";

/**
 * What hands the kernel bits that count towards a ready CRNG. `program`: one that uses RNDADDENTROPY or RNDADDTOENTCNT
 * of random(4), such as rngd; `seed-file` is systemd-random-seed doing so. `interrupts`: the timing of interrupts,
 * input and disks. `other`: a function that is not known here.
 */
export type CreditSource = "cpu" | "bootloader" | "hwrng" | "jitter" | "interrupts" | "seed-file" | "program" | "other";

/** What one source credited while the CRNG was not ready, as a probe on the kernel's credits recorded it. */
export interface EntropyCredit {
  readonly source: CreditSource;
  /** All that it credited, in bits; 256 make the CRNG ready. Null: the probe did not record how many. */
  readonly bits: number | null;
  readonly times: number;
  readonly firstAt: Seconds;
  readonly lastAt: Seconds;
  /** The kernel's function that credited last. */
  readonly function: string | null;
  /**
   * The task that ran then. Of `jitter` and `interrupts` any task that a timer or an interrupt stopped: it gave
   * nothing.
   */
  readonly task: { readonly pid: number; readonly comm: string | null } | null;
}

/** The credits of one trace, the latest last. */
export type EntropyCredits = readonly EntropyCredit[];

/**
 * When the last bits of all were credited: those made the CRNG ready, since afterwards nothing is credited any more.
 */
export function lastCreditAt(credits: EntropyCredits): Seconds | null {
  return credits.at(-1)?.lastAt ?? null;
}

/**
 * Of two traces of one boot the one that shows more: the one that ends later, and of two that end together the one
 * with more credits in it.
 */
export function fullerCredits(a: EntropyCredits, b: EntropyCredits): EntropyCredits {
  const later = (lastCreditAt(b) ?? -1) - (lastCreditAt(a) ?? -1);
  return later > 0 || (later === 0 && count(b) > count(a)) ? b : a;
}

function count(credits: EntropyCredits): number {
  return credits.reduce((sum, { times }) => sum + times, 0);
}
