import { bindReadInTime, type ReadInTime } from "./foreign/aio.ts";
import type { ForeignFunction, Koffi } from "./foreign/koffi.ts";
import { bindUnixSockets, type UnixSockets } from "./unix-sockets.ts";

const { errno: errnos } = process.getBuiltinModule("node:os").constants;

/**
 * The C library, by FFI. Every foreign call of crngwatch is here and in foreign/, but the one of
 * unpack/liblzma.ts.
 */
export interface Libc extends UnixSockets {
  /**
   * getrandom(buf, 1, GRND_NONBLOCK), getrandom(2): never waits and never makes the kernel gather entropy.
   * Returns null on success, else the errno name (EAGAIN: a caller would wait; ENOSYS: no such call).
   */
  getrandomNonblock(): string | null;
  /**
   * poll(2) on a worker thread, without time-out. Resolves to the events of each descriptor, in order; to zeros after a
   * signal. The promise stays open until something happens, so one of the descriptors must be one that we can make
   * ready.
   */
  poll(watched: readonly Watched[]): Promise<readonly number[]>;
  /** eventfd(2), counting and non-blocking: an 8-byte write makes it readable. Null: the kernel gave none. */
  eventfd(): number | null;
  /**
   * Calls `work` with this thread on that processor, sched_setaffinity(2), and gives the thread back its own choice.
   * The task that ran there makes way, unless its priority is higher. Null: we may not go there, and nothing
   * was called.
   */
  onProcessor<T>(processor: number, work: () => T): T | null;
  /**
   * What one read(2) of a file gives: how many bytes of `into` it filled, or the errno name. For small files of /proc
   * by the thousand: in a V8 without its compilers node:fs takes a fifth more, and twice as much where there is no
   * file.
   */
  readOnce(path: string, into: Uint8Array): number | string;
  /**
   * pread(2) by a thread of the C library, aio_read(3); this thread waits `milliseconds` at most. How many bytes of
   * `into` it filled, or the errno name. Null: it has not returned. From then on `into` is the kernel's, and this must
   * not be called again.
   */
  readInTime(fd: number, into: Buffer, bytes: number, position: number, milliseconds: number): number | string | null;
  /**
   * Takes every capability(7) from this thread and from `threads` of this process, by native/drop-capabilities.c. Null
   * where it could be called: /proc shows whether each thread has answered. Else the errno name, and nothing has
   * changed; ENOSYS: the start object is not loaded, or the C library is musl.
   */
  dropCapabilities(threads: readonly number[]): string | null;
  /**
   * madvise(2) with MADV_DONTNEED. Only for memory that can be read from its file again: what was written there is
   * lost. Null, or the errno name.
   */
  forgetPages(start: number, bytes: number): string | null;
  /** flock(2), exclusive and without waiting. Null: the open file has the lock. EAGAIN: another one has it. */
  lock(fd: number): string | null;
}

export interface Watched {
  readonly fd: number;
  readonly events: number;
}

/** poll(2): there is something to read. */
export const POLLIN = 1;

const GRND_NONBLOCK = 1;
const O_RDONLY_CLOEXEC = 0o2000000;
const EFD_CLOEXEC = 0o2000000;
const EFD_NONBLOCK = 0o4000;
/** A set of 8192 processors, the most that Linux can be built for (CONFIG_NR_CPUS), as unsigned longs. */
const processorSetWords = 128;
const MADV_DONTNEED = 4;
const LOCK_EX = 2;
const LOCK_NB = 4;
/** struct pollfd: int fd, short events, short revents. */
const pollfdBytes = 8;

/** Loads the C library. On a machine that koffi has no binary for, a reason in words instead. */
export function loadLibc(): Libc | string {
  try {
    // Its CommonJS entry, for the reason in builtins.ts.
    return bind(process.getBuiltinModule("node:module").createRequire(import.meta.url)("koffi") as Koffi);
  } catch (error) {
    return `koffi does not load here: ${firstLine(error)}`;
  }
}

