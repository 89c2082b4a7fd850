import { capped } from "../../core/one-line.ts";
import type { Reason } from "../../core/verdict.ts";
import { entropyDaemonOf } from "../../core/base/entropy-daemon.ts";
import type { BootRecord } from "../../core/boot-record.ts";
import type { LogCourse } from "../../core/log-course.ts";
import { cutOffMark, type Sign } from "../../core/sign.ts";
import { mayHaveWaited, pointAt, readyInTimeBy, seedDoneOf } from "./ready-course.ts";
import { lateSeconds, readyReason } from "./ready-reason.ts";
import type { Case, VerdictRule } from "./rule.ts";
import { inLine, lasted, whenReady } from "./words.ts";

/** How near to its end a log shows what it is about. */
const nearEndLines = 80;

/** Acquittals by another reason that the log shows. */
export const otherTrouble: readonly VerdictRule[] = [
  trouble(
    "trouble-stops-the-boot",
    "shown",
    "the log shows a fault that stops the boot",
    (sign) => sign.gravity === "stops" && !isCutOff(sign),
  ),
  trouble(
    "trouble-breaks-something",
    "shown",
    "the log shows an oops, a hung task or another grave fault",
    (sign) => isBroken(sign) && sign.kind !== "unit-failed" && !isCutOff(sign),
  ),
  trouble(
    "trouble-is-cut-off",
    "likely",
    "a line that is cut off begins as one that shows such a fault",
    (sign) => isCutOff(sign) && (sign.gravity === "stops" || isBroken(sign)),
  ),
  trouble(
    "unit-failed",
    "likely",
    "a unit failed, and not by a time-out",
    (sign) => isBroken(sign) && sign.kind === "unit-failed",
  ),
];

function isCutOff({ text }: Sign): boolean {
  return text.endsWith(cutOffMark);
}

function isBroken({ gravity, byTimeout }: Sign): boolean {
  return gravity === "breaks" && !byTimeout;
}

type Awaits = NonNullable<LogCourse["otherWait"]>["awaits"];
/** What a unit's time went by, after its name. */
const timeWords: Readonly<Record<Awaits, string>> = {
  network: "waits for the network",
  device: "waits for a device",
  "file-system": "waits for a file system",
  clock: "waits for a clock to be set",
  "own-work": "does work of its own",
};
const pointerKinds = {
  network: "network",
  device: "device",
  "file-system": "filesystem",
  clock: "other",
  "own-work": "other",
} as const;

/** A unit that waits for something else, or that computes or reads much, took long. */
export const otherWait: VerdictRule = {
  id: "unit-waits-for-something-else",
  crng: "innocent",
  strength: "likely",
  means:
    "a unit that waits for the network, a device, a file system or a clock, or does work of its own, took 10 s or more",
  find(of) {
    const wait = of.record.course?.otherWait ?? null;
    // Where a unit that may have waited was slow as well, the other's time does not show what for.
    if (wait === null || mayHaveWaited(of)) return null;
    const { unit, awaits, line, seconds } = wait;
    // What sets up the network or the clock may itself wait for the CRNG; no device does.
    if (awaits !== "device" && awaits !== "file-system" && !isKnownInTime(of)) return null;
    const span = seconds === null ? "" : awaits === "own-work" ? lasted(seconds) : `${lasted(seconds)} and more`;
    const says = `${capped(unit, 80)} ${timeWords[awaits]}${span === "" ? "" : `, for ${span}`}${inLine(line)}`;
    return {
      says: `${says}, and no task was seen blocked on the CRNG`,
      because: [{ text: says, line }],
      lookAt: line === null ? [] : [{ line, kind: pointerKinds[awaits], text: says }],
    };
  },
};

/** Nothing shows that the CRNG was late. */
function isKnownInTime(of: Case): boolean {
  const { readiness, earlyUses } = of.record;
  const at = pointAt(of) ?? seedDoneOf(of.record)?.seconds ?? null;
  return at === null ? readiness.level === "unknown" && earlyUses.length === 0 : at < lateSeconds;
}

