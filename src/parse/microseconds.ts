/** A difference of two stamps. They have microseconds; differences of floating-point numbers have noise behind those. */
export function microseconds(seconds: number): number {
  return Math.round(seconds * 1e6) / 1e6;
}
