import type { RandomRequest } from "../../core/caller.ts";
import { remember } from "../../core/base/bounded-map.ts";
import { mayNameSymbol } from "../../parse/program/elf-dynamic.ts";
import { randomLibrary } from "../../parse/program/random-libraries.ts";
import { asksOtherwise } from "../../parse/trace/own-requests.ts";
import type { LibcDoor } from "../../parse/trace/request-fingerprint.ts";
import { join } from "../../platform/builtins.ts";
import { withFileParts } from "../../platform/file-parts.ts";
import type { Roots } from "../../platform/roots.ts";
import type { SharedLibraries } from "./shared-libraries.ts";

/** include/uapi/linux/random.h */
const GRND_RANDOM = 2;
/** A program of 30 libraries has 0.5 MiB of names. A user may start many programs, each with libraries of its own. */
const bounds = { files: 4096, bytes: 32 << 20 } as const;

/**
 * The functions of libc that bring a program to such a place in the kernel. Those of arc4random(3) go through the same
 * internal function as getrandom() (glibc 2.41), and never with GRND_RANDOM. syscall() is called for so many other
 * calls that naming it shows nothing.
 */
function namesOfDoor(door: LibcDoor, { flags }: Pick<RandomRequest, "flags">): readonly string[] {
  if (door !== "getrandom") return door === "syscall" ? [] : [door];
  return (flags & GRND_RANDOM) === 0 ? [door, "arc4random", "arc4random_buf", "arc4random_uniform"] : [door];
}

/** Which programs may have made a request themselves that is like one of a library's. Keeps what it read. */
export class OtherCallers {
  readonly #top: string;
  readonly #libraries: SharedLibraries;
  readonly #files = new Map<string, boolean>();
  #bytesLeft: number = bounds.bytes;

  constructor({ top }: Roots, libraries: SharedLibraries) {
    this.#top = top;
    this.#libraries = libraries;
  }

  /**
   * Whether a file of a program, other than its libc and the libraries whose requests are known, may have made a
   * request through this function of libc: the program itself, or a library that names it. True, too, where a file
   * cannot be read, or too much was read before.
   */
  mayCall(program: string, door: LibcDoor, request: Pick<RandomRequest, "flags">): boolean {
    const names = namesOfDoor(door, request);
    if (names.length === 0) return false;
    return (this.#libraries.filesOf(program) ?? []).some(
      ({ path }) => randomLibrary(path)?.family !== "libc" && !asksOtherwise(path, door) && this.#names(path, names),
    );
  }

  #names(path: string, names: readonly string[]): boolean {
    const key = `${names.join()} ${path}`;
    const known = this.#files.get(key);
    if (known !== undefined) return known;
    if (this.#bytesLeft <= 0) return true;
    const read = withFileParts(join(this.#top, path), (readAt) =>
      mayNameSymbol((offset, length) => {
        const bytes = readAt(offset, length);
        this.#bytesLeft -= bytes.length;
        return bytes;
      }, names),
    );
    const mayName = read.kind !== "ok" || read.value;
    remember(this.#files, key, mayName, bounds.files);
    return mayName;
  }
}
