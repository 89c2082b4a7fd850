import type { BigIntStats } from "node:fs";
import { fs } from "./builtins.ts";
import { confined, openToRead } from "./confined.ts";
import { attempt, type Read } from "./pseudo-file.ts";

/**
 * Opens a regular file, calls `use` with a function that reads a part of it and with its fstat(2), and closes it.
 */
export function withFileParts<T>(
  path: string,
  use: (readAt: (offset: number, length: number) => Buffer, stats: BigIntStats) => T,
): Read<T> {
  return attempt(() => {
    // A device may act when it is only opened (a watchdog, a tape), and a FIFO blocks: neither holds a program's file.
    if (!fs.statSync(confined(path)).isFile())
      throw Object.assign(new Error(`'${path}' is not a regular file`), { code: "EINVAL" });
    const fd = openToRead(path, fs.constants.O_NONBLOCK | fs.constants.O_NOCTTY);
    try {
      const stats = fs.fstatSync(fd, { bigint: true });
      const size = Number(stats.size);
      const readAt = (offset: number, length: number): Buffer => {
        const bytes = Math.min(length, size - offset);
        if (!Number.isSafeInteger(offset) || !(bytes > 0)) return Buffer.alloc(0);
        const buffer = Buffer.allocUnsafe(bytes);
        return buffer.subarray(0, fs.readSync(fd, buffer, 0, bytes, offset));
      };
      return use(readAt, stats);
    } finally {
      fs.closeSync(fd);
    }
  });
}
