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

/**
 * What is read of one process at most, in pages: a table is searched in steps of some bytes. One read(2) takes in all
 * pages of a request, up to what `scratch` holds: another thread reads, and to wake it takes longer than the copying.
 */
const [pageBytes, mostPages, pagesAtOnce] = [4096, 1024, 16];
/**
 * What is handed out of it at most, pages that were read before included: a hostile process can have one table that
 * sixty files claim as theirs. A stack of 18 frames takes 450 requests and 280 KiB.
 */
const [mostRequests, mostBytes] = [1 << 14, 1 << 22];

/** The memory of another process, read through /proc/PID/mem (proc_pid_mem(5)) without stopping it; bounded. */
export interface ProcessMemory {
  /** Fewer bytes where it is not mapped, may not be read, or where too much has been read already. */
  readonly read: (address: number, bytes: number) => Uint8Array;
  /** Whether the bytes from one address up to another are what they were when they were read. */
  readonly isUnchanged: (from: number, to: number) => boolean;
  /** Pages that were read so far, and the number of reads. */
  readonly pages: number;
  readonly reads: number;
  readonly close: () => void;
}

/**
 * Opens the memory of a process. The kernel requires the same rights as for ptrace(2): CAP_SYS_PTRACE for another
 * user's; Yama's scope 3 denies it to every user.
 */
export function openProcessMemory(path: string): Read<ProcessMemory> {
  return attempt(() => {
    const fd = fs.openSync(path, fs.constants.O_RDONLY);
    const pages = new Pages(fd, path);
    let [requests, handedOut] = [0, 0];
    return {
      read(address, bytes) {
        if (++requests > mostRequests || handedOut > mostBytes) return new Uint8Array();
        const part = pages.part(address, bytes);
        handedOut += part.length;
        return part;
      },
      isUnchanged: (from, to) =>
        Buffer.compare(pages.part(from, to - from), new Pages(fd, path).part(from, to - from)) === 0,
      get pages() {
        return pages.count;
      },
      get reads() {
        return pages.reads;
      },
      close: () => fs.closeSync(fd),
    };
  });
}

/** Pages of a process, each read once. */
class Pages {
  readonly #fd: number;
  readonly #path: string;
  /** Null: EIO, where nothing is mapped, or it was not read in time. */
  readonly #read = new Map<number, Uint8Array | null>();
  reads = 0;

  constructor(fd: number, path: string) {
    this.#fd = fd;
    this.#path = path;
  }

  get count(): number {
    return this.#read.size;
  }

  part(address: number, bytes: number): Uint8Array {
    if (!Number.isSafeInteger(address) || address < 0 || !(bytes > 0)) return new Uint8Array();
    const first = Math.floor(address / pageBytes);
    const within = address - first * pageBytes;
    if (within + bytes <= pageBytes)
      return (this.#at(first, first) ?? new Uint8Array()).subarray(within, within + bytes);
    const whole = new Uint8Array(Math.min(bytes, mostPages * pageBytes));
    const last = first + Math.floor((within + whole.length - 1) / pageBytes);
    let filled = 0;
    for (let index = first; filled < whole.length; index++) {
      const page = this.#at(index, last);
      if (page === null) break;
      const part = page.subarray(index === first ? within : 0).subarray(0, whole.length - filled);
      whole.set(part, filled);
      filled += part.length;
      if (page.length < pageBytes) break;
    }
    return whole.subarray(0, filled);
  }

  /** A page of a request that extends to the page `last`: those in between are read with it. */
  #at(index: number, last: number): Uint8Array | null {
    const known = this.#read.get(index);
    if (known !== undefined) return known;
    const room = Math.min(mostPages - this.#read.size, pagesAtOnce, last - index + 1);
    let count = Math.min(room, 1);
    while (count < room && !this.#read.has(index + count)) count++;
    if (count === 0) return null;
    this.reads++;
    const read = attempt(() => readTaskMemory(this.#fd, this.#path, index * pageBytes, count * pageBytes));
    const bytes = read.kind === "ok" ? read.value : new Uint8Array();
    // If it ends early, the next page cannot be read, or is read by itself.
    if (bytes.length === 0) this.#read.set(index, null);
    for (let at = 0; at < bytes.length; at += pageBytes)
      this.#read.set(index + at / pageBytes, bytes.subarray(at, at + pageBytes));
    return this.#read.get(index) ?? null;
  }
}
