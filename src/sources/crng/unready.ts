import { join } from "../../platform/builtins.ts";
import { textOrNull } from "../../platform/pseudo-file.ts";
import type { Host } from "../source.ts";

/**
 * Whether the CRNG is not ready as far as this moment shows: following waits is worth its cost only then. In FIPS mode,
 * where the kernel's FIPS generator may answer getrandom(), entropy_avail still shows it on kernels with a pool of 256
 * bits. With an older pool nothing but the log does, whose line may be lost: polling until it comes would have no end.
 */
export function isUnready({ roots, libc }: Pick<Host, "roots" | "libc">): boolean {
  if (libc?.getrandomNonblock() === "EAGAIN") return true;
  return figure(roots, "poolsize") === 256 && figure(roots, "entropy_avail") < 256;
}

/**
 * Whether the kernel's FIPS generator serves callers instead of the CRNG: getrandom(2) returns although the CRNG is not
 * ready. False where that is not known.
 */
export function isServedByFipsGenerator({ roots, libc }: Pick<Host, "roots" | "libc">): boolean {
  // In this order: the CRNG may become ready between.
  if (libc?.getrandomNonblock() !== null) return false;
  return figure(roots, "poolsize") === 256 && figure(roots, "entropy_avail") < 256;
}

/**
 * Whether poll(2) on /dev/random would sleep: until the CRNG is ready, and up to 5.5 while the pool holds less than its
 * readers wait for (random_poll() of drivers/char/random.c). With the FIPS generator in front it never does: it is
 * always readable and never writable (extrng_poll()).
 */
export function pollWouldSleep(host: Pick<Host, "roots" | "libc">): boolean {
  if (isServedByFipsGenerator(host)) return false;
  const readersWaitBelow = figure(host.roots, "read_wakeup_threshold");
  return Number.isNaN(readersWaitBelow) ? isUnready(host) : figure(host.roots, "entropy_avail") < readersWaitBelow;
}

/**
 * Whether the kernel shows that the CRNG is ready, read without drawing random bytes. Where the pool holds 4096 bits,
 * the CRNG takes its seed at 128, so that more is there only afterwards (credit_entropy_bits() of
 * drivers/char/random.c); false does not mean that it is not ready.
 */
export function showsReady(roots: Host["roots"]): boolean {
  return figure(roots, "entropy_avail") >= 256;
}

/** NaN: not there, or no number. */
function figure({ proc }: Host["roots"], name: string): number {
  return Number(textOrNull(join(proc, "sys/kernel/random", name)) ?? Number.NaN);
}
