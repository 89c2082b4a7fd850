import { expect, it } from "vitest";
import { hasFipsHook } from "../../../src/parse/proc/kallsyms.ts";

const symbols = (...names: readonly string[]): string => names.map((name) => `0000000000000000 t ${name}\n`).join("");

it.each<[what: string, names: readonly string[], hook: boolean | null]>([
  ["RHEL 9 and some Fedora kernels", ["random_register_extrng", "crypto_devrandom_read_iter"], true],
  ["RHEL 8.3", ["random_register_extrng", "crypto_devrandom_read"], true],
  ["the module fips_module", ["random_register_extrng", "fips_extrng_read_iter\t[fips_module]"], true],
  ["a hook that nothing uses", ["random_register_extrng", "extrng_poll"], null],
  ["other kernels", ["random_read_iter", "drbg_kcapi_random"], false],
])("hasFipsHook: %s", (_what, names, hook) => expect(hasFipsHook(symbols(...names))).toBe(hook));
