import type { Wait } from "../../core/wait.ts";
import { bareName, meaningOf, type WaitInterface } from "./frame-meanings.ts";

/** One function on a stack. */
export interface StackFrame {
  /**
   * Without offset, module or the compiler's suffix. Null for an address that is in no function: bare, or at the very
   * end of one, where the kernel's trampoline of a return probe stands (`trace_clock_x86_tsc+0x20/0x20`): a probed
   * function hides its callers.
   */
  readonly name: string | null;
  /**
   * False: the unwinder only found the address lying there (`?`, `(unreliable)`), and an earlier call may have left it.
   */
  readonly reliable: boolean;
}

/** A line of a stack is no longer: a symbol has at most 511 bytes (KSYM_NAME_LEN, include/linux/kallsyms.h). */
const longestLine = 1024;
/**
 * x86 up to 4.x, s390, riscv `[<ffffffff81542492>]`; /proc/PID/stack `[<0>]`; powerpc and sparc two or one of
 * `[c0000000015a9c30]`.
 */
const address = /^\(?\[(?:<(?:0x)?[0-9a-f]{1,16}>|(?:0x)?[0-9a-f]{8,16})\] */i;
const symbol = /^(\?\s+)?\(?([A-Za-z_.$][\w.$]{0,511}|0x[0-9a-f]{1,16})(?:\+0x([0-9a-f]{1,16})\/0x([0-9a-f]{1,16}))?/i;
/**
 * After the symbol: nothing, a module, arm64's `(P)`, powerpc's `(unreliable)`, a source line of
 * scripts/decode_stacktrace.sh.
 */
const rest = /^\)?(?:$| [[(])/;
const sourceLine = /^ \([^\s()]{1,256}:\d/;

/**
 * The functions of one line of a stack, the called before its caller; none where it is no such line. `bare`: a name
 * alone counts, which is right only between lines that are surely a stack.
 */
export function parseFrames(text: string, { bare }: { readonly bare: boolean }): readonly StackFrame[] {
  if (text.length > longestLine) return [];
  // arch/arm/kernel/traps.c, dump_backtrace_entry(): each line names a function and its caller.
  const [left, right] = text.split(/ from /, 2);
  if (left !== undefined && right !== undefined) {
    const callee = parseFrame(left, true);
    const caller = parseFrame(right, false);
    if (callee !== null && caller !== null) return [callee, caller];
  }
  const frame = parseFrame(text, bare);
  return frame === null ? [] : [frame];
}

function parseFrame(text: string, bare: boolean): StackFrame | null {
  let left = text.trim();
  let sure = false;
  for (let match = address.exec(left); match !== null; match = address.exec(left)) {
    left = left.slice(match[0].length);
    sure = true;
  }
  const match = symbol.exec(left);
  if (match === null) return null;
  const [whole, mark, name = "", offset, size] = match;
  const tail = left.slice(whole.length);
  if (!rest.test(tail)) return null;
  const known = sure || offset !== undefined || sourceLine.test(tail) || (bare && tail === "");
  if (!known) return null;
  const nowhere = /^0x/i.test(name) || (offset !== undefined && offset === size);
  return { name: nowhere ? null : bareName(name), reliable: mark === undefined && !tail.includes("(unreliable)") };
}

/** Reads a stack from the top, frame by frame, and decides whether its task waits for randomness. Keeps no frames. */
export class StackReading {
  #frames = 0;
  #waits = false;
  #drbg = false;
  #gathers = false;
  /** The first function that is not the scheduler's is a door that sleeps. */
  #asleepAtDoor = false;
  #awayFromTop = false;
  #door: WaitInterface | null = null;
  #calledByKernel = false;
  /** Below the wait, of what the unwinder only guessed: a door, and the first that shows how the task came. */
  #guessedDoor: WaitInterface | null = null;
  #guessedWay: "reading" | "entry" | null = null;
  #throughWait = false;

  get frames(): number {
    return this.#frames;
  }

  /** It is in the function that waits until the CRNG is ready, which an old pool's own queue is not. */
  get isInCrngWait(): boolean {
    return this.#waits;
  }

  /** What the task waits for, if it does. */
  get generator(): Wait["generator"] {
    return this.#drbg && !this.#waits ? "drbg" : "crng";
  }

  take({ name, reliable }: StackFrame): void {
    this.#frames++;
    const meaning = meaningOf(name);
    const role = meaning?.role ?? null;
    this.#throughWait ||= name === "wait_for_random_bytes";
    if (!reliable) {
      if (!this.#waits) return;
      this.#guessedDoor = meaning?.interface ?? this.#guessedDoor;
      if (role === "reading" || role === "entry") this.#guessedWay ??= role;
      return;
    }
    if (role === "scheduler") return;
    if (role === "sleeps" && !this.#awayFromTop) this.#asleepAtDoor = true;
    this.#awayFromTop = true;
    this.#waits ||= role === "waits";
    this.#drbg ||= role === "drbg" || role === "gathers";
    this.#gathers ||= role === "gathers";
    // The outermost door is the one that the task came through: getrandom(2) calls _random_read for GRND_RANDOM.
    this.#door = meaning?.interface ?? this.#door;
    if (this.#waits && name !== null && meaning === null) this.#calledByKernel = true;
  }

  /** `state` as the task's header gives it; null where none does. Null: not a wait for randomness. */
  verdict(state: string | null): WaitInterface | null {
    if (this.#waits) return this.#door ?? (this.#calledByKernel ? "kernel" : this.#likeliestDoor());
    const running = state === "R";
    if (this.#asleepAtDoor && !running) return this.#door;
    if (this.#drbg && (this.#gathers || !running)) return this.#door;
    return null;
  }

  /** The stack is cut right below the wait: by the log, or by the recorder's own return probes. */
  #likeliestDoor(): WaitInterface {
    if (this.#guessedDoor !== null) return this.#guessedDoor;
    // On 5.18 and later only a read of /dev/urandom comes to try_to_generate_entropy in another way.
    if (this.#guessedWay === "reading") return this.#throughWait ? "dev-random" : "urandom";
    return "getrandom";
  }
}
