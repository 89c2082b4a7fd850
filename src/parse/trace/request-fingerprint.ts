import type { RandomRequest } from "../../core/caller.ts";

/** include/uapi/linux/random.h: who gives neither of these waits where the CRNG is not ready. */
const [GRND_NONBLOCK, GRND_INSECURE] = [1, 4];

export function mayWait({ flags }: Pick<RandomRequest, "flags">): boolean {
  return (flags & (GRND_NONBLOCK | GRND_INSECURE)) === 0;
}

/** The functions of libc that enter the kernel for random bytes. */
export const libcDoors = ["getrandom", "getentropy", "syscall"] as const;
export type LibcDoor = (typeof libcDoors)[number];

interface Fingerprint extends Pick<RandomRequest, "bytes" | "flags"> {
  /** By their families' file names, the likelier first: the request does not tell the version. */
  readonly libraries: readonly string[];
  /** True: only a library in FIPS mode asks so. */
  readonly fips: true | null;
  /** Through which function of libc it asks, where that was measured. */
  readonly door: LibcDoor | null;
  /** Where this was seen. */
  readonly seen: string;
}

/**
 * Requests that were seen of one library, or of few. Any program may ask for as much, so that a request proves nothing
 * alone; what is not here is asked by many: 16 bytes by libsodium 1.0.18, Python's os.urandom(16) and systemd.
 */
const fingerprints: readonly Fingerprint[] = [
  {
    bytes: 8,
    flags: 1,
    libraries: ["libc"],
    fips: null,
    door: "getrandom",
    seen: "glibc 2.36, at the first malloc() of every process",
  },
  {
    bytes: 48,
    flags: 0,
    libraries: ["libcrypto", "libgcrypt"],
    fips: null,
    door: "getentropy",
    seen: "OpenSSL 1.1.1 and 3.0.22, seeding; libgcrypt 1.10.1 in FIPS mode, behind its self-tests",
  },
  {
    bytes: 24,
    flags: 0,
    libraries: ["libgcrypt"],
    fips: true,
    door: "getentropy",
    seen: "libgcrypt 1.10.1 in FIPS mode, twice in its self-test",
  },
  {
    bytes: 32,
    flags: 2,
    libraries: ["libgcrypt"],
    fips: true,
    door: null,
    seen: "libgcrypt 1.10.2 and later in FIPS mode, as RHEL 9 builds it",
  },
  { bytes: 16, flags: 2, libraries: ["libgcrypt"], fips: true, door: null, seen: "the same, behind the 32 bytes" },
  {
    bytes: 120,
    flags: 0,
    libraries: ["libgcrypt"],
    fips: null,
    door: "getentropy",
    seen: "libgcrypt 1.10.1, at the first gcry_randomize() of level GCRY_STRONG_RANDOM",
  },
  {
    bytes: 90,
    flags: 0,
    libraries: ["libgcrypt"],
    fips: null,
    door: null,
    seen: "libgcrypt 1.8.5 with the constructor of Fedora and RHEL 8",
  },
  {
    bytes: 64,
    flags: 0,
    libraries: ["libgnutls"],
    fips: null,
    door: "getrandom",
    seen: "GnuTLS 3.7.9, at its first gnutls_rnd()",
  },
  {
    bytes: 1,
    flags: 1,
    libraries: ["libgnutls", "libgcrypt"],
    fips: null,
    door: "getrandom",
    seen: "GnuTLS 3.7 and 3.8 as it is loaded; libgcrypt 1.8.5 of RHEL 8",
  },
];

function fingerprintOf({ bytes, flags }: Pick<RandomRequest, "bytes" | "flags">): Fingerprint | undefined {
  return fingerprints.find((known) => known.bytes === bytes && known.flags === flags);
}

/** The libraries that ask so, the likelier first; empty where the request tells none. */
export function librariesOfRequest(request: Pick<RandomRequest, "bytes" | "flags">): readonly string[] {
  return fingerprintOf(request)?.libraries ?? [];
}

/** True where only a library in FIPS mode is known to ask so, else null. */
export function fipsOfRequest(request: Pick<RandomRequest, "bytes" | "flags">): true | null {
  return fingerprintOf(request)?.fips ?? null;
}

/**
 * The one library of a process by which it must have asked: length and flags are its own, it came through the function
 * of libc that this library calls, and of the libraries that ask so the process has this one alone. `fips`: the mode of
 * the process. Null: not that much is known.
 */
export function libraryOfRequest(
  request: RandomRequest,
  door: LibcDoor | null,
  libraries: readonly string[],
  fips: boolean | null,
): string | null {
  const known = request.syscall === "getrandom" ? fingerprintOf(request) : undefined;
  if (known === undefined || known.door === null || known.door !== door) return null;
  if (known.fips === true && fips !== true) return null;
  const asking = libraries.filter((library) => known.libraries.some((family) => library.startsWith(`${family}.`)));
  return asking.length === 1 ? (asking[0] ?? null) : null;
}
