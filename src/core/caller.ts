/** Who called for random bytes, as far as it is proven. What a program has loaded or needs is no proof. */
export interface Caller {
  /**
   * The library that called, by its soname: the innermost on the stack that is not libc. Null: the program's own file
   * called, with no shared library in between.
   */
  readonly library: string | null;
  /** The function of that file that called, where a table of symbols names it. */
  readonly function: string | null;
  /** Where in that file: the address relative to its load address, as addr2line(1) takes it. */
  readonly offset: number | null;
  /** The build ID of that file, in hexadecimal. */
  readonly buildId: string | null;
  /**
   * - `stack`: the stack of the task, unwound while the call was blocked.
   * - `request`: length and flags of the request, and the libc function that made it, are those of one library alone
   *   among those that the process has.
   * - `frames`: the return addresses that the kernel recorded by following frame pointers, and a request like that
   *   library's.
   */
  readonly how: "stack" | "request" | "frames";
  /** The library was called by the dynamic linker to initialise it (DT_INIT, DT_INIT_ARRAY). Null: not known. */
  readonly fromConstructor: boolean | null;
  /** The frames from the system call outwards, the innermost first; empty where it was not unwound. */
  readonly stack: readonly CallerFrame[];
  readonly request: RandomRequest | null;
}

/** What a system call requested. */
export interface RandomRequest {
  /** `read`: of a device, /dev/random or /dev/urandom. */
  readonly syscall: "getrandom" | "read";
  readonly bytes: number;
  /** Those of getrandom(2); 0 for a read. */
  readonly flags: number;
}

/** One frame of a user stack. */
export interface CallerFrame {
  /** The file that is mapped there, as the process names it; null: none, as for code made at run time. */
  readonly file: string | null;
  readonly function: string | null;
  readonly offset: number | null;
  readonly buildId: string | null;
  /**
   * The frame before it is of code without call frame information, and this one was found by its frame pointer: frames
   * may be missing in between.
   */
  readonly byFramePointer: boolean;
}

/** A stack that was unwound shows who called; recorded frames may lack one in between; a request is only like one's. */
const ranks: Readonly<Record<Caller["how"], number>> = { request: 0, frames: 1, stack: 2 };

/** The better proven of two; of two that are as good, the one that shows more. */
export function betterCaller(a: Caller | null, b: Caller | null): Caller | null {
  if (a === null || b === null) return a ?? b;
  const [rankA, rankB] = [ranks[a.how], ranks[b.how]];
  return rankB > rankA || (rankB === rankA && b.stack.length > a.stack.length) ? b : a;
}
