import type { BootRecord } from "../../core/boot-record.ts";
import type { ChainLink } from "../../core/boot-units.ts";
import { microseconds } from "../../core/base/time.ts";
import { criticalChain } from "./corrected-boot.ts";

/** A boot that takes longer is slow for a person. */
const slowSeconds = 30;
/** Shorter parts of it are not why. */
const longSeconds = 5;
const mostParts = 3;

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
  const parts = [...chain.map(unitPart), ...gaps(chain), ...beforeUserSpace(units.userspaceAt)];
  return parts
    .filter(({ seconds }) => seconds >= longSeconds)
    .toSorted((a, b) => b.seconds - a.seconds)
    .slice(0, mostParts);
}

function unitPart({ name, startedAt, doneAt }: ChainLink): SlowPart {
  const seconds = microseconds(doneAt - startedAt);
  return { seconds, words: `${name} took ${seconds.toFixed(1)} s` };
}

/** Times in which no unit of the chain was starting: between the end of one unit and the start of the next. */
function gaps(chain: readonly ChainLink[]): readonly SlowPart[] {
  return chain.flatMap((after, index): readonly SlowPart[] => {
    const before = chain[index + 1];
    if (before === undefined) return [];
    const seconds = microseconds(after.startedAt - before.doneAt);
    return [
      {
        seconds,
        words: `${seconds.toFixed(1)} s passed between ${before.name}, done at ${before.doneAt.toFixed(1)} s, and the start of ${after.name}`,
      },
    ];
  });
}

function beforeUserSpace(userspaceAt: number | null): readonly SlowPart[] {
  return userspaceAt === null
    ? []
    : [{ seconds: userspaceAt, words: `the kernel and the initrd took ${userspaceAt.toFixed(1)} s` }];
}
