import { durationWords } from "../../core/base/duration-words.ts";
import { wallText } from "../../core/base/wall-time.ts";
import type { BootRecord, Readiness } from "../../core/boot-record.ts";
import { nameOf, type Wait } from "../../core/wait.ts";

/** Seconds as a person reads them; above two minutes with minutes in parentheses. */
export function lasted(seconds: number): string {
  return durationWords(seconds, seconds < 10 ? 3 : 1);
}

/** A moment in prose: three decimals. */
export function moment(seconds: number): string {
  return durationWords(seconds, 3);
}

/**
 * A moment of the record's `course` in prose. By a wall clock it is the time of day: its seconds count from no boot.
 */
export function courseMoment(at: number, { course, covers }: Pick<BootRecord, "course" | "covers">): string {
  if (course?.clock !== "wall") return moment(at);
  const day = wallText(at, { shows: "time-of-day", zone: covers?.wall?.zone ?? null });
  return day === null ? "an unknown time" : `${day.replace(/^T/, "")} by the log's clock`;
}

/** The blocked task, for a sentence: with its unit where that is known, and PID 1 by its number. */
export function waiterOf(wait: Wait): string {
  const name = nameOf(wait);
  if (wait.pid === 1) return name === null ? "PID 1" : `PID 1 (${name})`;
  const task =
    name === null
      ? wait.pid === null
        ? "a task"
        : `PID ${wait.pid}`
      : wait.pid === null
        ? name
        : `${name}[${wait.pid}]`;
  return wait.unit === null ? task : `${wait.unit} (${task})`;
}

/** "in line 12", or nothing where it has none. */
export function inLine(line: number | null): string {
  return line === null ? "" : ` (line ${line})`;
}

/** When it became ready, as precisely as it is known, after a blank; empty where no time is known. */
export function whenReady({ readyAt, exact, notBefore, notAfter }: Readiness): string {
  if (exact && readyAt !== null) return ` at ${moment(readyAt)}`;
  if (notAfter === null) return readyAt === null ? "" : ` no later than ${moment(readyAt)}`;
  if (notBefore === null || notBefore === 0) return ` no later than ${moment(notAfter)}`;
  return ` between ${moment(notBefore)} and ${moment(notAfter)}`;
}

/** Of a live boot in which the CRNG is ruled out by its time alone: what is known of waits until then. */
export function waitsKnown({ covers, recorder, cost }: BootRecord): string {
  if (covers !== null || cost.complete) return "";
  return recorder?.armed === true && recorder.problem !== null
    ? " (flight recorder: incomplete)"
    : " (waits before that were not recorded)";
}

/** PID 1 speaks for all its units, and loggers for other programs. */
const speaksForOthers = /^(?:systemd|procd|init|kernel|rsyslogd|syslogd|syslog-ng|systemd-journald|klogd|journal)$/;

/** The program that a line names in front; null: none, or one that speaks for others. */
export function speakerOf(text: string): string | null {
  const name = /^([\w@.:/+-]{1,64}?)(?:\[\d{1,10}\])?: /.exec(text)?.[1] ?? null;
  return name === null || speaksForOthers.test(name) ? null : name;
}
