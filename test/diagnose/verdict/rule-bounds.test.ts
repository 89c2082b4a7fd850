import { describe, expect, it } from "vitest";
import { type BootRecord, emptyRecord, type Readiness } from "../../../src/core/boot-record.ts";
import type { LogCourse, ReadyCourse } from "../../../src/core/log-course.ts";
import type { Gravity, ReportedWait, Sign } from "../../../src/core/sign.ts";
import { likelyCauses, shownCauses } from "../../../src/diagnose/verdict/cause.ts";
import { readyInTime } from "../../../src/diagnose/verdict/innocent.ts";
import {
  hangAfterReady,
  hoursLater,
  otherTrouble,
  otherWait,
  silentAfterReady,
  slept,
  warned,
} from "../../../src/diagnose/verdict/other-trouble.ts";
import type { Case } from "../../../src/diagnose/verdict/rule.ts";
import { silenceAtReady } from "../../../src/diagnose/verdict/silence-at-ready.ts";
import { undecidedRules } from "../../../src/diagnose/verdict/undecided.ts";
import { aCourse, aReadyCourse } from "../../support/records/log-course.ts";
import { aWait } from "../../support/records/waits.ts";
import type { Wait } from "../../../src/core/wait.ts";
import { extent } from "../../support/records/evidence-of.ts";

const rules = [
  ...shownCauses,
  ...likelyCauses,
  ...readyInTime,
  ...otherTrouble,
  otherWait,
  silentAfterReady,
  hangAfterReady,
  hoursLater,
  slept,
  warned,
  ...undecidedRules,
];

/** What differs from a log by the kernel's clock that is ready at 20 s, in line 30, and shows nothing else. */
interface Given {
  readonly record?: Partial<BootRecord>;
  readonly readiness?: Partial<Readiness>;
  readonly course?: Partial<LogCourse>;
  /** Null: the log has no ready line. */
  readonly ready?: Partial<ReadyCourse> | null;
  readonly case?: Partial<Case>;
}

const at = (seconds: number | null, line: number | null = 20) => ({ line, at: seconds });
const said = (seconds: number | null, text = "usb 1-1: new device", byProgram = false, line = 20) => ({
  ...at(seconds, line),
  text,
  byProgram,
});

const over = (line: number) => ({ ...at(null, line), text: "the console had its login prompt" });
const { kind: _, file: _file, ...covers } = extent(60);

function aCase(given: Given): Case {
  const empty = emptyRecord();
  const ready = given.ready === null ? null : aReadyCourse(given.ready);
  const readyAt = ready === null ? null : ready.ready.at;
  const readiness: Readiness = {
    ...empty.readiness,
    level: "ready",
    exact: true,
    readyAt,
    line: 30,
    ...given.readiness,
  };
  const course = aCourse({ ready, ...given.course });
  const record: BootRecord = { ...empty, covers, readiness, course, ...given.record };
  const release = { at: readiness.readyAt, line: readiness.line, by: "ready" } as const;
  return { record, release, userSpaceAt: null, readyAt, trouble: [], ...given.case };
}

function fires(rule: string, given: Given): boolean {
  const found = rules.find(({ id }) => id === rule);
  if (found === undefined) throw new Error(`there is no rule '${rule}'`);
  return found.find(aCase(given)) !== null;
}

/** A rule, what is varied, and what fires it and what no longer does. */
type Bound = readonly [rule: string, what: string, fires: Given, not: Given];

const sign = (gravity: Gravity, line: number | null): Sign => ({
  kind: "device",
  gravity,
  line,
  at: null,
  text: `line ${line}`,
  name: null,
  inRandomCode: false,
  byTimeout: false,
});

/** On a console without times, with so many lines of user space before readiness and after it. */
const onBothSides = (workBefore: number, workAfter: number, ready: Partial<ReadyCourse> = {}): Given => ({
  course: { clock: "none" },
  ready: { ready: at(null, 30), before: null, workBefore, workAfter, ...ready },
});

/** On a console without times, with a login prompt on line `prompt`. */
const login = (ready: Partial<ReadyCourse>, prompt = 40): Given => ({
  course: { clock: "none", over: over(prompt) },
  ready: { ready: at(null, 30), before: null, workBefore: 8, consoleAfter: 1, ...ready },
});

/** The same, with this sign. */
const failed = (kind: Sign["kind"], line: number | null, byTimeout = false): Given => ({
  ...login({}),
  record: { signs: [{ ...sign("breaks", line), kind, byTimeout }] },
});

/** A log without a ready line in which the unit of the random seed was done, in line 20. */
const seedDone = (seconds: number, course: Partial<LogCourse> = {}): Given => ({
  readiness: { level: "unseeded", readyAt: null, line: null },
  ready: null,
  course: { seedDone: at(seconds), ...course },
});

/** The same, and a pause that begins after that. */
const seedPause = (seconds: number, course: Partial<LogCourse> = {}): Given =>
  seedDone(seconds, { longestSilence: { from: at(seconds + 1, 21), to: at(seconds + 31, 22) }, ...course });

