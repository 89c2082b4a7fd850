import type { BootUnit, UnitTimes } from "../../core/boot-units.ts";

/** The properties that parseUnitTimes reads of each unit, and of the manager itself. */
export const unitProperties = [
  "Id",
  "After",
  "InactiveExitTimestampMonotonic",
  "ActiveEnterTimestampMonotonic",
  "InactiveEnterTimestampMonotonic",
] as const;
export const managerProperties = [
  "InitRDTimestampMonotonic",
  "UserspaceTimestampMonotonic",
  "FinishTimestampMonotonic",
] as const;

/** A Fedora workstation starts about 350. */
const mostUnits = 2000;
/** The most that one is ordered after: shutdown.target and the like, which no boot starts, do not count. */
const mostAfter = 256;

/**
 * What `systemctl show` printed of the manager and of all its units: blocks of `NAME=VALUE` with a blank line between
 * them. Stamps are microseconds of CLOCK_MONOTONIC, and 0 where there is none yet. Units that started after the boot
 * was finished are left out, and so are those that never started. Null: the text holds no manager.
 */
export function parseUnitTimes(manager: string, units: string): UnitTimes | null {
  const own = propertiesOf(manager);
  if (!own.has("FinishTimestampMonotonic")) return null;
  const finishedAt = stamp(own.get("FinishTimestampMonotonic"));
  const found = units
    .split(/\n{2,9}/, mostUnits)
    .map(propertiesOf)
    .flatMap((unit): readonly (BootUnit & { readonly after: readonly string[] })[] => {
      const name = unit.get("Id");
      const startedAt = stamp(unit.get("InactiveExitTimestampMonotonic"));
      if (name === undefined || startedAt === null || (finishedAt !== null && startedAt > finishedAt)) return [];
      const after = (unit.get("After") ?? "").split(" ", mostAfter);
      // A oneshot service is never active: it has done its work when it is inactive again. A stamp before the start is
      // of an earlier start.
      const ends = [unit.get("ActiveEnterTimestampMonotonic"), unit.get("InactiveEnterTimestampMonotonic")].map(stamp);
      const doneAt = ends.find((at) => at !== null && at >= startedAt) ?? null;
      return [{ name, startedAt, doneAt, after }];
    });
  const started = new Set(found.map(({ name }) => name));
  return {
    initrdAt: stamp(own.get("InitRDTimestampMonotonic")),
    userspaceAt: stamp(own.get("UserspaceTimestampMonotonic")),
    finishedAt,
    units: found
      .map((unit) => ({ ...unit, after: unit.after.filter((name) => name !== unit.name && started.has(name)) }))
      .toSorted((a, b) => a.startedAt - b.startedAt || (a.name < b.name ? -1 : 1)),
    silences: null,
  };
}

function propertiesOf(block: string): ReadonlyMap<string, string> {
  return new Map(
    block.split("\n").flatMap((line): readonly (readonly [string, string])[] => {
      const equals = line.indexOf("=");
      return equals === -1 ? [] : [[line.slice(0, equals), line.slice(equals + 1)]];
    }),
  );
}

/** Seconds of a stamp in microseconds; null for 0, which is systemd's "not yet". */
function stamp(text: string | undefined): number | null {
  if (text === undefined || !/^\d{1,15}$/.test(text)) return null;
  return text === "0" ? null : Number(text) / 1e6;
}
