import type { Stats } from "node:fs";
import { parseFileSymbols } from "../../parse/unwind/file-symbols.ts";
import { namesInTable } from "../../parse/unwind/function-name.ts";
import type { LoadedFile } from "../../parse/unwind/loaded-file.ts";
import type { ReadAt } from "../../parse/program/elf-header.ts";
import { withFileParts } from "../../platform/file-parts.ts";
import { liblzma } from "../../platform/unpack/liblzma.ts";

/** Fedora's mini debug info of libcrypto has 90 KiB, unpacked 600 KiB; xz(1) takes 9 MiB for what its default packs. */
const bounds = { packedBytes: 1 << 20, mostBytes: 1 << 22, mostMemory: 1 << 25, kept: 1024 } as const;

/**
 * Names of functions that a process has not in its memory, by its files' .symtab, and by the .symtab in .gnu_debugdata.
 * Remembers what it found: the next task of a program asks the same.
 */
export class FileNames {
  readonly #known = new Map<string, string | null>();

  /**
   * For addresses of the process, by the file at `path`, which must be the one that is loaded: by its build ID, unless
   * the kernel itself `leads` there.
   */
  of(
    path: string,
    { bias, buildId }: LoadedFile,
    addresses: readonly number[],
    leads: boolean,
  ): ReadonlyMap<number, string> {
    const keyOf = (address: number): string => `${buildId ?? ""} ${address - bias}`;
    const asked = addresses.filter((address) => buildId === null || !this.#known.has(keyOf(address)));
    const found =
      asked.length === 0
        ? new Map<number, string>()
        : this.#look(
            path,
            buildId,
            asked.map((address) => address - bias),
            leads,
          );
    const names = new Map<number, string>();
    for (const address of addresses) {
      const name = found.get(address - bias) ?? this.#known.get(keyOf(address)) ?? null;
      if (name !== null) names.set(address, name);
      if (buildId !== null && this.#known.size < bounds.kept) this.#known.set(keyOf(address), name);
    }
    return names;
  }

  #look(
    path: string,
    buildId: string | null,
    addresses: readonly number[],
    leads: boolean,
  ): ReadonlyMap<number, string> {
    const read = withFileParts(path, (readAt, stats) => {
      const symbols = parseFileSymbols(readAt);
      if (symbols === null || (!leads && (buildId === null || symbols.buildId !== buildId))) return new Map();
      if (symbols.table !== null) return namesInTable(symbols.table, addresses, readAt);
      const { packed } = symbols;
      if (packed === null || packed.bytes > bounds.packedBytes || !isTrusted(stats)) return new Map();
      const unpacked = liblzma()?.unpack(readAt(packed.offset, packed.bytes), bounds) ?? null;
      if (unpacked === null) return new Map();
      const readUnpacked: ReadAt = (offset, length) => unpacked.subarray(offset, offset + length);
      const table = parseFileSymbols(readUnpacked)?.table ?? null;
      return table === null ? new Map() : namesInTable(table, addresses, readUnpacked);
    });
    return read.kind === "ok" ? read.value : new Map();
  }
}

/** Root's, or our own user's, and writable by no other: what is packed in there is no stranger's. */
function isTrusted({ uid, mode }: Stats): boolean {
  return (uid === 0 || uid === process.geteuid?.()) && (mode & 0o022) === 0;
}