const inUserSpace = (ready: Partial<ReadyCourse>, userSpaceAt = 2, readyAt = 6.5): Given => ({
  ready: { ready: at(readyAt, 30), ...ready },
  case: { userSpaceAt },
});
const byWall = (given: Given): Given => ({ ...given, course: { ...given.course, clock: "wall" } });
const worked = (seconds: number | null): Partial<ReadyCourse> => ({
  programBefore: { ...at(seconds), text: "systemd[1]: Started a unit." },
});

const wentOnBounds: readonly Bound[] = [
  [
    "ready-while-the-boot-went-on",
    "user space at work until a second before",
    inUserSpace(worked(5.5)),
    inUserSpace(worked(5.25)),
  ],
  [
    "ready-while-the-boot-went-on",
    "two seconds by a wall clock",
    byWall(inUserSpace(worked(4.5))),
    byWall(inUserSpace(worked(4.25))),
  ],
  [
    "ready-while-the-boot-went-on",
    "user space for five seconds",
    inUserSpace(worked(6), 1.5),
    inUserSpace(worked(6), 1.25),
  ],
  [
    "ready-while-the-boot-went-on",
    "user space that begins no later",
    inUserSpace(worked(6.5), 6.5),
    inUserSpace(worked(6.5), 6.75),
  ],
  [
    "ready-while-the-boot-went-on",
    "no unit that finished then",
    inUserSpace(worked(6)),
    inUserSpace({ ...worked(6), released: ["a.service"] }),
  ],
  [
    "ready-while-the-boot-went-on",
    "no unit that may have waited",
    inUserSpace(worked(6)),
    inUserSpace({ ...worked(6), openUnits: ["a.service"] }),
  ],
  [
    "ready-while-the-boot-went-on",
    "work by the wall clock alone",
    inUserSpace({ programQuiet: 1 }),
    inUserSpace({ programQuiet: 1.25 }),
  ],
  [
    "ready-while-the-boot-went-on",
    "the later one of both",
    inUserSpace({ ...worked(3), programQuiet: 1 }),
    inUserSpace({ ...worked(3), programQuiet: 1.25 }),
  ],
  ["late-and-nobody-waited", "work until two seconds before", { ready: worked(18) }, { ready: worked(17.75) }],
  [
    "late-and-nobody-waited",
    "one where a unit may have waited",
    { ready: { ...worked(19), openUnits: ["a.service"] } },
    { ready: { ...worked(18.75), openUnits: ["a.service"] } },
  ],
  [
    "late-and-nobody-waited",
    "work by the wall clock, which ran on",
    { ready: { programQuiet: 0 } },
    { ready: { programQuiet: -1 } },
  ],
  [
    "late-and-nobody-waited",
    "no unit that finished then",
    { ready: worked(19) },
    { ready: { ...worked(19), released: ["a.service"] } },
  ],
  [
    "late-and-nobody-waited",
    "five seconds where nothing is set going",
    { ready: { ...worked(15), after: said(25) } },
    { ready: { ...worked(14.75), after: said(25) } },
  ],
  [
    "late-and-nobody-waited",
    "a program's next word after two seconds",
    { ready: { ...worked(16), after: said(22), programAfter: at(22) } },
    { ready: { ...worked(16), after: said(22), programAfter: at(21.75) } },
  ],
  [
    "late-and-nobody-waited",
    "no line soon after",
    { ready: { ...worked(16), after: said(22) } },
    { ready: { ...worked(16), after: said(22), soonAfter: 1 } },
  ],
  ["late-and-nobody-waited", "a line after it", { ready: { ...worked(16), after: said(22) } }, { ready: worked(16) }],
  [
    "late-and-nobody-waited",
    "no open unit where only the next word is late",
    { ready: { ...worked(16), after: said(22) } },
    { ready: { ...worked(16), after: said(22), openUnits: ["a.service"] } },
  ],
  ["units-went-on", "three units", { ready: { finishedBefore: 3 } }, { ready: { finishedBefore: 2 } }],
  [
    "units-went-on",
    "none that finished then",
    { ready: { finishedBefore: 9 } },
    { ready: { finishedBefore: 9, released: ["a.service"] } },
  ],
  [
    "units-went-on",
    "none that may have waited",
    { ready: { finishedBefore: 9 } },
    { ready: { finishedBefore: 9, openUnits: ["a.service"] } },
  ],
  [
    "seed-unit-was-quick",
    "two seconds",
    { readiness: { level: "unknown" }, course: { seedTook: 2 } },
    { readiness: { level: "unknown" }, course: { seedTook: 2.25 } },
  ],
  [
    "seed-unit-was-quick",
    "no word of the kernel's about it",
    { readiness: { level: "unknown" }, course: { seedTook: 1 } },
    { course: { seedTook: 1 } },
  ],
  ["seed-unit-was-done-soon", "five seconds", seedDone(5), seedDone(5.25)],
  [
    "seed-unit-was-done-soon",
    "its own time of two seconds",
    seedDone(5, { seedTook: 2 }),
    seedDone(5, { seedTook: 2.25 }),
  ],
  ["seed-unit-was-done-soon", "the boot's own clock", seedDone(5), seedDone(5, { clock: "wall" })],
  [
    "seed-unit-was-done-soon",
    "no refusal after it",
    seedDone(5, { refusedLine: 20 }),
    seedDone(5, { refusedLine: 21 }),
  ],
  [
    "seed-unit-was-done-soon",
    "no ready line, which decides by itself",
    seedDone(5),
    { ...seedDone(5), readiness: { level: "ready" } },
  ],
  [
    "no-unit-was-slow",
    "a log without a line of the CRNG's own",
    { readiness: { level: "unknown" }, course: { quickUnits: { line: 1, unit: "a.service", seconds: 7 } } },
    { course: { quickUnits: { line: 1, unit: "a.service", seconds: 7 } } },
  ],
  ["ready-soon", "five seconds", { ready: { ready: at(5) } }, { ready: { ready: at(5.25) } }],
  [
    "ready-soon",
    "the end of the interval",
    { readiness: { readyAt: null, exact: false, notAfter: 5 } },
    { readiness: { readyAt: null, exact: false, notAfter: 5.25 } },
  ],
  ["ready-soon", "a CRNG that is ready", { readiness: { readyAt: 4 } }, { readiness: { readyAt: 4, level: "early" } }],
  [
    "ready-soon",
    "a silence of half the time",
    inUserSpace({ before: said(2) }, 1, 4),
    inUserSpace({ before: said(1.75) }, 1, 4),
  ],
  [
    "ready-soon",
    "a silence of less than two seconds",
    inUserSpace({ before: said(1.25) }, 1, 3),
    inUserSpace({ before: said(1) }, 1, 3),
  ],
  [
    "ready-soon",
    "user space that begins within the silence",
    inUserSpace({ before: said(1) }, 1.25, 4),
    inUserSpace({ before: said(1) }, 1, 4),
  ],
  [
    "ready-soon",
    "no unit that may have waited",
    { ready: { ready: at(4) } },
    { ready: { ready: at(4), openUnits: ["a.service"] } },
  ],
  [
    "boot-was-over",
    "its end in a line before",
    { course: { over: over(30) }, ready: { ready: at(20, 30) } },
    { course: { over: over(31) }, ready: { ready: at(20, 30) } },
  ],
  [
    "boot-was-over",
    "no program within two seconds",
    { course: { over: over(9) }, ready: { programAfter: at(22.25) } },
    { course: { over: over(9) }, ready: { programAfter: at(22) } },
  ],
  [
    "boot-was-over",
    "no program without a time in the three lines after it",
    { course: { over: over(9) }, ready: { ready: at(20, 30), programAfter: at(null, 34) } },
    { course: { over: over(9) }, ready: { ready: at(20, 30), programAfter: at(null, 33) } },
  ],
  ["login-follows", "eight lines before it", login({ workBefore: 8 }), login({ workBefore: 7 })],
  ["login-follows", "a line right after it", login({ consoleAfter: 1 }), login({ consoleAfter: 0 })],
  ["login-follows", "a login prompt after it", login({}, 31), login({}, 29)],
  ["login-follows", "no unit that may have waited", login({}), login({ openUnits: ["a.service"] })],
  ["login-follows", "no unit that finished with it", login({}), login({ released: ["a.service"] })],
  ["login-follows", "lines without times", login({}), login({ ready: at(20, 30) })],
  ["login-follows", "no program's line by the wall clock", login({}), login({ programQuiet: 1 })],
  ["login-follows", "no step that is open", login({}), login({ stepBefore: { ...at(null), text: "starting..." } })],
  ["login-follows", "no unit that failed before it", failed("unit-failed", 31), failed("unit-failed", 29)],
  [
    "login-follows",
    "no unit that did not finish before it",
    failed("unit-unfinished", 31),
    failed("unit-unfinished", 29),
  ],
  ["login-follows", "no time-out before it", failed("network", 29), failed("network", 29, true)],
  ["login-follows", "no failed unit whose line is not known", failed("unit-failed", 31), failed("unit-failed", null)],
  ["login-follows", "nothing next to it that draws random bytes", login({}), login({ workAsks: true })],
  ["work-on-both-sides", "eight lines before it", onBothSides(8, 8), onBothSides(7, 8)],
  ["work-on-both-sides", "eight lines after it", onBothSides(8, 8), onBothSides(8, 7)],
  [
    "work-on-both-sides",
    "nothing next to it that draws random bytes",
    onBothSides(8, 8),
    onBothSides(8, 8, { workAsks: true }),
  ],
  ["work-on-both-sides", "no time", onBothSides(8, 8), onBothSides(8, 8, { ready: at(20, 30) })],
  ["work-on-both-sides", "no unit released by it", onBothSides(8, 8), onBothSides(8, 8, { released: ["a.service"] })],
  [
    "work-on-both-sides",
    "no step left open",
    onBothSides(8, 8),
    onBothSides(8, 8, { stepBefore: { ...at(null, 29), text: "starting lvm..." } }),
  ],
  [
    "boot-was-over",
    "nothing next to it that draws random bytes, on lines without times",
    { course: { over: over(9) }, ready: { ready: at(null, 30), consoleAfter: 3 } },
    { course: { over: over(9) }, ready: { ready: at(null, 30), consoleAfter: 3, workAsks: true } },
  ],
];

