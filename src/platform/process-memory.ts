import { fs } from "./builtins.ts";
import { attempt, type Read } from "./pseudo-file.ts";
import { readTaskMemory } from "./task-memory.ts";

/** What is read of one process at most: pages by pages, since a table is searched in steps of some bytes. */
const [pageBytes, mostPages] = [4096, 1024];

/** The memory of another process, read through /proc/PID/mem (proc_pid_mem(5)) without stopping it; bounded. */
export interface ProcessMemory {
  /** Fewer bytes where it is not mapped, may not be read, or where too much has been read already. */
  readonly read: (address: number, bytes: number) => Uint8Array;
  /** Whether the bytes from one address up to another are what they were when they were read. */
  readonly isUnchanged: (from: number, to: number) => boolean;
  /** Pages that were read so far. */
  readonly pages: number;
  readonly close: () => void;
}

/**
 * Opens the memory of a process. The kernel asks for the same rights as for ptrace(2): CAP_SYS_PTRACE for another
 * user's; Yama's scope 3 denies it to every user.
 */
export function openProcessMemory(path: string): Read<ProcessMemory> {
  return attempt(() => {
    const fd = fs.openSync(path, fs.constants.O_RDONLY);
    const pages = new Map<number, Uint8Array | null>();
    const pageAt = (index: number): Uint8Array | null => {
      const known = pages.get(index);
      if (known !== undefined) return known;
      const page = pages.size < mostPages ? readPage(fd, path, index) : null;
      if (pages.size < mostPages) pages.set(index, page);
      return page;
    };
    return {
      read: (address, bytes) => partsOf(address, bytes, pageAt),
      isUnchanged(from, to) {
        const before = partsOf(from, to - from, pageAt);
        return (
          Buffer.compare(
            before,
            partsOf(from, to - from, (index) => readPage(fd, path, index)),
          ) === 0
        );
      },
      get pages() {
        return pages.size;
      },
      close: () => fs.closeSync(fd),
    };
  });
}

/** Null: EIO, where nothing is mapped, or it is not read in time. */
function readPage(fd: number, path: string, index: number): Uint8Array | null {
  const read = attempt(() => readTaskMemory(fd, path, index * pageBytes, pageBytes));
  return read.kind === "ok" && read.value.length > 0 ? read.value : null;
}

function partsOf(address: number, bytes: number, pageAt: (index: number) => Uint8Array | null): Uint8Array {
  if (!Number.isSafeInteger(address) || address < 0 || !(bytes > 0)) return new Uint8Array();
  const first = Math.floor(address / pageBytes);
  const within = address - first * pageBytes;
  if (within + bytes <= pageBytes) return (pageAt(first) ?? new Uint8Array()).subarray(within, within + bytes);
  const whole = new Uint8Array(Math.min(bytes, mostPages * pageBytes));
  let filled = 0;
  for (let index = first; filled < whole.length; index++) {
    const page = pageAt(index);
    const part = page?.subarray(index === first ? within : 0).subarray(0, whole.length - filled);
    if (part === undefined || part.length === 0) break;
    whole.set(part, filled);
    filled += part.length;
  }
  return whole.subarray(0, filled);
}
