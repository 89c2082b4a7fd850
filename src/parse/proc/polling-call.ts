/** The call in which a task sleeps until a file is ready, with where it names the files. */
export type PollingCall =
  /** An array of `count` struct pollfd at `address` (poll(2)). */
  | { readonly by: "poll"; readonly address: bigint; readonly count: number }
  /** Sets of `count` bits, one for each descriptor, at these addresses (select(2)); 0n: none. */
  | { readonly by: "select"; readonly addresses: readonly bigint[]; readonly count: number }
  /** The files that were added to this one (epoll(7)). */
  | { readonly by: "epoll"; readonly descriptor: number };

type Numbers = Readonly<Record<PollingCall["by"], readonly number[]>>;

/** arch/x86/entry/syscalls/syscall_64.tbl; include/uapi/asm-generic/unistd.h, as arm64 and riscv64 have it. */
const numbersOf: Readonly<Record<string, Numbers>> = {
  x64: { poll: [7, 271], select: [23, 270], epoll: [232, 281, 441] },
  arm64: { poll: [73], select: [72], epoll: [22, 441] },
};

/**
 * /proc/PID/syscall of a task that sleeps (proc_pid_syscall() of fs/proc/base.c): the call's number and its six
 * arguments. Null: it runs, it is in another call, or the numbers of this architecture are not known.
 */
export function parsePollingCall(text: string, architecture: string): PollingCall | null {
  const numbers = numbersOf[architecture];
  const [, number, ...given] = /^(\d{1,4})((?: 0x[0-9a-f]{1,16}){6}) /.exec(text) ?? [];
  if (numbers === undefined || number === undefined) return null;
  const values = (given[0] ?? "").trim().split(" ").map(BigInt);
  const [first = 0n, second = 0n, third = 0n, fourth = 0n] = values;
  const by = (["poll", "select", "epoll"] as const).find((call) => numbers[call].includes(Number(number)));
  switch (by) {
    case "poll":
      return { by, address: first, count: Number(second) };
    case "select":
      return { by, addresses: [second, third, fourth], count: Number(first) };
    case "epoll":
      return { by, descriptor: Number(first) };
    case undefined:
      return null;
  }
}