const trusting = (readyAt: number, stamps: "printk" | "wall" = "printk"): Given => {
  const line = { at: readyAt, noted: null, line: 30, seq: null, pool: "crng", trusting: "cpu" } as const;
  return {
    ready: { ready: at(readyAt, 30) },
    record: { covers: { ...covers, stamps }, observed: { ...emptyRecord().observed, readyLines: [line] } },
  };
};
const before = (ready: Partial<ReadyCourse>, more: Given = {}): Given => ({
  ...more,
  ready: { beforeUserSpace: true, ...ready },
});
const unstamped = { ready: at(null, 30), programQuiet: 1 };
const fastInit = (seconds: number | null, more: Given = {}, line = 15): Given => ({
  ...more,
  case: { release: { at: seconds, line, by: "fast-init" }, ...more.case },
});
const userSpaceFrom = (line: number): Given => ({ course: { userSpace: at(null, line) } });

const reseeded: Given = {
  record: { reseeds: [{ at: 30, noted: null, line: 40, seq: null, reason: "resume" }] },
};

const inTimeBounds: readonly Bound[] = [
  ["trusted-cpu", "five seconds by the kernel's clock", trusting(5), trusting(5.25)],
  ["trusted-cpu", "another clock, which counts from no boot", trusting(60, "wall"), trusting(60)],
  ["ready-before-user-space", "five seconds", before({ ready: at(5) }), before({ ready: at(5.25) })],
  ["ready-before-user-space", "no user space in front", before({ ready: at(5) }), { ready: { ready: at(5) } }],
  [
    "ready-before-user-space",
    "sixty lines in front where there is no stamp",
    before({ ...unstamped, linesBefore: 60 }),
    before({ ...unstamped, linesBefore: 61 }),
  ],
  [
    "ready-before-user-space",
    "the kernel's first line where there is no stamp",
    before({ ...unstamped, linesBefore: 9 }),
    before({ ...unstamped, linesBefore: 9 }, { record: { covers: { ...covers, fromStart: false } } }),
  ],
  [
    "ready-before-user-space",
    "the log's first second",
    before({ ...unstamped, linesBefore: 9 }, { readiness: { noted: { clock: "wall", seconds: 1 } } }),
    before({ ...unstamped, linesBefore: 9 }, { readiness: { noted: { clock: "wall", seconds: 2 } } }),
  ],
  [
    "ready-before-user-space",
    "a stamp, where no first step of the kernel's is after it",
    before({ ...unstamped, linesBefore: 9 }),
    before({ ...unstamped, linesBefore: 9, userSpaceAfter: true, programQuiet: null }),
  ],
  ["ready-before-user-space", "user space after it", before({ userSpaceAfter: true }), before({})],
  [
    "ready-before-user-space",
    "a line in front of it",
    before({ userSpaceAfter: true, linesBefore: 1 }),
    before({ userSpaceAfter: true, linesBefore: 0 }),
  ],
  [
    "ready-before-user-space",
    "a silence of two seconds",
    before({ userSpaceAfter: true, before: said(18) }),
    before({ userSpaceAfter: true, before: said(17.75) }),
  ],
  ["ready-before-user-space", "the kernel's first steps after it", before({ kernelStartsAfter: true }), before({})],
  ["ready-at-once", "a second", { ready: { ready: at(1) } }, { ready: { ready: at(1.25) } }],
  [
    "ready-at-once",
    "a CRNG that is ready",
    { readiness: { readyAt: 1 } },
    { readiness: { readyAt: 1, level: "early" } },
  ],
  ["released-at-fast-init", "five seconds", fastInit(5), fastInit(5.25)],
  [
    "released-at-fast-init",
    "two seconds after user space began",
    fastInit(9, { case: { userSpaceAt: 7 } }),
    fastInit(9.25, { case: { userSpaceAt: 7 } }),
  ],
  [
    "released-at-fast-init",
    "a line in front of user space",
    fastInit(null, userSpaceFrom(16)),
    fastInit(null, userSpaceFrom(15)),
  ],
  [
    "released-at-fast-init",
    "a log of five seconds",
    fastInit(3, { record: { covers: { ...covers, lastAt: 5 } } }),
    fastInit(3, { record: { covers: { ...covers, lastAt: 4.75 } } }),
  ],
  ["released-at-fast-init", "such a kernel", fastInit(3), { ready: { ready: at(3) } }],
];

