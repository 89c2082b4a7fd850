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

/**
 * What the kernel maps into each process: from Linux 6.11 and glibc 2.41 on, getrandom() enters the kernel from there.
 */
const vdsoDoor = "__vdso_getrandom";

/**
 * Through which function of its libc a program entered the kernel, found out after it is gone: libraries are put at a
 * random place, but by whole pages, so that the lowest 12 bits of an address stay what the file says. `address`: that
 * after the instruction that entered the kernel. Null: none of them, more than one, or no libc that can be read.
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
