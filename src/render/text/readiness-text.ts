import { durationWords } from "../../core/base/duration-words.ts";
import type { RecorderState } from "../../core/evidence.ts";
import type { BootRecord, Cost, Readiness, Self, WallInterval } from "../../core/boot-record.ts";
import type { Verdict } from "../../core/verdict.ts";
import { escapeText } from "../escape.ts";
import { seconds, wallSeconds } from "../verdict.ts";
import { wallWords } from "../wall-words.ts";
import type { Detail } from "./detail.ts";
import { columnLines, type TextLine } from "./layout.ts";

/** What an armed recorder without an event says. */
const nobodyWaitedWords: Readonly<Record<RecorderState["sees"], string>> = {
  waits: "none: the flight recorder recorded no wait in this boot",
  calls: "none in getrandom(): on this kernel the flight recorder records nothing else",
};

/**
 * When it was ready, why then, and what is known of waits. `full`: with what identifies kernel and crngwatch's own
 * start.
 */
export function readinessLines(record: BootRecord, detail: Detail): readonly TextLine[] {
  const { readiness, callers, fips, kernel, self, covers, course } = record;
  const { notAfter, line, byWallClock } = readiness;
  const rows: [string, string][] = detail === "full" ? momentRows(readiness) : [];
  const clock = wallWords(record);
  if (clock !== null) rows.push(["wall clock", clock]);
  if (byWallClock !== null) rows.push([clock === null ? "wall clock" : "that is", wallClockWords(byWallClock)]);
  if (line !== null) rows.push(["line", String(line)]);
  if (readiness.forgeable && detail === "full") rows.push(["forgeable", forgeableWords]);
  if (covers !== null)
    rows.push(["log shows", course?.interleaved === true ? "lines by two clocks" : coverWords(covers)]);
  rows.push([
    "cause",
    [readiness.cause, escapeText(readiness.basis.cause ?? "")].filter((part) => part !== "").join("  "),
  ]);
  if (covers === null) rows.push(["callers", callersWords(callers)]);
  rows.push(["blocked", record.waits.length === 0 ? noWaitsWords(record) : blockedWords(record.cost)]);
  rows.push(["FIPS mode", fips === null ? "unknown" : fips ? fipsOnWords(record) : "off"]);
  if (kernel.buildId !== null && detail === "full") rows.push(["build ID", escapeText(kernel.buildId)]);
  if (self !== null && (detail === "full" || !self.nonblocking))
    rows.push(["crngwatch", ownStartWords(self, notAfter)]);
  if (self !== null && self.capabilities !== null && detail === "full")
    rows.push(["its rights", capabilityWords(self.capabilities)]);
  return columnLines(rows);
}

/** crngwatch-analyze(1), LIMITS. */
const forgeableWords =
  "this log does not mark where records begin, so any local user could have had such a line printed";

const sinceWords: Readonly<Record<WallInterval["since"], string>> = {
  "writer-start": "after the journal or syslog started",
  "first-line": "after the first line of this boot",
};

/** The interval by a log's wall clock, and where the kernel's own stamp is. */
function wallClockWords({ since, notBefore, notAfter }: WallInterval): string {
  const after = sinceWords[since];
  const interval =
    notBefore === null
      ? `no later than ${wallSeconds(notAfter)} ${after}: older lines have the time of that start`
      : `${wallSeconds(notBefore)} to ${wallSeconds(notAfter)} ${after}`;
  return `${interval}; the kernel's own timestamp: journalctl -k -o short-monotonic`;
}

/** The state's line says them, but not what each end of an interval rests on. */
function momentRows({ level, settled, basis, notBefore, notAfter, exact }: Readiness): [string, string][] {
  const rows: [string, string][] = [
    ["level", settled || level === "unknown" ? level : `${level} or higher: this kernel does not show which`],
  ];
  if (notBefore !== null && !exact && (notBefore > 0 || notAfter !== null))
    rows.push(["not before", `${seconds(notBefore)}  ${escapeText(basis.notBefore ?? "the start of the boot")}`]);
  if (notAfter !== null)
    rows.push([exact ? "ready at" : "not after", `${seconds(notAfter)}  ${escapeText(basis.notAfter ?? "")}`]);
  return rows;
}

/** On what it rests that FIPS mode is on. */
function fipsOnWords({ observed: { fips, loggedFips }, course }: BootRecord): string {
  if ((fips?.kernel ?? loggedFips) !== null) return "on";
  const line = course?.fipsLine ?? null;
  return line === null ? "on, requested on the kernel command line (fips=1)" : `on, as line ${line} shows`;
}