const silence = (
  from: number | null,
  to: number,
  [fromLine, toLine]: readonly [number | null, number] = [31, 32],
  readyAt = 5.5,
): Given => ({
  ready: { ready: at(readyAt, 30) },
  course: { longestSilence: { from: at(from, fromLine), to: at(to, toLine) } },
});
const warns = (line: number | null, more: Given = {}): Given => ({
  ...more,
  case: { trouble: [sign("warns", line)], ...more.case },
});

const early = {
  kind: "urandom-read",
  name: "sshd",
  bytes: 32,
  bits: null,
  at: null,
  line: 28,
  seq: null,
  noted: null,
} as const;

const reportedBy = (wait: Partial<ReportedWait>, more: Given = {}): Given => ({
  ...more,
  record: {
    reportedWaits: [
      {
        by: "own-words",
        name: "a",
        line: 12,
        at: null,
        seconds: 9,
        open: false,
        proof: "shown",
        text: "it waits",
        ...wait,
      },
    ],
    ...more.record,
  },
});
const hangs = (ready: Partial<ReadyCourse>): Given => ({
  course: { hangAfterReady: { ...at(null, 31), text: "it hangs here" } },
  ready: { linesAfter: 0, ...ready },
});
const later = (last: number, ready: Partial<ReadyCourse> = {}): Given => ({
  course: { last: { ...at(last, 90), text: "the last line" } },
  ready,
});
const sleeps = (record: Partial<BootRecord>): Given => ({
  record: { covers: { ...covers, fromStart: false, firstAt: 30 }, ...record },
  readiness: { level: "unknown" },
  course: { slept: at(null, 12) },
  ready: null,
});

