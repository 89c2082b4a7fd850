import { durationWords } from "../../core/base/duration-words.ts";
import type { BootRecord } from "../../core/boot-record.ts";
import { type ChainLink, type JournalMoment, longPartSeconds, slowBootSeconds } from "../../core/boot-units.ts";
import type { Wait } from "../../core/wait.ts";
import { microseconds } from "../../core/base/time.ts";
import { capped } from "../../core/one-line.ts";
import { overlap, type Stretch, stretchOf, union } from "../../core/stretches.ts";
import { criticalChain } from "./corrected-boot.ts";

const mostParts = 3;
/** A shorter wait changes no figure that is printed. */
const leastWait = 0.1;
/** Of a line of the journal. */
const longestText = 60;

/** A part of the critical chain that took long. */
interface Lasting {
  readonly seconds: number;
  /** What took it: "NetworkManager-wait-online.service took 62.1 s". */
  readonly words: string;
}

export interface SlowPart extends Lasting {
  /** That it waited for the CRNG is ruled out, but for what was recorded, which is not counted in it. */
  readonly isOther: boolean;
}

/** A part of the critical chain without the waits, and when it was in the boot as it was. */
interface ChainPart extends Lasting {
  readonly was: Stretch;
}

/**
 * What made a boot slow that the CRNG did not: units and gaps of the critical chain without the waits for it, the
 * longest first. Empty where the boot was not slow, or systemd's stamps are not known.
 */
export function slowParts(record: BootRecord): readonly SlowPart[] {
  const { units, correctedBoot } = record;
  const finishedAt = correctedBoot?.withoutWaitsAt ?? units?.finishedAt ?? null;
  if (units === null || finishedAt === null || finishedAt < slowBootSeconds) return [];
  const real = criticalChain(record);
  const chain = correctedBoot?.chainWithoutWaits ?? real;
  const asItWas = new Map(real.map((link) => [link.name, link]));
  const parts = [
    ...chain.map((link) => unitPart(link, asItWas)),
    ...gaps(chain, asItWas, record),
    ...beforeUserSpace(units.userspaceAt, record),
  ];
  return parts
    .filter(({ seconds }) => seconds >= longPartSeconds)
    .toSorted((a, b) => b.seconds - a.seconds)
    .slice(0, mostParts)
    .map(({ seconds, words, was }) => ({
      seconds,
      words: `${words}${silenceWithin(record, was)}`,
      isOther: isOther(record, was),
    }));
}

/** How much of a part may lie before readiness: in seconds, or as its share. */
const [mostBefore, mostShare] = [1, 0.1];

/** All waits were recorded, or the CRNG was ready before the most of it. */
function isOther({ cost, readiness }: BootRecord, [from, to]: Stretch): boolean {
  const readyBy = readiness.level === "ready" ? (readiness.readyAt ?? readiness.notAfter) : null;
  if (cost.complete) return true;
  return readyBy !== null && readyBy - from <= Math.max(mostBefore, mostShare * (to - from));
}

/**
 * What the journal shows of a part: where it is silent for most of it, the last line before and the first one after.
 */
function silenceWithin({ units }: BootRecord, [from, to]: Stretch): string {
  const within = (units?.silences ?? []).find(
    (silence) => Math.min(silence.to.at, to) - Math.max(silence.from.at, from) >= (to - from) / 2,
  );
  if (within === undefined) return "";
  const seconds = microseconds(within.to.at - within.from.at);
  return `; the journal is silent for ${durationWords(seconds, 1)}, from ${lineOf(within.from)} to ${lineOf(within.to)}`;
}

function lineOf({ at, by, text }: JournalMoment): string {
  return `'${by}: ${capped(text, longestText)}' at ${durationWords(at, 1)}`;
}

type AsItWas = ReadonlyMap<string, ChainLink>;

function unitPart({ name, startedAt, doneAt }: ChainLink, asItWas: AsItWas): ChainPart {
  const seconds = microseconds(doneAt - startedAt);
  const was: Stretch = [asItWas.get(name)?.startedAt ?? startedAt, asItWas.get(name)?.doneAt ?? doneAt];
  return { seconds, words: `${name} took ${durationWords(seconds, 1)}`, was };
}

/**
 * Times in which no unit of the chain was starting: between the end of one unit and the start of the next. PID 1's
 * waits and those of the chain's units are not in the chain's times; another task's may be why nothing went on.
 */
function gaps(chain: readonly ChainLink[], asItWas: AsItWas, record: BootRecord): readonly ChainPart[] {
  const inChain = new Set(chain.map(({ name }) => name));
  const others = blocked(record, ({ pid, unit }) => pid !== 1 && (unit === null || !inChain.has(unit)));
  return chain.flatMap((after, index): readonly ChainPart[] => {
    const before = chain[index + 1];
    if (before === undefined) return [];
    const was: Stretch = [asItWas.get(before.name)?.doneAt ?? 0, asItWas.get(after.name)?.startedAt ?? Infinity];
    const words = `between ${before.name}, done at ${durationWords(before.doneAt, 1)}, and the start of ${after.name}`;
    const part = besidesWaits(
      after.startedAt - before.doneAt,
      overlap(others, was),
      (time) => `${time} passed ${words}`,
    );
    return [{ ...part, was }];
  });
}

function beforeUserSpace(userspaceAt: number | null, record: BootRecord): readonly ChainPart[] {
  if (userspaceAt === null) return [];
  const was: Stretch = [0, userspaceAt];
  const waited = overlap(
    blocked(record, () => true),
    was,
  );
  return [{ ...besidesWaits(userspaceAt, waited, (time) => `the kernel and the initrd took ${time}`), was }];
}

/** A part less the time in which a task was blocked on the CRNG. */
function besidesWaits(lasted: number, waited: number, words: (time: string) => string): Lasting {
  const seconds = microseconds(Math.max(0, lasted - waited));
  const time = durationWords(seconds, 1);
  return { seconds, words: words(waited < leastWait ? time : `${time} beside the waits`) };
}

/** When tasks of this kind were blocked, in stretches that do not overlap. A poller continues with its other work. */
function blocked({ waits }: BootRecord, isOne: (wait: Wait) => boolean): readonly Stretch[] {
  return union(waits.filter((wait) => !wait.polls && isOne(wait)).flatMap(stretchOf));
}
