import type { BigIntStats } from "node:fs";
import { parseFileSymbols } from "../../parse/unwind/file-symbols.ts";
import { namesInTable } from "../../parse/unwind/function-name.ts";
import type { LoadedFile } from "../../parse/unwind/loaded-file.ts";
import type { ReadAt } from "../../parse/program/elf-header.ts";
import { versionOf } from "../../platform/file-identity.ts";
import { withFileParts } from "../../platform/file-parts.ts";
import { liblzma } from "../../platform/unpack/liblzma.ts";

/** xz(1) needs 9 MiB to unpack what its default level packed. */
const bounds = { packedBytes: 1 << 20, mostBytes: 1 << 22, mostMemory: 1 << 25, kept: 1024 } as const;

/**
 * Names of functions that are not in a process' memory, from the .symtab of its files and from that in .gnu_debugdata.
 * Remembers what it found for the next task of the program.
 */
export class FileNames {
  readonly #known = new Map<string, string | null>();
  /** How often the tables of a file were read and searched. */
  searches = 0;

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
    const names = new Map<number, string>();
    withFileParts(path, (readAt, stats) => {
      // A process can have any build ID in its memory, and a path may lead to another file next time: what was found is
      // kept for the file itself.
      const keyOf = (address: number): string => `${versionOf(stats)} ${buildId ?? ""} ${address - bias}`;
      const unknown = addresses.filter((address) => !this.#known.has(keyOf(address))).map((address) => address - bias);
      const found = unknown.length === 0 ? null : this.#search(readAt, stats, buildId, unknown, leads);
      for (const address of addresses) {
        const name = found?.get(address - bias) ?? this.#known.get(keyOf(address)) ?? null;
        if (name !== null) names.set(address, name);
        if (this.#known.size < bounds.kept) this.#known.set(keyOf(address), name);
      }
    });
    return names;
  }

  #search(
    readAt: ReadAt,
    stats: BigIntStats,
    buildId: string | null,
    addresses: readonly number[],
    leads: boolean,
  ): ReadonlyMap<number, string> {
    this.searches++;
    const symbols = parseFileSymbols(readAt);
    if (symbols === null || symbols.buildId !== buildId || (buildId === null && !leads)) return new Map();
    if (symbols.table !== null) return namesInTable(symbols.table, addresses, readAt);
    const { packed } = symbols;
    if (packed === null || packed.bytes > bounds.packedBytes || !isTrusted(stats)) return new Map();
    const unpacked = liblzma()?.unpack(readAt(packed.offset, packed.bytes), bounds) ?? null;
    if (unpacked === null) return new Map();
    const readUnpacked: ReadAt = (offset, length) => unpacked.subarray(offset, offset + length);
    const table = parseFileSymbols(readUnpacked)?.table ?? null;
    return table === null ? new Map() : namesInTable(table, addresses, readUnpacked);
  }
}

/** Owned by root or by our own user, and writable by no one else: no stranger packed what is in it. */
function isTrusted({ uid, mode }: BigIntStats): boolean {
  return (uid === 0n || Number(uid) === process.geteuid?.()) && (mode & 0o022n) === 0n;
}
