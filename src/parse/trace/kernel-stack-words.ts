import type { RandomRequest } from "../../core/caller.ts";

/**
 * The registers with which a task entered the kernel, struct pt_regs of arch/x86/include/asm/ptrace.h: those by which
 * its stack is unwound, and what it asked for. They hold addresses, so they go into no record and no reply.
 */
export interface UserRegisters {
  /** 32: a program for i386, whose calls have other numbers. */
  readonly bits: 32 | 64;
  /** By their numbers in DWARF (System V ABI, AMD64 supplement, figure 3.36): rax 0 to r15 15, and 16 for the address. */
  readonly values: readonly (number | null)[];
  readonly request: RandomRequest | null;
}

/** Positions within struct pt_regs, in words. */
const at = { ax: 10, cx: 11, dx: 12, si: 13, di: 14, call: 15, ip: 16, cs: 17, flags: 18, sp: 19, ss: 20 } as const;
/** Words of struct pt_regs by register number of DWARF: rax, rdx, rcx, rbx, rsi, rdi, rbp, rsp, r8 to r15, rip. */
const byDwarfNumber = [10, 12, 11, 5, 13, 14, 4, 19, 9, 8, 7, 6, 3, 2, 1, 0, 16] as const;
/** arch/x86/include/asm/segment.h: __USER_CS, __USER32_CS, __USER_DS. */
const [userCode, userCode32, userData] = [0x33, 0x23, 0x2b];
/** EFLAGS: bit 1 is always set, and interrupts are on in user space (X86_EFLAGS_FIXED, X86_EFLAGS_IF). */
const alwaysSet = 0x202;
/** User space ends below it, with five levels of page tables too. */
const endOfUserSpace = 2 ** 56;
const lowestAddress = 0x1000;
/** More than are recorded: the text may hold more. */
const mostWords = 512;

/**
 * The registers in the words of a kernel stack, from its top on, as the probes of the recorder take them:
 * ` a={0x…,0x…} b={…}`. They are found by the selectors of user space. Since 5.13 the kernel moves its stack by up to
 * 1 KiB at each system call (CONFIG_RANDOMIZE_KSTACK_OFFSET), so that the place differs. The first that fit are taken:
 * what lies beyond them is beyond the stack. Null: there are none, as with a kernel thread, or beyond what was taken.
 */
export function userRegisters(text: string): UserRegisters | null {
  const words = wordsOf(text);
  for (let first = 0; first + at.ss < words.length; first++)
    if (isUserFrame(words, first)) return registers(words, first);
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
    [at.ip, at.sp].every((index) => word(index) >= lowestAddress && word(index) < endOfUserSpace)
  );
}

function registers(words: readonly string[], first: number): UserRegisters {
  const exact = (index: number): number | null => {
    const value = Number(words[first + index]);
    return Number.isSafeInteger(value) ? value : null;
  };
  const bits = exact(at.cs) === userCode32 ? 32 : 64;
  return { bits, values: byDwarfNumber.map(exact), request: requestOf(bits, (index) => exact(index) ?? 0) };
}

/** arch/x86/entry/syscalls/syscall_64.tbl and syscall_32.tbl: calls that bring random bytes into a buffer. */
const calls: Readonly<Record<32 | 64, Readonly<Record<number, "getrandom" | "read">>>> = {
  64: { 0: "read", 318: "getrandom" },
  32: { 3: "read", 355: "getrandom" },
};

function requestOf(bits: 32 | 64, word: (index: number) => number): RandomRequest | null {
  const syscall = calls[bits][word(at.call)];
  if (syscall === undefined) return null;
  // getrandom(buffer, bytes, flags), read(descriptor, buffer, bytes); i386 passes them in bx, cx and dx.
  const [second, third] = bits === 64 ? [word(at.si), word(at.dx)] : [word(at.cx), word(at.dx)];
  return syscall === "getrandom"
    ? { syscall, bytes: second, flags: third % 2 ** 32 }
    : { syscall, bytes: third, flags: 0 };
}
