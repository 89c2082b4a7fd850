import { fs } from "./builtins.ts";
import { openToRead } from "./confined.ts";
import { attempt, errnoOf, type Read } from "./errno.ts";
import type { Libc } from "./libc.ts";

/**
 * Reads what the kernel takes from another task's memory, or under one of its locks: /proc/PID/cmdline, environ, maps,
 * mem and fdinfo. Such a read blocks, and only SIGKILL ends it, for as long as a hostile task likes: one that reads
 * its own /proc/PID/mem where a FUSE file is mapped holds its mmap_lock, behind which its next mmap(2) and then every
 * reader queue (access_remote_vm() of mm/memory.c). So another thread reads, this one waits for a limited time, and
 * after one read that has not returned no task's memory is read by this process any more.
 *
 * One state for the process, on purpose: the thread that does not come back is the process's.
 */
let libc: Pick<Libc, "readInTime"> | null = null;
let problem: string | null = null;
let isNews = false;

/** A busy machine with a slow swap device takes tenths of that. It is lost once at most. */
const mostMilliseconds = 1_000;

/** A read that does not return keeps it, so that it is used for nothing else after that. */
const scratch = Buffer.allocUnsafeSlow(1 << 16);

/**
 * From now on tasks' memory is read with this C library. Without one the calling thread reads, as of a folder's files.
 */
export function readTaskMemoryBy(library: Pick<Libc, "readInTime"> | null): void {
  libc = library;
}

/** Why no task's memory is read any more, once. Null: it is read, or that was returned before. */
export function takeTaskMemoryProblem(): string | null {
  const news = isNews ? problem : null;
  isNews = false;
  return news;
}

/** Reads at most `mostBytes` of a file of /proc/PID. Fails with ETIMEDOUT where the read, or one before it, blocked. */
export function readTaskFile(path: string, mostBytes: number): Read<Buffer> {
  return attempt(() => {
    requireNoProblem();
    const fd = openToRead(path, fs.constants.O_NONBLOCK);
    try {
      const chunks: Buffer[] = [];
      for (let total = 0; total < mostBytes;) {
        const chunk = readTaskMemory(fd, path, total, Math.min(scratch.length, mostBytes - total));
        if (chunk.length === 0) break;
        chunks.push(chunk);
        total += chunk.length;
      }
      return Buffer.concat(chunks);
    } finally {
      fs.closeSync(fd);
    }
  });
}

/**
 * One read of at most 64 KiB of an open file of /proc/PID; `path` is for the message. Throws pread(2)'s errors, and
 * ETIMEDOUT.
 */
export function readTaskMemory(fd: number, path: string, position: number, bytes: number): Buffer {
  requireNoProblem();
  const wanted = Math.min(bytes, scratch.length);
  if (libc === null) return Buffer.from(scratch.subarray(0, fs.readSync(fd, scratch, 0, wanted, position)));
  const read = libc.readInTime(fd, scratch, wanted, position, mostMilliseconds);
  if (typeof read === "number") return Buffer.from(scratch.subarray(0, read));
  if (read !== null) throw Object.assign(new Error(`${read}: '${path}'`), { code: errnoOf(read) ?? "EIO" });
  problem = `Reading '${path}' did not return within ${mostMilliseconds / 1000} s: tasks' memory is not read any more, and programs' arguments and libraries are not known from here on`;
  isNews = true;
  throw timedOut(problem);
}

function requireNoProblem(): void {
  if (problem !== null) throw timedOut(problem);
}

function timedOut(message: string): Error {
  return Object.assign(new Error(message), { code: "ETIMEDOUT" });
}

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
