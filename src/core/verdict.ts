import type { Remedy } from "./finding.ts";
import type { SignKind } from "./sign.ts";

/**
 * The answer to "was it the CRNG?". To blame or to rule out the CRNG wrongly is the worst fault there is: in doubt,
 * `undecided`.
 */
export interface Verdict {
  /**
   * `cause`: something waited for the CRNG. `innocent`: nothing was delayed by it, or the trouble has another visible
   * reason.
   */
  readonly crng: "cause" | "innocent" | "undecided";
  /**
   * `shown`: the evidence leaves no other reading. `likely`: it strongly suggests it. Null where nothing is decided.
   */
  readonly strength: "shown" | "likely" | null;
  /** The rule that decided, from `diagnose/verdict`'s table. */
  readonly rule: string;
  /** One line to paste into a ticket: the answer, who, since when, how long. */
  readonly sentence: string;
  readonly because: readonly Reason[];
  readonly waiters: readonly VerdictWaiter[];
  /** Where the trouble is visible instead, or where the wait is: best first, at most three. */
  readonly lookAt: readonly Pointer[];
  readonly remedies: readonly Remedy[];
}

/** One fact that the verdict rests on. `line`: in the log's file; null where it has none or was observed live. */
export interface Reason {
  readonly text: string;
  readonly line: number | null;
}

export interface VerdictWaiter {
  readonly name: string;
  readonly line: number | null;
  readonly seconds: number | null;
}

export interface Pointer {
  readonly line: number | null;
  readonly kind: SignKind;
  readonly text: string;
}

/** Of a boot that has not been judged yet. */
export const undecided: Verdict = {
  crng: "undecided",
  strength: null,
  rule: "not-judged",
  sentence: "Undecided whether the CRNG delayed this boot: nothing is known about it",
  because: [],
  waiters: [],
  lookAt: [],
  remedies: [],
};

const answers: Readonly<Record<Verdict["crng"], string>> = {
  cause: "blocked on the CRNG",
  innocent: "not the CRNG",
  undecided: "undecided",
};

/** The answer in a few words: "likely blocked on the CRNG". */
export function answerWords({ crng, strength }: Pick<Verdict, "crng" | "strength">): string {
  return `${strength === "likely" ? "likely " : ""}${answers[crng]}`;
}
