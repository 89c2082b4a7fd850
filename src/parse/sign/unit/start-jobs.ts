import type { LogCourse } from "../../../core/log-course.ts";
import type { ReportedWait } from "../../../core/sign.ts";
import { parseTimeSpan } from "../../systemd/time-span.ts";
import type { At } from "../line/at.ts";
import { awaitedBy } from "./awaited.ts";
import { isMachineSlow } from "./slow-machine.ts";
import { drawsRandomBytes, drawsSeed, unitName } from "./unit-words.ts";

const mostJobs = 16;
/** Shorter than this is what starting a program and reading a seed file take. */
const longSeconds = 5;
/**
 * A console's line on a job comes when it has been running for some seconds; the boot waits for one that runs this
 * long.
 */
const longJobSeconds = 10;

/** systemd's status line on a console while a job runs, with how long it has been running. */
const running =
  /^(?:\[[ *]+\] )?(?:\(\d+ of \d+\) )?(?:A start job is running for ?|Job (?=\S{1,200}\/start running))(.{1,200}?)(?:\/start running)? ?\(((?:\d{1,9}(?:h|min|s) {0,2}){1,3})\/[^()]{1,32}\)/;

/** Its beginning, where a mail broke it between two words, or within its last parentheses. */
const runningHead =
  /^(?:\[[ *]+\] )?(?:\(\d+ of \d+\) )?(?:A start job is running for|Job (?=\S{1,200}\/start running)) ?[^()]{1,200}(?:\((?:\d{1,9}(?:h|min|s) ?){1,3})?=?$/;

/** `systemctl list-jobs`, which people run to see what the boot waits for. */
const listed = /^\d{1,7} (\S{1,200}\.[a-z]{4,9}) +start +running$/;

/** `systemctl status` of a unit that is still starting: the unit's own line, and the one on its state. */
const statusOf = /^[●○×*] (\S{1,200}\.[a-z]{4,9})(?: - |$)/;
const activating = /^Active: activating \(start[\w-]{0,8}\) since .{1,80}; (.{1,40}) ago$/;

/** How long a job had run by the last line on it; null: not known. */
interface StartJob {
  readonly line: number | null;
  readonly at: number | null;
  readonly seconds: number | null;
}

/** What a console shows of jobs that run: "A start job is running for UNIT (TIME / LIMIT)"; and systemctl. */
export class StartJobs {
  /** Jobs of units that wait for the CRNG by their nature. */
  readonly #jobs = new Map<string, StartJob>();
  /** How long the others ran. */
  readonly #beside = new Map<string, number>();
  /** A line on a job that has no time: the next one may have it. */
  #head: string | null = null;
  /** The unit whose status stands here. */
  #status: string | null = null;
  /** The first in a list of running jobs that waits for something else, and whether an unknown unit is in it too. */
  #listed: LogCourse["otherWait"] = null;
  #hasUnknown = false;
  #starting: string | null = null;
  #other: NonNullable<LogCourse["otherWait"]> | null = null;

  /** Takes a console's line; a mail may have broken it in two. */
  take(text: string, now: At): void {
    const inList = listed.exec(text)?.[1];
    if (inList !== undefined) {
      const awaits = awaitedBy(inList);
      if (awaits === null) this.#hasUnknown = true;
      else this.#listed ??= { line: now.line, unit: inList, awaits, seconds: null };
      return this.#add(inList, null, now);
    }
    this.#status = statusOf.exec(text)?.[1] ?? this.#status;
    const since = this.#status === null ? undefined : activating.exec(text)?.[1];
    if (this.#status !== null && since !== undefined) {
      this.#starting ??= this.#status;
      return this.#add(this.#status, parseTimeSpan(since), now);
    }
    const begun = this.#head;
    this.#head = runningHead.test(text) ? text.slice(0, 300) : null;
    const goesOn = begun !== null && /^[(/]/.test(text);
    const match = running.exec(goesOn ? `${begun.replace(/=$/, "")} ${text}` : text);
    const [, name = "", span = ""] = match ?? [];
    const seconds = match === null ? null : parseTimeSpan(span.trim());
    if (seconds !== null) this.#add(name, seconds, now);
  }

  #add(name: string, seconds: number | null, now: At): void {
    const awaits = awaitedBy(name);
    if (awaits !== null && seconds !== null && seconds >= longJobSeconds && seconds > (this.#other?.seconds ?? 0))
      this.#other = { line: this.#other?.line ?? now.line, unit: name, awaits, seconds };
    if (!drawsRandomBytes(name)) {
      const isKept = this.#beside.has(name) || this.#beside.size < mostJobs;
      if (seconds !== null && isKept) this.#beside.set(name, seconds);
      return;
    }
    const key = unitName(name);
    const known = this.#jobs.get(key);
    if (known === undefined && this.#jobs.size >= mostJobs) return;
    this.#jobs.set(key, { line: known?.line ?? now.line, at: known?.at ?? now.at, seconds });
  }

  /** The unit that `systemctl status` shows as it starts. */
  get starting(): string | null {
    return this.#starting;
  }

  /**
   * The job that ran longest of those that wait for something else than random bytes; else the first in a list of jobs
   * in which no other unit runs.
   */
  get other(): LogCourse["otherWait"] {
    return this.#other ?? (this.#hasUnknown ? null : this.#listed);
  }

  /** Units that draw random bytes by their nature and whose jobs, which ran for long, are first shown after a line. */
  shownAfter(line: number): readonly string[] {
    const all = [...this.#jobs].filter(([, job]) => (job.seconds ?? 0) >= longSeconds && (job.line ?? 0) > line);
    return all.map(([name]) => name);
  }

  /** Long waits of units that draw random bytes by their nature. Where other jobs took as long, the machine is slow. */
  waits(): readonly ReportedWait[] {
    const beside = [...this.#beside.values()];
    return [...this.#jobs]
      .filter(([, { seconds }]) => seconds === null || (seconds >= longSeconds && !isMachineSlow(seconds, beside)))
      .map(([name, { line, at, seconds }]): ReportedWait => ({
        by: "unit",
        name,
        line,
        at,
        seconds,
        open: true,
        proof: drawsSeed(name) && seconds !== null ? "shown" : "likely",
        text:
          seconds === null
            ? `The start job of '${name}' was running`
            : `The start job of '${name}' ran for ${seconds.toFixed(0)} s and more`,
      }));
  }
}
