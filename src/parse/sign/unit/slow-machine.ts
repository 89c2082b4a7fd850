/** Where the whole machine is slow, so many other units take this share of a unit's time at least. */
const slowUnits = 2;
export const slowShare = 0.5;

/**
 * Whether units beside one that took `seconds` were about as slow, by the seconds that each took: then disk or
 * processor are slow, and that one need not have waited for the CRNG.
 */
export function isMachineSlow(seconds: number, others: readonly number[]): boolean {
  return others.filter((took) => took >= seconds * slowShare).length >= slowUnits;
}
