import type { BootRecord } from "../../core/boot-record.ts";
import type { BootUnit, ChainLink, DelayedUnit } from "../../core/boot-units.ts";
import { escapeText } from "../escape.ts";
import { seconds } from "../verdict.ts";
import type { Lane, Mark } from "./lane.ts";

/** More rows of units than this hide the picture; the table has all of them. */
const unitsDrawn = 8;
/** Deeper than this a label would have no room for a name. */
const deepestIndent = 4;

/**
 * The rows of waits with the units that they delayed below them: what a unit's own tasks waited comes first, then each
 * unit that started later because of it, indented below the one that passed the delay on.
 */
export function withDelayedUnits(record: BootRecord, waitRows: readonly Lane[]): readonly Lane[] {
  const delayed = record.correctedBoot?.delayed ?? [];
  const times = new Map(record.units?.units.map((unit) => [unit.name, unit]) ?? []);
  const drawn = new Set<string>();
  const below = (unit: DelayedUnit, depth: number): readonly Lane[] => {
    if (drawn.has(unit.name) || drawn.size >= unitsDrawn) return [];
    drawn.add(unit.name);
    const lane = unitLane(unit, times.get(unit.name) ?? null, depth);
    const held = delayed.filter(({ behind }) => behind === unit.name);
    return [lane, ...held.flatMap((one) => below(one, depth + 1))];
  };
  const rows: Lane[] = [];
  for (const [index, lane] of waitRows.entries()) {
    rows.push(lane);
    const own = delayed.find(({ name }) => name === lane.unit);
    if (own !== undefined && waitRows[index + 1]?.unit !== lane.unit) rows.push(...below(own, 0));
  }
  // Units without a row for their wait, and the units behind them.
  for (const unit of delayed) rows.push(...below(unit, 0));
  const more = delayed.length - drawn.size;
  const label = `${more} more delayed units, see the table`;
  return more > 0 ? [...rows, { label, title: label, marks: [] }] : rows;
}

/** How a unit was delayed, in words that follow its name. */
function delayWords({ ownSeconds, heldSeconds, behind }: DelayedUnit): string {
  const parts = [
    ownSeconds > 0 ? `its own tasks were blocked for ${ownSeconds.toFixed(3)} s` : null,
    heldSeconds > 0
      ? `started ${heldSeconds.toFixed(3)} s later${behind === null ? "" : `, behind ${escapeText(behind)}`}`
      : null,
  ];
  return parts.filter((part) => part !== null).join("; ");
}

function unitLane(delayed: DelayedUnit, unit: BootUnit | null, depth: number): Lane {
  const { name, ownSeconds, heldSeconds, behind } = delayed;
  const did = heldSeconds > 0 ? `${heldSeconds.toFixed(3)} s later` : `delayed ${ownSeconds.toFixed(3)} s`;
  return {
    label: `${"  ".repeat(Math.min(depth, deepestIndent))}└ ${did}  ${escapeText(name)}`,
    title: `${escapeText(name)}: ${delayWords(delayed)}`,
    marks: unit === null ? [] : unitMarks(delayed, unit),
    unit: name,
    ...(behind === null || unit === null ? {} : { behind: { unit: behind, at: unit.startedAt } }),
  };
}

function unitMarks({ heldSeconds }: DelayedUnit, { startedAt, doneAt }: BootUnit): readonly Mark[] {
  const held: Mark = {
    tone: "held",
    from: Math.max(0, startedAt - heldSeconds),
    to: startedAt,
    title: `Not started for ${heldSeconds.toFixed(3)} s because units before it were blocked`,
  };
  const ended = doneAt === null ? "not active yet" : `active at ${seconds(doneAt)}`;
  const own: Mark = { tone: "unit", from: startedAt, to: doneAt, title: `Started at ${seconds(startedAt)}, ${ended}` };
  return heldSeconds > 0 ? [held, own] : [own];
}

/** The units that decided when the boot finished, as it was and as it would have been. */
export function chainLanes({ correctedBoot: boot }: BootRecord): readonly Lane[] {
  if (boot === null) return [];
  const lane = (name: string, finishedAt: number, chain: readonly ChainLink[]): Lane => {
    const label = `${name}: finished at ${finishedAt.toFixed(3)} s`;
    const units = chain.map((link) => escapeText(link.name)).join(" after ");
    const marks: readonly Mark[] = chain.map(({ name: unit, startedAt, doneAt }) => ({
      tone: "chain",
      from: startedAt,
      to: doneAt > startedAt ? doneAt : null,
      title: `${escapeText(unit)}: started at ${seconds(startedAt)}, took ${(doneAt - startedAt).toFixed(3)} s`,
    }));
    const finish: Mark = {
      tone: "finish",
      from: finishedAt,
      to: null,
      title: `Boot finished at ${seconds(finishedAt)}`,
    };
    return { label, title: units === "" ? label : `${label}; ${units}`, marks: [...marks.toReversed(), finish] };
  };
  return [
    lane("Critical chain", boot.finishedAt, boot.chain),
    lane("Without the waits", boot.withoutWaitsAt, boot.chainWithoutWaits),
  ];
}
