import { reseedFacts } from "../../core/kernel-message.ts";
import type { BootRecord } from "../../core/boot-record.ts";
import type { GeneratorProcess } from "../../core/evidence.ts";

/** /proc counts a process' start in hundredths of a second. */
const startErrorSeconds = 0.01;

/**
 * Processes with a generator of their own that started before the latest clone or restore of the virtual machine, the
 * earliest first. Where the moment is not known, or the clocks of the log and of /proc are apart after a suspend, all
 * that may be older.
 */
export function olderProcesses({ generators, reseeds }: BootRecord): readonly GeneratorProcess[] {
  const forks = reseeds.filter(({ reason }) => reseedFacts[reason].cloned);
  if (generators === null || forks.length === 0) return [];
  const isComparable =
    forks.every(({ at }) => at !== null) && !reseeds.some(({ reason }) => reseedFacts[reason].suspended);
  const latest = isComparable ? Math.max(...forks.map(({ at }) => at ?? Infinity)) : Infinity;
  return generators.processes
    .filter(({ startedAt }) => startedAt <= latest + startErrorSeconds)
    .toSorted((a, b) => a.startedAt - b.startedAt);
}

/** A restart of these ends sessions or the boot's own order; the next reboot is theirs. */
const notRestarted =
  /^(?:dbus(?:-broker)?|user@.*|getty@.*|serial-getty@.*|systemd-(?:logind|journald|udevd)|gdm|sddm|lightdm|crngwatch)\.service$/;
/** Units that a shell needs no quotes for. */
const plainName = /^[\w@:.-]{1,200}\.service$/;

/** The services of older processes that can be restarted, each once. */
export function restartable(older: readonly GeneratorProcess[]): readonly string[] {
  const units = older.filter(({ container }) => container === null).map(({ unit }) => unit ?? "");
  return [...new Set(units)].filter((unit) => plainName.test(unit) && !notRestarted.test(unit));
}
