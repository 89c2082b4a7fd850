import type { BootRecord } from "../../core/boot-record.ts";
import type { BootUnit, ChainLink, CorrectedBoot, DelayedUnit } from "../../core/boot-units.ts";
import { overlap, type Stretch, stretchOf, union } from "../../core/stretches.ts";
import { microseconds } from "../../core/base/time.ts";

/** A unit as it would have been without the waits. */
interface Corrected {
  readonly unit: BootUnit;
  readonly startedAt: number;
  readonly doneAt: number;
  readonly ownSeconds: number;
  /** The unit whose end decided its start, in the boot as it was. */
  readonly behind: string | null;
}

/** What is shorter is the noise of the stamps. */
const leastSeconds = 0.001;
/** Of a long list the worst are kept. */
const mostDelayed = 64;
const longestChain = 32;

/**
 * The boot without what its tasks provably waited for the CRNG: PID 1's waits are taken out of the time of everything;
 * of each unit's activation, what its own tasks waited in it; and each unit starts as long after the last unit that it
 * is ordered after as it did. A unit that was started by something else than its ordering keeps its delay, so the
 * length without the waits is rather too long than too short. Null: systemd's stamps are not known, the boot is not
 * finished, or no task waited.
 */
export function correctedBoot({ units: times, waits }: Pick<BootRecord, "units" | "waits">): CorrectedBoot | null {
  if (times === null || times.finishedAt === null) return null;
  const blocked = waits.filter((wait) => !wait.polls);
  const first = union(blocked.filter(({ pid }) => pid === 1).flatMap(stretchOf));
  const byUnit = new Map<string, readonly Stretch[]>();
  for (const wait of blocked.filter(({ pid, unit }) => pid !== 1 && unit !== null))
    byUnit.set(wait.unit ?? "", [...(byUnit.get(wait.unit ?? "") ?? []), ...stretchOf(wait)]);
  if (first.length === 0 && byUnit.size === 0) return null;

  /** A moment of the boot, with PID 1's waits before it taken out. */
  const squeezed = (at: number): number => at - overlap(first, [0, at]);
  const corrected = correctAll(times.units, byUnit, squeezed);
  const finished = times.finishedAt;
  const inBoot = [...corrected.values()].filter(({ unit }) => (unit.doneAt ?? Infinity) <= finished);
  const lastActive = Math.max(0, ...inBoot.map(({ unit }) => squeezed(unit.doneAt ?? 0)));
  const lastCorrected = Math.max(0, ...inBoot.map(({ doneAt }) => doneAt));
  return {
    finishedAt: finished,
    withoutWaitsAt: microseconds(squeezed(finished) - (lastActive - lastCorrected)),
    firstProcessSeconds: microseconds(overlap(first, [0, finished])),
    delayed: delayedUnits(corrected, squeezed),
    chain: chainOf(inBoot, (one) => ({
      name: one.unit.name,
      startedAt: one.unit.startedAt,
      doneAt: one.unit.doneAt ?? one.unit.startedAt,
    })),
    chainWithoutWaits: chainOf(inBoot, ({ unit: { name }, startedAt, doneAt }) => ({
      name,
      startedAt: microseconds(startedAt),
      doneAt: microseconds(doneAt),
    })),
  };
}

/** Each unit as it would have been, in the order in which they started: what a unit is ordered after came before it. */
function correctAll(
  units: readonly BootUnit[],
  byUnit: ReadonlyMap<string, readonly Stretch[]>,
  squeezed: (at: number) => number,
): ReadonlyMap<string, Corrected> {
  const corrected = new Map<string, Corrected>();
  for (const unit of units) {
    const before = unit.after
      .map((name) => corrected.get(name))
      .filter((one) => one !== undefined && one.unit.doneAt !== null && one.unit.doneAt <= unit.startedAt)
      .map((one) => one as Corrected);
    const last = latestBy(before, (one) => one.unit.doneAt ?? 0);
    const start = squeezed(unit.startedAt);
    // The time that passed between the end of what it was ordered after and its own start stays as it was.
    const own = last === null ? start : start - squeezed(last.unit.doneAt ?? 0);
    const startedAt = last === null ? start : Math.max(...before.map((one) => one.doneAt)) + own;
    const until = unit.doneAt ?? unit.startedAt;
    const waited = overlap(union(byUnit.get(unit.name) ?? []), [unit.startedAt, until]);
    const lasted = Math.max(0, squeezed(until) - start - waited);
    corrected.set(unit.name, {
      unit,
      startedAt,
      doneAt: startedAt + lasted,
      ownSeconds: waited,
      behind: last?.unit.name ?? null,
    });
  }
  return corrected;
}

function delayedUnits(
  corrected: ReadonlyMap<string, Corrected>,
  squeezed: (at: number) => number,
): readonly DelayedUnit[] {
  return [...corrected.values()]
    .map(({ unit, startedAt, ownSeconds, behind }): DelayedUnit => {
      const heldSeconds = microseconds(Math.max(0, squeezed(unit.startedAt) - startedAt));
      return {
        name: unit.name,
        ownSeconds: microseconds(ownSeconds),
        heldSeconds: heldSeconds < leastSeconds ? 0 : heldSeconds,
        behind: heldSeconds < leastSeconds ? null : behind,
      };
    })
    .filter(({ ownSeconds, heldSeconds }) => ownSeconds >= leastSeconds || heldSeconds > 0)
    .toSorted((a, b) => b.ownSeconds - a.ownSeconds || b.heldSeconds - a.heldSeconds || (a.name < b.name ? -1 : 1))
    .slice(0, mostDelayed);
}

/**
 * The units that decided when the boot was finished, the last one first; empty where systemd's stamps are not known.
 */
export function criticalChain({ units: times }: Pick<BootRecord, "units">): readonly ChainLink[] {
  if (times === null || times.finishedAt === null) return [];
  const finished = times.finishedAt;
  const done = times.units.filter(({ doneAt }) => doneAt !== null && doneAt <= finished);
  const links = done.map((unit) => ({ unit }));
  return chainOf(links, ({ unit: { name, startedAt, doneAt } }) => ({ name, startedAt, doneAt: doneAt ?? startedAt }));
}

/** From the unit that was active last, back over whichever it was ordered after and that was active last before it. */
function chainOf<T extends Pick<Corrected, "unit">>(
  units: readonly T[],
  linkOf: (one: T) => ChainLink,
): readonly ChainLink[] {
  const links = new Map(units.map((one) => [one.unit.name, { link: linkOf(one), after: one.unit.after }]));
  const chain: ChainLink[] = [];
  let at = latestBy([...links.values()], ({ link }) => link.doneAt);
  while (at !== null && chain.length < longestChain) {
    const { link, after } = at;
    chain.push(link);
    const before = after
      .map((name) => links.get(name))
      .filter((one) => one !== undefined && one.link.doneAt <= link.startedAt + leastSeconds)
      .map((one) => one as { readonly link: ChainLink; readonly after: readonly string[] })
      .filter(({ link: { name } }) => !chain.some((known) => known.name === name));
    at = latestBy(before, (one) => one.link.doneAt);
  }
  return chain;
}

function latestBy<T>(items: readonly T[], at: (item: T) => number): T | null {
  return items.reduce<T | null>((best, item) => (best === null || at(item) >= at(best) ? item : best), null);
}
