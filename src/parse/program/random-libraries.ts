import { membersOf } from "../../core/base/members.ts";
import { fileName } from "../../core/base/file-name.ts";

/** A library from which programs draw random bytes, by the name under which programs need it (its soname). */
interface LibraryRow {
  /** Matches the file's name, whatever its minor version: libgcrypt.so.20.4.1 is libgcrypt.so.20. */
  readonly pattern: RegExp;
  readonly family: LibraryFamily;
  readonly soname: (match: RegExpExecArray) => string;
}

export type LibraryFamily = "libgcrypt" | "OpenSSL" | "GnuTLS" | "NSS" | "libsodium" | "libc";

/**
 * Most likely to have called first, among those that are not in FIPS mode: libsystemd brings libgcrypt into programs
 * that never use it.
 */
const families = membersOf<LibraryFamily>({
  OpenSSL: 1,
  GnuTLS: 1,
  NSS: 1,
  libsodium: 1,
  libgcrypt: 1,
  libc: 1,
});

const rows: readonly LibraryRow[] = [
  { pattern: /^libgcrypt\.so\.(\d{1,4})/, family: "libgcrypt", soname: (match) => `libgcrypt.so.${match[1]}` },
  // 1.1.1k is of 1.1; Fedora and RHEL call 1.0.2k so.10, upstream 1.0.2 so.1.0.0.
  { pattern: /^libcrypto\.so\.1\.0\.[12][a-z]{1,2}$/, family: "OpenSSL", soname: () => "libcrypto.so.10" },
  {
    pattern: /^libcrypto\.so\.(1\.1|1\.0\.\d|\d{1,4})/,
    family: "OpenSSL",
    soname: (match) => `libcrypto.so.${match[1]}`,
  },
  { pattern: /^libgnutls\.so\.(\d{1,4})/, family: "GnuTLS", soname: (match) => `libgnutls.so.${match[1]}` },
  {
    pattern: /^(libsoftokn3|libfreebl3|libfreeblpriv3)\.(?:chk|so)$/,
    family: "NSS",
    soname: (match) => `${match[1]}.so`,
  },
  { pattern: /^libsodium\.so\.(\d{1,4})/, family: "libsodium", soname: (match) => `libsodium.so.${match[1]}` },
  { pattern: /^libc(?:-2\.\d{1,3})?\.so(?:\.6)?$/, family: "libc", soname: () => "libc.so.6" },
  {
    pattern: /^(?:ld-musl-\w{1,32}\.so\.1|libc\.musl-\w{1,32}\.so\.1)$/,
    family: "libc",
    soname: () => "libc.musl.so.1",
  },
];

export interface RandomLibrary {
  readonly soname: string;
  readonly family: LibraryFamily;
  /** The file's name, which may show more of its version. */
  readonly file: string;
}

/**
 * The libraries among the files of a program, in the order in which they are likely to have called; libc only where it
 * is alone.
 */
export function randomLibraries(paths: readonly string[]): readonly RandomLibrary[] {
  const found = new Map<string, RandomLibrary>();
  for (const path of paths) {
    const library = randomLibrary(path);
    if (library !== null && !found.has(library.soname)) found.set(library.soname, library);
  }
  const all = [...found.values()].toSorted((a, b) => families.indexOf(a.family) - families.indexOf(b.family));
  const more = all.filter(({ family }) => family !== "libc");
  return more.length > 0 ? more : all;
}

/** Null: programs draw no random bytes from it. */
export function randomLibrary(path: string): RandomLibrary | null {
  const file = fileName(path);
  for (const { pattern, family, soname } of rows) {
    const match = pattern.exec(file);
    if (match !== null) return { soname: soname(match), family, file };
  }
  return null;
}

/**
 * Programs with code of their own for it, and how they are recognised: by a library of theirs, or by the program's
 * name.
 */
const runtimes: readonly (readonly [runtime: string, library: RegExp, program: RegExp])[] = [
  ["JVM", /^libjvm\.so$/, /^java$/],
  ["Node.js", /^libnode\.so\.\d/, /^node(?:js)?(?:-\d[\d.]*)?$/],
  ["Python", /^libpython\d[\d.]*\w?\.so/, /^(?:platform-)?python\d?(?:\.\d{1,3})?$/],
];

/** `language`: what the program's own file shows, where it was read. */
export function runtimeOf(exe: string | null, paths: readonly string[], language: string | null): string | null {
  const files = paths.map(fileName);
  const program = exe === null ? "" : fileName(exe);
  const known = runtimes.find(([, library, name]) => name.test(program) || files.some((file) => library.test(file)));
  if (known !== undefined) return known[0];
  if (language !== null) return language;
  const libc = files.map(randomLibrary).find((library) => library?.family === "libc");
  return libc === undefined || libc === null ? null : libc.soname === "libc.so.6" ? "glibc" : "musl";
}