/** The pause that a report is about is there, and the CRNG was ready before it. */
export const silentAfterReady: VerdictRule = {
  id: "silent-after-ready",
  crng: "innocent",
  strength: "likely",
  means:
    "ready within 10 s, or no silence before it, and the pause that the log shows came after it and is longer; the unit of the random seed, once done, shows readiness as well",
  find(of) {
    const silence = of.record.course?.longestSilence ?? null;
    const by = readyInTimeBy(of);
    if (by === null || silence?.from.at == null || silence.to.at === null) return null;
    const seconds = silence.to.at - silence.from.at;
    const isAfter = (by.line ?? Infinity) < (silence.to.line ?? 0) && silence.from.line !== null;
    if (!isAfter || silence.from.at < (by.at ?? Infinity) || seconds < by.seconds) return null;
    return {
      says: `${by.says}, before the pause of ${lasted(seconds)} that the log shows`,
      because: [
        ...(of.record.readiness.level === "ready" ? readyReason(of) : [{ text: by.says, line: by.line }]),
        { text: `a silence of ${seconds.toFixed(1)} s begins here`, line: silence.from.line },
        { text: "and ends here", line: silence.to.line },
      ],
    };
  },
};

/** Lines of a log after readiness that leave a hang as its report describes it. */
const mostAfterReady = 3;

/** A ready CRNG blocks no task: what hangs on after readiness, hangs by something else. */
export const hangAfterReady: VerdictRule = {
  id: "hang-after-ready",
  crng: "innocent",
  strength: "likely",
  means: "the report says that the hang follows readiness or lasts for hours, and the log ends with the CRNG ready",
  find({ record }) {
    const [hang, around] = [record.course?.hangAfterReady ?? null, record.course?.ready ?? null];
    if (hang === null || around === null || record.readiness.level !== "ready" || around.linesAfter > mostAfterReady)
      return null;
    // The report also says what ends the hang: "forever" means until then.
    if (record.reportedWaits.some(({ by }) => by === "experiment")) return null;
    return {
      says: `it became ready${whenReady(record.readiness)}${inLine(around.ready.line)}, and the hang that the report describes continues after that`,
      because: [{ text: `the report: "${capped(hang.text, 100)}"`, line: hang.line }],
      lookAt:
        around.ready.line === null
          ? []
          : [{ line: around.ready.line, kind: "other", text: "the hang begins after this line" }],
    };
  },
};

/** A boot takes less, whatever it waits for. */
const hoursLaterSeconds = 3600;

/** The log is about a machine that had been running for hours. */
export const hoursLater: VerdictRule = {
  id: "hours-after-ready",
  crng: "innocent",
  strength: "likely",
  means: "programs' lines an hour and more after readiness stand at the log's end, and none near it",
  find({ record }) {
    const around = record.course?.ready ?? null;
    const [ready, before, last] = [around?.ready.at ?? null, around?.before ?? null, record.course?.last?.at ?? null];
    if (around === null || ready === null || last === null || record.readiness.level !== "ready") return null;
    const latest = Math.max(last, before?.at ?? 0);
    const next = around.after?.at ?? null;
    const isFar = (at: number | null): boolean => at === null || at - ready >= hoursLaterSeconds;
    // What came before readiness, and soon after it, is not in the log.
    if (latest - ready < hoursLaterSeconds || !isFar(next) || (before !== null && !isFar(before.at))) return null;
    return {
      says: `it was ready${whenReady(record.readiness)}${inLine(around.ready.line)}, and all other lines of this log are from more than an hour later`,
      because: [{ text: "the CRNG became ready here", line: around.ready.line }],
    };
  },
};

/** Lines of the kernel's with earlier stamps are the boot's own. */
const bootSeconds = 30;

