/**
 * The kernel's parameters in order, as parse_args() of kernel/params.c splits them: blanks separate, double quotes
 * protect blanks, `-` and `_` are the same in a name, and what follows `--` belongs to init.
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

/**
 * The value of a boolean parameter, null where it is not given. As in the kernel the last one wins, but one that is no
 * boolean, or has no value at all, changes nothing.
 */
export function booleanParameter(commandLine: string, name: string): boolean | null {
  const given = parseCommandLine(commandLine).filter(([known]) => known === name);
  return given.map(([, value]) => kstrtobool(value ?? "")).findLast((value) => value !== null) ?? null;
}

/** As kstrtobool() of lib/kstrtox.c: the first letter counts, after an "o" the second. */
function kstrtobool(value: string): boolean | null {
  if (/^(?:[1yt]|on)/i.test(value)) return true;
  return /^(?:[0nf]|of)/i.test(value) ? false : null;
}
