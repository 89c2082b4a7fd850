import { mayBlock, parseMountTypes } from "../../parse/proc/mount-info.ts";
import { parseMappings } from "../../parse/proc/proc-maps.ts";
import { bytesWithin, safeRanges } from "../../parse/proc/safe-ranges.ts";
import type { SearchedParts } from "../../parse/unwind/searched-parts.ts";
import type { ProcessImage } from "../../parse/unwind/unwind-stack.ts";
import { fs, join } from "../../platform/builtins.ts";
import { type ProcessMemory, readTaskFile } from "../../platform/process-memory.ts";
import { attempt, readBytes, textOrEmpty } from "../../platform/pseudo-file.ts";
import type { Roots } from "../../platform/roots.ts";
import type { FileNames } from "./file-names.ts";

/** A browser's maps have 1 MiB. And the most files in which the tables for one stack are searched. */
const bounds = { mapBytes: 1 << 20, files: 8 } as const;

/** Where packages put libraries. The process may have other files there (a container): their build IDs differ. */
const systemFile = /^\/(?:usr|lib|lib64)\//;

/** A process, as far as its stack needs it. */
export interface ReadableProcess {
  readonly image: ProcessImage;
  /** The file that it runs, as its mapping is named; null: it may not be known. */
  readonly program: string | null;
  /** Whether all bytes from one address up to another may be read. */
  readonly covers: (from: number, to: number) => boolean;
}

/**
 * The process of a task. Mappings of files that a program serves (FUSE) are not read: that program could block this
 * process for as long as it likes. Null: its mappings may not be read.
 */
export function readableProcess(
  { proc, top }: Roots,
  tid: number,
  memory: Pick<ProcessMemory, "read">,
  { searched, names }: { readonly searched: SearchedParts; readonly names: FileNames },
): ReadableProcess | null {
  const folder = join(proc, String(tid));
  const maps = readTaskFile(join(folder, "maps"), bounds.mapBytes);
  if (maps.kind !== "ok") return null;
  const mappings = parseMappings(maps.value.toString("utf8"));
  const types = mountTypes(proc, tid);
  const ranges = safeRanges(mappings, types);
  const read = (address: number, bytes: number): Uint8Array =>
    memory.read(address, bytesWithin(ranges, address, bytes));
  const served = new Set(mappings.filter((mapping) => mayBlock(mapping, types)).map(({ name }) => name));
  const linked = attempt(() => fs.readlinkSync(join(folder, "exe")));
  const program = linked.kind === "ok" ? linked.value : null;
  const searchesBefore = names.searches;
  const namesInFile: ProcessImage["namesInFile"] = ({ name, file }, addresses) => {
    if (name === null || file === null || served.has(name)) return new Map();
    if (names.searches - searchesBefore >= bounds.files) return new Map();
    if (name === program) return names.of(join(folder, "exe"), file, addresses, true);
    // Only where no other user may put a file: elsewhere a path may lead to a file system that blocks.
    return systemFile.test(name) ? names.of(join(top, name), file, addresses, false) : new Map();
  };
  return {
    image: { mappings, read, searched, namesInFile },
    program,
    covers: (from, to) => bytesWithin(ranges, from, to - from) === to - from,
  };
}

/**
 * The file systems that are mounted for us and for the task: in a container's own list a layer of its root is missing.
 */
function mountTypes(proc: string, tid: number): ReadonlyMap<string, string> {
  const lists = ["self", String(tid)].map((name) =>
    textOrEmpty(readBytes(join(proc, name, "mountinfo"), bounds.mapBytes)),
  );
  // Most tasks have our own.
  return parseMountTypes([...new Set(lists)].join("\n"));
}
