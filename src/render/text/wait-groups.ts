import type { Wait } from "../../core/wait.ts";

export type WaitLabels = Readonly<Record<"unit" | "library" | "interface" | "generator", string>>;

/** Waits of one unit, through one library and interface, for one generator. */
export interface WaitGroup {
  readonly labels: WaitLabels;
  readonly waits: number;
  /** How long they waited together, at least. */
  readonly seconds: number;
}

/**
 * Groups that are named. A host can start any number of units, and every name is a series of its own for years.
 */
const mostGroups = 8;

/**
 * Waits by task: the groups that waited longest by name, and always one for all the others, which is 0 on a host
 * where no task waited. A pid is no label, since each boot has others. As groups change places with "other" a sum over
 * all still only grows.
 */
export function waitGroups(waits: readonly Wait[]): readonly WaitGroup[] {
  const groups = new Map<string, WaitGroup>();
  for (const wait of waits) {
    const labels = waitLabels(wait);
    const name = JSON.stringify(Object.values(labels));
    groups.set(
      name,
      joined(labels, [
        groups.get(name) ?? joined(labels, []),
        { labels, waits: wait.times, seconds: wait.seconds ?? 0 },
      ]),
    );
  }
  // The names decide where the seconds do not: the same record is the same text.
  const sorted = [...groups]
    .toSorted(([nameA, a], [nameB, b]) => b.seconds - a.seconds || (nameA < nameB ? -1 : 1))
    .map(([, group]) => group);
  return [
    ...sorted.slice(0, mostGroups),
    joined({ unit: "other", library: "other", interface: "other", generator: "other" }, sorted.slice(mostGroups)),
  ];
}

/**
 * The task, by names that stay the same from boot to boot. `library`: the one that is proven to have called;
 * empty where none is.
 */
export function waitLabels({ unit, caller, interface: through, generator }: Wait): WaitLabels {
  return { unit: unit ?? "", library: caller?.library ?? "", interface: through, generator };
}

function joined(labels: WaitLabels, groups: readonly WaitGroup[]): WaitGroup {
  return {
    labels,
    waits: groups.reduce((sum, { waits }) => sum + waits, 0),
    seconds: groups.reduce((sum, { seconds }) => sum + seconds, 0),
  };
}
