import { listOf, parseUnitFile, type UnitSetting, wordsOfExec } from "../../parse/program/unit-file.ts";
import { followBelow } from "../../platform/confined.ts";
import { fs, join } from "../../platform/builtins.ts";
import { attempt, namesOrNone, readBytes, textOrEmpty } from "../../platform/pseudo-file.ts";
import type { Roots } from "../../platform/roots.ts";

/** A desktop's targets reach about 250 units; a unit's file has a few KiB. */
const bounds = { units: 1024, fileBytes: 1 << 16, dropIns: 64 } as const;

/** A command that a unit starts: the program, as the unit names it, and its arguments. */
export interface UnitCommand {
  readonly unit: string;
  readonly program: string;
  readonly words: readonly string[];
  /** It is pulled in before the machine's ordinary services. */
  readonly early: boolean;
}

/** What ordinary services stand after (bootup(7)), and what pulls those in. */
const earlyTargets = ["sysinit.target", "basic.target", "local-fs.target", "cryptsetup.target", "swap.target"];
const laterTargets = ["multi-user.target"];

/** Where systemd.unit(5) looks for units, as paths of the host; the first that has one counts. */
const folders = [
  "etc/systemd/system",
  "run/systemd/system",
  "run/systemd/generator",
  "usr/local/lib/systemd/system",
  "usr/lib/systemd/system",
  "lib/systemd/system",
  "run/systemd/generator.late",
];

/** A folder of units and the names in it: most of the files that a unit could have there do not exist. */
interface UnitFolder {
  readonly folder: string;
  readonly names: ReadonlySet<string>;
}

/**
 * The commands of units that a boot pulls in, in that order, each unit once. Conditions are not evaluated: they may
 * hold at the next boot.
 */
export function unitCommands({ top }: Roots): readonly UnitCommand[] {
  const places = folders.map((folder) => ({ folder, names: new Set(namesOrNone(join(top, folder))) }));
  const units: { readonly unit: string; readonly early: boolean }[] = [
    ...earlyTargets.map((unit) => ({ unit, early: true })),
    ...laterTargets.map((unit) => ({ unit, early: false })),
  ];
  const known = new Set(units.map(({ unit }) => unit));
  const commands: UnitCommand[] = [];
  for (const early of [true, false]) {
    for (let index = 0; index < units.length; index++) {
      const { unit, early: isEarly } = units[index] as (typeof units)[number];
      if (isEarly !== early) continue;
      const settings = settingsOf(top, places, unit);
      if (settings === null) continue;
      commands.push(
        ...commandsOf(unit, settings).map((words) => ({ unit, program: words[0] as string, words, early })),
      );
      for (const wanted of [...pulledInBy(settings), ...linkedTo(top, places, unit)]) {
        if (known.has(wanted) || known.size >= bounds.units) continue;
        known.add(wanted);
        units.push({ unit: wanted, early });
      }
    }
  }
  return commands;
}

function commandsOf(unit: string, settings: readonly UnitSetting[]): readonly (readonly string[])[] {
  if (!unit.endsWith(".service")) return [];
  return listOf(settings, "Service", "ExecStartPre", "ExecStart", "ExecStartPost")
    .map(wordsOfExec)
    .filter((words) => words !== null);
}

function pulledInBy(settings: readonly UnitSetting[]): readonly string[] {
  return listOf(settings, "Unit", "Wants", "Requires", "BindsTo", "Upholds")
    .flatMap((names) => names.split(/\s+/))
    .filter(isUnitName);
}

/** The units of `UNIT.wants/` and `UNIT.requires/`. */
function linkedTo(top: string, places: readonly UnitFolder[], unit: string): readonly string[] {
  return [`${unit}.wants`, `${unit}.requires`]
    .flatMap((name) => within(places, name))
    .flatMap((path) => namesOrNone(join(top, path)).filter(isUnitName));
}

/** The paths that a name has in the folders, in their order. */
function within(places: readonly UnitFolder[], name: string): readonly string[] {
  return places.filter(({ names }) => names.has(name)).map(({ folder }) => `${folder}/${name}`);
}

function isUnitName(name: string): boolean {
  return /^[\w:.@\\-]{1,255}\.(?:service|target|socket|mount|swap|path|timer|device|automount)$/.test(name);
}

/** A unit's settings with those of its drop-ins. Null: it is not there, or masked. */
function settingsOf(top: string, places: readonly UnitFolder[], unit: string): readonly UnitSetting[] | null {
  const template = unit.replace(/@[^@]*(\.\w+)$/, "@$1");
  const names = template === unit ? [unit] : [unit, template];
  const [file] = names.flatMap((name) => within(places, name));
  const text = file === undefined ? "" : textAt(top, file);
  if (text === "") return null;
  const dropIns = new Map<string, string>();
  for (const folder of names.flatMap((name) => within(places, `${name}.d`))) {
    for (const name of namesOrNone(join(top, folder)).filter((known) => known.endsWith(".conf"))) {
      if (!dropIns.has(name) && dropIns.size < bounds.dropIns) dropIns.set(name, textAt(top, `${folder}/${name}`));
    }
  }
  const texts = [text, ...[...dropIns].toSorted(([a], [b]) => (a < b ? -1 : 1)).map(([, dropIn]) => dropIn)];
  return texts.flatMap(parseUnitFile);
}

/** Empty where the file is masked, by being empty or a link to /dev/null. */
function textAt(top: string, path: string): string {
  const target = followBelow(top, path);
  const isFile = attempt(() => target !== null && fs.statSync(join(top, target)).isFile());
  if (target === null || isFile.kind !== "ok" || !isFile.value) return "";
  return textOrEmpty(readBytes(join(top, target), bounds.fileBytes)).trim();
}
