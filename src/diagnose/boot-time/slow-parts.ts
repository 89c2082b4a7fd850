import type { BootRecord } from "../../core/boot-record.ts";
import type { ChainLink } from "../../core/boot-units.ts";
import type { Wait } from "../../core/wait.ts";
import { microseconds } from "../../core/base/time.ts";
import { overlap, type Stretch, stretchOf, union } from "../../core/stretches.ts";
import { criticalChain } from "./corrected-boot.ts";

/** A boot that takes longer is slow for a person. */
const slowSeconds = 30;
/** Shorter parts of it are not why. */
const longSeconds = 5;
const mostParts = 3;
/** A shorter wait changes no figure that is printed. */
const leastWait = 0.1;

/** A part of the critical chain that took long. */
interface SlowPart {
  readonly seconds: number;
  /** What took it: "NetworkManager-wait-online.service took 62.1 s". */
  readonly words: string;
}

/**
 * What made a boot slow that the CRNG did not: units and gaps of the critical chain without the waits for it, the longest
 * first. Empty where the boot was not slow, or systemd's stamps are not known.
 */
export function slowParts(record: BootRecord): readonly SlowPart[] {
  const { units, correctedBoot } = record;
  const finishedAt = correctedBoot?.withoutWaitsAt ?? units?.finishedAt ?? null;
  if (units === null || finishedAt === null || finishedAt < slowSeconds) return [];
  const chain = correctedBoot?.chainWithoutWaits ?? criticalChain(record);
  const parts = [...chain.map(unitPart), ...gaps(chain, record), ...beforeUserSpace(units.userspaceAt, record)];
  return parts
    .filter(({ seconds }) => seconds >= longSeconds)
    .toSorted((a, b) => b.seconds - a.seconds)
    .slice(0, mostParts);
}

function unitPart({ name, startedAt, doneAt }: ChainLink): SlowPart {
  const seconds = microseconds(doneAt - startedAt);
  return { seconds, words: `${name} took ${seconds.toFixed(1)} s` };
}

/**
 * Times in which no unit of the chain was starting: between the end of one unit and the start of the next. PID 1's waits
 * and those of the chain's units are not in the chain's times; another task's may be why nothing went on.
 */
function gaps(chain: readonly ChainLink[], record: BootRecord): readonly SlowPart[] {
  const asItWas = new Map(criticalChain(record).map((link) => [link.name, link]));
  const inChain = new Set(chain.map(({ name }) => name));
  const others = blocked(record, ({ pid, unit }) => pid !== 1 && (unit === null || !inChain.has(unit)));
  return chain.flatMap((after, index): readonly SlowPart[] => {
    const before = chain[index + 1];
    if (before === undefined) return [];
    const gap: Stretch = [asItWas.get(before.name)?.doneAt ?? 0, asItWas.get(after.name)?.startedAt ?? Infinity];
    const words = `between ${before.name}, done at ${before.doneAt.toFixed(1)} s, and the start of ${after.name}`;
    return [besidesWaits(after.startedAt - before.doneAt, overlap(others, gap), (time) => `${time} passed ${words}`)];
  });
}

function beforeUserSpace(userspaceAt: number | null, record: BootRecord): readonly SlowPart[] {
  if (userspaceAt === null) return [];
  const waited = overlap(
    blocked(record, () => true),
    [0, userspaceAt],
  );
  return [besidesWaits(userspaceAt, waited, (time) => `the kernel and the initrd took ${time}`)];
}

/** A part less the time in which a task was blocked on the CRNG. */
function besidesWaits(lasted: number, waited: number, words: (time: string) => string): SlowPart {
  const seconds = microseconds(Math.max(0, lasted - waited));
  const time = `${seconds.toFixed(1)} s`;
  return { seconds, words: words(waited < leastWait ? time : `${time} beside the waits`) };
}

/** When tasks of this kind were blocked, in stretches that do not overlap. A poller goes on with its other work. */
function blocked({ waits }: BootRecord, isOne: (wait: Wait) => boolean): readonly Stretch[] {
  return union(waits.filter((wait) => !wait.polls && isOne(wait)).flatMap(stretchOf));
}
