import type { Reason } from "../../core/verdict.ts";
import { lateSeconds, readyReason } from "./cause.ts";
import type { Case } from "./rule.ts";
import { inLine, moment, whenReady } from "./words.ts";

interface Undecided {
  readonly id: string;
  /** What is known, and what would decide. */
  readonly says: string;
  readonly because: readonly Reason[];
}

/** Why nothing is decided, and what would decide it. */
export function undecidedRuling(of: Case): Undecided {
  const { record, readyAt } = of;
  const { readiness, covers, course } = record;
  const because = readyReason(of);
  if (readiness.level === "ready") {
    const words = whenReady(readiness);
    const isLate = (readiness.notBefore ?? readyAt ?? 0) >= lateSeconds;
    const what =
      covers === null
        ? "who waited until then was not recorded; the flight recorder, armed for the next boot, records it"
        : "this log does not show whether anybody waited until then; the lines right before and after it, or a task dump made while the boot hangs, would";
    return {
      id: isLate ? "late-and-waits-unknown" : "ready-and-waits-unknown",
      says: `it became ready${isLate ? " late," : ""}${words}${inLine(readiness.line)}; ${what}`,
      because,
    };
  }
  if (covers === null) {
    const isKnown = readiness.level !== "unknown";
    if (!isKnown) return { id: "state-unknown", says: "its state is not known here", because };
    const says = "it is not ready, and no task was seen blocked on it so far";
    return { id: "not-ready-and-nobody-seen", says, because };
  }
  if (course !== null && course.logLines === 0)
    return { id: "no-log", says: "this text holds no line of a kernel's or a program's log", because };
  if (course?.refusedLine != null)
    return {
      id: "refused",
      says: `it was not ready when getrandom() was asked${inLine(course.refusedLine)}, and no wait is shown`,
      because: [{ text: "getrandom(GRND_NONBLOCK) returned EAGAIN", line: course.refusedLine }],
    };
  const unready = readiness.level === "unseeded" || readiness.level === "early";
  const state = unready
    ? `it was not ready${readiness.notBefore === null ? "" : ` at ${moment(readiness.notBefore)}`}, and this log does not show it becoming ready`
    : "this log shows neither its state";
  return {
    id: unready ? "not-shown" : "nothing-about-it",
    says: unready
      ? `${state}, nor a program that waits, nor other trouble`
      : `${state}, nor a program that waits, nor other trouble that explains a hang`,
    because,
  };
}
