/** New tasks and those that wait are sampled this often, where that is cheap: it is the error of the times. */
export const glanceMilliseconds = 10;

/** The part of a processor's time, 1 in this, that glances take. */
const part = 36;
/** What it takes to wake up for one, which it does not see itself. */
const wakeMilliseconds = 0.25;
/** How many are judged together; the most expensive of them does not count. */
const judged = 8;

/**
 * How often to glance at tasks, by what that costs of a processor: not by the time that passes, which on a busy machine
 * is others'.
 */
export class GlancePace {
  #costs: readonly number[] = Array.from({ length: judged }, () => 0);

  /** Milliseconds of a processor that a glance cost. */
  took(milliseconds: number): void {
    this.#costs = [...this.#costs.slice(1), milliseconds];
  }

  /**
   * Until the next one. The first of a kind costs far more, as its code is made ready, and does not count: the wait to
   * be caught may be short.
   */
  get milliseconds(): number {
    const total = this.#costs.reduce((sum, cost) => sum + cost, 0) - Math.max(...this.#costs);
    return Math.max(glanceMilliseconds, (total / (judged - 1) + wakeMilliseconds) * part);
  }
}
