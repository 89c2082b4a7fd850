import { followBelow } from "../../platform/confined.ts";
import type { Roots } from "../../platform/roots.ts";
import { unitCommands } from "./systemd-units.ts";

/**
 * Where a program is, free of links; one that is named without a path is looked for where systemd does
 * (systemd.exec(5)).
 */
export function placeOfProgram(top: string, program: string): string | null {
  const places = program.startsWith("/")
    ? [program]
    : ["/usr/local/sbin", "/usr/local/bin", "/usr/sbin", "/usr/bin"].map((folder) => `${folder}/${program}`);
  for (const place of places) {
    const path = followBelow(top, place);
    if (path !== null) return path;
  }
  return null;
}

/**
 * Which unit starts a program, for a task that is gone and no longer has a control group. Reads the unit files once.
 */
export class ProgramUnits {
  readonly #roots: Roots;
  #units: ReadonlyMap<string, ReadonlySet<string>> | null = null;

  constructor(roots: Roots) {
    this.#roots = roots;
  }

  /** Null: no unit that a boot pulls in starts it, or several do. */
  unitOf(exe: string): string | null {
    this.#units ??= this.#read();
    const place = placeOfProgram(this.#roots.top, exe);
    const [unit, ...others] = (place === null ? undefined : this.#units.get(place)) ?? [];
    return others.length === 0 ? (unit ?? null) : null;
  }

  #read(): ReadonlyMap<string, ReadonlySet<string>> {
    const units = new Map<string, Set<string>>();
    for (const { unit, program } of unitCommands(this.#roots)) {
      const place = placeOfProgram(this.#roots.top, program);
      if (place !== null) units.set(place, (units.get(place) ?? new Set<string>()).add(unit));
    }
    return units;
  }
}
