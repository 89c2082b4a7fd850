import { needlePlaces } from "../../parse/log/needles.ts";

/**
 * The thread of `ReadAhead`, a program of its own: fills the buffers that it is sent, in their order. It must import
 * nothing that the start of crngwatch is a part of: it would run again, here.
 */

/** What it gets as it starts. */
export interface Order {
  readonly fd: number;
  /** In its first element, how many filled buffers the reader has not taken yet. */
  readonly waiting: Int32Array;
}

/** A buffer that was filled. */
export interface Filled {
  readonly bytes: ArrayBuffer;
  /** How many were read; 0: the file's end, or `failure`. */
  readonly count: number;
  /** What `needlePlaces` returned; undefined: not searched. */
  readonly places: readonly number[] | undefined;
  /** The name of the errno, or what else was thrown. */
  readonly failure: string | null;
}

const { parentPort, workerData } = process.getBuiltinModule("node:worker_threads");
const { readSync } = process.getBuiltinModule("node:fs");
const { fd, waiting } = workerData as Order;

// Buffers are handed over, not shared: in shared memory a search takes twice as long.
parentPort?.on("message", (bytes: ArrayBuffer) => {
  const filled = fill(bytes);
  parentPort.postMessage(filled, [bytes]);
  Atomics.add(waiting, 0, 1);
  // From then on the file is not used any more, and the thread ends.
  if (filled.count === 0) parentPort.close();
});

function fill(bytes: ArrayBuffer): Filled {
  const buffer = Buffer.from(bytes);
  try {
    const count = readSync(fd, buffer, 0, buffer.length, null);
    // A reader that has nothing to do searches itself, while the next buffer is filled.
    const isAhead = Atomics.load(waiting, 0) > 0;
    return { bytes, count, places: isAhead ? needlePlaces(buffer.subarray(0, count)) : undefined, failure: null };
  } catch (error) {
    return { bytes, count: 0, places: undefined, failure: (error as NodeJS.ErrnoException).code ?? String(error) };
  }
}
