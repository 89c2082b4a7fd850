import { parseKprobeProfile } from "../../parse/trace/kprobe-profile.ts";
import { armedGroup, generatorProbes, waitProbes } from "../../parse/trace/wait-probes.ts";
import { join } from "../../platform/builtins.ts";
import { textOrNull } from "../../platform/pseudo-file.ts";
import { presentProbes } from "./present-probes.ts";

/** What tracefs shows of the flight recorder's probes. */
export interface ArmedProbes {
  /** Those that the kernel has. */
  readonly names: readonly string[];
  /**
   * Hits of all of them, of those where a call begins, of these where it begins to wait for the CRNG, and hits that
   * were missed; null where the kernel does not count.
   */
  readonly counts: {
    readonly hits: number;
    readonly entries: number;
    readonly waits: number;
    readonly missed: number;
  } | null;
}

export function armedProbes(tracefs: string): ArmedProbes {
  const names = presentProbes(tracefs, armedGroup);
  const profile = parseKprobeProfile(textOrNull(join(tracefs, "kprobe_profile")) ?? "");
  // The profile does not distinguish groups: of a probe that is not there, it would be another's.
  const onWaits = waitProbes(armedGroup, { registers: null }).map(({ name }) => name);
  const counted = [...waitProbes(armedGroup, { registers: null }), ...generatorProbes(armedGroup)].flatMap(
    ({ name, entry }) => {
      const its = names.includes(name) ? profile.get(name) : undefined;
      return its === undefined ? [] : [{ ...its, entry, waits: entry && onWaits.includes(name) }];
    },
  );
  const sum = (numbers: readonly number[]): number => numbers.reduce((total, number) => total + number, 0);
  const counts = {
    hits: sum(counted.map(({ hits }) => hits)),
    entries: sum(counted.filter(({ entry }) => entry).map(({ hits }) => hits)),
    waits: sum(counted.filter(({ waits }) => waits).map(({ hits }) => hits)),
    missed: sum(counted.map(({ missed }) => missed)),
  };
  return { names, counts: counted.length === 0 ? null : counts };
}

/**
 * The events that are switched on, by us or not. Not by their own files: on 6.1 and 6.12 tracefs may lack those of an
 * event, or of a whole group.
 */
export function eventsOn(tracefs: string): readonly string[] {
  return (textOrNull(join(tracefs, "set_event")) ?? "").split("\n").filter((event) => event !== "");
}