const troubleBounds: readonly Bound[] = [
  ["silent-after-ready", "less than ten seconds", silence(10, 60, [31, 32], 9.75), silence(10, 60, [31, 32], 10)],
  ["silent-after-ready", "a pause as long as the time to readiness", silence(6, 11.5), silence(6, 11.25)],
  ["silent-after-ready", "a pause that begins no earlier", silence(5.5, 40), silence(5.25, 40)],
  ["silent-after-ready", "a pause that ends after the ready line", silence(6, 40, [31, 31]), silence(6, 40, [30, 30])],
  [
    "silent-after-ready",
    "no silence of two seconds before it, where it was late",
    { ...silence(10.5, 60, [31, 32], 10), ready: { ready: at(10, 30), before: said(8) } },
    { ...silence(10.5, 60, [31, 32], 10), ready: { ready: at(10, 30), before: said(7.75) } },
  ],
  ["silent-after-ready", "a unit of the seed that was done within ten seconds", seedPause(9.75), seedPause(10)],
  [
    "silent-after-ready",
    "a unit of the seed that took two seconds",
    seedPause(40, { seedTook: 2 }),
    seedPause(40, { seedTook: 2.25 }),
  ],
  [
    "unit-waits-for-something-else",
    "a unit of the seed that was done within ten seconds",
    seedDone(9.75, { otherWait: { line: 40, unit: "a.service", awaits: "network", seconds: 30 } }),
    seedDone(10, { otherWait: { line: 40, unit: "a.service", awaits: "network", seconds: 30 } }),
  ],
  ["silent-after-ready", "a line at which it begins", silence(6, 40), silence(6, 40, [null, 32])],
  [
    "log-is-about-a-warning",
    "eighty lines to the log's end",
    warns(40, { record: { covers: { ...covers, lastLine: 120 } } }),
    warns(40, { record: { covers: { ...covers, lastLine: 121 } } }),
  ],
  [
    "log-is-about-a-warning",
    "a line no earlier than readiness",
    warns(30, { record: { covers: { ...covers, lastLine: 90 } } }),
    warns(29, { record: { covers: { ...covers, lastLine: 90 } } }),
  ],
  [
    "log-is-about-a-warning",
    "a line that is known, where the CRNG was ready",
    warns(29, { case: { release: null }, record: { covers: { ...covers, lastLine: 90 } } }),
    warns(null, { record: { covers: { ...covers, lastLine: 90 } } }),
  ],
  [
    "log-is-about-a-warning",
    "a warning",
    warns(40, { record: { covers: { ...covers, lastLine: 90 } } }),
    { case: { trouble: [sign("breaks", 40)] } },
  ],
  [
    "log-is-about-a-warning",
    "a device's warning, where no program read early",
    warns(29, { case: { release: null }, record: { covers: { ...covers, lastLine: 90 } } }),
    warns(29, { case: { release: null }, record: { covers: { ...covers, lastLine: 90 }, earlyUses: [early] } }),
  ],
  ["hang-after-ready", "three lines after it at most", hangs({ linesAfter: 3 }), hangs({ linesAfter: 4 })],
  ["hang-after-ready", "a hang", hangs({}), { ready: { linesAfter: 0 } }],
  ["hang-after-ready", "a CRNG that is ready", hangs({}), { ...hangs({}), readiness: { level: "early" } }],
  ["hours-after-ready", "an hour to the last line", later(3620), later(3619)],
  [
    "hours-after-ready",
    "an hour to the next line",
    later(9000, { after: said(3620) }),
    later(9000, { after: said(3619) }),
  ],
  [
    "hours-after-ready",
    "an hour to the line in front of it, in a log that begins later",
    later(9000, { before: said(3620) }),
    later(9000, { before: said(3619) }),
  ],
  ["hours-after-ready", "the later one of both", later(30, { before: said(3620) }), later(30, { before: said(3619) })],
  ["machine-slept", "a machine that goes to sleep", sleeps({}), { ...sleeps({}), course: {} }],
  ["machine-slept", "no wait", sleeps({}), sleeps({ waits: [aWait()] })],
  ["machine-slept", "no wait that is reported", sleeps({}), sleeps(reportedBy({}).record ?? {})],
  ["machine-slept", "no early read", sleeps({}), sleeps({ earlyUses: [early] })],
  ["machine-slept", "a log without the boot's start", sleeps({}), sleeps({ covers: { ...covers, fromStart: true } })],
  [
    "machine-slept",
    "a log without the boot's first half minute",
    sleeps({}),
    sleeps({ covers: { ...covers, fromStart: false, firstAt: 29.75 } }),
  ],
  ["machine-slept", "no word on the CRNG's state", sleeps({}), { ...sleeps({}), readiness: { level: "ready" } }],
  ["late-and-waits-unknown", "ten seconds", { ready: { ready: at(10) } }, { ready: { ready: at(9.75) } }],
  [
    "late-and-waits-unknown",
    "ten seconds from user space on, by a wall clock",
    byWall({ case: { userSpaceAt: 10 } }),
    byWall({ case: { userSpaceAt: 10.25 } }),
  ],
];