function bind(koffi: Koffi): Libc {
  const libc = koffi.load(null);
  const getrandom = libc.func("long getrandom(void *buf, size_t length, unsigned int flags)");
  const poll = libc.func("int poll(void *fds, unsigned long count, int timeout)");
  const eventfd = libc.func("int eventfd(unsigned int initial, int flags)");
  const open = libc.func("int open(const char *path, int flags)");
  const read = libc.func("long read(int fd, void *into, size_t length)");
  const getAffinity = libc.func("int sched_getaffinity(int pid, size_t bytes, void *set)");
  const setAffinity = libc.func("int sched_setaffinity(int pid, size_t bytes, void *set)");
  const close = libc.func("int close(int fd)");
  const madvise = libc.func("int madvise(uint64_t start, size_t length, int advice)");
  const flock = libc.func("int flock(int fd, int operation)");
  // EWOULDBLOCK and EAGAIN are one number on Linux; the last entry of a map stays, so EAGAIN goes last.
  const names = new Map(
    [...Object.entries(errnos), ["EAGAIN", errnos.EAGAIN] as const].map(([name, number]) => [number, name]),
  );
  const nameOf = (number: number): string => names.get(number) ?? `errno ${number}`;
  const errno = (): string => nameOf(koffi.errno());
  let aioRead: ReadInTime | null = null;

  return {
    getrandomNonblock() {
      return getrandom(Buffer.alloc(1), 1, GRND_NONBLOCK) === 1 ? null : errno();
    },
    async poll(watched) {
      const fds = Buffer.alloc(watched.length * pollfdBytes);
      watched.forEach(({ fd, events }, index) => {
        fds.writeInt32LE(fd, index * pollfdBytes);
        fds.writeInt16LE(events, index * pollfdBytes + 4);
      });
      await onWorker(poll, fds, watched.length, -1);
      return watched.map((_, index) => fds.readInt16LE(index * pollfdBytes + 6));
    },
    eventfd() {
      const fd: number = eventfd(0, EFD_CLOEXEC | EFD_NONBLOCK);
      return fd < 0 ? null : fd;
    },
    onProcessor(processor, work) {
      const [own, one] = [new BigUint64Array(processorSetWords), new BigUint64Array(processorSetWords)];
      if (processor >= processorSetWords * 64 || getAffinity(0, own.byteLength, own) < 0) return null;
      one[processor >> 6] = 1n << BigInt(processor & 63);
      if (setAffinity(0, one.byteLength, one) !== 0) return null;
      try {
        return work();
      } finally {
        setAffinity(0, own.byteLength, own);
      }
    },
    readOnce(path, into) {
      const fd: number = open(path, O_RDONLY_CLOEXEC);
      if (fd < 0) return errno();
      const count: number = read(fd, into, into.length);
      const failure = count < 0 ? errno() : null;
      close(fd);
      return failure ?? count;
    },
    readInTime(fd, into, bytes, position, milliseconds) {
      aioRead ??= bindReadInTime(koffi, libc);
      const count = aioRead(fd, into, bytes, position, milliseconds);
      return count === null || count >= 0 ? count : nameOf(-count);
    },
    dropCapabilities(threads) {
      let drop: ForeignFunction;
      try {
        drop = libc.func("long crngwatch_drop_capabilities(void *threads, long count)");
      } catch {
        return "ENOSYS";
      }
      const answer = Number(drop(Int32Array.from(threads), threads.length));
      return answer >= 0 ? null : nameOf(-answer);
    },
    forgetPages(start, bytes) {
      return madvise(start, bytes, MADV_DONTNEED) === 0 ? null : errno();
    },
    ...bindUnixSockets(koffi, libc, errno),
    lock(fd) {
      return flock(fd, LOCK_EX | LOCK_NB) === 0 ? null : errno();
    },
  };
}

function onWorker(call: ForeignFunction, ...values: readonly unknown[]): Promise<number> {
  return new Promise((resolve, reject) => {
    call.async(...values, (error: Error | null | undefined, result: number) => {
      if (error === null || error === undefined) resolve(result);
      else reject(error);
    });
  });
}

function firstLine(error: unknown): string {
  return (error instanceof Error ? error.message : String(error)).split("\n", 1)[0] ?? "";
}
