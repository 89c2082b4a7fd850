import { durationWords } from "../../core/base/duration-words.ts";
import { microseconds } from "../../core/base/time.ts";
import type { LogCourse, ReportedWait } from "../../core/sign.ts";
import { awaitedBy } from "./awaited.ts";
import { parseTimeSpan } from "../systemd/time-span.ts";
import type { Spoken } from "./spoken.ts";

/** A moment in the log, by its own clock. */
export interface At {
  readonly line: number | null;
  /** By the clock that the log's silences are measured on; null where the line has no stamp. */
  readonly time: number | null;
  /** The kernel's stamp or the journal's. */
  readonly at: number | null;
}

interface Unit {
  readonly name: string;
  readonly started: At;
  readonly order: number;
}

const mostUnits = 256;
const mostJobs = 16;
/** A unit that waits differs from one whose end the excerpt lost: so many others were finished after it was started. */
const othersFinished = 2;
/** Or the log goes on for so long. */
const goesOnSeconds = 10;
/** Shorter than this is what starting a program and reading a seed file take. */
const longSeconds = 5;
/** Lines of a console behind readiness within which a unit finishes that waited for it. */
const releasedLines = 6;
const releasedSeconds = 1;

/** A console's line on a job comes when it has been running for some seconds; so long a one is what the boot waits for. */
const longJobSeconds = 10;

/** systemd's own words, and journald's, as it takes over from the kernel's log. */
const journalStarts =
  /^(?:Started (?:systemd-journald\.service - )?Journal Service|Finished (?:systemd-journal-flush\.service - )?Flush Journal to Persistent Storage)\.?$/;

const starting = /^Starting (.+?)(?:\.{3}|…)$/;
const finished =
  /^(?:\[ {1,2}OK {1,2}\] )?(Started|Finished|Mounted|Reached target|Listening on|Activated swap|Created slice|Set up automount|Found device) (.+?)\.?$/;

/** systemd's status line on a console while a job runs, with how long it has been running. */
const running =
  /^(?:\[[ *]+\] )?(?:\(\d+ of \d+\) )?A start job is running for ?(.{1,200}?) ?\(((?:\d{1,9}(?:h|min|s) {0,2}){1,3})\/[^()]{1,32}\)/;

