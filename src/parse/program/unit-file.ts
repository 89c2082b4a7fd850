/** One assignment of a unit file. An empty value takes back what was given before (systemd.syntax(7)). */
export interface UnitSetting {
  readonly section: string;
  readonly name: string;
  readonly value: string;
}

/** Far more than any unit has. */
const mostSettings = 1024;

/** Reads a unit file or a drop-in of one: sections, comments of "#" and ";", lines that go on after a backslash. */
export function parseUnitFile(text: string): readonly UnitSetting[] {
  const settings: UnitSetting[] = [];
  let section = "";
  let begun = "";
  for (const raw of text.split("\n")) {
    // A comment within a line that continues does not end it.
    if (/^\s*(?:[#;]|$)/.test(raw) && !(begun !== "" && raw.trim() === "")) continue;
    const line = begun + raw.trim();
    if (line.endsWith("\\")) {
      begun = `${line.slice(0, -1)} `;
      continue;
    }
    begun = "";
    const [, named] = /^\[([^\]]+)\]$/.exec(line) ?? [];
    if (named !== undefined) section = named;
    const equals = line.indexOf("=");
    if (named !== undefined || equals < 1) continue;
    if (settings.length >= mostSettings) break;
    settings.push({ section, name: line.slice(0, equals).trim(), value: line.slice(equals + 1).trim() });
  }
  return settings;
}

/** The values of settings that make a list, in order, without those that an empty one took back. */
export function listOf(
  settings: readonly UnitSetting[],
  section: string,
  ...names: readonly string[]
): readonly string[] {
  const found = new Map<string, string[]>();
  for (const { name, value } of settings.filter(
    (setting) => setting.section === section && names.includes(setting.name),
  )) {
    if (value === "") found.delete(name);
    else found.set(name, [...(found.get(name) ?? []), value]);
  }
  return [...found.values()].flat();
}

/**
 * The words of a command line such as ExecStart= has (systemd.service(5)): without the signs in front of the program,
 * quotes gone. What follows a ";" of its own is another command. Null: the program's name depends on what is known only
 * as the unit starts.
 */
export function wordsOfExec(value: string): readonly string[] | null {
  const words = [...value.slice(0, 4096).matchAll(/"((?:[^"\\]|\\.)*)"|'((?:[^'\\]|\\.)*)'|(\S+)/g)].map(
    ([, double, single, bare]) => double ?? single ?? bare ?? "",
  );
  const [first = "", ...rest] = words;
  const program = first.replace(/^[-@:+!|]+/, "");
  if (program === "" || /[%$]/.test(program)) return null;
  const end = rest.indexOf(";");
  return [program, ...(end === -1 ? rest : rest.slice(0, end))];
}
