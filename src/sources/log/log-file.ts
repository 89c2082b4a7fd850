import type { Stats } from "node:fs";
import { fs } from "../../platform/builtins.ts";
import { errnoOf, isDry } from "../../platform/errno.ts";
import { kernelFile } from "./kernel-file.ts";
import { cannotRead, reading, standardInput } from "./log-unreadable.ts";

/** An open file, FIFO or standard input. */
export interface LogFile {
  readonly fd: number;
  readonly totalBytes: number | null;
  readonly consumedBytes: () => number;
  /** Each chunk lies in a buffer that is used again: it holds until the next one is asked for. */
  readonly chunks: AsyncIterable<Buffer>;
  readonly close: () => void;
}

const standardInputFd = 0;
/** It stays in a processor's own cache: reading 1 MiB at a time takes four times as long in the kernel. */
const chunkBytes = 1 << 17;
/** A file that is longer is read by another thread while it is scanned; a short one is read sooner without. */
export const longBytes = 1 << 23;
/** By another thread a small chunk costs more than it saves. */
const longChunkBytes = 1 << 20;

/**
 * Opens what a person named; `-` is standard input. To open a FIFO waits for its writer, and to read one holds the
 * process: it has nothing else to do, and an interrupt still ends it.
 */
export function openLogFile(name: string): LogFile {
  if (name === standardInput) return openStandardInput(name);
  const stats = reading(name, () => fs.statSync(name));
  // The names that /dev has for standard input, where that is a terminal.
  if (isSame(stats, fs.fstatSync(standardInputFd)) && stats.isCharacterDevice()) return openStandardInput(name);
  if (stats.isCharacterDevice() || stats.isBlockDevice()) throw cannotRead(name, device);
  const fd = reading(name, () => fs.openSync(name, fs.constants.O_RDONLY | fs.constants.O_NOCTTY));
  try {
    return reader(name, fd, () => fs.closeSync(fd));
  } catch (error) {
    fs.closeSync(fd);
    throw error;
  }
}

const device = "a device, not a log; 'crngwatch report' describes this machine";

function openStandardInput(name: string): LogFile {
  const stats = fs.fstatSync(standardInputFd);
  const { isatty } = process.getBuiltinModule("node:tty");
  const mayBeTyped = isatty(standardInputFd) || stats.rdev === nullDevice;
  if (stats.isBlockDevice() || (stats.isCharacterDevice() && !mayBeTyped)) throw cannotRead(name, device);
  return reader(name, standardInputFd, () => undefined);
}

/** 1:3 of linux/major.h: its end is there at once. */
const nullDevice = (1 << 8) | 3;

/** Of what is open. Throws LogUnreadable where reading it would take records from others. */
function reader(name: string, fd: number, close: () => void): LogFile {
  const { isTakenByReading, mostBytes } = kernelFile(fd);
  if (isTakenByReading)
    throw cannotRead(
      name,
      "reading it takes records from others, and waits for more; 'crngwatch report' describes this machine",
    );
  let consumed = 0;
  async function* chunks(): AsyncGenerator<Buffer, void, undefined> {
    const buffer = Buffer.allocUnsafeSlow(chunkBytes);
    for (;;) {
      const count = readSome(name, fd, buffer);
      if (count === 0) return;
      if (count === null) {
        await new Promise((resolve) => setTimeout(resolve, 10));
        continue;
      }
      if (consumed + count > mostBytes)
        throw cannotRead(name, `a file of /proc that goes on after ${mostBytes >> 20} MiB, not a log`);
      consumed += count;
      yield count === chunkBytes ? buffer : buffer.subarray(0, count);
    }
  }
  let ahead: Promise<ReadAhead> | null = null;
  /** While one chunk is scanned, the next is read. */
  async function* chunksOfLong(): AsyncGenerator<Buffer, void, undefined> {
    let [buffer, next] = [Buffer.allocUnsafeSlow(longChunkBytes), Buffer.allocUnsafeSlow(longChunkBytes)];
    ahead = readAhead(fd, buffer);
    for (;;) {
      const { count, error } = await ahead;
      ahead = null;
      if (error !== null) throw cannotRead(name, error.code ?? String(error), error);
      if (count === 0) return;
      consumed += count;
      ahead = readAhead(fd, next);
      yield count === longChunkBytes ? buffer : buffer.subarray(0, count);
      [buffer, next] = [next, buffer];
    }
  }
  const stats = fs.fstatSync(fd);
  // A pipe may have nothing for a long time, and what is read of it in vain is lost for others.
  const isLong = stats.isFile() && stats.size > longBytes && mostBytes === Infinity;
  return {
    fd,
    // Pipes have no size, and files that the kernel makes as they are read say 0.
    totalBytes: stats.size > 0 ? stats.size : null,
    consumedBytes: () => consumed,
    chunks: isLong ? chunksOfLong() : chunks(),
    // The number of a descriptor that is closed while it is read may be another file's by then.
    close: () => (ahead === null ? close() : void ahead.then(close)),
  };
}

interface ReadAhead {
  readonly count: number;
  readonly error: NodeJS.ErrnoException | null;
}

/** Never rejects: what it read may not be needed any more. */
function readAhead(fd: number, buffer: Buffer): Promise<ReadAhead> {
  return new Promise((resolve) => {
    fs.read(fd, buffer, 0, buffer.length, null, (error, count) =>
      resolve({ count: error === null ? count : 0, error }),
    );
  });
}

/** Null: nothing now. This pipe or terminal was made non-blocking. */
function readSome(name: string, fd: number, buffer: Buffer): number | null {
  try {
    return fs.readSync(fd, buffer, 0, buffer.length, null);
  } catch (error) {
    if (isDry(error)) return null;
    throw cannotRead(
      name,
      errnoOf(error) === "EISDIR" ? "a folder, not a log" : (errnoOf(error) ?? String(error)),
      error,
    );
  }
}

function isSame(one: Stats, other: Stats): boolean {
  return one.dev === other.dev && one.ino === other.ino;
}
