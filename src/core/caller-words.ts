import type { Wait } from "./wait.ts";
import type { CallerFrame } from "./caller.ts";
import { fileName } from "./base/file-name.ts";

/** How many candidates are named. */
const candidatesNamed = 3;

/** Words for each source of candidates: "(has libcrypto.so.3 loaded)". */
const candidateWords: Readonly<Record<NonNullable<Wait["librariesSource"]>, (names: string) => string>> = {
  maps: (names) => `has ${names} loaded`,
  elf: (names) => `is linked with ${names}`,
  request: (names) => `its request is like one of ${names}`,
};

/** By which way into the kernel a task waits, in words that follow "waited for the CRNG in". */
export const interfaceWords: Readonly<Record<Wait["interface"], string>> = {
  getrandom: "getrandom",
  "dev-random": "a read of /dev/random",
  urandom: "a read of /dev/urandom",
  kernel: "the kernel itself",
};

/**
 * Who called, in words that follow "waited for the CRNG in getrandom". "via" is used only for what is proven:
 * " via libgcrypt.so.20 in FIPS mode"; candidates are marked as such: " (has libcrypto.so.3 loaded)". Names are as they
 * are, not escaped. Empty: nothing is known.
 */
export function callerWords(wait: Wait): string {
  const fips = wait.fips === true ? " in FIPS mode" : "";
  return wait.caller === null ? `${fips}${candidates(wait)}` : `${provenCaller(wait.caller)}${fips}`;
}

function provenCaller({ library, fromConstructor }: NonNullable<Wait["caller"]>): string {
  if (library === null) return " from its own code";
  return fromConstructor === true ? ` via the constructor of ${library}` : ` via ${library}`;
}

function candidates({ libraries, librariesSource, polls }: Wait): string {
  // Every program has libc, and poll(2) of a device is no library's.
  const names = libraries.filter((name) => !/^libc\b/.test(name));
  if (names.length === 0 || librariesSource === null || polls) return "";
  const named = names.slice(0, candidatesNamed);
  const more = names.length - named.length;
  const parts = more > 0 ? [...named, `${more} more`] : named;
  const list = parts.length === 1 ? parts.join("") : `${parts.slice(0, -1).join(", ")} and ${parts.at(-1)}`;
  return ` (${candidateWords[librariesSource](list)})`;
}

/** One frame of a stack: "libgcrypt.so.20.4.1 gcry_control+0x1a2b0", "0x1a2b0" where nothing more is known. */
export function frameWords({ file, function: name, offset, byFramePointer }: CallerFrame): string {
  const words = [file === null ? null : fileName(file), name, offsetWords(offset)];
  const frame = words.filter((word) => word !== null).join(" ") || "?";
  return byFramePointer ? `${frame} (by frame pointer)` : frame;
}

function offsetWords(offset: number | null): string | null {
  return offset === null ? null : `+0x${offset.toString(16)}`;
}

/** A stack on one line, the innermost frame first: "libc.so.6 getentropy +0x3f04a ← libgcrypt.so.20 +0xea5bc". */
export function stackWords(stack: readonly CallerFrame[]): string {
  return stack.map(frameWords).join(" ← ");
}
