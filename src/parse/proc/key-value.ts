/**
 * The assignments of a shell-like file (os-release(5), /proc/1/environ with NULs made newlines): the last one wins,
 * quotes around a value go, comments and blank lines are passed over.
 */
export function parseKeyValue(text: string): ReadonlyMap<string, string> {
  const values = new Map<string, string>();
  for (const [, key, value] of text.matchAll(/^[ \t]*([A-Za-z_][A-Za-z0-9_]*)=(.*)$/gm)) {
    values.set(key as string, (value as string).trim().replace(/^(["'])(.*)\1$/, "$2"));
  }
  return values;
}
