import { type LibraryFamily, randomLibraries, runtimeOf } from "./random-libraries.ts";

/**
 * Whether code keeps the state of a generator of its own, seeded once from the kernel's and again only after a while:
 * it does not notice that the virtual machine was copied. libsodium and the C libraries ask the kernel each time.
 */
const keepsState: Readonly<Record<LibraryFamily, boolean>> = {
  OpenSSL: true,
  GnuTLS: true,
  NSS: true,
  libgcrypt: true,
  libsodium: false,
  libc: false,
};
/** java.security.SecureRandom, math/rand, the module random, and the OpenSSL inside Node.js. */
const runtimes: ReadonlySet<string> = new Set(["JVM", "Go", "Python", "Node.js"]);

/** The generators that a program with these files mapped carries, as far as its files show. It may not use them. */
export function generatorsOf(
  exe: string | null,
  paths: readonly string[],
  language: () => string | null,
): readonly string[] {
  const libraries = randomLibraries(paths).filter(({ family }) => keepsState[family]);
  const known = runtimeOf(exe, paths, null);
  const runtime = known === null || !runtimes.has(known) ? language() : known;
  const names = [
    ...libraries.map(({ family }) => family),
    ...(runtime !== null && runtimes.has(runtime) ? [runtime] : []),
  ];
  return [...new Set(names)];
}
