/**
 * /proc/kallsyms, as text or bytes: a line for each symbol of the kernel, `ADDRESS TYPE NAME` and its module's name.
 */
export interface KernelSymbols {
  readonly includes: (text: string) => boolean;
}

/**
 * By what a kernel's hook for a FIPS generator is known. `random_register_extrng` (drivers/char/random.c) takes a
 * generator that serves in the CRNG's place; `crypto_devrandom_read_iter`, `crypto_devrandom_read` of RHEL 8
 * (crypto/rng.c) and `fips_extrng_read_iter` (the module fips_module) are such generators.
 */
const hook = "random_register_extrng";
const generators = ["crypto_devrandom_read", "fips_extrng_read"];

/**
 * Whether the kernel has the hook and a generator for it. Null: the hook alone, which on some kernels nothing uses, and
 * which a module may use later.
 */
export function hasFipsHook(symbols: KernelSymbols): boolean | null {
  const has = (name: string): boolean => symbols.includes(` ${name}`);
  return generators.some(has) ? true : has(hook) ? null : false;
}
