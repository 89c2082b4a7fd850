import { microseconds, type MonotonicSeconds } from "../../core/base/time.ts";

/** A task that comes back within this time has done no other work: it calls in a loop. */
const comesBackSeconds = 1;

/**
 * A task in the queue for the kernel's FIPS generator, as single samples show it. A caller is served in tens of
 * milliseconds and may call again at once, so that two samples may be of two waits. Its count of voluntary context
 * switches decides: a task that slept from one sample to the next has the same.
 */
export class GeneratorQueue {
  #switches: number | null;
  #sleptSeconds = 0;
  #times = 1;
  #leftAt: MonotonicSeconds | null = null;

  /** `switches`: its voluntary_ctxt_switches; null where they cannot be read. */
  constructor(switches: number | null) {
    this.#switches = switches;
  }

  /** How often it was seen to begin to wait. */
  get times(): number {
    return this.#times;
  }

  /** For how long together it was surely asleep in the queue. */
  get sleptSeconds(): number {
    return microseconds(this.#sleptSeconds);
  }

  /** Since when it was not seen in the queue any more; null while it is. */
  get leftAt(): MonotonicSeconds | null {
    return this.#leftAt;
  }

  /** It is in the queue, as it was in the sample `before`. */
  isIn(at: MonotonicSeconds, before: MonotonicSeconds, switches: number | null): void {
    if (this.#leftAt === null && switches === this.#switches) this.#sleptSeconds += at - before;
    else this.#times++;
    this.#leftAt = null;
    this.#switches = switches;
  }

  /** It is somewhere else. True: long enough to have left. */
  isOut(at: MonotonicSeconds): boolean {
    this.#leftAt ??= at;
    return at - this.#leftAt >= comesBackSeconds;
  }
}
