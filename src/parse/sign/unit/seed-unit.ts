import { type At, secondsBetween } from "../line/at.ts";

/** From this version on the unit ends only when the CRNG is ready; before, it writes its file to /dev/urandom. */
const waitsSince = 243;
/** PID 1's first words. The version of a distribution may follow. */
const banner = /^systemd v?(\d{3})(?:[.~ (-].{0,600})? ?running in (?:system|test) mode\b/;

/**
 * systemd-random-seed.service, whose end shows that getrandom() returned to it: src/random-seed/random-seed.c. It does
 * not wait where it cannot write its file, which its lines do not show.
 */
export class SeedUnit {
  #version: number | null = null;
  /** "Finished", and no longer "Started", is what systemd prints from 245 on. */
  #hasFinished = false;
  #done: At | null = null;
  #took: number | null = null;

  /** A line of PID 1's. */
  takeBanner(text: string): void {
    const version = banner.exec(text)?.[1];
    if (version !== undefined) this.#version = Number(version);
  }

  /** A unit's end, of whichever unit, as systemd words it. */
  takeWord(word: string | undefined): void {
    this.#hasFinished ||= word === "Finished";
  }

  /** It is done; `started`: null where that line is not in the log. */
  end(started: At | null, now: At): void {
    if (this.#done !== null) return;
    this.#done = now;
    this.#took = started === null ? null : secondsBetween(started, now);
  }

  get hasEnded(): boolean {
    return this.#done !== null;
  }

  get #waits(): boolean {
    return this.#version === null ? this.#hasFinished : this.#version >= waitsSince;
  }

  /** When it was done, where it is one that waits for the CRNG. */
  get done(): At | null {
    return this.#waits ? this.#done : null;
  }

  /** How long it took, where both its lines are there, and it is one that waits for the CRNG. */
  get took(): number | null {
    return this.#waits ? this.#took : null;
  }
}
