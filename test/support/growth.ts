/**
 * How many times as much processor time `work` takes for four times the size: 4 where it is linear, 16 where it is
 * quadratic. Work that takes no time worth measuring counts as constant. The best of several runs, by processor time
 * and not by the clock, so that a busy machine makes no difference.
 */
export function growth(work: (size: number) => void, size: number): number {
  const large = cost(work, 4 * size);
  return large < measurableMicroseconds ? 1 : large / Math.max(cost(work, size), 1);
}

/** What linear work stays below, and quadratic work does not. */
export const linear = 10;

const measurableMicroseconds = 4_000;

function cost(work: (size: number) => void, size: number): number {
  const runs = Array.from({ length: 3 }, () => {
    const before = process.cpuUsage();
    work(size);
    const { user, system } = process.cpuUsage(before);
    return user + system;
  });
  return Math.min(...runs);
}