/** Its beginning, where a mail broke it between two words, or within its last parentheses. */
const runningHead =
  /^(?:\[[ *]+\] )?(?:\(\d+ of \d+\) )?A start job is running for ?[^()]{1,200}(?:\((?:\d{1,9}(?:h|min|s) ?){1,3})?=?$/;

/** systemd-random-seed: from 243 it waits until the CRNG is ready, before it is done. */
const seeds = /random[ -]seed|urandom-seed/i;
/** Units that make keys, and so draw random bytes that they wait for. */
const makesKeys =
  /\bkey ?gen|server key|host key|ssh-?keygen|keygen@|dhparam|generate .{0,24}(?:key|certificate|secret)|snakeoil|make-ssl-cert/i;

/** Whether a unit draws random bytes by its nature, so that its failure may follow from a wait for them. */
export function drawsRandomBytes(unit: string): boolean {
  return seeds.test(unit) || makesKeys.test(unit);
}

/** Units between systemd's "Starting …" and its "Started …" or "Finished …". */
export class Units {
  readonly #open = new Map<string, Unit>();
  #finished = 0;
  #ready: At | null = null;
  #readyOrder = 0;
  #linesSinceReady = 0;
  #waits: ReportedWait[] = [];
  #released: string[] = [];
  #openAtReady: readonly string[] = [];
  /** Jobs of units that wait for the CRNG by their nature: how long each had run by a console's last line on it. */
  readonly #jobs = new Map<
    string,
    { readonly line: number | null; readonly at: number | null; readonly seconds: number }
  >();
  /** A line on a job that has no time: the next one may have it. */
  #jobLine: string | null = null;
  /** The job that ran longest of those that wait for something else than random bytes. */
  #otherJob: NonNullable<LogCourse["otherWait"]> | null = null;
  /**
   * Journald has started: from there on PID 1 writes to the journal, and no longer to the kernel's log. What that log
   * then does not show of a unit says nothing of the unit.
   */
  #isJournalsTurn = false;
  /** Units that were done between the last line with a stamp and this one. */
  unstampedDone = 0;
  /** How long systemd-random-seed took, where both its lines are there. */
  seedTook: number | null = null;

  /** Takes a line; true where it is one of a unit's start or end. */
  take({ program, text }: Spoken, indent: number, now: At): boolean {
    if (program !== null && program !== "systemd") return false;
    if (this.#ready !== null) this.#linesSinceReady++;
    const start = program === "systemd" || indent >= 4 ? starting.exec(text) : null;
    const end = start === null && (program === "systemd" || text.startsWith("[")) ? finished.exec(text) : null;
    if (start === null && end === null) return false;
    this.#isJournalsTurn = program === "systemd" && now.at !== null && journalStarts.test(text);
    if (start !== null) this.#start(start[1] ?? "", now);
    else this.#finish(end?.[2] ?? "", now);
    return true;
  }

  /** Takes a console's line on a job that is running; a mail may have broken it in two. */
  takeJob(text: string, now: At): void {
    const begun = this.#jobLine;
    this.#jobLine = runningHead.test(text) ? text.slice(0, 300) : null;
    const goesOn = begun !== null && /^[(/]/.test(text);
    const match = running.exec(goesOn ? `${begun.replace(/=$/, "")} ${text}` : text);
    const [, name = "", span = ""] = match ?? [];
    const seconds = match === null ? null : parseTimeSpan(span.trim());
    if (seconds === null) return;
    const awaits = awaitedBy(name);
    if (awaits !== null && seconds >= longJobSeconds && seconds > (this.#otherJob?.seconds ?? 0))
      this.#otherJob = { line: this.#otherJob?.line ?? now.line, unit: name, awaits, seconds };
    if (!(seeds.test(name) || makesKeys.test(name))) return;
    const key = unitName(name);
    const known = this.#jobs.get(key);
    if (known === undefined && this.#jobs.size >= mostJobs) return;
    this.#jobs.set(key, { line: known?.line ?? now.line, at: known?.at ?? now.at, seconds });
  }

  ready(now: At): void {
    if (this.#ready === null)
      this.#openAtReady = [...this.#open.values()]
        .filter(({ name }) => seeds.test(name) || makesKeys.test(name))
        .slice(0, 16)
        .map(({ name }) => unitName(name));
    this.#ready ??= now;
    this.#readyOrder = this.#finished;
    this.#linesSinceReady = 0;
  }

  get released(): readonly string[] {
    return this.#released;
  }

  /** Units that draw a seed or make keys, and had not finished at readiness. */
  get openAtReady(): readonly string[] {
    return this.#openAtReady;
  }

  get otherJob(): LogCourse["otherWait"] {
    return this.#otherJob;
  }

  /** Waits that units' lines report; `last` is the log's end. */
  waits(last: At): readonly ReportedWait[] {
    const open = [...(this.#isJournalsTurn ? [] : this.#open.values())].flatMap((unit): readonly ReportedWait[] => {
      if (!seeds.test(unit.name) && !makesKeys.test(unit.name)) return [];
      const lasted = between(unit.started, last);
      const others = this.#finished - unit.order;
      if (others < othersFinished && (lasted ?? 0) < goesOnSeconds) return [];
      const wait = {
        by: "unit",
        name: unitName(unit.name),
        line: unit.started.line,
        at: unit.started.at,
        proof: "likely",
      } as const;
      const until = lasted === null || lasted < 1 ? "" : ` in the ${durationWords(lasted, 0)} until the log ends`;
      return [{ ...wait, seconds: lasted, open: true, text: `'${unit.name}' was started and did not finish${until}` }];
    });
    const jobs = [...this.#jobs]
      .filter(([name, { seconds }]) => seconds >= longSeconds && !this.#waits.some((wait) => wait.name === name))
      .map(([name, { line, at, seconds }]): ReportedWait => ({
        by: "unit",
        name,
        line,
        at,
        seconds,
        open: true,
        proof: seeds.test(name) ? "shown" : "likely",
        text: `The start job of '${name}' ran for ${seconds.toFixed(0)} s and more`,
      }));
    const ran = new Set(jobs.map(({ name }) => name));
    return [...this.#waits, ...jobs, ...open.filter(({ name }) => !ran.has(name))];
  }

  /** Units that were started and had not finished when the log ended. */
  unfinished(last: At): readonly { readonly name: string; readonly line: number | null; readonly at: number | null }[] {
    return [...(this.#isJournalsTurn ? [] : this.#open.values())]
      .filter(
        (unit) => this.#finished - unit.order >= othersFinished || (between(unit.started, last) ?? 0) >= goesOnSeconds,
      )
      .map(({ name, started }) => ({ name, line: started.line, at: started.at }));
  }

  #start(said: string, now: At): void {
    const key = keyOf(said);
    if (this.#open.has(key) || this.#open.size >= mostUnits) return;
    this.#open.set(key, { name: said, started: now, order: this.#finished });
  }

  #finish(said: string, now: At): void {
    this.#finished++;
    if (now.time === null) this.unstampedDone++;
    const key = this.#find(keyOf(said));
    const unit = key === null ? undefined : this.#open.get(key);
    if (key === null || unit === undefined) {
      // Its start is not in the log; by its nature it was done with the CRNG.
      if (seeds.test(said) && this.#isJustReady(now)) this.#addReleased(said);
      return;
    }
    this.#open.delete(key);
    const took = between(unit.started, now);
    if (seeds.test(unit.name)) this.seedTook ??= took;
    const startedBefore = this.#ready !== null && unit.order <= this.#readyOrder && isBefore(unit.started, this.#ready);
    if (startedBefore && this.#isJustReady(now)) {
      this.#addReleased(unit.name);
      this.#release(unit, took);
    } else if (took !== null && took >= longSeconds && seeds.test(unit.name)) {
      const wait = {
        by: "unit",
        name: unitName(unit.name),
        line: unit.started.line,
        at: unit.started.at,
        seconds: took,
        open: false,
      } as const;
      this.#waits.push({ ...wait, proof: "likely", text: `'${unit.name}' took ${durationWords(took, 1)}` });
    }
  }

  #isJustReady(now: At): boolean {
    return (
      this.#ready !== null &&
      this.#linesSinceReady <= releasedLines &&
      (between(this.#ready, now) ?? 0) <= releasedSeconds
    );
  }

  #addReleased(name: string): void {
    if (this.#released.length < 16) this.#released.push(unitName(name));
  }

  /** A unit that waits for the CRNG by its nature, and was done with its becoming ready. */
  #release(unit: Unit, took: number | null): void {
    const waited = this.#ready === null ? null : (between(unit.started, this.#ready) ?? took);
    const isSeed = seeds.test(unit.name);
    if ((!isSeed && !makesKeys.test(unit.name)) || (waited !== null && waited < 1)) return;
    if (waited === null) return this.#releaseUntimed(unit, isSeed);
    const wait = {
      by: "unit",
      name: unitName(unit.name),
      line: unit.started.line,
      at: unit.started.at,
      seconds: waited,
      open: false,
    } as const;
    this.#waits.push({
      ...wait,
      proof: isSeed ? "shown" : "likely",
      text: `'${unit.name}' was started ${durationWords(waited, 1)} before the CRNG became ready and finished right after it`,
    });
  }

  /** Of a console's lines without a time, their order shows that others went on while it waited. */
  #releaseUntimed({ name, started, order }: Unit, isSeed: boolean): void {
    const others = this.#finished - 1 - order;
    if (!isSeed || others < othersFinished) return;
    this.#waits.push({
      by: "unit",
      name: unitName(name),
      line: started.line,
      at: started.at,
      seconds: null,
      open: false,
      proof: "likely",
      text: `'${name}' was started, ${others} other units finished, and it finished right after the CRNG became ready`,
    });
  }

  /** The unit of this name; systemd shortens long ones in the middle on a console. */
  #find(key: string): string | null {
    if (this.#open.has(key)) return key;
    for (const known of this.#open.keys()) if (isShortened(key, known) || isShortened(known, key)) return known;
    return null;
  }
}

/** By its description, which both lines of it have: "a.service - Description" since 250, else "Description". */
function keyOf(said: string): string {
  const cut = said.indexOf(" - ");
  return (cut < 0 ? said : said.slice(cut + 3)).toLowerCase();
}

function isShortened(short: string, long: string): boolean {
  const cut = short.indexOf("…");
  if (cut < 0) return false;
  const [head, tail] = [short.slice(0, cut), short.slice(cut + 1)];
  return (
    tail.length > 6 &&
    long.endsWith(tail) &&
    (long.startsWith(head) || head.includes(".ser") || head.includes(".service"))
  );
}

/** What a person looks for: the unit's own name where the line has it, else the description, which the log has. */
function unitName(said: string): string {
  const cut = said.indexOf(" - ");
  if (cut > 0) return said.slice(0, cut);
  return seeds.test(said) && /^(?:load\/|…\S*)save/i.test(said) ? `systemd-random-seed.service (${said})` : said;
}

function between(from: At, to: At): number | null {
  return from.time === null || to.time === null ? null : microseconds(Math.max(0, to.time - from.time));
}

function isBefore(a: At, b: At): boolean {
  return a.line === null || b.line === null ? (a.time ?? 0) <= (b.time ?? 0) : a.line <= b.line;
}
