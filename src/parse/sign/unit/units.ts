import { durationWords } from "../../../core/base/duration-words.ts";
import { entropyDaemonOf } from "../../../core/base/entropy-daemon.ts";
import type { LogCourse, ReadyCourse } from "../../../core/log-course.ts";
import type { ReportedWait } from "../../../core/sign.ts";
import { type At, isBefore, secondsBetween } from "../line/at.ts";
import type { Spoken } from "../line/spoken.ts";
import { endedStart } from "./ended-start.ts";
import { longSeconds, OtherStarts, type Span } from "./other-starts.ts";
import { SeedUnit } from "./seed-unit.ts";
import { StartJobs } from "./start-jobs.ts";
import { drawsRandomBytes, drawsSeed, isSameUnit, isSystemdSeed, unitKey, unitName } from "./unit-words.ts";

interface Unit {
  readonly name: string;
  readonly started: At;
  readonly order: number;
}

const mostUnits = 256;
/** A unit that waits, and not one whose end the excerpt lost: at least this many others finished after its start. */
const othersFinished = 2;
/** Where the log shows times, it must be open for longer than a slow disk or the making of keys takes. */
const [seedSeconds, keySeconds] = [2, 5];
/** Or the log continues for this long. */
const goesOnSeconds = 10;
/** Lines of a console after readiness within which a unit finishes that waited for it. */
const releasedLines = 6;
/** How many units that finished before readiness show that the boot went on past one whose start is not in the log. */
const finishedBefore = 3;
const releasedSeconds = 1;
/** Of a unit that draws random bytes, so short a time shows it, however many lines of others are in between. */
const atOnceSeconds = 0.1;

/** systemd's own words, and journald's, as it takes over from the kernel's log. */
const journalStarts =
  /^(?:Started (?:systemd-journald\.service - )?Journal Service|Finished (?:systemd-journal-flush\.service - )?Flush Journal to Persistent Storage)\.?$/;

const starting = /^Starting (.+?)(?:\.{3}|…)$/;
const finished =
  /^(?:\[ {1,2}OK {1,2}\] )?(Started|Finished|Mounted|Reached target|Listening on|Activated swap|Created slice|Set up automount|Found device) (.+?)\.?$/;

/** Units between systemd's "Starting …" and its "Started …" or "Finished …". */
export class Units {
  readonly jobs = new StartJobs();
  readonly seed = new SeedUnit();
  readonly #open = new Map<string, Unit>();
  #finished = 0;
  #ready: At | null = null;
  #readyOrder = 0;
  /** The seed's unit, where its start is not in the log and it was done with the CRNG. */
  #headless: { readonly said: string; readonly line: number | null } | null = null;
  /** sysinit.target, which the seed's unit is ordered before, was reached. */
  #isSystemUp = false;
  #linesSinceReady = 0;
  #waits: ReportedWait[] = [];
  /** Waits that only a unit's long start suggests, each with its time. */
  readonly #slow: { readonly wait: ReportedWait; readonly span: Span }[] = [];
  readonly #others = new OtherStarts();
  #released: string[] = [];
  #openAtReady: readonly string[] = [];
  /** The latest unit that draws random bytes and was done. */
  #drewAndDone: { readonly name: string; readonly at: At } | null = null;
  /**
   * Journald has started: from there on PID 1 writes to the journal, and no longer to the kernel's log. What that log
   * then does not show of a unit says nothing of the unit.
   */
  #isJournalsTurn = false;
  /** Units that were done between the last line with a stamp and this one. */
  unstampedDone = 0;
  /** The first line of a daemon that hands the kernel entropy, or of systemd's that it was started. */
  entropyDaemon: LogCourse["entropyDaemon"] = null;