/** Why no wait is listed: no task waited, or nothing recorded it. */
function noWaitsWords(record: BootRecord): string {
  const { covers, recorder, observed, callers, verdict } = record;
  if (verdict.crng === "cause") return `${inferredWords(verdict)}; waits of other tasks were not recorded`;
  if (covers !== null)
    return "not recorded in this log; a trace of the flight recorder or a dump of all tasks (sysrq-t) would show them";
  if (recorder?.armed === true && recorder.problem !== null)
    return `unknown: the flight recorder's data of this boot is incomplete (${escapeText(recorder.problem)})`;
  if (callers.reason === "extrng" && recorder?.seesFipsGenerator !== true)
    return recorder?.armed === true && recorder.recording === true
      ? "none for the CRNG; waits for the kernel's FIPS generator were not recorded"
      : "not recorded: only the flight recorder records waits for the kernel's FIPS generator before crngwatch starts";
  if (recorder?.armed === true && recorder.recording === true) return nobodyWaitedWords[recorder.sees];
  if (observed.probe.lastWouldWait !== null) return "none since crngwatch started; earlier waits were not recorded";
  return "not recorded: only the flight recorder records waits before crngwatch starts";
}

/** Waits that the verdict knows by other evidence than a recorded one: lines of units, a program's own words. */
function inferredWords({ strength, waiters }: Verdict): string {
  const names = waiters.map(
    ({ name, seconds: lasted }) => `${escapeText(name)}${lasted === null ? "" : ` for ${durationWords(lasted, 3)}`}`,
  );
  const who = names.length === 0 ? "a task that is not named" : names.join(", ");
  return strength === "likely" ? `likely ${who}` : who;
}

function blockedWords({ seconds: lasted, firstProcessSeconds, tasks, complete }: Cost): string {
  if (tasks === 0) return "none: the waiters only polled /dev/random";
  const who = tasks === 1 ? "one task" : `${tasks} tasks`;
  if (lasted === 0) return `${who}, for an unknown time`;
  const time = `${complete ? "" : "at least "}${durationWords(lasted, 3)}`;
  const nothingElse = "nothing was started meanwhile";
  if (tasks === 1) return firstProcessSeconds === 0 ? `one task, for ${time}` : `PID 1, for ${time}: ${nothingElse}`;
  const first = firstProcessSeconds === lasted ? "all that time" : durationWords(firstProcessSeconds, 3);
  return `${who}, for ${time}${firstProcessSeconds === 0 ? "" : `; PID 1 for ${first}: ${nothingElse}`}`;
}

function coverWords({ fromStart, firstAt, lastAt, stamps }: NonNullable<BootRecord["covers"]>): string {
  const start = fromStart ? "from the kernel's first line" : "not the boot's start";
  if (stamps === "wall") return `${start}; its timestamps are wall-clock times`;
  if (firstAt === null || lastAt === null) return `${start}; its lines have no timestamps`;
  return `${start}, ${seconds(firstAt)} to ${seconds(lastAt)}${stamps === "journal" ? ", by the journal's clock" : ""}`;
}

/** What the daemon may still do after the last wait: capabilities(7). */
function capabilityWords({ left, problem }: NonNullable<Self["capabilities"]>): string {
  if (left.length === 0) return "no capability is left";
  const names = left.map(escapeText).join(", ");
  return problem === null ? names : `${names}, which could not be dropped: ${escapeText(problem)}`;
}

function ownStartWords(
  { nonblocking, startedAt, runningAt }: NonNullable<BootRecord["self"]>,
  readyBy: number | null,
): string {
  if (nonblocking) return "started without blocking on the CRNG";
  if (startedAt === null) return "started without its start object, and may have waited";
  if (readyBy !== null && readyBy <= startedAt)
    return "started without its start object, when the CRNG was already ready";
  return `started without its start object in ${durationWords(Math.max(0, runningAt - startedAt), 2)}; it may have waited for all of that time`;
}

function callersWords({ getrandom, devRandom, reason }: BootRecord["callers"]): string {
  const words = (wait: boolean | null): string =>
    wait === null ? "unknown" : wait ? "would block" : "would not block";
  const same =
    getrandom === devRandom ? words(getrandom) : `getrandom() ${words(getrandom)}, /dev/random ${words(devRandom)}`;
  return reason === null ? same : `${same} (${reason})`;
}
