import type { ReseedReason } from "../../core/kernel-message.ts";
import { wentOn } from "./boot-went-on.ts";
import { earlySeconds, isUntimed, pointAt, quietOf, soonSeconds } from "./ready-course.ts";
import { readyReason } from "./ready-reason.ts";
import { hasNoGetrandom } from "./release.ts";
import { caseOf, type VerdictRule } from "./rule.ts";
import { generatorWait, served } from "./served.ts";
import { onUntimedConsole } from "./untimed-console.ts";
import { briefSeconds, isBrief, realWaits, waitReason } from "./waited.ts";
import { inLine, lasted, moment, waitsKnown, whenReady } from "./words.ts";

/** Lines by programs so shortly before readiness show that the boot went on until then. */
const atWorkSeconds = 2;
const reseededAfter: Readonly<Record<ReseedReason, string>> = {
  resume: "a resume from suspend",
  "vm-fork": "a clone or restore of the virtual machine",
};
/** Lines that a kernel prints before it runs the first program, at the least. */
const firstLines = 60;

/** Acquittals on evidence about the CRNG itself. */
export const readyInTime: readonly VerdictRule[] = [
  {
    id: "reseeded",
    crng: "innocent",
    strength: "shown",
    means: "only a reseed is shown, after a resume or a clone of the virtual machine: it was ready before",
    find({ record }) {
      const [first] = record.reseeds;
      if (first === undefined || record.observed.readyLines.length > 0) return null;
      const why = reseededAfter[first.reason];
      return {
        says: `it was ready before; the kernel only reseeded it after ${why}${inLine(first.line)}, which is normal`,
        because: [
          {
            text: `the kernel reseeds a ready CRNG only${first.at === null ? "" : `, at ${moment(first.at)}`}`,
            line: first.line,
          },
        ],
      };
    },
  },
  {
    id: "nobody-waited",
    crng: "innocent",
    strength: "shown",
    means: "the flight recorder covers the whole boot and recorded no wait",
    find(of) {
      const { record } = of;
      if (record.readiness.level !== "ready" || !record.cost.complete || realWaits(of).length > 0) return null;
      return {
        says: `it was ready${whenReady(record.readiness)} and no task waited for it (flight recorder: complete)${generatorWait(record)}`,
        because: [{ text: "the flight recorder covers the whole boot and recorded no wait for the CRNG", line: null }],
      };
    },
  },
  {
    id: "waited-briefly",
    crng: "innocent",
    strength: "shown",
    means: "all waits together took less than 0.1 s",
    find(of) {
      if (!isBrief(of) || of.record.readiness.level !== "ready") return null;
      const waits = realWaits(of);
      return {
        says: `tasks were blocked on it for ${lasted(of.record.cost.seconds)} in total, less than ${briefSeconds} s`,
        because: [...waits.slice(0, 4).map(waitReason), ...readyReason(of)],
      };
    },
  },
  {
    id: "trusted-cpu",
    crng: "innocent",
    strength: "shown",
    means: "the kernel credited the CPU's generator before the first program ran",
    find({ record, readyAt }) {
      const line = record.observed.readyLines.find(({ trusting }) => trusting === "cpu");
      if (line === undefined || (readyAt !== null && readyAt > earlySeconds && record.covers?.stamps === "printk"))
        return null;
      return {
        says: `it was ready${whenOf(line.at)}, seeded by the CPU's generator before the first program ran${inLine(line.line)}${waitsKnown(record)}`,
        because: [{ text: "the kernel credits the CPU's generator before the first program runs", line: line.line }],
      };
    },
  },
  {
    id: "ready-before-user-space",
    crng: "innocent",
    strength: "shown",
    means: "ready before the first program ran",
    find(of) {
      const { record, readyAt } = of;
      const around = record.course?.ready ?? null;
      if (record.readiness.level !== "ready" || around === null || !around.beforeUserSpace) return null;
      const isEarly = readyAt !== null && record.course?.clock === "printk" && readyAt <= earlySeconds;
      // Where no line has a stamp, a program's line may stand in front of it and look like a driver's.
      const isTimed = !isUntimed(around);
      // Without the kernel's stamps: among the first lines of a log that begins where the kernel does.
      const isAmongFirst =
        isTimed &&
        record.covers?.fromStart === true &&
        around.linesBefore <= firstLines &&
        (readyAt === null || record.course?.clock === "wall") &&
        (record.readiness.noted?.seconds ?? 0) <= 1;
      const quiet = quietOf(of);
      // What was cut out of an excerpt's silence is not known, nor what ran before one that begins here.
      const isFollowed =
        isTimed && around.userSpaceAfter && around.linesBefore > 0 && (quiet === null || quiet <= atWorkSeconds);
      if (!isEarly && !isAmongFirst && !isFollowed && !around.kernelStartsAfter) return null;
      return {
        says: `it was ready${whenReady(of.record.readiness)}, before the first program ran${inLine(record.readiness.line)}`,
        because: readyReason(of),
      };
    },
  },
  {
    id: "ready-at-once",
    crng: "innocent",
    strength: "shown",
    means: "ready within the first second",
    find(of) {
      const at = pointAt(of);
      if (at === null || at > 1 || of.record.readiness.level !== "ready") return null;
      return {
        says: `it was ready${whenReady(of.record.readiness)}, so no task waited longer than that for it${inLine(of.record.readiness.line)}${waitsKnown(of.record)}`,
        because: readyReason(of),
      };
    },
  },
  served("served-by-fips-generator", "shown"),
  served("likely-served-by-fips-generator", "likely"),
  {
    id: "kernel-without-getrandom",
    crng: "innocent",
    strength: "likely",
    means: "the kernel is older than getrandom(), so no program can wait",
    find({ record }) {
      if (record.readiness.level !== "ready" || !hasNoGetrandom(record)) return null;
      return {
        says: `kernel ${record.kernel.release ?? "unknown"} is older than getrandom(), so no program can wait for it`,
        because: readyReason(caseOf(record)),
      };
    },
  },
  {
    id: "released-at-fast-init",
    crng: "innocent",
    strength: "likely",
    means: "on this kernel getrandom() does not block after 'fast init done', which came in time",
    find({ record, release, userSpaceAt }) {
      const reachesUserSpace =
        (record.course?.userSpace ?? null) !== null || (record.covers?.lastAt ?? 0) >= earlySeconds;
      if (release?.by !== "fast-init" || !reachesUserSpace) return null;
      const inTime =
        release.at === null
          ? isFirst(release.line, record.course?.userSpace?.line ?? null)
          : release.at <= Math.max(earlySeconds, (userSpaceAt ?? 0) + soonSeconds);
      if (!inTime) return null;
      return {
        says: `on this kernel getrandom() does not block after 'fast init done'${whenOf(release.at)}${inLine(release.line)}, and no program waited after that`,
        because: [
          {
            text: `kernel ${record.kernel.release ?? "unknown"}: getrandom() does not block after 'fast init done'`,
            line: release.line,
          },
        ],
      };
    },
  },
  ...wentOn,
  ...onUntimedConsole,
];

function whenOf(at: number | null): string {
  return at === null ? "" : ` at ${moment(at)}`;
}

function isFirst(line: number | null, other: number | null): boolean {
  return line !== null && (other === null || line < other);
}