const stepped = (from: number, more: Partial<ReadyCourse> = { soonAfter: 1 }): Given => ({
  ready: { before: said(from), stepBefore: { ...at(null), text: "starting the volume manager..." }, ...more },
});
const likely = (wait: Partial<ReportedWait>, more: Given = {}): Given =>
  reportedBy({ proof: "likely", at: 3, ...wait }, more);
const writer = (seconds: number | null, more: Given = {}): Given =>
  reportedBy({ by: "writer", proof: "likely", seconds }, more);
const experiment = (seconds: number | null, more: Given = {}): Given =>
  reportedBy({ by: "experiment", proof: "likely", seconds }, more);
const grave = (line: number | null): Given => ({ case: { trouble: [sign("stops", line)] } });

const causeBounds: readonly Bound[] = [
  ["step-ends-at-ready", "a second and a half", stepped(18.5), stepped(18.75)],
  ["step-ends-at-ready", "a boot that goes on", stepped(10, { consoleAfter: 1 }), stepped(10, {})],
  ["step-ends-at-ready", "a kernel that waits for readiness", stepped(10), { ...stepped(10), ...fastInit(3) }],
  ["own-words-reports", "half a second", reportedBy({ seconds: 0.5 }), reportedBy({ seconds: 0.25 })],
  [
    "own-words-reports",
    "half a second, unless it goes on",
    reportedBy({ seconds: 0.25, open: true }),
    reportedBy({ seconds: 0.25 }),
  ],
  [
    "own-words-reports",
    "five seconds where a grave fault comes after readiness",
    reportedBy({ seconds: 5 }, grave(31)),
    reportedBy({ seconds: 4.75 }, grave(31)),
  ],
  [
    "own-words-reports",
    "any where the fault comes before readiness",
    reportedBy({ seconds: 1 }, grave(30)),
    reportedBy({ seconds: 1 }, grave(31)),
  ],
  [
    "own-words-reports",
    "a fault whose line is known",
    reportedBy({ seconds: 1 }, grave(null)),
    reportedBy({ seconds: 1 }, grave(31)),
  ],
  [
    "own-words-suggests",
    "a wait that begins no later than readiness",
    likely({ at: 20, seconds: null, open: true }),
    likely({ at: 20.25, seconds: null, open: true }),
  ],
  [
    "own-words-suggests",
    "a CRNG that is not ready two seconds after user space",
    likely({}, { case: { userSpaceAt: 18 } }),
    likely({}, { case: { userSpaceAt: 18.25 } }),
  ],
  ["own-words-suggests", "a CRNG that was not ready before it was reseeded", likely({}), likely({}, reseeded)],
  ["writer-suggests", "a length that is readiness's, a fifth more or less", writer(24), writer(24.25)],
  ["writer-suggests", "a length that is readiness's, a fifth less", writer(16), writer(15.75)],
  [
    "writer-suggests",
    "a CRNG that was ready after ten seconds",
    writer(null, { ready: { ready: at(10) } }),
    writer(null, { ready: { ready: at(9.75) } }),
  ],
  [
    "writer-suggests",
    "an early read, where neither its length nor a ready line is there",
    writer(null, { ready: null, case: { release: null }, record: { earlyUses: [early] } }),
    writer(null, { ready: null, case: { release: null } }),
  ],
  [
    "writer-suggests",
    "one that the kernel counted alone",
    writer(null, { ready: null, case: { release: null }, record: { missedWarnings: 1 } }),
    writer(null, { ready: null, case: { release: null } }),
  ],
  [
    "writer-suggests",
    "ten seconds, where no ready line is there",
    writer(10, { ready: null, case: { release: null } }),
    writer(9.75, { ready: null, case: { release: null } }),
  ],
  [
    "experiment-suggests",
    "a CRNG that was ready after ten seconds",
    experiment(null, { ready: { ready: at(10) } }),
    experiment(null, { ready: { ready: at(9.75) } }),
  ],
  ["experiment-suggests", "no grave fault", experiment(20), experiment(20, grave(5))],
  ["writer-suggests", "no grave fault", writer(20), writer(20, grave(5))],
  ["writer-suggests", "a kernel that waits for readiness", writer(20), writer(20, fastInit(3))],
];

