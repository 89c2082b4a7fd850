import { registerValue, type UserRegisters } from "../trace/kernel-stack-words.ts";

/** arch/x86/entry/syscalls/syscall_64.tbl: calls that bring random bytes into a buffer. */
const [read, getrandom] = ["0", "318"];
/** DWARF's numbers of the stack pointer and of the address (System V ABI, AMD64 supplement, figure 3.36). */
const [stackPointer, address, count] = [7, 16, 17];

/**
 * What /proc/PID/syscall shows of a task that sleeps in getrandom(2) or in a read (proc_pid_syscall() of
 * fs/proc/base.c): the call's number, its six arguments, the stack pointer and the address after the call. The other
 * registers are not shown. Null: it runs, or is in another call. x86-64 only.
 */
export function parseSleepingCall(text: string): UserRegisters | null {
  const [, call, given = "", sp, ip] =
    /^(\d{1,4})((?: 0x[0-9a-f]{1,16}){6}) (0x[0-9a-f]{1,16}) (0x[0-9a-f]{1,16})$/.exec(text.trimEnd()) ?? [];
  if (call !== read && call !== getrandom) return null;
  const values = Array.from({ length: count }, (_, number) =>
    number === stackPointer ? registerValue(sp) : number === address ? registerValue(ip) : null,
  );
  // getrandom(buffer, bytes, flags); read(descriptor, buffer, bytes)
  const [, second, third] = given.trim().split(" ");
  const [bytes, flags] = call === read ? [registerValue(third), 0] : [registerValue(second), registerValue(third)];
  const request =
    bytes === null || flags === null
      ? null
      : { syscall: call === read ? ("read" as const) : ("getrandom" as const), bytes, flags };
  return { machine: "x86-64", values, request };
}
