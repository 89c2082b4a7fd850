/** A host has fewer than ten lines of it. */
const mostLines = 256;

/**
 * What a line of /etc/ld.so.conf (ldconfig(8)) says: a folder to look in, or a pattern of files that are read in its
 * place.
 */
export type LinkerLine = { readonly folder: string } | { readonly include: string };

/** Reads /etc/ld.so.conf, or a file that it includes. */
export function parseLinkerConf(text: string): readonly LinkerLine[] {
  return text
    .split("\n", mostLines)
    .map((line) => (line.split("#", 1)[0] ?? "").trim())
    .flatMap((line): readonly LinkerLine[] => {
      const include = /^include\s+(\S.*)$/.exec(line)?.[1];
      if (include !== undefined) return include.split(/\s+/).map((pattern) => ({ include: pattern }));
      // Up to glibc 2.31 a folder may name its library type after "=".
      return line.startsWith("/")
        ? line.split(/[\s:,]+/).map((folder) => ({ folder: folder.split("=", 1)[0] ?? "" }))
        : [];
    });
}
