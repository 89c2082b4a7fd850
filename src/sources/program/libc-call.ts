import type { RandomRequest } from "../../core/caller.ts";
import { mayNameSymbol } from "../../parse/program/elf-dynamic.ts";
import { asksOtherwise } from "../../parse/trace/own-requests.ts";
import { randomLibrary } from "../../parse/program/random-libraries.ts";
import { type LibcDoor, libcDoors } from "../../parse/trace/request-fingerprint.ts";
import { parseMappings } from "../../parse/proc/proc-maps.ts";
import { loadedMemory } from "../../parse/unwind/file-memory.ts";
import { systemCallsOf, systemCallsOfFile } from "../../parse/unwind/system-calls.ts";
import { join } from "../../platform/builtins.ts";
import { withFileParts } from "../../platform/file-parts.ts";
import { openProcessMemory } from "../../platform/process-memory.ts";
import { readBytes } from "../../platform/pseudo-file.ts";
import type { Roots } from "../../platform/roots.ts";
import type { SharedLibraries } from "./shared-libraries.ts";

const [pageBytes, mapBytes] = [4096, 1 << 20];
/** include/uapi/linux/random.h */
const GRND_RANDOM = 2;

/**
 * What the kernel maps into each process: from Linux 6.11 and glibc 2.41 on, getrandom() enters the kernel from there.
 */
const vdsoDoor = "__vdso_getrandom";

/**
 * The functions of libc that bring a program to such a place in the kernel. Those of arc4random(3) go through the same
 * internal function as getrandom() (glibc 2.41), and never with GRND_RANDOM. syscall() is called for so many other
 * calls that naming it shows nothing.
 */
function namesOfDoor(door: LibcDoor, { flags }: Pick<RandomRequest, "flags">): readonly string[] {
  if (door !== "getrandom") return door === "syscall" ? [] : [door];
  return (flags & GRND_RANDOM) === 0 ? [door, "arc4random", "arc4random_buf", "arc4random_uniform"] : [door];
}

/**
 * Through which function of its libc a program entered the kernel, found out after it is gone: libraries are put at a
 * random place, but by whole pages, so that the lowest 12 bits of an address stay what the file says. `address`: that
 * behind the instruction that entered the kernel. Null: none of them, more than one, or no libc that can be read.
 */
export function libcDoor(
  { top, proc }: Roots,
  libraries: SharedLibraries,
  program: string,
  address: number,
): LibcDoor | null {
  const libc = libraries.filesOf(program)?.find(({ path }) => randomLibrary(path)?.family === "libc");
  if (libc === undefined) return null;
  const read = withFileParts(join(top, libc.path), (readAt) => systemCallsOfFile(readAt, libcDoors));
  if (read.kind !== "ok") return null;
  const callsOf = (door: LibcDoor): readonly number[] => [
    ...(read.value.get(door) ?? []),
    ...(door === "getrandom" ? systemCallsOfVdso(proc, vdsoDoor) : []),
  ];
  const through = libcDoors.filter((door) => callsOf(door).some((call) => (call - address) % pageBytes === 0));
  return through.length === 1 ? (through[0] ?? null) : null;
}

/**
 * Whether a file of a program, other than its libc and the libraries whose requests are known, may have made a request
 * through this function of libc: the program itself, or a library that names it. True, too, where a file cannot be
 * read.
 */
export function othersMayCall(
  { top }: Roots,
  libraries: SharedLibraries,
  program: string,
  door: LibcDoor,
  request: Pick<RandomRequest, "flags">,
): boolean {
  const names = namesOfDoor(door, request);
  if (names.length === 0) return false;
  const others = (libraries.filesOf(program) ?? []).filter(
    ({ path }) => randomLibrary(path)?.family !== "libc" && !asksOtherwise(path, door),
  );
  return others.some(({ path }) => {
    const read = withFileParts(join(top, path), (readAt) => mayNameSymbol(readAt, names));
    return read.kind !== "ok" || read.value;
  });
}

/** Those of a function of the vDSO, which is the same in all processes of the kernel, so that ours shows it. */
function systemCallsOfVdso(proc: string, name: string): readonly number[] {
  const maps = readBytes(join(proc, "self/maps"), mapBytes);
  const vdso =
    maps.kind === "ok" ? parseMappings(maps.value.toString("utf8")).find((one) => one.name === "[vdso]") : null;
  if (vdso == null) return [];
  const memory = openProcessMemory(join(proc, "self/mem"));
  if (memory.kind !== "ok") return [];
  try {
    const file = loadedMemory(vdso.start, memory.value.read);
    return file === null ? [] : (systemCallsOf(file, name) ?? []);
  } finally {
    memory.value.close();
  }
}