/** A machine goes to sleep or down after its boot: a log of that alone is not about the boot. */
export const slept: VerdictRule = {
  id: "machine-slept",
  crng: "innocent",
  strength: "likely",
  means: "the machine goes to sleep, wakes up or goes down, and the log shows nothing of its boot and of the CRNG",
  find({ record: { course, covers, readiness, earlyUses, reportedWaits, waits } }) {
    const moment = course?.slept ?? null;
    const fromBoot = covers?.fromStart === true || (covers?.firstAt ?? Infinity) < bootSeconds;
    const showsBoot = fromBoot || readiness.level !== "unknown" || earlyUses.length > 0;
    if (moment === null || showsBoot || reportedWaits.length > 0 || waits.length > 0) return null;
    return {
      says: `the machine goes to sleep, wakes up or goes down${inLine(moment.line)}, which it does after its boot, and the log shows nothing of that boot`,
      because: [{ text: "the machine goes to sleep, wakes up or goes down", line: moment.line }],
      lookAt:
        moment.line === null
          ? []
          : [{ line: moment.line, kind: "other", text: "the machine goes to sleep, wakes up or goes down" }],
    };
  },
};

/** The kernel's warnings and failed tests: what the log is about, where they stand near its end. */
export const warned: VerdictRule = {
  id: "log-is-about-a-warning",
  crng: "innocent",
  strength: "likely",
  means:
    "the log ends with a warning or a failed self-test of the kernel, or with a fault that a device repeats, and shows no blocked task",
  find({ trouble: signs, record, release }) {
    const ready = record.readiness.line;
    const sign = signs.findLast(({ gravity }) => gravity === "warns");
    const last = record.covers?.lastLine ?? null;
    if (
      sign === undefined ||
      // Without the entropy that it would hand over, the CRNG may be late.
      isOfEntropyDaemon(sign) ||
      (leavesTheRest(sign) && release === null && record.earlyUses.length > 0) ||
      // Of one before readiness it is not known what came between.
      (release !== null &&
        (ready === null || sign.line === null || sign.line < ready) &&
        !isRightBefore(sign, record)) ||
      (last !== null && sign.line !== null && last - sign.line > nearEndLines)
    )
      return null;
    return {
      says: `this log reports ${capped(sign.text)}${inLine(sign.line)} and shows no blocked task`,
      because: [{ text: capped(sign.text), line: sign.line }],
    };
  },
};

/** A fault of what hands the kernel entropy: no other reason for a wait, but one for a late CRNG. */
export function isOfEntropyDaemon({ name }: Sign): boolean {
  return name !== null && entropyDaemonOf(name) !== null;
}

/**
 * One device, the network or one program does not work: others go on without it, and may wait for a CRNG that is not
 * ready.
 */
function leavesTheRest({ kind, text }: Sign): boolean {
  return (
    kind === "device" ||
    kind === "root-device" ||
    kind === "network" ||
    kind === "console" ||
    kind === "unit-failed" ||
    text.startsWith("A program crashed: ")
  );
}

/** So near to each other two lines of a log without times show nothing that came between. */
const rightBeforeLines = 3;

/** A fault of a program's, or of the kernel's while programs ran, right before readiness in a log without times. */
function isRightBefore({ line }: Sign, { readiness, course }: BootRecord): boolean {
  if (line === null || readiness.line === null || course?.ready == null || course.ready.ready.at !== null) return false;
  const began = course.userSpace?.line ?? null;
  return began !== null && began < line && readiness.line - line <= rightBeforeLines;
}

function trouble(
  id: string,
  strength: "shown" | "likely",
  means: string,
  is: (sign: Case["trouble"][number]) => boolean,
): VerdictRule {
  return {
    id,
    crng: "innocent",
    strength,
    means,
    find({ trouble: signs }) {
      const found = signs.filter(is);
      const [gravest] = found;
      if (gravest === undefined) return null;
      const inCode = gravest.inRandomCode ? "; that is a fault in the random number generator's code, not a wait" : "";
      return {
        says: `${capped(gravest.text)}${inLine(gravest.line)}${inCode}`,
        because: found.slice(0, 4).map(({ text, line }): Reason => ({ text: capped(text), line })),
      };
    },
  };
}
