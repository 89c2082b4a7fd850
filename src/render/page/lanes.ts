import type { BootRecord } from "../../core/boot-record.ts";
import { coverageLane, recorderLane } from "./coverage-lanes.ts";
import { crngLane, earlyUseLanes } from "./crng-lanes.ts";
import type { Lane } from "./lane.ts";
import { chainLanes, withDelayedUnits } from "./unit-lanes.ts";
import { reportedLanes, waitLanes } from "./wait-lanes.ts";

/** The last moment that is known of the boot, and a little room after it. Null: none after its start is known. */
export function lastMoment(record: BootRecord): number | null {
  const { readiness, earlyInit, earlyUses, waits, reportedWaits, reseeds, gaps, covers, observed, self } = record;
  const moments = [
    readiness.readyAt,
    readiness.notAfter,
    readiness.notBefore,
    earlyInit?.at,
    covers?.lastAt,
    self?.runningAt,
    record.correctedBoot?.finishedAt,
    ...[...earlyUses, ...reseeds, ...reportedWaits].map(({ at }) => at),
    ...waits.flatMap(({ from, to, seenAt }) => [from, to, seenAt]),
    ...gaps.flatMap(({ from, to }) => [from, to]),
    ...observed.log.map(({ lastAt }) => lastAt),
  ].filter((at) => typeof at === "number");
  const last = Math.max(...moments, 0);
  return last > 0 ? last * 1.02 : null;
}

/** The rows of one boot's picture, from the CRNG down to what the evidence covers. */
export function lanesOf(record: BootRecord, end: number): readonly Lane[] {
  return [
    crngLane(record, end),
    ...earlyUseLanes(record),
    ...withDelayedUnits(record, waitLanes(record, end)),
    ...reportedLanes(record),
    ...chainLanes(record),
    coverageLane(record, end),
    recorderLane(record, end),
  ];
}
