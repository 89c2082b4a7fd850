import { join } from "../platform/builtins.ts";
import { textOrNull } from "../platform/pseudo-file.ts";
import type { Host } from "./source.ts";

/**
 * Whether the CRNG is not ready as far as this moment tells: what follows those who wait is worth its price only then. In FIPS mode, where
 * getrandom() answers from another generator, entropy_avail still tells on kernels with a pool of 256 bits.
 */
export function isUnready({ roots, libc }: Host): boolean {
  if (libc?.getrandomNonblock() === "EAGAIN") return true;
  const random = join(roots.proc, "sys/kernel/random");
  const bits = Number(textOrNull(join(random, "entropy_avail")) ?? Number.NaN);
  return textOrNull(join(random, "poolsize")) === "256" && bits < 256;
}
