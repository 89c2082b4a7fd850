import type { LogCourse, ReadyCourse } from "../../../src/core/log-course.ts";

/** The course of a log by the kernel's clock that shows nothing, but for `differing`. */
export function aCourse(differing: Partial<LogCourse> = {}): LogCourse {
  return {
    clock: "printk",
    logLines: 200,
    userSpace: null,
    ready: null,
    longestSilence: null,
    last: null,
    refusedLine: null,
    crngWaiter: null,
    fipsLine: null,
    seedTook: null,
    seedDone: null,
    quickUnits: null,
    entropyDaemon: null,
    over: null,
    otherWait: null,
    hangAfterReady: null,
    slept: null,
    newestFirst: false,
    interleaved: false,
    ...differing,
  };
}

/** A ready line at 20 s, line 30, in the middle of 200 lines that show nothing, but for `differing`. */
export function aReadyCourse(differing: Partial<ReadyCourse> = {}): ReadyCourse {
  return {
    ready: { line: 30, at: 20 },
    before: null,
    ownLinesBefore: 0,
    programBefore: null,
    after: null,
    programAfter: null,
    soonAfter: 0,
    programQuiet: null,
    stepBefore: null,
    consoleAfter: 0,
    consoleNext: null,
    consoleBefore: 0,
    workBefore: 0,
    workAfter: 0,
    workAsks: false,
    pace: null,
    finishedBefore: 0,
    openUnits: [],
    released: [],
    beforeUserSpace: false,
    userSpaceAfter: false,
    kernelStartsAfter: false,
    linesBefore: 100,
    linesAfter: 100,
    ...differing,
  };
}
