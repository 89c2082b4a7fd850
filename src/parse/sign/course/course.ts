import { microseconds } from "../../../core/base/time.ts";
import type { LogCourse, ReadyCourse } from "../../../core/log-course.ts";
import { beginsStep, causedByUserSpace, namesProgram, prompt } from "../line/line-causes.ts";
import { isOfProgram, isOfStart, type SignLine } from "../line/spoken.ts";
import { isCutWord } from "../line/cut-word.ts";
import { clocks, type StampClock, type Stamps, stampsOf } from "../line/stamps.ts";
import { ConsoleWork } from "./console-work.ts";
import { Direction } from "./direction.ts";
import { withNext } from "./ready-next.ts";
import { StampedLines } from "./stamped-lines.ts";
import type { Units } from "../unit/units.ts";

/** The kernel's stamp within a line that a program had begun, and what it says. */
const stampWithin = /^[^[\]]{1,80}\[ {0,8}(\d{1,9}\.\d{6})\] (.{1,300})$/;

/** The line after the ready line, or the one after the count of warnings that follows that. */
const mostBetween = 2;
const longestText = 200;

/**
 * Follows a boot's lines for what their stamps and order show: when user space began, what stands around readiness,
 * where it is silent.
 */
export class Course {
  readonly #units: Units;
  readonly #stamped = new StampedLines();
  /** Lines of the CRNG's own since the latest other one. */
  #ownLines = 0;
  #logLines = 0;
  #number = 0;
  /** Where the latest line of the log stands. */
  #logNumber = 0;
  #userSpace: Record<StampClock, number | null> & { line: number | null } = {
    printk: null,
    journal: null,
    wall: null,
    line: null,
  };
  #hasUserSpace = false;
  #last: {
    readonly line: number | null;
    readonly text: string;
    readonly stamps: Stamps;
  } | null = null;
  /** The latest line without a stamp. */
  #bare: { readonly line: number | null; readonly text: string; readonly number: number } | null = null;
  /** Console lines without a stamp since the latest line with one that is not the CRNG's own. */
  #bareSince = 0;
  readonly #direction = new Direction();
  #readyNumber = 0;
  /** What a program had printed on the ready line when the kernel printed after it. */
  #begunAtReady = "";
  /** No line without a stamp stands between the ready line and the last one with a stamp before it. */
  #isConsoleSilent = false;
  /** The ready line by the wall clock, where the line before it shows that programs are logged as they speak. */
  #readyWall: number | null = null;
  readonly #work = new ConsoleWork();
  #ready: { readonly clock: StampClock | null; readonly at: ReadyCourse } | null = null;

  constructor(units: Units) {
    this.#units = units;
  }

  take(
    line: SignLine,
    number: number | null,
    facts: {
      readonly byProgram: boolean;
      readonly isUserSpace: boolean;
      readonly isLogLine: boolean;
      readonly isReady: boolean;
      /** The CRNG's own, and no program caused it. */
      readonly ofCrng: boolean;
      /** Without a prefix, and in a form of the kernel's. */
      readonly hasKernelForm: boolean;
    },
  ): void {
    const { byProgram, isUserSpace, isLogLine, isReady, ofCrng, hasKernelForm } = facts;
    this.#work.take(line, { isUserSpace, isReady, hasKernelForm });
    const position = number ?? this.#number + 1;
    const wasRead = position <= this.#number + 1;
    this.#number = position;
    if (!isLogLine) return this.#takeBare(line, number, position);
    this.#logLines++;
    const stamps = stampsOf(line);
    this.#direction.take(stamps);
    const hasStamp = Object.keys(stamps).length > 0;
    if (!hasStamp) {
      this.#bareSince++;
      this.#takeStampWithin(line.text, number);
    }
    if (isReady && this.#ready === null) this.#readyAt(number, stamps, line.front ?? "");
    else if (this.#ready !== null) this.#afterReady(line, number, stamps, { byProgram, isUserSpace });
    if (isUserSpace && !this.#hasUserSpace) {
      this.#hasUserSpace = true;
      this.#userSpace = { ...none, ...stamps, line: number };
    } else if (isUserSpace) {
      // The first line may have no stamp of the clock that the others have.
      for (const clock of clocks) this.#userSpace[clock] ??= stamps[clock] ?? null;
    }
    const text = saidBy(line).slice(0, longestText);
    if (line.text !== "") this.#last = { line: number, text, stamps };
    this.#logNumber = position;
    this.#ownLines = ofCrng ? this.#ownLines + 1 : 0;
    const isWork =
      byProgram ||
      isUserSpace ||
      isOfProgram(line, this.#hasUserSpace) ||
      namesProgram.test(line.text) ||
      causedByUserSpace.test(line.text);
    const stamped = { line: number, byProgram, text, number: this.#logLines };
    this.#stamped.take(stamps, stamped, { ofCrng, isWork, wasRead, isBeforeReady: this.#ready === null });
    if (!hasStamp || ofCrng) return;
    this.#bareSince = 0;
    if (!isReady) this.#units.unstampedDone = 0;
  }

  /** A line without any stamp: on a console, what a program prints. */
  #takeBare({ text, front, indent }: SignLine, number: number | null, position: number): void {
    if (text === "") return;
    this.#direction.takeBare((front ?? "") + text);
    this.#bareSince++;
    this.#takeStampWithin(text, number);
    this.#bare = { line: number, text: text.slice(0, longestText), number: position };
    if (indent === 0) this.#takeRestOfWord(text);
    if (this.#ready === null || position > this.#readyNumber + 3 || prompt.test((front ?? "") + text)) return;
    const { at } = this.#ready;
    const next = { line: number, at: null, text: text.slice(0, longestText) };
    this.#ready = {
      ...this.#ready,
      at: {
        ...at,
        consoleAfter: at.consoleAfter + 1,
        consoleNext: at.consoleNext ?? (at.after === null && this.#isConsoleSilent ? next : null),
      },
    };
  }

  /** The rest of a word into which the ready line was printed: the program that wrote it was at work at that moment. */
  #takeRestOfWord(text: string): void {
    const [ready, begun] = [this.#ready, this.#begunAtReady];
    this.#begunAtReady = "";
    const isNext = this.#number <= this.#readyNumber + mostBetween;
    if (ready === null || ready.at.ready.at === null || !isNext || !isCutWord(begun, text)) return;
    const writing = { ...ready.at.ready, text: begun.trim() };
    this.#ready = { ...ready, at: { ...ready.at, before: { ...writing, byProgram: true }, programBefore: writing } };
  }

  /** The kernel printed into a program's line: what stands after its stamp came at that moment. */
  #takeStampWithin(text: string, number: number | null): void {
    const [, seconds, said = ""] = stampWithin.exec(text) ?? [];
    if (seconds === undefined || this.#ready !== null) return;
    const line = { line: number, byProgram: false, text: said.slice(0, longestText), number: this.#logLines };
    if (this.#stamped.takeWithin(Number(seconds), line)) this.#bareSince = 0;
  }

  get(): Pick<LogCourse, "clock" | "logLines" | "userSpace" | "ready" | "newestFirst" | "longestSilence" | "last"> {
    const clock = this.clock;
    return {
      clock,
      logLines: this.#logLines,
      userSpace: this.#hasUserSpace
        ? { line: this.#userSpace.line, at: clock === "none" ? null : this.#userSpace[clock] }
        : null,
      ready: this.#ready === null ? null : { ...this.#ready.at, ...this.#work.get(), ...this.#units.atReady },
      newestFirst: this.#direction.newestFirst,
      longestSilence: clock === "none" ? null : this.#stamped.longestSilence(clock),
      last:
        this.#last === null
          ? null
          : {
              line: this.#last.line,
              at: (clock === "none" ? undefined : this.#last.stamps[clock]) ?? null,
              text: this.#last.text,
            },
    };
  }

  /** The clock of the ready line, else the finest that stamps most lines. */
  get clock(): LogCourse["clock"] {
    return (this.#ready === null ? this.#stamped.clock : this.#ready.clock) ?? "none";
  }

  /** The time by the clock that units are measured on. */
  timeOf(line: SignLine): number | null {
    const stamps = stampsOf(line);
    return stamps.printk ?? stamps.journal ?? stamps.wall ?? null;
  }

  /** `front`: what a program had begun to print when the kernel printed after it. */
  #readyAt(number: number | null, stamps: Stamps, front: string): void {
    const clock = clocks.find((one) => stamps[one] !== undefined) ?? null;
    const before = clock === null ? undefined : this.#stamped.latestOther(clock);
    this.#readyNumber = this.#number;
    this.#isConsoleSilent = (this.#bare?.number ?? 0) < this.#logNumber;
    this.#begunAtReady = front.slice(-longestText);
    const begun = front.trim().slice(0, longestText);
    const isNext = this.#bare?.number === this.#number - 1;
    const bare = isNext && this.#bare !== null && beginsStep.test(this.#bare.text) ? this.#bare : null;
    const step = beginsStep.test(begun) && this.#isConsoleSilent ? { line: number, text: begun } : bare;
    const byWall = this.#stamped.latest("wall");
    const isByProgram = byWall?.byProgram === true && byWall.number === this.#logLines - 1 && stamps.wall !== undefined;
    const quiet = isByProgram ? microseconds((stamps.wall ?? 0) - (byWall.at ?? 0)) : null;
    const at = clock === null ? null : (stamps[clock] ?? null);
    // A program that has no kernel's stamp wrote the line before: its moment by the wall clock, on the kernel's.
    const byWallClock =
      quiet === null || at === null || byWall === undefined ? undefined : { ...byWall, at: microseconds(at - quiet) };
    // That line is the next in front; by whole seconds it may come before a line of the kernel's above it.
    const last =
      byWallClock !== undefined && byWallClock.at >= (before?.at ?? 0) ? byWallClock : (before ?? byWallClock);
    this.#readyWall = isByProgram ? (stamps.wall ?? null) : null;
    this.#ready = {
      clock,
      at: {
        ready: { line: number, at },
        before:
          last === undefined ? null : { line: last.line, at: last.at, byProgram: last.byProgram, text: last.text },
        ownLinesBefore: this.#ownLines,
        programBefore: clock === null ? null : this.#stamped.atWork(clock),
        after: null,
        programAfter: null,
        soonAfter: 0,
        programQuiet: quiet,
        stepBefore: step === null ? null : { line: step.line, at: null, text: step.text },
        consoleAfter: 0,
        consoleNext: null,
        consoleBefore: this.#bareSince,
        ...this.#work.get(),
        pace: clock === null ? null : this.#stamped.pace(clock),
        finishedBefore: this.#units.unstampedDone,
        openUnits: [],
        released: [],
        beforeUserSpace: !this.#hasUserSpace,
        userSpaceAfter: false,
        kernelStartsAfter: false,
        linesBefore: this.#logLines - 1,
        linesAfter: 0,
      },
    };
  }

  #afterReady(
    { text, tag, task }: SignLine,
    number: number | null,
    stamps: Stamps,
    { byProgram, isUserSpace }: { readonly byProgram: boolean; readonly isUserSpace: boolean },
  ): void {
    if (this.#ready === null) return;
    const said = saidBy({ text, tag }).slice(0, longestText);
    const at = this.#timeAfterReady(stamps) ?? null;
    const isStart = task !== undefined && isOfStart({ task });
    const next = { line: number, at, text, said, byProgram, isUserSpace, isOfStart: isStart };
    this.#ready = { ...this.#ready, at: withNext(this.#ready.at, next) };
  }

  /** On the ready line's clock; of a line that has the wall clock's stamp only, by the distance on that. */
  #timeAfterReady(stamps: Stamps): number | undefined {
    const { clock, at } = this.#ready ?? { clock: null, at: null };
    if (clock === null) return undefined;
    const time = stamps[clock];
    const [readyAt, wall] = [at?.ready.at ?? null, this.#readyWall];
    if (time !== undefined || readyAt === null || wall === null || stamps.wall === undefined) return time;
    return stamps.wall < wall ? undefined : microseconds(readyAt + stamps.wall - wall);
  }
}

const none = { printk: null, journal: null, wall: null, line: null };

/** A line's text, with the program's name that its tag has. */
function saidBy({ tag, text }: Pick<SignLine, "tag" | "text">): string {
  return tag === null ? text : `${tag}: ${text}`;
}
