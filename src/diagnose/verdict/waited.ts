import { callerWords, interfaceWords } from "../../core/caller-words.ts";
import type { VerdictWaiter, Reason } from "../../core/verdict.ts";
import type { Wait } from "../../core/wait.ts";
import type { Case } from "./rule.ts";
import { lasted, moment, waiterOf } from "./words.ts";

/** Waits that sum up to less delay nothing that a person notices. */
export const briefSeconds = 0.1;

/**
 * Waits that were observed and were for the CRNG: not polls, nor for the FIPS generator, and not begun when it was long
 * ready.
 */
export function realWaits({ record, release }: Case): readonly Wait[] {
  const readyAt = release?.by === "ready" ? release.at : null;
  return record.waits.filter(
    ({ polls, generator, from }) =>
      generator === "crng" && !polls && (readyAt === null || from === null || from <= readyAt + 0.5),
  );
}

/** All that was observed, and it was less than a person notices. */
export function isBrief(of: Case): boolean {
  const waits = realWaits(of);
  return (
    waits.length > 0 &&
    waits.every(
      ({ seconds, to, ended }) => seconds !== null && seconds < briefSeconds && (to !== null || ended !== null),
    ) &&
    of.record.cost.seconds < briefSeconds
  );
}

/** A waiter whose name the log does not show. */
export const unnamedTask = "a task";

/** A wait as the verdict lists it. */
export function waiterOfWait(wait: Wait): VerdictWaiter {
  return {
    name: wait.unit ?? wait.comm ?? (wait.pid === null ? unnamedTask : `PID ${wait.pid}`),
    line: wait.line,
    seconds: wait.seconds,
  };
}

/** How a wait is known, as a reason of the verdict. */
export function waitReason(wait: Wait): Reason {
  const seen = {
    recorder: "the kernel's probe recorded",
    live: "its stack showed",
    "hung-task": "a hung task's report shows",
    "task-state": "a dump of all tasks shows",
    stack: "a stack shows",
  } as const;
  return {
    text: `${seen[wait.evidence]} ${waiterOf(wait)} in ${calls[wait.interface] ?? interfaceWords[wait.interface]}`,
    line: wait.line,
  };
}

/** Of a call the function, as a stack names it. */
const calls: Readonly<Partial<Record<Wait["interface"], string>>> = {
  getrandom: "getrandom()",
  kernel: "wait_for_random_bytes()",
};

/** " for 32.5 s", " for at least 3 s"; empty where it is not known. */
export function lengthOf({ seconds, ended }: Wait): string {
  return seconds === null || seconds === 0 ? "" : ` for ${ended === null ? "at least " : ""}${lasted(seconds)}`;
}

/** ", from 1.400 s to 33.900 s"; empty where an end is not known. */
export function spanOf({ from, to }: Wait): string {
  if (from === null || to === null) return "";
  return `, from ${moment(from)} to ${moment(to)}`;
}

/**
 * Who called, as far as it is proven, else the candidates, marked as such: to follow a comma in a sentence.
 */
export function byWhom(wait: Wait): string {
  const words = callerWords(wait);
  return words === "" || words.startsWith(" (") ? words : `,${words}`;
}
