import type { ReadyCourse } from "../../core/log-course.ts";
import { endAndReadiness, isUntimed, mayHaveWaited } from "./ready-course.ts";
import { readyReason } from "./ready-reason.ts";
import type { Case, VerdictRule } from "./rule.ts";
import { failedBefore } from "./signs-around.ts";
import { inLine, whenReady } from "./words.ts";

/** Lines of a console that show user space at work. */
const [leastBefore, leastAfter] = [8, 8];

/**
 * Rules on a console without times. There a wait shows by what stands next to readiness alone: a step that did not end,
 * or a program that draws random bytes. Without one, a boot that plainly went on before and after it was not blocked
 * as a whole.
 */
export const onUntimedConsole: readonly VerdictRule[] = [
  {
    id: "login-follows",
    crng: "innocent",
    strength: "likely",
    means:
      "on lines without times, user space is at work before it, no step is left open, and a login prompt or the last target follows",
    find(of) {
      const end = endAndReadiness(of.record);
      if (end === null || end.overLine < end.readyLine) return null;
      const { around, over, readyLine, overLine } = end;
      if (!wasAtWork(of, around) || around.consoleAfter === 0) return null;
      return {
        says: `the boot went on before and after it became ready${inLine(readyLine)}, no step was left open there, and then ${over.text}${inLine(overLine)}; the log has no times`,
        because: [...readyReason(of), { text: over.text, line: overLine }],
      };
    },
  },
  {
    id: "work-on-both-sides",
    crng: "innocent",
    strength: "likely",
    means:
      "on lines without times, user space is at work before and after it, no step is left open, and nothing next to it draws random bytes",
    find(of) {
      const { course, readiness } = of.record;
      const around = course?.ready ?? null;
      if (around === null || !wasAtWork(of, around) || around.workAfter < leastAfter) return null;
      const line = around.ready.line;
      return {
        says: `user space was at work before and after it became ready${whenReady(readiness)}${inLine(line)}, no step was left open there, and nothing next to that line draws random bytes; the log has no times`,
        because: [
          ...readyReason(of),
          {
            text: `user space printed ${around.workBefore} lines before that, and ${around.workAfter} after it`,
            line,
          },
        ],
      };
    },
  },
];

/** Whether user space was at work until readiness, and nothing there may have waited for it. */
function wasAtWork(of: Case, around: ReadyCourse): boolean {
  if (!isUntimed(around) || around.stepBefore !== null || around.workAsks) return false;
  return around.workBefore >= leastBefore && around.released.length === 0 && !mayHaveWaited(of) && !failedBefore(of);
}