  /** Takes a line; true where it is one of a unit's start or end. */
  take({ program, text }: Spoken, indent: number, now: At): boolean {
    const ended = endedStart(program, text) ?? "";
    if (drawsRandomBytes(ended)) this.#end(ended, now);
    if (program !== null && program !== "systemd") {
      this.#takeDaemon(program, now);
      return false;
    }
    if (this.#ready !== null) this.#linesSinceReady++;
    const start = program === "systemd" || indent >= 4 ? starting.exec(text) : null;
    const end = start === null && (program === "systemd" || text.startsWith("[")) ? finished.exec(text) : null;
    if (start === null && end === null) {
      if (program === "systemd") this.seed.takeBanner(text);
      return false;
    }
    this.seed.takeWord(end?.[1]);
    this.#isJournalsTurn = program === "systemd" && now.at !== null && journalStarts.test(text);
    if (start !== null) this.#start(start[1] ?? "", now);
    else this.#finish(end?.[2] ?? "", now);
    return true;
  }

  /**
   * The CRNG is ready. `isBound`: by when the journal took that line in, which is later than the kernel printed it; a
   * unit that was done shortly before may then have been released by it.
   */
  ready(now: At, isBound = false): void {
    const done = isBound && this.#ready === null ? this.#drewAndDone : null;
    if (done !== null && (secondsBetween(done.at, now) ?? Infinity) <= releasedSeconds) this.#addReleased(done.name);
    if (this.#ready === null)
      this.#openAtReady = [...this.#open.values()]
        .filter(({ name }) => drawsRandomBytes(name))
        .slice(0, 16)
        .map(({ name }) => unitName(name));
    this.#ready ??= now;
    this.#readyOrder = this.#finished;
    this.#linesSinceReady = 0;
  }

  /** Units that were done as the CRNG became ready; and those that draw a seed or make keys, and were not. */
  get atReady(): Pick<ReadyCourse, "released" | "openUnits"> {
    return { released: this.#released, openUnits: [...this.#openAtReady, ...this.#openAfter] };
  }

  /** The seed's unit, where a console shows after readiness alone that it still runs: its wait was over by then. */
  get #openAfter(): readonly string[] {
    const line = this.#ready?.line ?? null;
    return line === null ? [] : this.jobs.shownAfter(line).filter((name) => drawsSeed(name));
  }

  /** Waits that units' lines report; `last` is the log's end. */
  waits(last: At): readonly ReportedWait[] {
    const open = [...(this.#isJournalsTurn ? [] : this.#open.values())].flatMap((unit): readonly ReportedWait[] => {
      if (!drawsRandomBytes(unit.name) || this.#startedReady(unit)) return [];
      const lasted = secondsBetween(unit.started, last);
      const others = this.#finished - unit.order;
      const least = drawsSeed(unit.name) ? seedSeconds : keySeconds;
      const isOpenLong = lasted === null || lasted >= least;
      if ((others < othersFinished || !isOpenLong) && (lasted ?? 0) < goesOnSeconds) return [];
      const [from, to] = [unit.started.time, last.time];
      if (from !== null && to !== null && this.#others.areAsSlow({ from, to }, this.#openOthers(to))) return [];
      const until = lasted === null ? "" : ` in the ${durationWords(lasted, 0)} until the log ends`;
      const text = `'${unit.name}' was started and did not finish${until}`;
      return [waitOf(unit, { seconds: lasted, open: true, proof: "likely", text })];
    });
    const waits = [
      ...this.#waits,
      ...this.#slow.filter(({ span }) => !this.#others.areAsSlow(span)).map(({ wait }) => wait),
    ];
    const jobs = this.jobs
      .waits()
      .filter(({ name }) => !waits.some((wait) => wait.name === name) && !this.#openAfter.includes(name ?? ""));
    const ran = new Set(jobs.map(({ name }) => name));
    return [...waits, ...jobs, ...open.filter(({ name }) => !ran.has(name))];
  }

  /** The seed's unit waits for the CRNG alone; one that makes keys may wait for the old kernels' blocking pool. */
  #startedReady({ name, started }: Unit): boolean {
    return this.#ready !== null && drawsSeed(name) && isBefore(this.#ready, started);
  }

  /** Units that were started and had not finished when the log ended. */
  unfinished(last: At): readonly { readonly name: string; readonly line: number | null; readonly at: number | null }[] {
    return [...(this.#isJournalsTurn ? [] : this.#open.values())]
      .filter(
        (unit) =>
          this.#finished - unit.order >= othersFinished || (secondsBetween(unit.started, last) ?? 0) >= goesOnSeconds,
      )
      .map(({ name, started }) => ({ name, line: started.line, at: started.at }));
  }

  #start(said: string, now: At): void {
    const key = unitKey(said);
    if (this.#open.has(key) || this.#open.size >= mostUnits) return;
    this.#open.set(key, { name: said, started: now, order: this.#finished });
  }

  #finish(said: string, now: At): void {
    this.#finished++;
    this.#takeDaemon(said, now);
    if (now.time === null) this.unstampedDone++;
    this.#end(said, now);
  }

  /** The unit was done, by a status line or another one; both may be in the log. */
  #end(said: string, now: At): void {
    const key = this.#find(said);
    const unit = key === null ? undefined : this.#open.get(key);
    const isSeed = isSystemdSeed(unit?.name ?? said);
    if (isSeed && this.seed.hasEnded) return;
    if (isSeed) this.seed.end(unit?.started ?? null, now);
    if (key === null || unit === undefined) {
      // Its start is not in the log; by its nature it was done with the CRNG.
      if (drawsSeed(said) && this.#isJustReady(now, said)) {
        this.#addReleased(said);
        if (this.#readyOrder >= finishedBefore && !this.#isSystemUp) this.#headless ??= { said, line: now.line };
      }
      if (!/^(?:sysinit\.target\b|System Initialization$)/.test(said)) return;
      this.#isSystemUp = true;
      return this.#releaseHeadless();
    }
    this.#open.delete(key);
    const took = secondsBetween(unit.started, now);
    if (drawsRandomBytes(unit.name)) this.#drewAndDone = { name: unit.name, at: now };
    else this.#others.add(unit.started, now);
    const startedBefore = this.#ready !== null && unit.order <= this.#readyOrder && isBefore(unit.started, this.#ready);
    if (startedBefore && this.#isJustReady(now, unit.name)) {
      this.#addReleased(unit.name);
      this.#release(unit, took);
    } else if (took !== null && took >= longSeconds && drawsSeed(unit.name)) this.#tookLong(unit, now, took);
  }

  #tookLong(unit: Unit, now: At, took: number): void {
    const [from, to] = [unit.started.time, now.time];
    if (from === null || to === null) return;
    const text = `'${unit.name}' took ${durationWords(took, 1)}`;
    this.#slow.push({ wait: waitOf(unit, { seconds: took, open: false, proof: "likely", text }), span: { from, to } });
  }

  /** Units that draw no random bytes and had not finished by then. */
  #openOthers(to: number): readonly Span[] {
    return [...this.#open.values()].flatMap(({ name, started }) =>
      drawsRandomBytes(name) || started.time === null ? [] : [{ from: started.time, to }],
    );
  }

  #takeDaemon(said: string, { line, at }: At): void {
    const name = this.entropyDaemon === null ? entropyDaemonOf(said) : null;
    if (name !== null) this.entropyDaemon = { line, at, name };
  }

  /** Others may print many lines in a moment. */
  #isJustReady(now: At, name: string): boolean {
    if (this.#ready === null) return false;
    const since = secondsBetween(this.#ready, now);
    const isNear =
      this.#linesSinceReady <= releasedLines || (since !== null && since <= atOnceSeconds && drawsRandomBytes(name));
    return isNear && (since ?? 0) <= releasedSeconds;
  }

  #addReleased(name: string): void {
    if (this.#released.length < 16) this.#released.push(unitName(name));
  }

  /** A unit that waits for the CRNG by its nature, and was done with its becoming ready. */
  #release(unit: Unit, took: number | null): void {
    const waited = this.#ready === null ? null : (secondsBetween(unit.started, this.#ready) ?? took);
    const isSeed = drawsSeed(unit.name);
    if (!drawsRandomBytes(unit.name) || (waited !== null && waited < 1)) return;
    if (waited === null) return this.#releaseUntimed(unit, isSeed);
    const text = `'${unit.name}' was started ${durationWords(waited, 1)} before the CRNG became ready and finished right after it`;
    this.#waits.push(waitOf(unit, { seconds: waited, open: false, proof: isSeed ? "shown" : "likely", text }));
  }

  /** The seed's unit ended with readiness, others did before it, and what comes after it came only then. */
  #releaseHeadless(): void {
    const [seed, readyAt] = [this.#headless, this.#ready?.time ?? null];
    this.#headless = null;
    if (seed === null || readyAt === null || readyAt < longSeconds) return;
    const text = `'${seed.said}' finished right after the CRNG became ready, when ${this.#readyOrder} other units had finished, and the system's start continued only then`;
    const unit = { name: seed.said, started: { line: seed.line, at: null } };
    this.#waits.push(waitOf(unit, { seconds: null, open: false, proof: "likely", text }));
  }

  /** Of a console's lines without a time, their order shows that others went on while it waited. */
  #releaseUntimed(unit: Unit, isSeed: boolean): void {
    const others = this.#finished - 1 - unit.order;
    if (!isSeed || others < othersFinished) return;
    const text = `'${unit.name}' was started, ${others} other units finished, and it finished right after the CRNG became ready`;
    this.#waits.push(waitOf(unit, { seconds: null, open: false, proof: "likely", text }));
  }

  /** The unit of this name or description; systemd shortens long ones in the middle on a console. */
  #find(said: string): string | null {
    const key = unitKey(said);
    if (this.#open.has(key)) return key;
    for (const [known, { name }] of this.#open) if (isSameUnit(said, name)) return known;
    return null;
  }
}

/** A wait of the unit, placed at its start. */
function waitOf(
  { name, started }: { readonly name: string; readonly started: Pick<At, "line" | "at"> },
  wait: Pick<ReportedWait, "seconds" | "open" | "proof" | "text">,
): ReportedWait {
  return { by: "unit", name: unitName(name), line: started.line, at: started.at, ...wait };
}
