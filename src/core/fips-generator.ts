import type { BootRecord } from "./boot-record.ts";
import { clockSkew } from "./base/time.ts";

/**
 * Whether callers get their bytes from the kernel's FIPS generator (the DRBG of its crypto API) instead of the CRNG,
 * and how that is known. Kernels with a hook for it (RHEL 8.3 and later, some Fedora kernels) use it in FIPS mode.
 *
 * - `shown`: a call returned while the CRNG was not ready, a task was inside that generator, or the kernel says so.
 * - `likely`: the kernel is in FIPS mode and has the hook; nothing has shown yet that it is in use.
 * - `no`: no FIPS mode, no hook, or getrandom(2) has answered EAGAIN, which is the CRNG's own answer.
 */
export type FipsGenerator = "shown" | "likely" | "no" | "unknown";

/** Whether callers may get their bytes from it, though that may not be proven. */
export const mayServe: Readonly<Record<FipsGenerator, boolean>> = {
  shown: true,
  likely: true,
  no: false,
  unknown: false,
};

/** By what the kernel, its log and the waits of this boot show. */
export function fipsGenerator(record: BootRecord): FipsGenerator {
  const { probe, fips, loggedFips, notes } = record.observed;
  const isOn = fips?.kernel ?? loggedFips;
  if (probe.lastWouldWait !== null || isOn === false) return "no";
  const wasInside = record.waits.some(({ generator }) => generator === "drbg");
  const isLogged = notes.some(({ note }) => note === "fips-generator");
  if (wasInside || isLogged || (isOn === true && returnedUnready(record))) return "shown";
  if (isOn !== true || fips === null) return "unknown";
  return fips.hook === null ? "unknown" : fips.hook ? "likely" : "no";
}

/** Whether a call returned before a moment at which the CRNG was not ready. */
function returnedUnready({ observed: { probe, pool, earlyInits, readyLines } }: BootRecord): boolean {
  const at = probe.firstReturned;
  if (at === null) return false;
  if (pool?.lastBelow != null) return pool.lastBelow.at > at;
  // An old pool may have let it through at "fast init done".
  const readyAt = readyLines.find((line) => line.at !== null)?.at ?? null;
  return readyAt !== null && earlyInits.length === 0 && readyAt > at + clockSkew(readyAt);
}
