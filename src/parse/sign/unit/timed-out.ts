import type { Sign } from "../../../core/sign.ts";
import type { At } from "../line/at.ts";

/** systemd's lines on one unit that failed stand so close to each other. */
const nearLines = 6;
/** The same of a journal, whose lines have no numbers. */
const nearSeconds = 1;

/** The ids of the tables' rows on units that did not start. */
const [timedOut, result, notStarted] = ["unit-timed-out", "unit-result", "unit-failed"];

/**
 * Failures that follow from a start that took too long. systemd names the unit in some of its lines on one failure and
 * only its description in others, so that those follow by where they stand.
 */
export class TimedOutUnits {
  #unit: string | null = null;
  /** Its latest line. */
  #now: At | null = null;
  /** "Failed to start DESCRIPTION" follows each time-out once. */
  #isNamed = false;

  /** The same sign, and whether its unit had timed out; `id`: the row of the table that found it. */
  take(id: string, sign: Sign, now: At): Sign {
    if (id === timedOut) {
      // A unit that is started again may time out again.
      [this.#unit, this.#isNamed] = [sign.name, false];
      this.#now = now;
      return sign;
    }
    if (sign.name !== null && sign.name === this.#unit) this.#now = now;
    const follows = id === result ? sign.name === this.#unit : id === notStarted && this.#isOf(sign, now);
    if (!follows) return sign;
    this.#now = now;
    this.#isNamed ||= id === notStarted;
    return { ...sign, byTimeout: true };
  }

  #isOf({ name }: Sign, now: At): boolean {
    if (this.#unit === null || this.#now === null) return false;
    // systemd 246 and later write "UNIT - DESCRIPTION".
    const unit = /^(\S+\.(?:service|mount|swap|socket))\b/.exec(name ?? "")?.[1];
    return unit === undefined ? !this.#isNamed && isNear(this.#now, now) : unit === this.#unit;
  }
}

function isNear(before: At, now: At): boolean {
  if (before.line !== null && now.line !== null) return now.line - before.line <= nearLines;
  return before.at !== null && now.at !== null && now.at - before.at <= nearSeconds;
}
