import { capped } from "../../core/one-line.ts";
import { microseconds } from "../../core/base/time.ts";
import type { ReportedWait } from "../../core/sign.ts";
import { readyAfter } from "./ready-course.ts";
import { isOfEntropyDaemon } from "./other-trouble.ts";
import { lateSeconds, readyPointer, readyReason } from "./ready-reason.ts";
import type { Case, VerdictRule } from "./rule.ts";
import { stampedWaits } from "./unit-stamps.ts";
import { realWaits } from "./waited.ts";
import { inLine, lasted, moment } from "./words.ts";

const proofWords: Readonly<Record<ReportedWait["proof"], string>> = { shown: "reports", likely: "suggests" };
/** A wait that a program reports and that ended this soon is none that a person reports. */
const briefReportSeconds = 0.5;
/** A short wait and a grave fault later: the fault is what stopped the boot. */
const shortSeconds = 5;

/** One rule for each way in which a log reports a wait. */
export function reported(by: ReportedWait["by"], proof: ReportedWait["proof"], means: string): VerdictRule {
  return {
    id: `${by}-${proofWords[proof]}`,
    crng: "cause",
    strength: proof,
    means,
    find(of) {
      const all = [...of.record.reportedWaits, ...stampedWaits(of)];
      const its = all.filter((wait) => wait.by === by && wait.proof === proof && counts(wait, of));
      const longest = its.toSorted((a, b) => (secondsOf(b, of) ?? 0) - (secondsOf(a, of) ?? 0))[0];
      if (longest === undefined) return null;
      const seconds = secondsOf(longest, of);
      const who = longest.name ?? "a program";
      return {
        says: `${who}${seconds === null ? "" : ` for ${longest.open ? "at least " : ""}${lasted(seconds)}`}${howOf(longest, of)}${inLine(longest.line)}${untilOf(longest, of)}`,
        because: [...its.slice(0, 4).map(({ text, line }) => ({ text, line })), ...readyReason(of)],
        reported: true,
        waiters: its.flatMap((wait) =>
          wait.name === null ? [] : [{ name: wait.name, line: wait.line, seconds: secondsOf(wait, of) }],
        ),
        lookAt: [
          ...its
            // systemd's stamps of the boot that runs have no line to look at.
            .filter(({ line, by: how }) => line !== null || how !== "unit")
            .slice(0, 2)
            .map(
              ({ line, text }) =>
                ({ line, kind: by === "unit" ? "unit-unfinished" : "other", text: capped(text) }) as const,
            ),
          ...readyPointer(of),
        ],
      };
    },
  };
}

/** Whether a reported wait is one that a person reports. */
function counts(wait: ReportedWait, of: Case): boolean {
  const { release, trouble, record } = of;
  const seconds = secondsOf(wait, of);
  // Callers were let through before it began: it waited for something else.
  if (wait.proof === "likely" && release?.at != null && wait.at !== null && release.at < wait.at) return false;
  if (wait.proof === "likely" && wait.by === "own-words" && wait.at === null && isAfter(wait, release)) return false;
  if (endedBeforeReady(wait, of)) return false;
  // A text in front of a stack that shows a wait.
  if (wait.by === "writer" && wait.open) return realWaits(of).length > 0;
  if (wait.by === "writer" || wait.by === "experiment") return isLateFor(wait, of);
  // A ready CRNG keeps no program of a debugger's or a key generator's waiting.
  if (wait.proof === "likely" && isReadyEarly(of)) return false;
  if (seconds === null || wait.by === "strace" || wait.by === "systemd-analyze") return true;
  if (!wait.open && seconds < briefReportSeconds) return false;
  const graveLater = trouble.some(
    ({ gravity, line }) => gravity !== "warns" && (line ?? 0) > (record.readiness.line ?? Infinity),
  );
  return !(graveLater && seconds < shortSeconds);
}

/** By the order of the log's lines, where a program's line has no time on the kernel's clock. */
function isAfter({ line }: ReportedWait, release: Case["release"]): boolean {
  return line !== null && release?.line != null && release.line < line;
}