describe.each([
  ["the boot's course", wentOnBounds],
  ["readiness in time", inTimeBounds],
  ["other trouble", troubleBounds],
  ["a wait", causeBounds],
] as const)("verdict rules: by %s", (_what, bounds) => {
  it.each(bounds)("%s: needs %s", (rule, _needs, inside, outside) => {
    expect([fires(rule, inside), fires(rule, outside)]).toEqual([true, false]);
  });
});

describe("a fault that repeats around readiness", () => {
  const unstampedReady: Given = { ready: { ready: at(null, 30) }, case: { readyAt: null } };
  const faults = (...lines: readonly (number | null)[]): boolean =>
    fires("same-fault-before-and-after", {
      ...unstampedReady,
      record: { signs: lines.map((line) => ({ ...sign("notes", line), text: `lease ${line ?? 0} declined` })) },
    });

  it("stands twice on either side of it, but for its numbers", () => {
    expect(faults(28, 29, 31, 32)).toBe(true);
    expect([faults(29, 31, 32), faults(28, 29, 31), faults(28, 29, null, 31)]).toEqual([false, false, false]);
    // The ready line itself is not in front of it.
    expect(faults(29, 30, 31, 32)).toBe(false);
  });
});

describe("rules of the verdict in words", () => {
  const ruling = (rule: string, given: Given) => rules.find(({ id }) => id === rule)?.find(aCase(given)) ?? null;
  const open = (pid: number): Wait => aWait({ pid, comm: "sshd", unit: null, from: 3, evidence: "live", line: null });
  const blocked = (...waits: readonly Wait[]) =>
    ruling("blocked-now", {
      readiness: { level: "unseeded" },
      record: { covers: null, waits },
      case: { release: null },
    });

  it("count the other tasks that are blocked", () => {
    expect(blocked(open(7))?.says).toMatch(/^sshd\[7\] since 3\.000 s(?!.*more)/);
    expect(blocked(open(7), open(8), open(9))?.says).toMatch(/, and 2 more$/);
    expect(blocked()).toBeNull();
  });

  it("are of a host that runs and is not ready, where a task is blocked now", () => {
    expect(ruling("blocked-now", { readiness: { level: "unseeded" }, record: { waits: [open(7)] } })).toBeNull();
    expect(ruling("blocked-now", { record: { covers: null, waits: [open(7)] } })).toBeNull();
  });

  it("need a CRNG that is ready, where all waits were brief", () => {
    const brief = aWait({ from: 1, to: 1.004, seconds: 0.004 });
    const record = { waits: [brief], cost: { ...emptyRecord().cost, seconds: 0.004 } };
    expect(ruling("waited-briefly", { record })?.says).toContain("0.004 s in total");
    expect(ruling("waited-briefly", { record, readiness: { level: "early" } })).toBeNull();
    expect(
      ruling("waited-briefly", { record: { ...record, waits: [{ ...brief, to: null, ended: null }] } }),
    ).toBeNull();
    expect(ruling("waited-briefly", { record: { ...record, waits: [{ ...brief, to: null }] } })).not.toBeNull();
    expect(ruling("waited-briefly", { record: { ...record, waits: [{ ...brief, seconds: 0.1 }] } })).toBeNull();
    expect(ruling("waited-briefly", { record: { ...record, cost: { ...record.cost, seconds: 0.1 } } })).toBeNull();
  });

  it("name the kernel that is older than getrandom()", () => {
    const kernel = { ...emptyRecord().kernel, release: "3.16.0-4-amd64" };
    expect(ruling("kernel-without-getrandom", { record: { kernel } })?.says).toMatch(
      /^kernel 3\.16\.0-4-amd64 is older/,
    );
    expect(ruling("kernel-without-getrandom", { record: { kernel }, readiness: { level: "early" } })).toBeNull();
  });

  it("set the moment of a late readiness apart, and look at its line where nothing else is to see", () => {
    const late = ruling("late-and-waits-unknown", {});
    expect(late?.says).toMatch(/^it became ready late, at 20\.000 s \(line 30\); /);
    expect(late?.lookAt).toEqual([{ line: 30, kind: "silence", text: "the CRNG became ready" }]);
    expect(ruling("late-and-waits-unknown", { readiness: { line: null } })?.lookAt).toEqual([]);
    const unknown = ruling("late-and-waits-unknown", { readiness: { readyAt: null, exact: false } });
    expect(unknown?.says).toMatch(/^it became ready late \(line 30\); /);
    expect(ruling("ready-and-waits-unknown", { ready: { ready: at(6, 30) } })?.says).toMatch(
      /^it became ready at 6\.000 s/,
    );
  });
});

