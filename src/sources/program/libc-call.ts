import { randomLibrary } from "../../parse/program/random-libraries.ts";
import { type LibcDoor, libcDoors } from "../../parse/trace/request-fingerprint.ts";
import { type FunctionPlace, functionsOfFile } from "../../parse/unwind/named-function.ts";
import { join } from "../../platform/builtins.ts";
import { withFileParts } from "../../platform/file-parts.ts";
import type { Roots } from "../../platform/roots.ts";
import type { SharedLibraries } from "./shared-libraries.ts";

const pageBytes = 4096;

/**
 * Through which function of its libc a program entered the kernel, told after it is gone: libraries are put at a random
 * place, but by whole pages, so that the lowest 12 bits of an address stay what the file says. Null: none of them, more
 * than one, or no libc that can be read.
 */
export function libcDoor(
  { top }: Roots,
  libraries: SharedLibraries,
  program: string,
  address: number,
): LibcDoor | null {
  const libc = libraries.filesOf(program)?.find(({ path }) => randomLibrary(path)?.family === "libc");
  if (libc === undefined) return null;
  const read = withFileParts(join(top, libc.path), (readAt) => functionsOfFile(readAt, libcDoors));
  if (read.kind !== "ok") return null;
  const inside = libcDoors.filter((door) => isInside(read.value.get(door), address));
  return inside.length === 1 ? (inside[0] ?? null) : null;
}

function isInside(place: FunctionPlace | undefined, address: number): boolean {
  if (place === undefined || place.bytes > pageBytes) return false;
  const from = (((address - place.address) % pageBytes) + pageBytes) % pageBytes;
  return from < place.bytes;
}
