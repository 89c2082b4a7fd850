import type { Stats } from "node:fs";
import type { SearchedBlock } from "../../parse/log/needles.ts";
import { fs } from "../../platform/builtins.ts";
import { errnoOf, isDry } from "../../platform/errno.ts";
import { rootsBelow } from "../../platform/roots.ts";
import { showsReady } from "../crng/unready.ts";
import { kernelFile } from "./kernel-file.ts";
import { cannotRead, reading, standardInput } from "./log-unreadable.ts";
import { ReadAhead } from "./read-ahead.ts";

/** An open file, FIFO or standard input. */
export interface LogFile {
  readonly fd: number;
  readonly totalBytes: number | null;
  readonly consumedBytes: () => number;
  /** Each chunk lies in a buffer that is used again: it holds until the next one is requested. */
  readonly chunks: AsyncIterable<SearchedBlock>;
  readonly close: () => void;
}

const standardInputFd = 0;
/** Stays in a processor's own cache: reads of 1 MiB take four times as long in the kernel. */
const chunkBytes = 1 << 17;
/** A file that is longer is read by another thread while it is scanned; a short one is read sooner without. */
export const longBytes = 1 << 23;
const readAheadThread = new URL("./read-ahead-thread.cjs", import.meta.url);

/**
 * Opens the path that a person named; `-` is standard input. Opening a FIFO blocks until it has a writer, and reading
 * one blocks the process, which has nothing else to do; an interrupt still ends it.
 */
export function openLogFile(name: string, thread = readAheadThread): LogFile {
  if (name === standardInput) return openStandardInput(name, thread);
  const stats = reading(name, () => fs.statSync(name));
  // Names of /dev for standard input, where that is a terminal.
  if (isSame(stats, fs.fstatSync(standardInputFd)) && stats.isCharacterDevice()) return openStandardInput(name, thread);
  if (stats.isCharacterDevice() || stats.isBlockDevice()) throw cannotRead(name, device);
  const fd = reading(name, () => fs.openSync(name, fs.constants.O_RDONLY | fs.constants.O_NOCTTY));
  try {
    return reader(name, fd, () => fs.closeSync(fd), thread);
  } catch (error) {
    fs.closeSync(fd);
    throw error;
  }
}

const device = "a device, not a log; 'crngwatch report' describes this machine";

function openStandardInput(name: string, thread: URL): LogFile {
  const stats = fs.fstatSync(standardInputFd);
  const { isatty } = process.getBuiltinModule("node:tty");
  const mayBeTyped = isatty(standardInputFd) || stats.rdev === nullDevice;
  if (stats.isBlockDevice() || (stats.isCharacterDevice() && !mayBeTyped)) throw cannotRead(name, device);
  return reader(name, standardInputFd, () => undefined, thread);
}

/** /dev/null is 1:3 (linux/major.h), and ends at once. */
const nullDevice = (1 << 8) | 3;

/** Of what is open. Throws LogUnreadable where reading it would take records from others. */
function reader(name: string, fd: number, close: () => void, thread: URL): LogFile {
  const { isTakenByReading, mostBytes } = kernelFile(fd);
  if (isTakenByReading)
    throw cannotRead(
      name,
      "reading it takes records from others, and waits for more; 'crngwatch report' describes this machine",
    );
  const stats = fs.fstatSync(fd);
  // A pipe may be empty for a long time, and what is read and not used is lost for other readers.
  const isLong = stats.isFile() && stats.size > longBytes && mostBytes === Infinity;
  const own = Buffer.allocUnsafeSlow(chunkBytes);
  let [consumed, ahead]: [number, ReadAhead | null] = [0, null];

  async function nextChunk(): Promise<SearchedBlock> {
    const part = (await ahead?.next()) ?? null;
    if (part !== null) return part;
    ahead = null;
    const chunk = own.subarray(0, await readSome(fd, own));
    // The thread starts while this first chunk is parsed. In Node 26 each new thread draws random bytes.
    if (isLong && consumed === 0 && showsReady(rootsBelow("/"))) ahead = ReadAhead.start(fd, thread);
    return chunk;
  }

  async function* chunks(): AsyncGenerator<SearchedBlock, void, undefined> {
    for (;;) {
      const chunk = await nextChunk().catch((error: unknown) => {
        throw cannotRead(name, whyUnread(error), error);
      });
      if (chunk.length === 0) return;
      if (consumed + chunk.length > mostBytes)
        throw cannotRead(name, `a file of /proc that goes on after ${mostBytes >> 20} MiB, not a log`);
      consumed += chunk.length;
      yield chunk;
    }
  }

  return {
    fd,
    // Pipes have no size, and files that the kernel generates as they are read have size 0.
    totalBytes: stats.size > 0 ? stats.size : null,
    consumedBytes: () => consumed,
    chunks: chunks(),
    // A descriptor that is closed during a read may belong to another file by then.
    close: () => (ahead === null ? close() : ahead.end(close)),
  };
}

/** Waits where there is nothing now: a pipe or terminal that was made non-blocking. */
async function readSome(fd: number, buffer: Buffer): Promise<number> {
  for (;;) {
    try {
      return fs.readSync(fd, buffer, 0, buffer.length, null);
    } catch (error) {
      if (!isDry(error)) throw error;
    }
    await new Promise((resolve) => setTimeout(resolve, 10));
  }
}

function whyUnread(error: unknown): string {
  const errno = errnoOf(error);
  if (errno === "EISDIR") return "a folder, not a log";
  return errno ?? (error instanceof Error ? error.message : String(error));
}

function isSame(one: Stats, other: Stats): boolean {
  return one.dev === other.dev && one.ino === other.ino;
}
