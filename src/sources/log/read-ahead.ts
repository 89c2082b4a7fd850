import type { Worker } from "node:worker_threads";
import type { SearchedBlock } from "../../parse/log/needles.ts";
import type { Filled, Order } from "./read-ahead-thread.ts";

/** Bytes of a part, which stays in a processor's cache from the read to the scan; and how many parts are read ahead. */
const [partBytes, partCount] = [1 << 18, 4];

/**
 * Another thread that reads an open file, from where it stands, and searches it for needles, ahead of the thread that
 * scans it.
 */
export class ReadAhead {
  readonly #worker: Worker;
  readonly #waiting: Int32Array;
  readonly #filled: Filled[] = [];
  /** What the reader holds. */
  #held: ArrayBuffer | null = null;
  #hasRead = false;
  /** The thread got to the file's end, or failed there, and uses the file no more. */
  #isDone = false;
  #ended: Error | null = null;
  #wake: () => void = () => undefined;

  private constructor(worker: Worker, waiting: Int32Array) {
    this.#worker = worker;
    this.#waiting = waiting;
    worker.on("message", (filled: Filled) => {
      this.#hasRead = true;
      this.#filled.push(filled);
      this.#wake();
    });
    worker.on("error", (error) => this.#end(error));
    worker.on("exit", (code) => this.#end(new Error(`the reading thread ended with ${code}`)));
    for (let part = 0; part < partCount; part++) this.#fill(new ArrayBuffer(partBytes));
  }

  /** `program`: the compiled `read-ahead-thread.ts`. Null where no thread can be started. */
  static start(fd: number, program: URL): ReadAhead | null {
    try {
      const { Worker } = process.getBuiltinModule("node:worker_threads");
      const workerData: Order = { fd, waiting: new Int32Array(new SharedArrayBuffer(4)) };
      return new ReadAhead(new Worker(program, { workerData, execArgv: [] }), workerData.waiting);
    } catch {
      return null;
    }
  }

  /**
   * The next part, empty at the file's end; it holds until the next one is requested. Null: the thread did not start,
   * and has read nothing. Throws the name of the errno of a read that failed, or what ended the thread.
   */
  async next(): Promise<SearchedBlock | null> {
    if (this.#held !== null) this.#fill(this.#held);
    this.#held = null;
    while (this.#filled.length === 0) {
      if (this.#ended !== null && !this.#hasRead) return null;
      if (this.#ended !== null) throw this.#ended;
      await new Promise<void>((resolve) => (this.#wake = resolve));
    }
    const { bytes, count, places, failure } = this.#filled.shift() as Filled;
    Atomics.sub(this.#waiting, 0, 1);
    this.#isDone = count === 0;
    if (failure !== null) throw new Error(failure);
    this.#held = bytes;
    const block: SearchedBlock = Buffer.from(bytes, 0, count);
    return places === undefined ? block : Object.assign(block, { places });
  }

  /** Ends the thread. `close`: what may be done only when it no longer uses the file. */
  end(close: () => void): void {
    if (this.#isDone || this.#ended !== null) close();
    else void this.#worker.terminate().then(close);
  }

  #fill(bytes: ArrayBuffer): void {
    this.#worker.postMessage(bytes, [bytes]);
  }

  #end(error: Error): void {
    this.#ended ??= error;
    this.#wake();
  }
}
