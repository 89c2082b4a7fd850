import type { BootRecord } from "../../core/boot-record.ts";
import { fipsGenerator } from "../../core/fips-generator.ts";
import { longestOf } from "../../core/wait.ts";
import type { VerdictRule } from "./rule.ts";
import { realWaits } from "./waited.ts";
import { lasted, waiterOf } from "./words.ts";

/**
 * Where the kernel's FIPS generator serves callers, none waits for the CRNG, ready or not: what they may wait for is
 * that generator.
 */
export function served(id: string, strength: "shown" | "likely"): VerdictRule {
  const how = {
    shown: "calls were answered by the kernel's FIPS generator",
    likely: "the kernel is in FIPS mode and has a generator for it (/proc/kallsyms)",
  } as const;
  const means = {
    shown: "the kernel's FIPS generator serves callers instead of the CRNG",
    likely: "the kernel is in FIPS mode and has a generator that serves callers instead of the CRNG",
  } as const;
  return {
    id,
    crng: "innocent",
    strength,
    means: means[strength],
    find(of) {
      const { record } = of;
      const isServed =
        fipsGenerator(record) === strength && (strength === "shown" || record.callers.reason === "extrng");
      if (!isServed || realWaits(of).length > 0) return null;
      return {
        says: `callers get bytes from the kernel's FIPS generator, whatever the CRNG's state${generatorWait(record)}`,
        because: [{ text: how[strength], line: null }],
      };
    },
  };
}

/** The longest wait for the FIPS generator, after a semicolon. */
export function generatorWait({ waits }: BootRecord): string {
  const queued = waits.filter(({ generator }) => generator === "drbg");
  const longest = longestOf(queued);
  if (longest === null) return "";
  const more = queued.length === 1 ? "" : `, as did ${queued.length - 1} more`;
  const { seconds, to } = longest;
  const isKnown = seconds !== null && seconds > 0;
  const waited = isKnown ? `waited ${to === null ? "at least " : ""}${lasted(seconds)}` : "waited";
  return `; ${waiterOf(longest)} ${waited} for the kernel's FIPS generator${more}`;
}
