import type { BootRecord } from "../../core/boot-record.ts";
import { isStarter } from "../../core/base/starter.ts";
import { earlyUseDevice } from "../../core/kernel-message.ts";
import type { ReadyCourse } from "../../core/log-course.ts";
import type { Sign } from "../../core/sign.ts";
import type { Case } from "./rule.ts";
import { speakerOf } from "./words.ts";

/** A shorter silence shows nothing. */
export const silenceSeconds = 1.5;
/** What waited for the CRNG continues within this time after it. */
const goesOnSeconds = 1;
/** In the kernel's lines alone: a shorter silence shows nothing of programs, which have printed no line yet. */
const kernelSilenceSeconds = 10;
/** Where the log ends with it, nothing shows that the boot continues: a shorter silence shows nothing. */
const endSilenceSeconds = 5;
/**
 * A program's line on a console has no known time: the silence must be longer, and most of the boot or that of a
 * program that had just read random bytes.
 */
const consoleSilenceSeconds = 3;

/** How many times a log's usual gap a silence must be. */
const timesPace = 4;
/** This many lines of a program without a stamp show it at work, in a silence that is shorter than this. */
const [programsLines, shortSilenceSeconds] = [2, 5];

/**
 * What an init script prints as it begins its step, and BusyBox's init as it starts a program after its script; a boot
 * loader's "Starting kernel ..." begins another boot.
 */
const scriptStep =
  /^starting pid \d{1,7}, tty '|^(?:Starting (?!kernel\b)|Stopping |Initiali[sz]ing |Generating |Configuring |Bringing up |Setting up |Mounting |Restoring )\S.{1,80}(?::|\.{3}|…)(?: ?(?:OK|done|[\w./-]{1,40})\.?)?$/;

export interface SilenceAtReady {
  readonly seconds: number;
  readonly from: {
    readonly line: number | null;
    readonly at: number;
    readonly text: string;
    readonly byProgram: boolean;
  };
  /** The latest line before it that shows a program at work; null: none does. */
  readonly worked: { readonly line: number | null; readonly text: string } | null;
  readonly to: { readonly line: number | null; readonly at: number };
  /** Lines of the CRNG's own in between. */
  readonly ownLines: number;
  /** The programs that read random bytes right before it or in between, but for those that nearly every boot runs. */
  readonly readers: readonly string[];
  readonly after: { readonly line: number | null; readonly text: string; readonly byProgram: boolean } | null;
  /** What follows it: lines with a stamp, or only a program's line on a console, without a time. */
  readonly goesOn: "goes on" | "console goes on" | "log ends";
}

/**
 * Silence in user space that ends with the line that the CRNG is ready, and after which the boot goes on; or after
 * which the log ends, where the last word before it was a program's.
 */
export function silenceAtReady({ record, release, userSpaceAt }: Case): SilenceAtReady | null {
  const around = record.course?.ready ?? null;
  const [before, at] = [around?.before ?? null, around?.ready.at ?? null];
  if (around === null || before === null || before.at === null || at === null || release?.by === "fast-init")
    return null;
  const seconds = Math.min(at - before.at, around.programQuiet ?? Infinity);
  if (!isLongerThanPace(around, seconds)) return null;
  if (around.consoleBefore >= programsLines && seconds < shortSilenceSeconds) return null;
  // A wall clock of whole seconds makes up to one second of silence.
  const byWall = record.course?.clock === "wall" || around.programQuiet !== null;
  const least = byWall ? silenceSeconds + 1 : silenceSeconds;
  if (seconds < least || around.finishedBefore > 0 || asksBetween(record.signs, before.line, around.ready.line))
    return null;
  const began = record.course?.userSpace?.line ?? null;
  // A console's first line of it may have no stamp.
  const hadBegun = began !== null && before.line !== null && began < before.line;
  const inUserSpace = before.byProgram || hadBegun || (userSpaceAt !== null && userSpaceAt <= before.at);
  const inKernel = seconds >= kernelSilenceSeconds && around.userSpaceAfter && !waitsForRoot(record.signs);
  if (!inUserSpace && !inKernel) return null;
  // A person's remark may begin with a word and a colon, too.
  const says = around.consoleNext?.text ?? "";
  const isStep = scriptStep.test(says);
  const consoleNext = isStep || (/^[a-z]/.test(says) && speakerOf(says) !== null) ? around.consoleNext : null;
  const readers = readersSince(record, before.line, around.ready.line);
  const isMost = seconds > at / 2 || readers.length > 0;
  const soon = around.programAfter?.at != null && around.programAfter.at - at <= goesOnSeconds;
  const goesOn =
    soon || (inUserSpace && around.soonAfter >= 3)
      ? "goes on"
      : around.linesAfter === 0 && seconds >= endSilenceSeconds && (before.byProgram || around.programQuiet !== null)
        ? "log ends"
        : inUserSpace && consoleNext !== null && seconds >= consoleSilenceSeconds && isMost
          ? "console goes on"
          : null;
  // After the boot's end a log is silent for other reasons, too.
  if (goesOn === null || (goesOn === "log ends" && wasOver(record))) return null;
  return {
    seconds,
    from: { line: before.line, at: before.at, text: before.text, byProgram: before.byProgram },
    worked: around.programBefore,
    to: { line: around.ready.line, at },
    ownLines: around.ownLinesBefore,
    readers,
    after: goesOn === "console goes on" && consoleNext !== null ? { ...consoleNext, byProgram: !isStep } : around.after,
    goesOn,
  };
}

function readersSince({ earlyUses }: BootRecord, from: number | null, to: number | null): readonly string[] {
  const uses = earlyUses.filter(
    ({ kind, line, name }) =>
      earlyUseDevice[kind] !== null && !isStarter(name) && isWithin(line, from ?? 0, to ?? Infinity),
  );
  return [...new Set(uses.map(({ name }) => name))];
}

function isWithin(line: number | null, from: number, to: number): boolean {
  return line !== null && line >= from && line < to;
}

/** Whether a pause before readiness is longer than the log's own pauses. */
function isLongerThanPace({ pace }: ReadyCourse, seconds: number): boolean {
  return pace === null || seconds >= pace * timesPace;
}

/** A person who types a passphrase ends a silence, and makes the interrupts that end the CRNG's wait. */
function asksBetween(signs: readonly Sign[], from: number | null, to: number | null): boolean {
  return signs.some(
    ({ kind, line }) => kind === "prompt" && line !== null && line >= (from ?? 0) && line <= (to ?? Infinity),
  );
}

function wasOver({ course }: BootRecord): boolean {
  const [over, ready] = [course?.over?.line ?? null, course?.ready?.ready.line ?? null];
  return over !== null && ready !== null && over <= ready;
}

function waitsForRoot(signs: readonly Sign[]): boolean {
  return signs.some(({ kind }) => kind === "root-device" || kind === "dracut-initqueue");
}
