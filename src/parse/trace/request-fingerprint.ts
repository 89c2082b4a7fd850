import type { Caller, RandomRequest } from "../../core/caller.ts";
import type { Wait } from "../../core/wait.ts";
import { randomLibrary } from "../program/random-libraries.ts";

/** include/uapi/linux/random.h: a caller that gives neither of these waits for the CRNG. */
const [GRND_NONBLOCK, GRND_INSECURE] = [1, 4];

/** Whether a request waits where the CRNG is not ready. */
export function mayWait({ flags }: Pick<RandomRequest, "flags">): boolean {
  return (flags & (GRND_NONBLOCK | GRND_INSECURE)) === 0;
}

/** The functions of libc that enter the kernel for random bytes. */
export const libcDoors = ["getrandom", "getentropy", "syscall"] as const;
export type LibcDoor = (typeof libcDoors)[number];

interface Fingerprint extends Pick<RandomRequest, "bytes" | "flags"> {
  /** By its family's file name: the request does not show the version. */
  readonly library: string;
  /** True: it makes this request in FIPS mode only; false: only outside of it. */
  readonly fips: boolean | null;
  /** The function of libc that it calls, where that was measured. */
  readonly door: LibcDoor | null;
  /** Where this was seen. */
  readonly seen: string;
}

/**
 * Requests that were seen of one library, or of few; of one request the likelier library first. Any program may ask for
 * as much, so that a request proves nothing alone; what is not here is asked by many: 16 bytes by libsodium 1.0.18,
 * Python's os.urandom(16) and systemd; Go 1.19 asks for what its program does; NSS 3.87, SQLite 3.40 and OpenJDK 17
 * open /dev/random or /dev/urandom.
 */
const fingerprints: readonly Fingerprint[] = [
  seenOf("libc", 8, 1, "getrandom", null, "glibc 2.36, at the first malloc() of every process"),
  seenOf("libcrypto", 48, 0, "getentropy", null, "OpenSSL 1.1.1, 3.0.22, 3.5.9 and 3.6.5, seeding"),
  seenOf("libgcrypt", 48, 0, "getentropy", true, "libgcrypt 1.10.1 in FIPS mode, after its self-tests"),
  seenOf("libgcrypt", 24, 0, "getentropy", true, "libgcrypt 1.10.1 in FIPS mode, twice in its self-test"),
  seenOf("libgcrypt", 24, 2, "getrandom", true, "libgcrypt 1.11.0 and 1.12 in FIPS mode, seeding"),
  seenOf(
    "libgcrypt",
    32,
    2,
    "getrandom",
    true,
    "libgcrypt 1.11.0, and 1.10.2 and later as RHEL 9 builds it, in FIPS mode",
  ),
  seenOf("libgcrypt", 16, 2, "getrandom", true, "the same, after the 32 bytes"),
  // In FIPS mode it has another generator, which takes no such pool.
  seenOf(
    "libgcrypt",
    120,
    0,
    "getentropy",
    false,
    "libgcrypt 1.10.1, 1.11.0 and 1.12, at the first gcry_randomize() or nonce",
  ),
  seenOf("libgcrypt", 90, 0, "syscall", null, "libgcrypt 1.8.7; 1.8.5 with the constructor of Fedora and RHEL 8"),
  seenOf("libgnutls", 64, 0, "getrandom", null, "GnuTLS 3.7.9 and 3.8.9, at its first gnutls_rnd()"),
  seenOf("libgnutls", 1, 1, "getrandom", null, "GnuTLS 3.7 and 3.8 as it is loaded"),
  seenOf("libgcrypt", 1, 1, "getrandom", null, "libgcrypt 1.8.5 of RHEL 8"),
];

function seenOf(
  library: string,
  bytes: number,
  flags: number,
  door: LibcDoor | null,
  fips: boolean | null,
  seen: string,
): Fingerprint {
  return { library, bytes, flags, door, fips, seen };
}

/** A request with only its length and flags, as recorded by system call events. */
type AskedFor = Pick<RandomRequest, "bytes" | "flags">;

function fingerprintsOf({ bytes, flags }: AskedFor): readonly Fingerprint[] {
  return fingerprints.filter((known) => known.bytes === bytes && known.flags === flags);
}

