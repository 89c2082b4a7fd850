/** On a machine that is slow as a whole, at least this many other units take at least this share of a unit's time. */
const slowUnits = 2;
export const slowShare = 0.5;

/**
 * Whether units beside one that took `seconds` were about as slow, by the seconds that each took: then disk or
 * processor are slow, and that one need not have waited for the CRNG.
 */
export function isMachineSlow(seconds: number, others: readonly number[]): boolean {
  return others.filter((took) => took >= seconds * slowShare).length >= slowUnits;
}
