import type { RandomRequest } from "../../core/caller.ts";

/**
 * The registers with which a task entered the kernel, struct pt_regs of arch/x86/include/asm/ptrace.h or
 * arch/arm64/include/asm/ptrace.h: those for unwinding its stack, and those of its request. They hold addresses, so
 * they go into no record and no reply.
 */
export interface UserRegisters {
  /** `i386`: a program for it on x86-64, whose calls have other numbers. */
  readonly machine: "x86-64" | "i386" | "aarch64";
  /**
   * By their numbers in DWARF (System V ABI, AMD64 supplement, figure 3.36: rax 0 to r15 15; DWARF for the Arm 64-bit
   * Architecture: x0 to x30, sp 31), and the address last.
   */
  readonly values: readonly (number | null)[];
  readonly request: RandomRequest | null;
}

/** Positions within struct pt_regs of x86, in words. */
const at = { cx: 11, dx: 12, si: 13, call: 15, ip: 16, cs: 17, flags: 18, sp: 19, ss: 20 } as const;
/** Words of struct pt_regs by register number of DWARF: rax, rdx, rcx, rbx, rsi, rdi, rbp, rsp, r8 to r15, rip. */
const byDwarfNumber = [10, 12, 11, 5, 13, 14, 4, 19, 9, 8, 7, 6, 3, 2, 1, 0, 16] as const;
/** arch/x86/include/asm/segment.h: __USER_CS, __USER32_CS, __USER_DS. */
const [userCode, userCode32, userData] = [0x33, 0x23, 0x2b];
/** EFLAGS: bit 1 is always set, and interrupts are on in user space (X86_EFLAGS_FIXED, X86_EFLAGS_IF). */
const alwaysSet = 0x202;
/** The same of aarch64, whose x0 to x30 come first. The frame may be cut off after `state`. */
const armAt = { x0: 0, x1: 1, x2: 2, call: 8, sp: 31, pc: 32, state: 33, firstArgument: 34, callAgain: 35 } as const;
/** User space ends below it: on x86-64 with five levels of page tables too, on aarch64 with 52 bits. */
const endOfUserSpace = 2 ** 56;
const lowestAddress = 0x1000;
/** More than are recorded: the text may hold more. */
const mostWords = 512;

/**
 * The registers in the words of a kernel stack, as the probes of the recorder take them: ` a={0x…,0x…} b={…}`. On
 * x86-64 they are found by the selectors of user space, on aarch64 by the number of the system call, which is in two
 * places. Since 5.13 the kernel moves its stack by up to 1 KiB at each system call (CONFIG_RANDOMIZE_KSTACK_OFFSET), so
 * that the place differs. The first that fit are taken: what lies beyond them is beyond the stack. Null: there are
 * none, as with a kernel thread, or beyond what was taken.
 */
export function userRegisters(text: string): UserRegisters | null {
  const words = wordsOf(text);
  for (const first of words.keys()) {
    if (isUserFrame(words, first)) return registers(words, first);
    if (isArmFrame(words, first)) return armRegisters(words, first);
  }
  return null;
}

function wordsOf(text: string): readonly string[] {
  const words: string[] = [];
  for (const [, list = ""] of text.matchAll(/ [a-d]=\{([0-9a-fx,]{0,2048})\}/g)) {
    for (const word of list.split(",")) if (words.length < mostWords) words.push(word);
  }
  return words;
}

function isUserFrame(words: readonly string[], first: number): boolean {
  const word = (index: number): number => Number(words[first + index]);
  const code = word(at.cs);
  if ((code !== userCode && code !== userCode32) || word(at.ss) !== userData) return false;
  return (
    (word(at.flags) & alwaysSet) === alwaysSet &&
    word(at.flags) < 2 ** 22 &&
    isUserAddress(word(at.ip)) &&
    isUserAddress(word(at.sp))
  );
}

/**
 * A 64-bit program (PSTATE.M is EL0t, and nothing is masked) in one of the calls that bring random bytes. The kernel
 * keeps the call's number and its first argument apart from the registers, and in a call that has not returned they are
 * the same.
 */
function isArmFrame(words: readonly string[], first: number): boolean {
  const word = (index: number): number => Number(words[first + index]);
  const call = word(armAt.call);
  const state = word(armAt.state);
  if (armCalls[call] === undefined || !(state < 2 ** 32) || (state & 0x3df) !== 0) return false;
  const again = words[first + armAt.callAgain];
  const argument = words[first + armAt.firstArgument];
  // The number is an int, and the kernel keeps something else in the other half of its word.
  if (again !== undefined && Number(`0x${again.replace("0x", "").slice(-8)}`) !== call) return false;
  if (argument !== undefined && argument !== words[first + armAt.x0]) return false;
  return [armAt.pc, armAt.sp].every((index) => isUserAddress(word(index)) && word(index) % 4 === 0);
}

function isUserAddress(word: number): boolean {
  return word >= lowestAddress && word < endOfUserSpace;
}

/** The value of a register; null where it is not given, or where a number would not hold it exactly. */
export function registerValue(word: string | undefined): number | null {
  const value = Number(word);
  return Number.isSafeInteger(value) ? value : null;
}

function registers(words: readonly string[], first: number): UserRegisters {
  const value = (index: number): number | null => registerValue(words[first + index]);
  const machine = value(at.cs) === userCode32 ? "i386" : "x86-64";
  return { machine, values: byDwarfNumber.map(value), request: requestOf(machine, value) };
}

/** include/uapi/asm-generic/unistd.h */
const armCalls: Readonly<Record<number, "getrandom" | "read">> = { 63: "read", 278: "getrandom" };

function armRegisters(words: readonly string[], first: number): UserRegisters {
  const value = (index: number): number | null => registerValue(words[first + index]);
  // x0 to x30, sp and the address lie in the order of DWARF's numbers.
  const values = Array.from({ length: armAt.pc + 1 }, (_, number) => value(number));
  return {
    machine: "aarch64",
    values,
    request: requestWith(armCalls, value(armAt.call), value(armAt.x1), value(armAt.x2)),
  };
}

/** arch/x86/entry/syscalls/syscall_64.tbl and syscall_32.tbl: calls that bring random bytes into a buffer. */
const calls: Readonly<Record<"x86-64" | "i386", Readonly<Record<number, "getrandom" | "read">>>> = {
  "x86-64": { 0: "read", 318: "getrandom" },
  i386: { 3: "read", 355: "getrandom" },
};

function requestOf(machine: "x86-64" | "i386", word: (index: number) => number | null): RandomRequest | null {
  // i386 passes the arguments in bx, cx and dx.
  return requestWith(calls[machine], word(at.call), word(machine === "i386" ? at.cx : at.si), word(at.dx));
}

/**
 * getrandom(buffer, bytes, flags), read(descriptor, buffer, bytes). Null: another call, or an argument is no exact
 * number.
 */
function requestWith(
  known: Readonly<Record<number, "getrandom" | "read">>,
  call: number | null,
  second: number | null,
  third: number | null,
): RandomRequest | null {
  const syscall = call === null ? undefined : known[call];
  const [bytes, flags] = syscall === "getrandom" ? [second, third] : [third, 0];
  if (syscall === undefined || bytes === null || flags === null) return null;
  return { syscall, bytes, flags: flags % 2 ** 32 };
}
