import { fs } from "./builtins.ts";
import { openToRead } from "./confined.ts";

/**
 * Pseudo-files that are read again and again: made anew at each read from their start, they cost one system call where
 * they are kept open.
 */
export class KeptFiles {
  readonly #most: number;
  readonly #open = new Map<string, number>();

  /** `most`: how many are kept open at once; others are opened for each read. */
  constructor(most: number) {
    this.#most = most;
  }

  /**
   * Reads from the start into `buffer`, at most once; returns how many bytes there are. Throws what open(2) and read(2)
   * answer.
   */
  read(path: string, buffer: Buffer, keep: boolean): number {
    const kept = keep ? this.#open.get(path) : undefined;
    if (kept !== undefined) return this.#readKept(path, kept, buffer);
    const fd = openToRead(path);
    if (keep && this.#open.size < this.#most) {
      this.#open.set(path, fd);
      return this.#readKept(path, fd, buffer);
    }
    try {
      return fs.readSync(fd, buffer);
    } finally {
      fs.closeSync(fd);
    }
  }

  close(path: string): void {
    const fd = this.#open.get(path);
    if (fd === undefined) return;
    this.#open.delete(path);
    fs.closeSync(fd);
  }

  closeAll(): void {
    for (const path of this.#open.keys()) this.close(path);
  }

  #readKept(path: string, fd: number, buffer: Buffer): number {
    try {
      return fs.readSync(fd, buffer, 0, buffer.length, 0);
    } catch (error) {
      // Whose it was is gone.
      this.close(path);
      throw error;
    }
  }
}