const isOf = (library: string, { library: family }: Fingerprint): boolean => library.startsWith(`${family}.`);

/** The libraries that make this request, the likelier first; empty: it belongs to none in particular. */
export function librariesOfRequest(request: AskedFor): readonly string[] {
  return fingerprintsOf(request).map(({ library }) => library);
}

/** FIPS mode of this library, by its request; null: it makes it in both modes, or is not known to make it. */
export function fipsOfRequest(request: AskedFor, library: string): boolean | null {
  return fingerprintsOf(request).find((known) => isOf(library, known))?.fips ?? null;
}

/**
 * The one library of a process that must have called: length and flags are its own, it came through the function
 * of libc that this library calls, and of the libraries with this request the process has this one alone. `fips`: the
 * mode of the process, as far as it is known otherwise. Null: not that much is known.
 */
export function libraryOfRequest(
  request: RandomRequest,
  door: LibcDoor | null,
  libraries: readonly string[],
  fips: boolean | null,
): string | null {
  if (request.syscall !== "getrandom" || door === null) return null;
  const asking = fingerprintsOf(request).flatMap((known) =>
    libraries.filter((library) => isOf(library, known)).map((library) => ({ library, known })),
  );
  const [only] = asking;
  if (only === undefined || asking.length > 1 || only.known.door !== door) return null;
  return only.known.fips === true && fips !== true ? null : only.library;
}

/**
 * FIPS mode by the request of the library that called, where that contradicts what is known otherwise, `fips`, or more
 * is not known.
 */
export function fipsByRequest(
  { library, request }: Pick<Caller, "library" | "request">,
  fips: boolean | null,
): Partial<Pick<Wait, "fips" | "fipsWhy">> {
  const shown = library === null || request === null ? null : fipsOfRequest(request, library);
  // A program may choose the generator of FIPS mode without that mode.
  if (shown === null || shown === fips || (shown && fips === false) || request === null) return {};
  const mode = shown ? "in FIPS mode" : "outside of FIPS mode";
  return {
    fips: shown,
    fipsWhy: `${library} requested ${request.bytes} bytes with flags ${request.flags}, as ${mode} alone`,
  };
}

/**
 * What a trace shows of who called. A recorded stack of the process names the library; a request alone only looks like
 * one's, so that it gives candidates.
 */
export function askerOf(
  userStack: readonly string[],
  request: RandomRequest | null,
): Partial<Pick<Wait, "caller" | "libraries" | "librariesSource" | "fips" | "fipsWhy">> {
  const caller = callerOfFrames(userStack, request);
  const libraries = request === null ? [] : librariesOfRequest(request);
  const candidates = libraries.length === 0 ? {} : ({ libraries, librariesSource: "request" } as const);
  return caller === null ? candidates : { caller, ...candidates, ...fipsByRequest(caller, null) };
}

/**
 * The library that called, by a stack of its process, innermost first: ` => PATH[+0xOFFSET]` each, as
 * seq_print_user_ip() of kernel/trace/trace_output.c prints it with the option sym-userobj. The kernel follows frame
 * pointers: where libc's function has none, its caller is missing, which was seen on 6.12 with Debian's libc. So only a
 * library that calls for itself is named, where nothing else is between it and libc, and where the request is like its
 * own. Null: not shown, as where the process was gone when the trace was read, and only addresses were printed.
 */
function callerOfFrames(frames: readonly string[], request: RandomRequest | null): Caller | null {
  const innermost = frames.map(fileOfFrame).find((file) => randomLibrary(file)?.family !== "libc");
  const library = innermost === undefined ? null : randomLibrary(innermost);
  if (library === null || request === null) return null;
  if (!fingerprintsOf(request).some((known) => isOf(library.soname, known))) return null;
  return {
    library: library.soname,
    function: null,
    offset: null,
    buildId: null,
    how: "frames",
    fromConstructor: null,
    stack: [],
    request,
  };
}

function fileOfFrame(frame: string): string {
  return frame.replace(/\[\+0x[0-9a-f]{1,16}\]$/, "").replace(/ \(deleted\)$/, "");
}
