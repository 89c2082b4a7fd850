import type { RandomRequest } from "../../core/caller.ts";

/** include/uapi/linux/random.h: who gives neither of these waits where the CRNG is not ready. */
const [GRND_NONBLOCK, GRND_INSECURE] = [1, 4];

export function mayWait({ flags }: Pick<RandomRequest, "flags">): boolean {
  return (flags & (GRND_NONBLOCK | GRND_INSECURE)) === 0;
}

interface Fingerprint extends Pick<RandomRequest, "bytes" | "flags"> {
  /** By their families' file names, the likelier first: the request does not tell the version. */
  readonly libraries: readonly string[];
  /** True: only a library in FIPS mode asks so. */
  readonly fips: true | null;
  readonly seen: string;
}

/** Requests that were seen of one library, or of few. Anybody else may ask the same; what is not here tells nothing. */
const fingerprints: readonly Fingerprint[] = [
  {
    bytes: 8,
    flags: 1,
    libraries: ["libc"],
    fips: null,
    seen: "glibc 2.36 and later, at the first malloc() of every process",
  },
  {
    bytes: 48,
    flags: 0,
    libraries: ["libcrypto", "libgcrypt"],
    fips: null,
    seen: "OpenSSL 1.1.1 and 3, seeding; libgcrypt 1.10.1 in FIPS mode without its own jitter",
  },
  {
    bytes: 24,
    flags: 0,
    libraries: ["libgcrypt"],
    fips: true,
    seen: "libgcrypt 1.10.1 in FIPS mode, twice in its self-test",
  },
  {
    bytes: 32,
    flags: 2,
    libraries: ["libgcrypt"],
    fips: true,
    seen: "libgcrypt 1.10.2 and later in FIPS mode, as RHEL 9 builds it",
  },
  { bytes: 16, flags: 2, libraries: ["libgcrypt"], fips: true, seen: "the same, behind the 32 bytes" },
  {
    bytes: 90,
    flags: 0,
    libraries: ["libgcrypt"],
    fips: null,
    seen: "libgcrypt 1.8.5 with the constructor of Fedora and RHEL 8",
  },
  {
    bytes: 1,
    flags: 1,
    libraries: ["libgnutls", "libgcrypt"],
    fips: null,
    seen: "GnuTLS 3.7 and 3.8 as it is loaded; libgcrypt 1.8.5 of RHEL 8",
  },
];

/** The libraries that ask so, the likelier first; empty where the request tells none. */
export function librariesOfRequest({ bytes, flags }: Pick<RandomRequest, "bytes" | "flags">): readonly string[] {
  return fingerprints.find((known) => known.bytes === bytes && known.flags === flags)?.libraries ?? [];
}

/** True where only a library in FIPS mode is known to ask so, else null. */
export function fipsOfRequest({ bytes, flags }: Pick<RandomRequest, "bytes" | "flags">): true | null {
  return fingerprints.find((known) => known.bytes === bytes && known.flags === flags)?.fips ?? null;
}
