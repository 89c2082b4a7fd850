import type { BootRecord } from "../../core/boot-record.ts";

/** Every stamp, to the microsecond, of what this boot's kernel printed about randomness. */
function momentsOf({ observed, earlyUses, reseeds }: BootRecord): readonly number[] {
  return [...observed.readyLines, ...observed.earlyInits, ...earlyUses, ...reseeds]
    .map(({ at }) => at)
    .filter((at) => at !== null && at > 0) as number[];
}

/** The stamps by which two records of one boot can be found to be the same. */
export function fineMomentsOf(record: BootRecord): readonly number[] {
  return momentsOf(record).filter(isFine);
}

/** A clock of ticks gives round stamps, and two boots may have the same by chance. */
function isFine(at: number): boolean {
  return Math.round(at * 1e6) % 1000 !== 0;
}

/**
 * Whether two records are of one boot that was logged, or printed, twice: the same kernel said the same at the same
 * microseconds.
 */
export function isSameBoot(one: BootRecord, other: BootRecord): boolean {
  if (one.bootId !== null && other.bootId !== null) return one.bootId === other.bootId;
  // The end of a dmesg has no version line.
  if (!isSameKernel(one, other) && one.kernel.release !== null && other.kernel.release !== null) return false;
  const [fewer = [], more = []] = [momentsOf(one), momentsOf(other)].toSorted((a, b) => a.length - b.length);
  return fewer.some(isFine) && fewer.every((at) => more.includes(at));
}

/** Whether both ran one build of one kernel; false where either is not known. */
export function isSameKernel(one: BootRecord, other: BootRecord): boolean {
  return (
    one.kernel.release !== null &&
    one.kernel.release === other.kernel.release &&
    one.kernel.version === other.kernel.version
  );
}

/**
 * Of two records of one boot, the one that shows more: a console loses lines that dmesg has, and has more
 * after dmesg's end. The first if they show the same.
 */
export function fuller(one: BootRecord, other: BootRecord): BootRecord {
  const worth = ({ readiness, ...record }: BootRecord): readonly number[] => [
    Number(readiness.level === "ready"),
    Number(readiness.exact),
    momentsOf({ readiness, ...record }).length,
  ];
  const [ofOne, ofOther] = [worth(one), worth(other)];
  const differs = ofOne.findIndex((value, index) => value !== ofOther[index]);
  return differs !== -1 && (ofOther[differs] as number) > (ofOne[differs] as number) ? other : one;
}
