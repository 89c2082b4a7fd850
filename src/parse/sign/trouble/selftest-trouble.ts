import type { Trouble } from "./trouble.ts";

const fipsWords = String.raw`failed in (?:fips|panic_on_fail) mode|fips_drbg|DRBG|Jitter RNG|jitterentropy|FIPS`;

/** What the kernel prints of the self-tests of its crypto, in FIPS mode and out of it. */
export const selftestTrouble: readonly Trouble[] = [
  {
    id: "fips-panic",
    kind: "fips-selftest",
    gravity: "stops",
    by: "any",
    pattern: new RegExp(`^Kernel panic - not syncing: (.*(?:${fipsWords}).*)$`),
    says: "Kernel panic in the FIPS self-tests: $1",
    source: "crypto/testmgr.c, crypto/drbg.c, crypto/jitterentropy-kcapi.c, Ubuntu's fips_drbg_init()",
    examples: ["Kernel panic - not syncing: alg: self-tests for rsa-generic (rsa) failed in fips mode!"],
    near: ["Kernel panic - not syncing: Fatal exception", "alg: self-tests for CTR-KDF (hmac(sha256)) passed"],
  },
  {
    id: "fips-test-failed",
    kind: "fips-selftest",
    gravity: "warns",
    by: "any",
    pattern:
      /^(alg: \S+: (?:.* )?(?:test failed|self-test failed|encryption failed|hash failed|decryption failed)\b.*|alg: self-tests for .* failed .*)$/,
    says: "A self-test of the kernel's crypto failed: $1",
    source: "crypto/testmgr.c: in FIPS mode a panic follows; else the algorithm is not used, and the boot goes on",
    examples: [
      "alg: ecdh: test failed on vector 2, err=-14",
      "alg: self-tests for rsa using rsa-generic failed (rc=-22)",
    ],
    near: [
      "alg: self-tests for drbg_nopr_ctr_aes256 (stdrng) passed",
      "alg: No test for fips(ansi_cprng) (fips_ansi_cprng)",
    ],
  },
  {
    id: "no-jitter-source",
    kind: "fips-selftest",
    gravity: "notes",
    by: "any",
    pattern: /^(jitterentropy: Initialization failed .*)$/,
    says: "The kernel's jitter generator is not used: $1",
    source:
      "crypto/jitterentropy-kcapi.c: the time stamps of this machine are too coarse for it, as on many ARM boards and " +
      "virtual machines; in FIPS mode a panic follows",
    examples: ["jitterentropy: Initialization failed with host not compliant with requirements: 9"],
    near: ["jitterentropy: Initialized"],
  },
  {
    id: "drbg-not-reset",
    kind: "fips-selftest",
    gravity: "stops",
    by: "any",
    pattern: /^(random: Failed to reset DRBG.*)$/,
    says: "FIPS self-test: $1",
    source: "Ubuntu's FIPS kernel, drivers/char/random.c",
    examples: ["random: Failed to reset DRBG -22"],
    near: ["random: fips mode enabled"],
  },
];
