import { healthWords } from "../../core/base/health.ts";
import { reseedReasons } from "../../core/kernel-message.ts";
import { blockedOf } from "../../core/wait.ts";
import type { BootRecord } from "../../core/boot-record.ts";
import { wereWaitsWatched } from "../../core/fold/cost.ts";
import { undecided } from "../../core/verdict.ts";
import { isLogRead, isReady } from "./known.ts";

/**
 * One metric as systemd-report collects them: of a family, and, where it has several, of an object or with fields that
 * distinguish them.
 */
export interface ReportMetric {
  readonly name: string;
  readonly object?: string;
  readonly fields?: Readonly<Record<string, string>>;
  readonly value: number | string;
}

interface Family {
  readonly name: string;
  readonly description: string;
  readonly type: "counter" | "gauge" | "string";
  readonly read: (record: BootRecord) => readonly Omit<ReportMetric, "name">[];
}

/** How many units are named; those with the longest waits. */
const mostUnits = 32;

/** The families, each named after its source's name, in the order of the list. */
export const reportFamilies: readonly Family[] = [
  {
    name: "Verdict",
    type: "string",
    description: "Whether the CRNG delayed this boot: cause, innocent or undecided",
    read: ({ verdict }) => (verdict.rule === undecided.rule ? [] : [{ value: verdict.crng }]),
  },
  {
    name: "Level",
    type: "string",
    description: "State of the CRNG: unknown, unseeded, early or ready",
    read: ({ readiness }) => [{ value: readiness.level }],
  },
  {
    name: "Ready",
    type: "gauge",
    description: "1 when the CRNG is ready, 0 when it is not; none where that is not known",
    read: (record) => known(isReady(record)),
  },
  {
    name: "ReadySeconds",
    type: "gauge",
    description: "Seconds from the boot's start to readiness, or the latest possible time if it is not known exactly",
    read: ({ readiness }) => known(readiness.level === "ready" ? (readiness.readyAt ?? readiness.notAfter) : null),
  },
  {
    name: "CallersWait",
    type: "gauge",
    description: "1 when a caller of getrandom() or /dev/random would block now, 0 when none would",
    read: ({ callers }) => known(callers.wouldWait),
  },
  {
    name: "Waits",
    type: "counter",
    description: "Waits for random bytes in this boot, by unit; absent if waits are not observed",
    read: (record) => byUnit(record, ({ length }) => length),
  },
  {
    name: "WaitedSeconds",
    type: "counter",
    description: "Seconds that tasks waited for random bytes in this boot, by unit",
    read: (record) => byUnit(record, knownSum),
  },
  {
    name: "EarlyUses",
    type: "counter",
    description: "Uses of the CRNG before it was ready that the kernel logged",
    read: (record) => known(isLogRead(record) ? record.earlyUses.length + record.dropped.earlyUses : null),
  },
  {
    name: "Reseeds",
    type: "counter",
    description: "Reseeds that the kernel logged, by reason",
    read: (record) =>
      (isLogRead(record) ? reseedReasons : []).map((reason) => ({
        fields: { reason },
        value: record.reseeds.filter((reseed) => reseed.reason === reason).length,
      })),
  },
  {
    name: "LogGaps",
    type: "counter",
    description: "Times that records of the kernel log, or events of the recorder's trace, were lost",
    read: (record) => known(isLogRead(record) || record.gaps.length > 0 ? record.gaps.length : null),
  },
  {
    name: "SourceHealth",
    type: "string",
    description: `Health of each source of evidence: ${healthWords}`,
    read: ({ sources }) => sources.map(({ name, health }) => ({ object: name, value: health })),
  },
  {
    name: "Finding",
    type: "string",
    description: "Severity of each finding: info, warning or critical",
    read: ({ findings }) => findings.map(({ id, severity }) => ({ object: id, value: severity })),
  },
];

/** All metrics of a boot; `source` is the name before theirs. */
export function reportMetrics(source: string, record: BootRecord): readonly ReportMetric[] {
  return reportFamilies.flatMap(({ name, read }) =>
    read(record).map((metric) => ({ name: `${source}.${name}`, ...metric })),
  );
}

function known(value: number | boolean | null): readonly Omit<ReportMetric, "name">[] {
  return value === null ? [] : [{ value: Number(value) }];
}

/** Waits without a unit, and those of more units than are named, have no object. */
function byUnit(
  record: BootRecord,
  measure: (seconds: readonly (number | null)[]) => number | null,
): readonly Omit<ReportMetric, "name">[] {
  if (record.waits.length === 0 && !wereWaitsWatched(record)) return [];
  const waits = blockedOf(record.waits);
  const units = new Map<string | null, (number | null)[]>();
  for (const { unit, seconds } of waits) units.set(unit, [...(units.get(unit) ?? []), seconds]);
  const named = [...units]
    .filter((entry): entry is [string, (number | null)[]] => entry[0] !== null)
    .toSorted(([, a], [, b]) => sumOf(b) - sumOf(a));
  const rest = [...(units.get(null) ?? []), ...named.slice(mostUnits).flatMap(([, seconds]) => seconds)];
  return [
    ...named
      .slice(0, mostUnits)
      .flatMap(([unit, seconds]) => known(measure(seconds)).map((metric) => ({ object: unit, ...metric }))),
    ...(rest.length > 0 || named.length === 0 ? known(measure(rest)) : []),
  ];
}

function sumOf(seconds: readonly (number | null)[]): number {
  return Math.round(seconds.reduce<number>((sum, one) => sum + (one ?? 0), 0) * 1e6) / 1e6;
}

/** Null: of no wait it is known how long it was. */
function knownSum(seconds: readonly (number | null)[]): number | null {
  return seconds.length > 0 && seconds.every((one) => one === null) ? null : sumOf(seconds);
}
