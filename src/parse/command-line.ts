/**
 * The kernel's parameters in order, as parse_args() of kernel/params.c splits them: blanks separate, double quotes protect
 * blanks, `-` and `_` are the same in a name, and what follows `--` belongs to init.
 */
export function parseCommandLine(text: string): readonly (readonly [name: string, value: string | null])[] {
  const parameters: [string, string | null][] = [];
  for (const [word] of text.matchAll(/(?:"[^"]*"|[^\s"])+/g)) {
    if (word === "--") break;
    const bare = word.replaceAll('"', "");
    const equals = bare.indexOf("=");
    const name = (equals < 0 ? bare : bare.slice(0, equals)).replaceAll("-", "_");
    parameters.push([name, equals < 0 ? null : bare.slice(equals + 1)]);
  }
  return parameters;
}

/** The last value of a boolean parameter, as kstrtobool() reads it; null where it is not given or not a boolean. */
export function booleanParameter(commandLine: string, name: string): boolean | null {
  const given = parseCommandLine(commandLine).findLast(([known]) => known === name);
  if (given === undefined) return null;
  const value = (given[1] ?? "1").toLowerCase();
  if (/^(?:1|y|t|on)/.test(value)) return true;
  return /^(?:0|n|f|of)/.test(value) ? false : null;
}
