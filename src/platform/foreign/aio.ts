import type { ForeignFunction, Koffi, SharedLibrary } from "./koffi.ts";

const { EINPROGRESS } = process.getBuiltinModule("node:os").constants.errno;

/**
 * struct aiocb on 64 bits, where glibc and musl agree: int aio_fildes, void *aio_buf at 16, size_t aio_nbytes, struct
 * sigevent at 32 with its int sigev_notify at 44, and off_t aio_offset at 128.
 */
const aiocb = { bytes: 168, buffer: 16, length: 24, notify: 44, offset: 128 } as const;
const SIGEV_NONE = 1;

/**
 * `Libc.readInTime` by aio_read(3): how many bytes were read, or the negative errno; null: it did not return in time.
 * One call at a time: they share a block.
 */
export type ReadInTime = (
  fd: number,
  into: Buffer,
  bytes: number,
  position: number,
  milliseconds: number,
) => number | null;

/** To be bound at its first use. glibc has these functions in librt before 2.34. */
export function bindReadInTime(koffi: Koffi, libc: SharedLibrary): ReadInTime {
  const named = (declaration: string): ForeignFunction => {
    try {
      return libc.func(declaration);
    } catch {
      return koffi.load("librt.so.1").func(declaration);
    }
  };
  const read = named("int aio_read(void *block)");
  const error = named("int aio_error(void *block)");
  const suspend = named("int aio_suspend(void *list, int count, void *timeout)");
  const result = named("long aio_return(void *block)");
  // They stay where they are.
  const block = Buffer.allocUnsafeSlow(aiocb.bytes);
  const list = BigUint64Array.of(koffi.address(block));

  return (fd, into, bytes, position, milliseconds) => {
    block.fill(0);
    block.writeInt32LE(fd, 0);
    block.writeBigUInt64LE(koffi.address(into), aiocb.buffer);
    block.writeBigUInt64LE(BigInt(bytes), aiocb.length);
    block.writeInt32LE(SIGEV_NONE, aiocb.notify);
    block.writeBigInt64LE(BigInt.asIntN(64, BigInt(position)), aiocb.offset);
    if (read(block) !== 0) return -koffi.errno();
    const until = performance.now() + milliseconds;
    for (;;) {
      const state: number = error(block);
      if (state !== EINPROGRESS) {
        const count = Number(result(block));
        return state === 0 ? count : -state;
      }
      const left = until - performance.now();
      if (left <= 0) return null;
      // A struct timespec. A signal ends it early.
      suspend(list, 1, BigInt64Array.of(BigInt(Math.floor(left / 1000)), BigInt(Math.ceil((left % 1000) * 1e6))));
    }
  };
}
