import type { FipsEnvironment } from "./fips-environment.ts";
import type { LibraryFamily, RandomLibrary } from "./random-libraries.ts";

/** What a host's libraries choose FIPS mode by. Null: not known. */
export interface FipsSwitches {
  /** /proc/sys/crypto/fips_enabled; false where the kernel has no such file. */
  readonly kernel: boolean | null;
  /** /etc/gcrypt/fips_enabled exists, whatever it holds. */
  readonly gcryptFile: boolean | null;
  /** /etc/system-fips is there. */
  readonly systemFips: boolean | null;
  /**
   * The setting in the configuration that OpenSSL 3 reads where OPENSSL_CONF names no other; false where there is none.
   */
  readonly opensslConf: boolean | null;
}

/**
 * FIPS mode of one process, and what that rests on. `library`: the one that is in it, null where it is the kernel or
 * none.
 */
export interface ProcessFips {
  readonly fips: boolean | null;
  readonly why: string;
  readonly library: RandomLibrary | null;
}

type Decision = readonly [fips: boolean | null, why: string];

/** How each family decides, by its sources; null: as the kernel. The first that decides counts. */
const decisions: Readonly<
  Record<
    LibraryFamily,
    (library: RandomLibrary, environment: FipsEnvironment, switches: FipsSwitches) => Decision | null
  >
> = {
  // check_fips_system_setting() of 1.10; before, no variable. Any value counts.
  libgcrypt(library, { LIBGCRYPT_FORCE_FIPS_MODE: forced }, { kernel, gcryptFile, systemFips }) {
    if (forced !== undefined) return [true, "LIBGCRYPT_FORCE_FIPS_MODE is set"];
    if (gcryptFile === true) return [true, "/etc/gcrypt/fips_enabled exists"];
    if (kernel === true) return null;
    if (gcryptFile === null) return [null, "whether /etc/gcrypt/fips_enabled exists is unknown"];
    if (systemFips === false) return null;
    // libgcrypt-1.8.3-fips-ctor.patch of Fedora and RHEL: 20.2 is 1.8, 20.3 is 1.9, 20.4 is 1.10.
    const minor = /^libgcrypt\.so\.(\d+)\.(\d+)\./.exec(library.file);
    if (minor === null)
      return [
        null,
        "/etc/system-fips makes libgcrypt before 1.10 run its FIPS self-tests when it is loaded, and its version is not known",
      ];
    return Number(minor[1]) < 20 || Number(minor[2]) < 4 ? bySystemFips(systemFips) : null;
  },
  // OPENSSL_init_library() of 1.0 and 1.1, get_fips_mode() of 3, both as Fedora and RHEL patch them. Any value counts.
  OpenSSL({ soname }, { OPENSSL_FORCE_FIPS_MODE: forced, OPENSSL_CONF: named }, { kernel, systemFips, opensslConf }) {
    if (forced !== undefined) return [true, "OPENSSL_FORCE_FIPS_MODE is set"];
    if (kernel === true) return null;
    if (soname.startsWith("libcrypto.so.1")) return bySystemFips(systemFips);
    // The user who runs the program may name any file, so it is not opened.
    if (named !== undefined) return [null, "OPENSSL_CONF names a configuration that crngwatch does not read"];
    return opensslConf === false
      ? null
      : [
          opensslConf,
          opensslConf === true
            ? "OpenSSL's configuration requests it"
            : "OpenSSL's configuration could not be read completely",
        ];
  },
  // _gnutls_fips_mode_enabled(): the variable overrules the kernel.
  GnuTLS(_, { GNUTLS_FORCE_FIPS_MODE: forced }, { kernel, systemFips }) {
    if (forced !== undefined) return [/^[1-4]/.test(forced), `GNUTLS_FORCE_FIPS_MODE is '${forced.slice(0, 1)}'`];
    return kernel === true ? null : bySystemFips(systemFips);
  },
  // NSS_GetSystemFIPSEnabled()
  NSS(_, { NSS_FIPS: forced }) {
    return forced !== undefined && /^(?:[y1]|(?:fips|true|on)$)/i.test(forced) ? [true, "NSS_FIPS is set"] : null;
  },
  libsodium: () => null,
  libc: () => null,
};

/** The marker of Fedora's and RHEL's initramfs: self-tests are run even with a kernel that is not in FIPS mode. */
function bySystemFips(systemFips: boolean | null): Decision | null {
  if (systemFips === null) return [null, "whether /etc/system-fips exists is unknown"];
  return systemFips ? [true, "/etc/system-fips makes it run its FIPS self-tests when it is loaded"] : null;
}

/**
 * FIPS mode of a process that has these libraries: on where one of them is in it. `environment` null: it could not be
 * read, so whatever is not on anyway is not known.
 */
export function processFips(
  libraries: readonly RandomLibrary[],
  environment: FipsEnvironment | null,
  switches: FipsSwitches,
): ProcessFips {
  const decided = libraries.map((library) => ({
    library,
    decision: decisions[library.family](library, environment ?? {}, switches),
  }));
  // libgcrypt in FIPS mode draws as it starts; of others that are in it, the likelier stands first.
  const on = decided
    .filter(({ decision }) => decision?.[0] === true)
    .toSorted((a, b) => Number(b.library.family === "libgcrypt") - Number(a.library.family === "libgcrypt"))[0];
  if (on !== undefined) return { fips: true, why: reasonOf(on.library, on.decision), library: on.library };
  if (switches.kernel === null) return { fips: null, why: "the kernel's FIPS mode is not known", library: null };
  if (switches.kernel) return byKernel(decided);
  const unknown = decided.find(({ decision }) => decision !== null && decision[0] === null);
  if (unknown !== undefined) return { fips: null, why: reasonOf(unknown.library, unknown.decision), library: null };
  if (environment === null && libraries.some(({ family }) => family !== "libc"))
    return {
      fips: null,
      why: "the kernel is not in FIPS mode, and the environment of the process is not known",
      library: null,
    };
  return { fips: false, why: "neither the kernel nor a library is in FIPS mode", library: null };
}

function byKernel(
  decided: readonly { readonly library: RandomLibrary; readonly decision: Decision | null }[],
): ProcessFips {
  const why = "the kernel is in FIPS mode";
  const off = decided.find(({ decision }) => decision?.[0] === false);
  if (off !== undefined && decided.length === 1)
    return { fips: false, why: `${why}, and ${reasonOf(off.library, off.decision)}`, library: null };
  return {
    fips: true,
    why,
    library:
      decided.find(({ library, decision }) => library.family === "libgcrypt" && decision === null)?.library ?? null,
  };
}

function reasonOf({ soname }: RandomLibrary, decision: Decision | null): string {
  return `${soname}: ${decision?.[1] ?? ""}`;
}

/**
 * The libraries with the one in front that is in FIPS mode: its self-tests draw before the program asks for anything.
 */
export function likeliestFirst(
  libraries: readonly RandomLibrary[],
  { library }: ProcessFips,
): readonly RandomLibrary[] {
  return library === null ? libraries : [library, ...libraries.filter(({ soname }) => soname !== library.soname)];
}
