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
  /** Each chunk lies in one buffer that is used again: it holds until the next one is asked for. */
  readonly chunks: AsyncIterable<Buffer>;
  readonly close: () => void;
}

const standardInputFd = 0;
const chunkBytes = 1 << 20;

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
  const { size } = fs.fstatSync(fd);
  // Pipes have no size, and files that the kernel makes as they are read say 0.
  return { fd, totalBytes: size > 0 ? size : null, consumedBytes: () => consumed, chunks: chunks(), close };
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