describe("silenceAtReady", () => {
  const silent = (from: number, more: Partial<ReadyCourse> = {}, given: Given = {}) =>
    silenceAtReady(
      aCase({
        case: { userSpaceAt: 1 },
        ...given,
        ready: { before: said(from), programAfter: at(20.5), ...more },
      }),
    );
  const goesOn = (...words: Parameters<typeof silent>): string | null => silent(...words)?.goesOn ?? null;

  it("lasts a second and a half at least; by a wall clock, whose seconds are whole, a second more", () => {
    expect([silent(18.5)?.seconds, silent(18.75)]).toEqual([1.5, null]);
    const wall = { case: { userSpaceAt: 1 }, course: { clock: "wall" } } as const;
    expect([silent(17.5, {}, wall)?.seconds, silent(17.75, {}, wall)]).toEqual([2.5, null]);
    expect([silent(10, { programQuiet: 2.5 })?.seconds, silent(10, { programQuiet: 2.25 })]).toEqual([2.5, null]);
  });

  it("is in user space: a program spoke last, or user space had begun by then", () => {
    expect(silent(10, {}, { case: { userSpaceAt: 10 } })).not.toBeNull();
    expect(silent(12, {}, { case: { userSpaceAt: 12.5 } })).toBeNull();
    expect(silent(12, { before: said(12, "sshd[7]: x", true) }, { case: { userSpaceAt: null } })).not.toBeNull();
  });

  it("of the kernel's lines alone is ten seconds, with user space after it", () => {
    const kernels = (from: number, userSpaceAfter = true) =>
      silent(from, { userSpaceAfter }, { case: { userSpaceAt: null } });
    expect([kernels(10)?.seconds, kernels(10.25), kernels(10, false)]).toEqual([10, null, null]);
  });

  it("is none if units finished in it, or on a kernel where callers stop blocking earlier", () => {
    expect(silent(10, { finishedBefore: 1 })).toBeNull();
    expect(silent(10, {}, { case: { userSpaceAt: 1, release: { at: 3, line: 9, by: "fast-init" } } })).toBeNull();
  });

  it("is none if the console prompted a person in it", () => {
    const prompt = (line: number) =>
      silent(10, {}, { case: { userSpaceAt: 1 }, record: { signs: [{ ...sign("notes", line), kind: "prompt" }] } });
    expect([prompt(19), prompt(20), prompt(30), prompt(31)].map((found) => found === null)).toEqual([
      false,
      true,
      true,
      false,
    ]);
  });

  it("ends with a boot that goes on: a program within a second, or three lines soon", () => {
    expect([goesOn(10, { programAfter: at(21) }), goesOn(10, { programAfter: at(21.25) })]).toEqual(["goes on", null]);
    const soon = (soonAfter: number): string | null => goesOn(10, { programAfter: null, soonAfter });
    expect([soon(3), soon(2)]).toEqual(["goes on", null]);
  });

  it("ends with the log where that has no further line, after five seconds and a program's last word", () => {
    const ends = (from: number, more: Partial<ReadyCourse> = {}): string | null =>
      goesOn(from, { before: said(from, "sshd[7]: x", true), programAfter: null, linesAfter: 0, ...more });
    expect([ends(15), ends(15.25), ends(15, { linesAfter: 1 })]).toEqual(["log ends", null, null]);
    expect(ends(15, { before: said(15) })).toBeNull();
  });

  it("ends with a program's word on a console, after three seconds and more than half of the boot", () => {
    const console = (from: number, readyAt: number, text = "agent: started"): string | null =>
      goesOn(from, {
        ready: at(readyAt, 30),
        programAfter: null,
        consoleNext: { ...at(null, 31), text },
      });
    expect([console(2, 5), console(2.25, 5)]).toEqual(["console goes on", null]);
    expect([console(4.75, 10), console(5, 10)]).toEqual(["console goes on", null]);
    expect([console(2, 5, "Agent: started"), console(2, 5, "it goes on")]).toEqual([null, null]);
  });

  it("ends with an init script's next step on a console, which is no boot loader's", () => {
    const next = (text: string): string | null =>
      goesOn(2, { ready: at(5, 30), programAfter: null, consoleNext: { ...at(null, 31), text } });
    for (const step of ["Starting OpenSSH server: sshd", "Starting network...", "Generating keys: done."])
      expect(next(step)).toBe("console goes on");
    for (const other of ["Starting kernel ...", "Starting it by hand works", "Mounting is what it does"])
      expect(next(other)).toBeNull();
  });
});