/** What a person writes about a wait counts only beside a CRNG that was late, or that the log does not show. */
function isLateFor({ by, seconds }: ReportedWait, of: Case): boolean {
  const { release, trouble, record } = of;
  // What was not done in time may have waited for it.
  const speaksAgainst = trouble.some(
    (sign) => sign.gravity === "stops" || (sign.gravity === "breaks" && !sign.byTimeout && !isOfEntropyDaemon(sign)),
  );
  if (release?.by === "fast-init" || speaksAgainst) return false;
  // A hang that goes on with a ready CRNG is not its own, whatever the report supposes; what ends it is no opinion.
  if (by === "writer" && record.readiness.level === "ready" && (record.course?.hangAfterReady ?? null) !== null)
    return false;
  const readyAt = readyAfter(of);
  // What made the boot continue says more than an opinion: it needs no line of the CRNG's beside it.
  if (by === "experiment" && record.readiness.level === "unknown") return true;
  if (readyAt === null)
    return seconds === null ? record.earlyUses.length + record.missedWarnings > 0 : seconds >= lateSeconds;
  if (readyAt < lateSeconds) return false;
  return seconds === null || Math.abs(seconds - readyAt) <= readyAt * 0.2;
}

function isReadyEarly({ readyAt, userSpaceAt, release, record }: Case): boolean {
  if (record.reseeds.length > 0) return true;
  if (release === null || readyAt === null) return false;
  return readyAt - (userSpaceAt ?? 0) < 2;
}

/**
 * A unit that was done while the CRNG was still not ready did not wait for it; nor for "fast init done", which the log
 * does not have.
 */
function endedBeforeReady({ by, open, at, seconds }: ReportedWait, { release, record }: Case): boolean {
  if (by !== "unit" || open || at === null || seconds === null || release?.at == null) return false;
  const isExact = release.by === "ready" && record.readiness.exact && record.earlyInit === null;
  return isExact && release.at - (at + seconds) > sameMomentSeconds;
}

/** How long it waited: as reported, else from its words to readiness. */
function secondsOf({ seconds, at, by, open }: ReportedWait, { release }: Case): number | null {
  // What it did after readiness is no wait for the CRNG.
  if (by === "unit" && !open && seconds !== null && at !== null && release?.at != null && at < release.at)
    return Math.min(seconds, microseconds(release.at - at));
  if (seconds !== null && !(open && by === "unit" && release?.at != null)) return seconds;
  return at === null || release?.at == null || release.at < at ? seconds : microseconds(release.at - at);
}

function howOf(wait: ReportedWait, of: Case): string {
  const { by, open, seconds, proof, text } = wait;
  if (by === "unit") {
    if (open) return ", which was started and did not finish";
    return endsAtReady(wait, of) ? ", which finished as soon as it was ready" : ", a unit that waits for the CRNG";
  }
  if (by === "own-words") return ", by its own message";
  if (by === "writer" || by === "experiment") return ", as the report says";
  if (by === "systemd-analyze") return ", by systemd-analyze";
  // Functions of libraries and of a JVM, around one call or another.
  if (by === "debugger" && !/getrandom|getentropy/.test(text)) return " waiting for random bytes";
  // What strace only suggests is a wait for the device.
  const inDevice = by === "wchan" ? text.includes("random_read") : by === "strace" && proof === "likely";
  const call = inDevice ? "waiting for /dev/random" : by === "wchan" ? "in wait_for_random_bytes()" : "in getrandom()";
  return seconds === null && open ? ` ${call}, which has not returned` : ` ${call}`;
}

/** By times that differ by less, one thing ends as another begins. */
const sameMomentSeconds = 1.5;

/** Whether a unit that finished did so as the CRNG became ready; without times, the order of its lines shows that. */
function endsAtReady({ at, seconds }: ReportedWait, { release }: Case): boolean {
  if (release === null) return false;
  if (at === null || seconds === null || release.at === null) return true;
  return Math.abs(at + seconds - release.at) <= sameMomentSeconds;
}

function untilOf({ by }: ReportedWait, { release }: Case): string {
  if (release?.at == null || by === "systemd-analyze") return "";
  return `; the CRNG became ready at ${moment(release.at)}`;
}
