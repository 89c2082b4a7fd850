import type { Moment, ReadyCourse } from "../../../core/log-course.ts";
import { causedByProgram, kernelStarts, namesProgram } from "../line/line-causes.ts";

/** A line of a starting kernel is of the same start as the ready line if it follows within this many lines. */
const nearLines = 400;
const soonSeconds = 1;
/** After a long silence a boot takes longer until it prints a line. */
const shareOfSilence = 0.05;

/** A line of the log after readiness, by the ready line's clock. */
export interface NextLine extends Moment {
  readonly text: string;
  /** With the name of the program that its tag has. */
  readonly said: string;
  readonly byProgram: boolean;
  readonly isUserSpace: boolean;
  /** The kernel's own start printed it. */
  readonly isOfStart: boolean;
}

/** What stands around readiness, with one more line after it. */
export function withNext(around: ReadyCourse, next: NextLine): ReadyCourse {
  const { line, at, text, said, byProgram, isUserSpace } = next;
  const isStart = next.isOfStart || kernelStarts.test(text);
  const readyAt = around.ready.at;
  const isNews = !/^random: \d+ (?:urandom|get_random_xx) warning/.test(text);
  const silence = around.before?.at == null || readyAt === null ? 0 : readyAt - around.before.at;
  const isSoon = at !== null && readyAt !== null && at - readyAt <= Math.max(soonSeconds, silence * shareOfSilence);
  const isOfProgram = isUserSpace || namesProgram.test(text) || causedByProgram.test(text);
  return {
    ...around,
    linesAfter: around.linesAfter + 1,
    userSpaceAfter: around.userSpaceAfter || isUserSpace,
    kernelStartsAfter: around.kernelStartsAfter || (around.linesAfter < nearLines && isStart),
    after:
      around.after ?? (isNews && at !== null ? { line, at, byProgram: byProgram || isUserSpace, text: said } : null),
    programAfter: around.programAfter ?? (isNews && isOfProgram ? { line, at } : null),
    soonAfter: around.soonAfter + (isNews && isSoon ? 1 : 0),
  };
}
